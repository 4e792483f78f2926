"""What the audit trail says of all this, and what it can prove."""

from tests.scenarios.approvals.office import Office, Opens

TWO = '[[approvals]]\nrisk = ["high"]\nneeded = 2\nexpires = "10m"\nreason = true\n'
OLGA, BEN, CHEN, SAM, BOT = "U0ONCALL", "U0APPROVE", "U0SECOND", "U0STRANGER", ""


async def test_one_approved_run(opens: Opens) -> None:
    """Every step, in its order, with who took it; to a stranger there is no such run."""
    office = await opens(TWO)
    zap = await office.requests(office.olga, "/ecs run zap web --reason it hangs")
    await office.approves(office.sam, zap)
    await office.approves(office.ben, zap)
    await office.approves(office.carla, zap)
    await office.ends(zap)
    assert await office.kinds(zap) == [
        ("asked", OLGA),
        ("planned", BOT),
        ("not_allowed", SAM),
        ("approved", BEN),
        ("approved", CHEN),
        ("dispatching", BOT),
        ("submitted", BOT),
        ("finished", BOT),
        ("ended", BOT),
    ]
    for person in (office.olga, office.ben, office.carla, office.ada):
        page = await office.asks(person, f"/ecs audit {zap}")
        lines = ["asked for zap on web: it hangs", "planned for 3 machines", "was not allowed to approve"]
        lines += [
            "<@U0APPROVE> · approved digest `",
            "<@U0SECOND> · approved digest `",
            "ended: succeeded (3 succeeded)",
        ]
        places = [page.index(line, page.index(" events ·")) for line in lines]
        assert places == sorted(places)
    await office.refuses(office.sam, f"/ecs audit {zap}", f"There is no run `{zap}`")
    await office.refuses(office.olga, "/ecs audit zzzzzzz", "There is no run `zzzzzzz`")


async def test_what_was_void(office: Office) -> None:
    """Why stands there as well: what changed, and who had said yes."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    office.region.machine("web-002").set(agent_online=False)
    await office.ends(zap)
    page = await office.asks(office.ben, f"/ecs audit {zap}")
    assert "<@U0APPROVE> · approved digest `" in page
    assert "not run: plan changed: web-002: AgentOffline" in page
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    await office.revokes("<@U0APPROVE> approver")
    await office.ends(zap)
    assert "not run: role ended: <@U0APPROVE>" in await office.asks(office.carla, f"/ecs audit {zap}")


async def test_the_whole_of_it_is_proved(opens: Opens) -> None:
    """After yes, no, silence, stop, break-glass, review, locks and roles `audit verify` is clean and knows them all."""
    office = await opens(TWO)
    await office.grants("<@U0ONCALL> chief")
    runs = [await office.requests(office.olga, f"/ecs run zap web --reason try {n}") for n in range(4)]
    yes, no, silent, stopped = runs
    await office.approves(office.ben, yes)
    await office.approves(office.carla, yes)
    await office.denies(office.ben, no, "not today")
    await office.presses(office.olga, office.card(stopped), "Stop")
    await office.ends(yes)
    glass = await office.requests(office.olga, "/ecs run zap web --break-glass --reason all is down")
    view = await office.form(office.carla, await office.ends(glass), "Reviewed")
    await office.carla.submits(view, {"note": {"note": "seen"}})
    await office.asks(office.olga, "/ecs lock web --reason mine")
    await office.refuses(office.sam, "/ecs unlock web")
    await office.asks(office.ada, "/ecs unlock web")
    await office.revokes("<@U0SECOND> approver")
    await office.left(silent, seconds=0)
    await office.settles()
    assert await office.trail_faults() == []
    for invocation, decision in (
        (yes, ("approved", BEN)),
        (yes, ("approved", CHEN)),
        (no, ("denied", BEN)),
        (silent, ("expired", BOT)),
        (stopped, ("stop_asked", OLGA)),
        (glass, ("reviewed", CHEN)),
    ):
        assert decision in await office.kinds(invocation)
    told = [(line["kind"], line["actor"]) for line in await office.trail()]
    for event in (("role_granted", "U0ADMIN"), ("locked", OLGA), ("unlocked", "U0ADMIN"), ("role_revoked", "U0ADMIN")):
        assert event in told
    assert told.count(("approved", BEN)) == told.count(("approved", CHEN)) == 1
    assert ("not_allowed", SAM) in told
