"""Stopped while it is being sent: what was stopped does not start afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import events as ev
from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.pacing import CLAIM, SEEKS
from bot.domain.result import Outcome
from bot.errors import CloudNotKnown, CloudTryAgain
from bot.store import SqlStore
from bot.usecases.control import stop
from bot.usecases.desk import move
from bot.usecases.dispatch import client_token, dispatch
from tests.workers.conftest import Office
from tests.workers.fakes import Around, throttled, unreachable


class Interleaved(Around):
    """The store, and something else that happens right after its first answer to `load`."""

    def __init__(self, store: SqlStore, other: Callable[[], Awaitable[object]]) -> None:
        super().__init__(store)
        self._other: Callable[[], Awaitable[object]] | None = other

    async def load(self, invocation: str) -> Invocation | None:
        """As it was before."""
        found = await self._store.load(invocation)
        if (other := self._other) is not None:
            self._other = None
            await other()
        return found


@pytest.mark.parametrize("fault", [throttled(), unreachable()])
async def test_stopped_before_it_was_sent_again(office: Office, fault: CloudTryAgain) -> None:
    """ECS took nothing so far: it is cancelled at once, and never sent."""
    inv = await office.planned()
    office.cloud.faults["run"].append(fault)
    await office.dispatches()
    await stop(office.desk, "U1", inv)
    assert (await office.load(inv)).state is State.CANCELLED
    office.clock.later(minutes=1)
    assert (await office.dispatches(), office.cloud.runs) == ((0, 0), {})
    assert [r.outcome for r in await office.store.results(inv)] == [Outcome.CANCELLED]


async def test_stopped_while_the_call_is_under_way(office: Office) -> None:
    """Its answer decides: throttled, it never ran; taken, it is stopped."""
    for fault, state in ((throttled(), State.CANCELLED), (None, State.CANCELLING)):
        inv = await office.planned()
        token = client_token(await office.load(inv), 1)
        await move(office.desk, inv, ev.Dispatching(1, token, office.clock.now() + CLAIM))
        await stop(office.desk, "U1", inv)
        assert (await office.load(inv)).state is State.CANCELLING
        if fault:
            again = office.clock.now() + timedelta(seconds=1)
            await move(office.desk, inv, ev.SendingAgain(1, str(fault), again, doubt=False))
        else:
            await move(office.desk, inv, ev.Submitted(1, "t-1", office.clock.now()))
        assert (await office.load(inv)).state is state


@pytest.mark.parametrize("arrives", [True, False])
async def test_stopped_in_doubt_is_looked_for_and_never_sent(office: Office, arrives: bool) -> None:
    """To send it again could start what somebody stopped."""
    office.cloud.arrives = arrives
    inv = await office.planned()
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    await office.dispatches()
    await stop(office.desk, "U1", inv)
    for _ in range(100):
        office.clock.later(seconds=15)
        await office.dispatches()
        await office.polls()
    assert len(office.cloud.orders) == 1
    assert (await office.load(inv)).state is (State.CANCELLED if arrives else State.UNKNOWN)
    kinds = await office.kinds(inv)
    assert (kinds.count("sending_again"), "looking_for" in kinds) == (1, not arrives)


async def test_what_is_only_looked_for_is_over_soon(office: Office) -> None:
    """Nothing is sent any more: a run that ECS does not show within minutes is unknown, long before its token ends."""
    office.cloud.arrives = False
    inv = await office.planned()
    office.cloud.faults["run"].extend([CloudNotKnown("cut off")] * 20)
    for _ in range(12):
        await office.dispatches()
        office.clock.later(seconds=31)
    sent, asked = len(office.cloud.orders), office.clock.now()
    await stop(office.desk, "U1", inv)
    while not (loaded := await office.load(inv)).state.final:
        await office.dispatches()
        office.clock.later(seconds=1)
    assert (loaded.state, len(office.cloud.orders)) == (State.UNKNOWN, sent)
    assert timedelta(minutes=2) < office.clock.now() - asked < timedelta(minutes=4)
    assert office.cloud.calls["find"] == SEEKS + 1


async def test_a_look_that_was_not_answered_is_not_the_last(office: Office) -> None:
    """As long as ECS does not answer the question nothing is known, and it is asked again."""
    office.cloud.arrives = False
    inv = await office.planned()
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    office.cloud.faults["find"].extend([CloudTryAgain("down")] * (SEEKS + 2))
    await office.dispatches()
    await stop(office.desk, "U1", inv)
    for _ in range(SEEKS + 2):
        office.clock.later(seconds=31)
        await office.dispatches()
    assert (await office.load(inv)).state is State.CANCELLING
    office.clock.later(seconds=31)
    await office.dispatches()
    assert (await office.load(inv)).state is State.UNKNOWN


@pytest.mark.parametrize("fault", [throttled(), unreachable()])
async def test_halted_before_it_was_sent_again(office: Office, fault: CloudTryAgain) -> None:
    """ECS took nothing so far: it never starts on that machine, and goes to the others with a token of their own."""
    inv = await office.planned(3)
    office.cloud.faults["run"].append(fault)
    await office.dispatches()
    await stop(office.desk, "U1", inv, ("web-1",))
    office.clock.later(minutes=1)
    await office.dispatches()
    assert [order.instances for order in office.cloud.runs.values()] == [("i-000", "i-002")]
    first, second = office.cloud.orders
    assert (first.client_token != second.client_token, first.name != second.name) == (True, True)
    office.cloud.ends()
    office.clock.later(seconds=1)
    await office.polls()
    assert (await office.load(inv)).state is State.PARTLY_FAILED
    outcomes = [r.outcome for r in await office.store.results(inv)]
    assert outcomes == [Outcome.SUCCEEDED, Outcome.CANCELLED, Outcome.SUCCEEDED]


async def test_halted_while_the_call_is_under_way(office: Office) -> None:
    """And the answer to it is lost: it is looked for, found, and stopped there."""
    inv = await office.planned(2)

    async def halts() -> None:
        office.cloud.meanwhile = None
        await stop(office.desk, "U1", inv, ("web-0",))

    office.cloud.meanwhile = halts
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    await office.dispatches()
    office.clock.later(minutes=1)
    await office.dispatches()
    assert ((await office.batch(inv)).state, len(office.cloud.orders)) == (BatchState.RUNNING, 1)
    await office.polls()
    assert office.cloud.stopped == [(await office.batch(inv)).invoke_id]


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("machines", [("web-0",), ("web-0", "web-1")])
async def test_halted_in_doubt_is_looked_for_and_never_sent(
    office: Office, arrives: bool, machines: tuple[str, ...]
) -> None:
    """To send it again, for the others as well, could start it where somebody stopped it."""
    office.cloud.arrives = arrives
    inv = await office.planned(2)
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    await office.dispatches()
    await stop(office.desk, "U1", inv, machines)
    for _ in range(100):
        office.clock.later(seconds=15)
        await office.dispatches()
        await office.polls()
    assert len(office.cloud.orders) == 1
    assert bool(office.cloud.stopped) is arrives
    assert (await office.load(inv)).state is (State.CANCELLED if arrives else State.UNKNOWN)


@pytest.mark.parametrize("machines", [("web-0",), ()])
async def test_stopped_between_the_look_and_the_claim(office: Office, machines: tuple[str, ...]) -> None:
    """The dispatcher has found it open, and somebody stops it before it is claimed: nothing is sent."""
    office.cloud.arrives = False
    inv = await office.planned(1)
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    await office.dispatches()
    office.clock.later(minutes=1)
    store = Interleaved(office.store, lambda: stop(office.desk, "U1", inv, machines))
    await dispatch(replace(office.desk, store=store), office.cloud, office.spans, inv, 1)
    assert (len(office.cloud.orders), (await office.batch(inv)).doubt) == (1, True)


async def test_the_rest_is_not_sent_once_it_is_stopped(office: Office) -> None:
    """Three batches, the first sent: the other two are cancelled without a call."""
    inv = await office.planned(250)
    await move(office.desk, inv, ev.Dispatching(1, client_token(await office.load(inv), 1), office.clock.now() + CLAIM))
    await move(office.desk, inv, ev.Submitted(1, "t-1", office.clock.now()))
    await stop(office.desk, "U1", inv)
    assert (await office.dispatches(), office.cloud.orders) == ((0, 0), [])
    assert len([r for r in await office.store.results(inv) if r.outcome is Outcome.CANCELLED]) == 150
