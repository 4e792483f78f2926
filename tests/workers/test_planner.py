"""From a recorded request to a plan: what can't run is known before anybody is woken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.invocation import State
from bot.domain.message import MessageKind
from bot.domain.pacing import STALE_AFTER
from bot.domain.plan import Plan
from bot.domain.planning import make_plan
from bot.domain.refusal import Why
from bot.errors import CloudTryAgain
from bot.usecases.control import approve, stop
from bot.usecases.plan import PATIENCE
from bot.usecases.preflight import CALLS, unfit
from bot.workers.planner import Planner
from tests.workers.conftest import Office
from tests.workers.fakes import machines, refused


async def plans(office: Office) -> tuple[int, int]:
    """One turn of the planner."""
    return await office.turns(Planner(office.desk, office.cloud, office.chat))


async def test_without_approval_it_is_queued(office: Office) -> None:
    """Frozen, with its digest; no dry run: it is sent at once anyway."""
    inv = await office.planned(3)
    loaded = await office.load(inv)
    assert (loaded.state, loaded.plan and loaded.plan.size) == (State.QUEUED, 3)
    assert office.cloud.orders == []


@pytest.mark.parametrize(("ready", "gone"), [(100, {7}), (100, {0, 50, 99}), (3, {0, 1}), (201, {200})])
async def test_unfit_machines_are_found_by_halving(office: Office, ready: int, gone: set[int]) -> None:
    """In few calls, none of which runs anything; the plan names them and leaves them out."""
    office.policy(needed=1)
    office.cloud.unfit = {f"i-{n:03}" for n in gone}
    inv = await office.planned(ready)
    plan = (await office.load(inv)).plan
    assert plan is not None
    assert (plan.size, {u.instance for u in plan.unreachable}) == (ready - len(gone), office.cloud.unfit)
    assert {u.why for u in plan.unreachable} == {"InvalidInstance.NotSupport"}
    assert all(order.dry_run for order in office.cloud.orders)
    assert len({order.client_token for order in office.cloud.orders}) == len(office.cloud.orders) <= CALLS


async def test_too_many_unfit_machines(office: Office) -> None:
    """Refused as ECS said it, after so many calls and no more."""
    office.policy(needed=1)
    office.cloud.unfit = {f"i-{n:03}" for n in range(0, 100, 2)}
    inv = await office.planned(100)
    loaded = await office.load(inv)
    assert (loaded.state, loaded.refusal and loaded.refusal.why) == (State.REFUSED, Why.CLOUD_REFUSED)
    assert len(office.cloud.orders) == CALLS


async def test_a_dry_run_has_the_token_of_what_it_tries(office: Office) -> None:
    """A crash while it is planned: the same is tried with the same token, and other machines with another."""
    office.policy(needed=1)
    inv = await office.load(await office.asks())
    tokens = []
    for number in (3, 3, 4):
        office.cloud.machines = machines(number)
        plan = make_plan(
            office.catalog.snippets["mem"], office.catalog.targets["web"], (), tuple(office.cloud.machines)
        )
        assert isinstance(plan, Plan)
        await unfit(office.cloud, inv, plan)
        tokens.append(office.cloud.orders[-1].client_token)
    assert tokens[0] == tokens[1] != tokens[2]
    assert all(len(token) <= 64 and token.isascii() for token in tokens)


async def test_all_unfit(office: Office) -> None:
    """There is nothing to approve."""
    office.policy(needed=1)
    office.cloud.unfit = {"i-000"}
    loaded = await office.load(await office.planned(1))
    assert (loaded.state, loaded.refusal and loaded.refusal.why) == (State.REFUSED, Why.NO_MACHINES)


async def test_a_missing_right_is_not_looked_for_by_halving(office: Office) -> None:
    """It is the same for every machine: one call."""
    office.policy(needed=1)
    office.cloud.faults["dry"].append(refused("Forbidden.RAM"))
    loaded = await office.load(await office.planned(100))
    assert (loaded.state, len(office.cloud.orders)) == (State.REFUSED, 1)


async def test_the_cloud_is_silent(office: Office) -> None:
    """Asked again ever later, the requester told once; after PATIENCE refused rather than run late."""
    office.cloud.machines = machines(1)
    office.cloud.faults["instances"].extend([CloudTryAgain("down")] * 1000)
    inv = await office.asks()
    for _ in range(200):
        await plans(office)
        office.clock.later(seconds=1)
    loaded = await office.load(inv)
    assert (loaded.state, loaded.refusal and loaded.refusal.why) == (State.REFUSED, Why.CLOUD_SILENT)
    assert loaded.finished_at is not None
    assert loaded.finished_at - loaded.created_at < PATIENCE + timedelta(seconds=20)
    assert 5 < office.cloud.calls["instances"] < 30
    assert (await office.kinds(inv)).count("delayed") == 1
    rows = await office.store.owed(office.clock.now(), 100)
    assert [(row.kind, row.wanted) for row in rows] == [(MessageKind.PRIVATE, 2)]


async def test_the_bot_was_down_too_long(office: Office) -> None:
    """Nobody expects it any more."""
    inv = await office.asks()
    office.clock.at += STALE_AFTER + timedelta(seconds=1)
    await plans(office)
    loaded = await office.load(inv)
    assert (loaded.state, loaded.refusal and loaded.refusal.why) == (State.REFUSED, Why.TOO_OLD)
    assert office.cloud.calls["instances"] == 0


async def test_stopped_while_it_is_planned(office: Office) -> None:
    """The plan comes too late."""
    office.cloud.machines = machines(1)
    inv = await office.asks()
    jobs = await Planner(office.desk, office.cloud, office.chat).jobs(office.clock.now())
    await stop(office.desk, "U1", inv)
    await jobs[0].run()
    loaded = await office.load(inv)
    assert (loaded.state, loaded.plan) == (State.CANCELLED, None)


async def test_nobody_could_approve(office: Office) -> None:
    """Two are needed and one can press a button: refused before anybody waits."""
    office.policy(needed=2)
    office.chat.deaf = frozenset({"U3"})
    loaded = await office.load(await office.planned(1))
    assert (loaded.state, loaded.refusal and loaded.refusal.why) == (State.REFUSED, Why.NO_QUORUM)


# ── between the plan and the first sending ─────────────────────────────────────


async def approved(office: Office, number: int = 3) -> str:
    """Planned on so many machines, and approved."""
    office.policy(needed=1)
    inv = await office.planned(number)
    plan = (await office.load(inv)).plan
    assert plan is not None
    await approve(office.desk, "U2", inv, plan.digest)
    office.cloud.orders.clear()
    return inv


@pytest.mark.parametrize("number", [2, 4])
async def test_other_machines_than_were_approved(office: Office, number: int) -> None:
    """One more or one less: not sent, and the refusal says what is different."""
    inv = await approved(office)
    office.cloud.machines = machines(number)
    await office.dispatches()
    loaded = await office.load(inv)
    assert (loaded.state, office.cloud.orders) == (State.REFUSED, [])
    assert loaded.refusal is not None
    assert loaded.refusal.hint == ("web-3 is new" if number == 4 else "web-2 is gone")


@pytest.mark.parametrize("most", [2, 3])
async def test_a_machine_that_was_left_out_came_back(office: Office, most: int) -> None:
    """What was approved still leaves it out, and it does not count towards the most that the target takes."""
    office.policy(needed=1)
    targets = {"web": replace(office.catalog.targets["web"], max_instances=most)}
    office.catalog = replace(office.catalog, targets=targets)
    inv = await office.asks()
    office.cloud.machines = [replace(m, agent_online=m.id != "i-001") for m in machines(3)]
    await plans(office)
    plan = (await office.load(inv)).plan
    assert plan is not None
    await approve(office.desk, "U2", inv, plan.digest)
    office.cloud.machines = machines(3)
    await office.dispatches()
    (order,) = office.cloud.runs.values()
    assert order.instances == ("i-000", "i-002")


async def test_silent_at_the_moment_of_sending(office: Office) -> None:
    """All its batches wait, and then go; the trail says once that it was delayed."""
    inv = await approved(office, 150)
    office.cloud.faults["instances"].extend([CloudTryAgain("down")] * 4)
    for _ in range(10):
        await office.dispatches()
        office.clock.later(seconds=2)
    assert (await office.load(inv)).state is State.RUNNING
    assert len(office.cloud.runs) == 2
    assert (await office.kinds(inv)).count("delayed") == 1
