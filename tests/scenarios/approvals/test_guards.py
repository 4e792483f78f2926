"""What stands in the way though it is approved: channels, freezes, locks, limits."""

from datetime import timedelta

from tests.scenarios.approvals.office import Office, Opens
from tests.scenarios.approvals.rules import ONE_YES, ROLES, machines
from tests.scenarios.world import id_in

NIGHT = '[[freezes]]\ntargets = ["web"]\nrisk = ["high"]\nfrom = {}\nuntil = {}\nwhy = "the sale"\n'


async def test_the_wrong_channel(opens: Opens) -> None:
    """Refused, naming the right ones; a direct message where it is allowed; approving is bound to no channel."""
    office = await opens(ONE_YES + '[[channels]]\nchannels = ["C0INCIDENT", "dm"]\nsnippets = ["zap"]\n')
    said = await office.refuses(office.olga, "/ecs run zap web", "zap on web may not be run from here (channel rule 1)")
    assert "Use <#C0INCIDENT> or a direct message to me." in said
    assert "Right now" not in await office.asks(office.olga, "/ecs can I run wipe web")
    zap = await office.requests(office.olga, "/ecs run zap web", channel="C0INCIDENT")
    assert office.card(zap).channel == "C0INCIDENT"
    assert "asked in <#C0INCIDENT>" in office.dm(office.ben, zap).words
    assert await office.presses(office.ben, office.dm(office.ben, zap), "Approve") == ""
    await office.ends(zap)
    own = await office.requests(office.olga, "/ecs run zap web", channel=office.olga.dm.id)
    assert office.dms(office.olga, own)
    assert await office.presses(office.carla, office.dm(office.carla, own), "Approve") == ""
    await office.later(seconds=30)
    assert (await office.state(own), office.runs) == ("succeeded", 2)


async def test_a_freeze(opens: Opens) -> None:
    """High risk on web doesn't start; what is not frozen does; after its end it does, too."""
    office = await opens(ONE_YES + NIGHT.format("2026-11-23T03:00:00", "2026-11-23T04:00:00"))
    until = "<!date^1795406400^{date_short_pretty} {time}|2026-11-23 04:00 (UTC)>"
    said = await office.refuses(
        office.olga, "/ecs run zap web", f"zap on web is frozen: the sale, until {until} (freeze 1)."
    )
    assert "Wait until it is over." in said
    assert "zap on web is frozen: the sale" in await office.asks(office.olga, "/ecs can I run zap web")
    for line in ("tidy web", "zap stage"):
        assert await office.requests(office.olga, f"/ecs run {line}")
    office.clock.at += timedelta(minutes=50)
    assert await office.state(await office.requests(office.olga, "/ecs run zap web")) == "awaiting_approval"


async def test_a_freeze_that_begins_while_it_waits(opens: Opens) -> None:
    """The yes is taken, and at the sending the freeze says no: to everybody, and nothing ran."""
    office = await opens(ONE_YES + NIGHT.format("2026-11-23T03:15:00", "2026-11-23T04:00:00"))
    zap = await office.requests(office.olga, "/ecs run zap web")
    office.clock.at += timedelta(minutes=6)
    assert await office.approves(office.ben, zap) == ""
    card = await office.ends(zap)
    assert (await office.state(zap), office.runs) == ("refused", 0)
    for said in (card.words, office.told(office.olga)[-1], office.dm(office.ben, zap).words):
        assert "zap on web is frozen: the sale, until <!date^1795406400^" in said
        assert "|2026-11-23 04:00 (UTC)> (freeze 1). Nothing ran." in said


async def test_a_lock(office: Office) -> None:
    """Low risk and the holder pass; others read who holds it and why; a stranger can't unlock it, an admin can."""
    await office.grants("<@U0STRANGER> oncall")
    said = await office.asks(office.olga, "/ecs lock web --for 1h --reason restoring the database")
    assert "`web` is yours until" in said
    for line in ("zap", "tidy"):
        said = await office.refuses(office.sam, f"/ecs run {line} web", "`web` is locked by <@U0ONCALL>")
        assert "restoring the database" in said
    await office.ends(await office.requests(office.sam, "/ecs run look web"))
    await office.ends(await office.requests(office.olga, "/ecs run tidy web"))
    said = await office.refuses(office.sam, "/ecs unlock web", "You may not unlock on web")
    assert "<@U0ADMIN>, <@U0ONCALL> could." in said
    await office.asks(office.ada, "/ecs unlock web")
    await office.ends(await office.requests(office.sam, "/ecs run tidy web"))
    assert office.runs == 3


async def test_a_lock_comes_while_it_waits(office: Office) -> None:
    """What is approved under somebody else's lock does not run; once the lock has ended by itself, the next does."""
    await office.grants("<@U0STRANGER> oncall")
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.asks(office.sam, "/ecs lock web --for 5m --reason failover drill")
    assert await office.approves(office.ben, zap) == ""
    card = await office.ends(zap)
    for said in (card.words, office.told(office.olga)[-1], office.dm(office.ben, zap).words):
        assert "`web` is locked by <@U0STRANGER>: failover drill. Nothing ran." in said
    await office.refuses(office.olga, "/ecs run zap web", "is locked by")
    await office.later(minutes=5)
    assert "No target is locked" in await office.asks(office.olga, "/ecs locks")
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    await office.ends(zap)
    assert office.runs == 1


async def test_so_many_runs_a_minute(opens: Opens) -> None:
    """The third within a minute is refused; somebody else's is not, and a minute later Olga's is not."""
    office = await opens(ONE_YES + '[limits]\nruns_per_user = 2\nper = "1m"\n')
    for _ in range(2):
        await office.asks(office.olga, "/ecs run look web")
    await office.refuses(office.olga, "/ecs run look web", "You have asked for 2 runs within 1m: that is the limit.")
    assert "id is `" in await office.asks(office.ada, "/ecs run look web")
    await office.later(minutes=1)
    assert "id is `" in await office.asks(office.olga, "/ecs run look web")
    await office.settles()


async def test_so_many_machines_at_once(opens: Opens) -> None:
    """A run on more is refused when its plan is made: nobody is woken; a smaller target goes."""
    office = await opens(ONE_YES + "[limits]\nmachines_per_run = 4\n", region=machines(5))
    zap = await office.requests(office.olga, "/ecs run zap web")
    said = office.told(office.olga)[-1]
    assert "`web` is 5 machines; at most 4 may be run on at once." in said
    assert "policy's limit (limits.machines" in said
    assert (await office.state(zap), office.cards(), office.dms(office.ben)) == ("refused", [], [])
    office.region.machine("web-005").set(status="Stopped")
    assert "4 of 5 machines ready" in office.card(await office.requests(office.olga, "/ecs run zap web")).words


async def test_a_ceiling_that_is_lowered(opens: Opens) -> None:
    """It counts when the plan is made: what is approved already goes on."""
    office = await opens(ONE_YES)
    zap = await office.requests(office.olga, "/ecs run zap web")
    office.edits("policy", ROLES + ONE_YES + "[limits]\nmachines_per_run = 1\n")
    await office.approves(office.ben, zap)
    await office.ends(zap)
    assert office.runs == 1
    assert id_in(await office.asks(office.olga, "/ecs run zap web"))
    await office.settles()
    assert "at most 1 may be run on" in office.told(office.olga)[-1]
