"""Each batch is sent once, whatever happens on the way."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import events as ev
from bot.domain.catalog import Shell
from bot.domain.change import Event
from bot.domain.decide import Ignored
from bot.domain.invocation import BatchState, State
from bot.domain.pacing import CLAIM, TOKEN_BUDGET
from bot.domain.refusal import Why
from bot.domain.result import Outcome
from bot.errors import CloudNotKnown, CloudTryAgain
from bot.ports import Order
from bot.slack.messages.alert import alert
from bot.usecases.control import approve
from bot.usecases.desk import Desk, move
from bot.usecases.dispatch import client_token, dispatch
from tests.workers.conftest import Office
from tests.workers.fakes import Hold, refused, throttled, unreachable


def an_order(token: str) -> Order:
    """As another replica sent it."""
    return Order("default", "cn-hangzhou", "ecs-x-1", Shell.BASH, "free", ("i-000",), 60, token)


async def test_a_batch_is_sent_once(office: Office) -> None:
    """Stored, then sent, then known by its InvokeId; the next turn finds nothing to do."""
    inv = await office.sent()
    batch = await office.batch(inv)
    assert (batch.state, batch.invoke_id) == (BatchState.RUNNING, f"t-{batch.client_token}")
    assert (await office.dispatches(), len(office.cloud.orders)) == ((0, 0), 1)
    assert await office.kinds(inv) == ["asked", "planned", "dispatching", "submitted"]


async def test_a_hundred_machines_a_batch(office: Office) -> None:
    """250 are three, sent in one turn, each with a token of its own."""
    inv = await office.sent(250)
    assert sorted(len(order.instances) for order in office.cloud.runs.values()) == [50, 100, 100]
    assert (await office.load(inv)).state is State.RUNNING


async def test_a_crash_between_claim_and_call(office: Office) -> None:
    """After CLAIM, and not before, the same token goes out: it may have gone out already."""
    inv = await office.planned()
    token = client_token(await office.load(inv), 1)
    await move(office.desk, inv, ev.Dispatching(1, token, office.clock.now() + CLAIM))
    office.clock.at += CLAIM - timedelta(milliseconds=1)
    assert (await office.dispatches(), office.cloud.orders) == ((0, 0), [])
    office.clock.later(seconds=1)
    assert await office.dispatches() == (1, 0)
    assert [order.client_token for order in office.cloud.orders] == [token]
    assert (await office.batch(inv)).doubt is True


async def test_a_crash_between_call_and_record(office: Office) -> None:
    """What ran answers to its token: nothing runs twice."""
    inv = await office.planned()
    token = client_token(await office.load(inv), 1)
    await move(office.desk, inv, ev.Dispatching(1, token, office.clock.now() + CLAIM))
    office.cloud.runs[f"t-{token}"] = an_order(token)
    office.clock.at += CLAIM
    await office.dispatches()
    assert ((await office.batch(inv)).invoke_id, len(office.cloud.runs)) == (f"t-{token}", 1)


async def test_no_answer_then_the_same_token(office: Office) -> None:
    """It had run: the second sending answers with the same InvokeId."""
    inv = await office.planned()
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    await office.dispatches()
    batch = await office.batch(inv)
    assert (batch.state, batch.doubt, batch.note) == (BatchState.DISPATCHING, True, "cut off")
    office.clock.later(seconds=1)
    await office.dispatches()
    assert (await office.batch(inv)).state is BatchState.RUNNING
    assert (len(office.cloud.orders), len(office.cloud.runs)) == (2, 1)


@pytest.mark.parametrize("fault", [throttled(), unreachable()])
async def test_what_ecs_did_not_take_is_not_in_doubt(office: Office, fault: CloudTryAgain) -> None:
    """A no after it is believed: nothing ran."""
    inv = await office.planned()
    office.cloud.faults["run"].extend([fault, refused("Forbidden.RAM")])
    await office.dispatches()
    assert (await office.batch(inv)).doubt is False
    office.clock.later(seconds=1)
    await office.dispatches()
    assert (await office.load(inv)).state is State.FAILED
    assert [r.outcome for r in await office.store.results(inv)] == [Outcome.NOT_RUN]


async def test_a_no_after_a_doubt_is_looked_into(office: Office) -> None:
    """It may be a no to the second sending of a run that exists: that run is found by its name and tag."""
    inv = await office.planned()
    office.cloud.faults["run"].extend([CloudNotKnown("cut off"), refused("IdempotentParamsMismatch")])
    await office.dispatches()
    office.clock.later(seconds=1)
    await office.dispatches()
    batch = await office.batch(inv)
    assert (batch.state, office.cloud.calls["find"]) == (BatchState.RUNNING, 1)
    assert batch.invoke_id in office.cloud.runs


@pytest.mark.parametrize(("arrives", "state"), [(True, State.RUNNING), (False, State.UNKNOWN)])
async def test_the_token_is_not_sent_for_ever(office: Office, arrives: bool, state: State) -> None:
    """After TOKEN_BUDGET it is looked for instead; found or unknown, and never sent again."""
    office.cloud.arrives = arrives
    inv = await office.planned()
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    await office.dispatches()
    office.clock.at += TOKEN_BUDGET + timedelta(seconds=1)
    await office.dispatches()
    assert (await office.load(inv)).state is state
    assert (len(office.cloud.orders), len(office.cloud.runs)) == (1, int(arrives))


async def test_an_answer_after_it_was_given_up(office: Office) -> None:
    """It stays unknown; whoever settles it is told which run it is, in the alert and in the trail."""
    inv = await office.planned()

    async def gives_up() -> None:
        await move(office.desk, inv, ev.Lost(1, "nobody knows"))

    office.cloud.meanwhile = gives_up
    await office.dispatches()
    loaded, (invoke_id,) = await office.load(inv), office.cloud.runs
    assert (loaded.state, loaded.batches[0].state, loaded.batches[0].invoke_id) == (
        State.UNKNOWN,
        BatchState.UNKNOWN,
        invoke_id,
    )
    assert (await office.kinds(inv))[-1] == "submitted_late"
    assert invoke_id in alert(loaded, office.clock.now()).text
    await office.dispatches()
    await office.polls()
    assert (await office.load(inv)) == loaded


async def test_an_answer_with_another_run(office: Office) -> None:
    """It is followed by the InvokeId that came first; the other is kept in the trail."""
    inv = await office.planned()

    async def finds() -> None:
        await move(office.desk, inv, ev.Submitted(1, "t-first", office.clock.now()))

    office.cloud.meanwhile = finds
    await office.dispatches()
    assert (await office.batch(inv)).invoke_id == "t-first"
    late = [stored.event for stored in await office.store.events(inv)][-1]
    assert (late.kind, late.data["invoke_id"]) == ("submitted_late", next(iter(office.cloud.runs)))


async def test_throttled_for_ever_has_not_run(office: Office) -> None:
    """Never in doubt: it is said to have failed, not to be unknown."""
    inv = await office.planned()
    office.cloud.faults["run"].extend([throttled()] * 100)
    while not (await office.load(inv)).state.final:
        await office.dispatches()
        office.clock.later(seconds=30)
    assert (await office.load(inv)).state is State.FAILED
    assert office.clock.now() - (await office.load(inv)).created_at < TOKEN_BUDGET + timedelta(minutes=2)


async def test_not_found_and_cannot_be_asked(office: Office) -> None:
    """As long as the cloud can't be asked it is not called unknown; not for ever, either."""
    office.cloud.arrives = False
    inv = await office.planned()
    office.cloud.faults["run"].append(CloudNotKnown("cut off"))
    office.cloud.faults["find"].extend([CloudTryAgain("down")] * 1000)
    await office.dispatches()
    office.clock.at += TOKEN_BUDGET + timedelta(seconds=1)
    await office.dispatches()
    assert (await office.load(inv)).state is State.RUNNING
    office.clock.at += TOKEN_BUDGET
    await office.dispatches()
    assert (await office.load(inv)).state is State.UNKNOWN
    assert len(office.cloud.orders) == 1


# ── a process that stands still ────────────────────────────────────────────────


def frozen(office: Office, span: timedelta) -> Desk:
    """A desk at which the process stands still for *span* right after its first change is stored."""
    naps = iter([span])

    def stands() -> None:
        office.clock.at += next(naps, timedelta(0))

    return replace(office.desk, wake=stands)


@pytest.mark.parametrize("span", [CLAIM + timedelta(seconds=1), TOKEN_BUDGET + timedelta(minutes=5)])
async def test_a_token_is_not_sent_after_its_claim(office: Office, span: timedelta) -> None:
    """ECS may have forgotten it: what is then still allowed is asked again, and what is too late never goes out."""
    inv = await office.planned()
    await dispatch(frozen(office, span), office.cloud, office.spans, inv, 1)
    assert office.cloud.orders == []
    batch = await office.batch(inv)
    assert (batch.state, batch.doubt, "not sent" in batch.note) == (BatchState.DISPATCHING, False, True)
    office.clock.later(seconds=1)
    await office.dispatches()
    state = State.RUNNING if span < TOKEN_BUDGET else State.FAILED
    assert ((await office.load(inv)).state, len(office.cloud.orders)) == (state, int(span < TOKEN_BUDGET))


async def test_who_thaws_does_not_speak_for_who_took_over(office: Office) -> None:
    """Another replica is in the middle of its call: that this one sent nothing says nothing of that one."""
    inv = await office.planned()
    token = client_token(await office.load(inv), 1)
    await move(office.desk, inv, ev.Dispatching(1, token, office.clock.now() + CLAIM))
    late = (await office.batch(inv)).attempts
    await move(office.desk, inv, ev.SendingAgain(1, "", office.clock.now() + CLAIM, doubt=True))
    taken = await office.batch(inv)
    again = ev.SendingAgain(1, "not sent", office.clock.now(), doubt=False, attempt=late)
    assert isinstance(await move(office.desk, inv, again), Ignored)
    assert await office.batch(inv) == taken


async def test_an_order_ends_with_its_claim(office: Office) -> None:
    """So that the adapter, too, can leave it."""
    await office.sent()
    assert [order.not_after for order in office.cloud.orders] == [office.clock.now() + CLAIM]


@pytest.mark.parametrize(("user", "role"), [("U1", "oncall"), ("U2", "approver")])
async def test_a_role_that_ends_while_the_machines_are_looked_at(office: Office, user: str, role: str) -> None:
    """ECS can take seconds to say which they are: who asked and who approved are looked at after that."""
    office.policy(needed=1)
    inv = await office.planned()
    plan = (await office.load(inv)).plan
    assert plan is not None
    await approve(office.desk, "U2", inv, plan.digest)
    held = office.cloud.holds["instances"] = Hold()
    turn = asyncio.create_task(office.dispatches())
    await held.reached.wait()
    await office.store.revoke(user, role, Event("role_revoked", "UADMIN"), office.clock.now())
    held.let_go.set()
    await turn
    found = await office.load(inv)
    assert (found.state, found.refusal.why if found.refusal else None) == (State.REFUSED, Why.ROLE_ENDED)
    assert office.cloud.runs == {}
