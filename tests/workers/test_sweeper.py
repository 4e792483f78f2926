"""What time alone brings about, and who has a target to himself."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import events as ev
from bot.domain.invocation import About, State
from bot.domain.message import MessageKind
from bot.domain.refusal import Why
from bot.domain.result import Outcome
from bot.errors import CloudNotKnown
from bot.usecases.control import approve, stop
from bot.usecases.desk import move
from bot.usecases.plan import PATIENCE
from bot.workers.planner import Planner
from bot.workers.sweeper import Sweeper
from tests.workers.conftest import Office
from tests.workers.fakes import NOW, machines

NEVER = datetime.max.replace(tzinfo=UTC)


async def sweeps(office: Office, **later: float) -> tuple[int, int]:
    """One turn of the sweeper, after that time."""
    office.clock.later(**later)
    return await office.turns(Sweeper(office.desk))


async def reminders(office: Office) -> list[str]:
    """Who is owed one."""
    rows = await office.store.owed(office.clock.now(), 100)
    return sorted(row.key for row in rows if row.kind is MessageKind.REMINDER)


async def test_reminded_once_expired_once(office: Office) -> None:
    """At half the time those who have not answered; at its end silence is a no."""
    office.policy(needed=2)
    inv = await office.planned()
    plan = (await office.load(inv)).plan
    assert plan is not None
    await approve(office.desk, "U2", inv, plan.digest)
    assert await sweeps(office, minutes=4, seconds=59) == (0, 0)
    assert (await sweeps(office, seconds=2), await reminders(office)) == ((1, 0), ["U3"])
    assert await sweeps(office, minutes=4) == (0, 0)
    assert await sweeps(office, minutes=1) == (1, 0)
    loaded = await office.load(inv)
    assert (loaded.state, loaded.next_at) == (State.EXPIRED, None)
    assert await sweeps(office, days=1) == (0, 0)
    assert await office.dispatches() == (0, 0)
    assert await office.kinds(inv) == ["asked", "planned", "approved", "reminded", "expired"]


async def test_a_sweeper_that_slept_through_both(office: Office) -> None:
    """It expires; nobody is reminded of what is over."""
    office.policy(needed=1)
    inv = await office.planned()
    await sweeps(office, hours=1)
    assert ((await office.load(inv)).state, await reminders(office)) == (State.EXPIRED, [])


async def test_a_yes_that_comes_too_late(office: Office) -> None:
    """Though the sweeper has not been there yet."""
    office.policy(needed=1)
    inv = await office.planned()
    plan = (await office.load(inv)).plan
    assert plan is not None
    office.clock.later(minutes=10)
    await approve(office.desk, "U2", inv, plan.digest)
    assert (await office.load(inv)).state is State.AWAITING_APPROVAL
    await sweeps(office)
    assert (await office.load(inv)).state is State.EXPIRED


# ── what is kept for a while ───────────────────────────────────────────────────


async def aged(office: Office) -> str:
    """One that ended, of which nobody has said anything for 40 days."""
    inv = await office.sent()
    office.cloud.ends()
    office.clock.later(seconds=1)
    await office.polls()
    office.clock.later(days=40)
    return inv


async def test_outputs_and_events_go_each_at_its_time(office: Office) -> None:
    """First what was printed, later the whole of it; then there is nothing to do for an hour."""
    inv = await aged(office)
    sweeper = Sweeper(office.desk, timedelta(days=30), timedelta(days=60))
    assert await office.turns(sweeper) == (1, 0)
    assert [result.output for result in await office.store.results(inv)] == [""]
    assert len(await office.kinds(inv)) == 6
    assert await office.turns(sweeper) == (0, 0)
    office.clock.later(minutes=59)
    assert await office.turns(sweeper) == (1, 0)  # response_urls
    office.clock.later(days=21)
    assert await office.turns(sweeper) == (2, 0)
    assert (await office.store.load(inv), await office.kinds(inv)) == (None, [])
    assert await office.store.verify() == []


async def test_without_a_time_all_is_kept(office: Office) -> None:
    """Events by default; both where that is set."""
    inv = await aged(office)
    assert await office.turns(Sweeper(office.desk)) == (0, 0)
    assert await office.turns(Sweeper(office.desk, timedelta(days=30))) == (1, 0)
    assert len(await office.kinds(inv)) == 6


async def test_a_long_past_goes_in_portions(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next a second later, until nothing is left."""
    monkeypatch.setattr("bot.workers.sweeper.EVENTS", 2)
    inv = await aged(office)
    sweeper = Sweeper(office.desk, None, timedelta(days=30))
    turns = 0
    while (await sweeper.next_at(office.clock.now()) or NEVER) <= office.clock.now():
        assert await office.turns(sweeper) == (1, 0)
        office.clock.later(seconds=1)
        turns += 1
    assert turns == 5  # three grants and six events, two at a time
    assert (await office.store.load(inv), await office.store.verify()) == (None, [])


# ── exclusive snippets ─────────────────────────────────────────────────────────


async def two_rivals(office: Office) -> tuple[str, str]:
    """Two that want the target to themselves; the first has it."""
    office.policy(exclusive=True)
    office.cloud.machines = machines(1)
    first, second = await office.asks(), await office.asks()
    await office.turns(Planner(office.desk, office.cloud, office.chat))
    await office.dispatches()
    holder = await office.store.holder("default/cn-hangzhou/web")
    assert holder in {first, second}
    return (first, second) if holder == first else (second, first)


async def test_one_at_a_time(office: Office) -> None:
    """The second waits, is sent when the first is over, and the trail says once why it waited."""
    first, second = await two_rivals(office)
    assert [(await office.load(inv)).state for inv in (first, second)] == [State.RUNNING, State.QUEUED]
    assert (await office.load(second)).about is About.WAITING
    for _ in range(5):
        office.clock.later(seconds=3)
        await office.dispatches()
    assert len(office.cloud.runs) == 1
    office.cloud.ends()
    await office.polls()
    assert await office.store.holder("default/cn-hangzhou/web") is None
    office.clock.later(seconds=3)
    await office.dispatches()
    assert ((await office.load(second)).state, len(office.cloud.runs)) == (State.RUNNING, 2)
    assert (await office.kinds(second)).count("delayed") == 1


async def test_it_does_not_wait_for_ever(office: Office) -> None:
    """Past PATIENCE nobody expects it to start any more."""
    _, second = await two_rivals(office)
    office.clock.at += PATIENCE + timedelta(seconds=1)
    await office.dispatches()
    loaded = await office.load(second)
    assert (loaded.state, loaded.refusal and loaded.refusal.why) == (State.REFUSED, Why.EXCLUSIVE)


async def test_one_that_waits_can_be_stopped(office: Office) -> None:
    """It never held the target, and leaves nothing behind."""
    first, second = await two_rivals(office)
    await stop(office.desk, "U1", second)
    assert (await office.load(second)).state is State.CANCELLED
    assert await office.store.holder("default/cn-hangzhou/web") == first


async def test_released_whatever_the_end(office: Office) -> None:
    """Stopped, lost: the next may go."""
    first, _ = await two_rivals(office)
    await stop(office.desk, "U1", first)
    await office.polls()
    office.clock.later(seconds=1)
    await office.polls()
    assert (await office.load(first)).state is State.CANCELLED
    assert await office.store.holder("default/cn-hangzhou/web") is None


async def test_held_while_in_doubt(office: Office) -> None:
    """What may run has the target to itself, and so has what is called unknown: until somebody has looked."""
    office.policy(exclusive=True)
    office.cloud.arrives = False
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    inv = await office.sent()
    assert await office.store.holder("default/cn-hangzhou/web") == inv
    office.clock.later(minutes=11)
    await office.dispatches()
    assert (await office.load(inv)).state is State.UNKNOWN
    assert [r.outcome for r in await office.store.results(inv)] == [Outcome.UNKNOWN]
    assert await office.store.holder("default/cn-hangzhou/web") == inv
    await move(office.desk, inv, ev.Resolved("U2", State.FAILED, "looked"))
    assert await office.store.holder("default/cn-hangzhou/web") is None


async def test_several_batches_of_one_are_no_rivals(office: Office) -> None:
    """They go out together."""
    office.policy(exclusive=True)
    inv = await office.sent(250)
    assert (len(office.cloud.runs), (await office.load(inv)).state) == (3, State.RUNNING)
    assert "delayed" not in await office.kinds(inv)


async def test_response_urls_are_forgotten(office: Office) -> None:
    """When Slack takes nothing there any more; those of what was asked for since are looked at in their turn."""
    sweeper = Sweeper(office.desk)
    old = await office.asks()
    office.clock.later(minutes=20)
    young = await office.asks()
    await office.turns(sweeper)
    assert [bool((await office.load(inv)).response_url) for inv in (old, young)] == [True, True]
    office.clock.later(minutes=11)
    await office.turns(sweeper)
    assert [bool((await office.load(inv)).response_url) for inv in (old, young)] == [False, True]
    assert await office.turns(sweeper) == (0, 0)
    office.clock.later(minutes=20)
    assert (await sweeper.next_at(office.clock.now()) or NOW) <= office.clock.now()
    await office.turns(sweeper)
    assert [bool((await office.load(inv)).response_url) for inv in (old, young)] == [False, False]
