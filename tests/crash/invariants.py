"""What must hold when all is over, however the bot died on the way."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.message import MessageKind, OutboxRow
from bot.domain.result import Outcome
from bot.sandbox.ecs import SANDBOX_KEY, Region
from bot.sandbox.slack import Message, SlackServer
from bot.sandbox.terminal import state_of
from bot.store import SqlStore, open_store
from bot.usecases.dispatch import client_token, run_name
from tests.scenarios.world import id_of

_NOTHING_RAN = frozenset({State.DENIED, State.EXPIRED, State.REFUSED, State.AWAITING_APPROVAL})
_RAN = frozenset({Outcome.SUCCEEDED, Outcome.FAILED, Outcome.TIMED_OUT})
_NOT_RAN = frozenset({Outcome.NOT_RUN, Outcome.UNREACHABLE})


async def check(
    database: str,
    region: Region,
    slack: SlackServer,
    *,
    promised: Iterable[str] = (),
    log: str = "",
    kills: int = 0,
    births: Sequence[float] = (),
) -> dict[str, int]:
    """Everything of this module, of a bot that was stopped. How many messages stand twice, by kind.

    *kills* deaths may have doubled a message each; of processes with *births* it is known which did.
    """
    async with await open_store(database) as store:
        found = await store.recent(100_000)
        machines_ran_once(region, found)
        every_promise_is_kept(found, promised)
        nothing_is_owed(await store.owed(datetime.now(UTC) + timedelta(days=9), 100))
        for inv in found:
            await what_is_said_is_true(store, region, inv)
            await messages_follow_the_database(store, slack, inv)
        assert await store.verify() == [], "the audit trail does not verify"
        alerts = {place for inv in found if (place := await store.place(inv.id, MessageKind.ALERT))}
    no_secret(log, slack)
    nothing_broke(log)
    known = {(place.channel, place.ts) for place in alerts}
    return doubles(slack, found, max(kills, len(births) - 1), births, known)


def machines_ran_once(region: Region, found: Sequence[Invocation]) -> None:
    """No machine saw a batch's script twice; each RunCommand is one stored batch, under its own token."""
    by_id = {inv.id: inv for inv in found}
    for machine in region.machines.values():
        assert all(count == 1 for count in machine.runs_by_invocation.values()), f"{machine.name} ran one twice"
    names = Counter(str(run.params["Name"]) for run in region.invocations if not run.dry_run)
    assert all(count == 1 for count in names.values()), f"sent twice: {names.most_common(1)}"
    for run in region.invocations:
        inv = by_id[dict(run.tags)["ecs-chatops-id"]] if not run.dry_run else None
        if inv is None:
            continue
        assert inv.plan is not None
        batch = next(b for b in inv.batches if run_name(inv.id, b.no) == run.params["Name"])
        assert run.params["ClientToken"] == client_token(inv, batch.no)
        assert run.script == inv.plan.parts[batch.part].content
        assert {one.machine.instance_id for one in run.runs} == set(batch.instances)


def every_promise_is_kept(found: Sequence[Invocation], promised: Iterable[str]) -> None:
    """What a person was promised is stored, and is over or waits for a person."""
    by_id = {inv.id: inv for inv in found}
    for one in promised:
        assert one in by_id, f"{one} was promised, and is lost"
    for inv in found:
        assert inv.state.final or inv.state is State.AWAITING_APPROVAL, f"{inv.id} is left {inv.state}"


def nothing_is_owed(owed: Sequence[OutboxRow]) -> None:
    """All that was to be said was said."""
    assert not owed, f"still to be said: {[(row.invocation, row.kind, row.key) for row in owed]}"


async def what_is_said_is_true(store: SqlStore, region: Region, inv: Invocation) -> None:
    """Each result is what that machine did; what is said not to have run has not."""
    runs = {
        (one.machine.instance_id): one
        for run in region.invocations
        if not run.dry_run and dict(run.tags)["ecs-chatops-id"] == inv.id
        for one in run.runs
    }
    if inv.state in _NOTHING_RAN:
        assert not runs, f"{inv.id} is {inv.state}, and ran"
    for result in await store.results(inv.id):
        run = runs.get(result.instance)
        if result.outcome in _RAN:
            assert run is not None, f"{result.name} of {inv.id} never ran"
            assert (result.outcome is Outcome.SUCCEEDED) == (run.status == "Success")
        elif result.outcome in _NOT_RAN or result.error_info == "never sent":
            assert run is None or not run.machine.runs_by_invocation or run.exit_code is None, f"{result.name} ran"
    if inv.state is State.SUCCEEDED:
        assert inv.plan is not None
        assert {r.instance for r in await store.results(inv.id)} == set(runs)
    if inv.state is State.UNKNOWN:
        assert any(b.state is BatchState.UNKNOWN or Outcome.UNKNOWN in dict(b.tally) for b in inv.batches)


async def messages_follow_the_database(store: SqlStore, slack: SlackServer, inv: Invocation) -> None:
    """The card and the thread's message that the bot knows say the state that is stored."""
    for kind in (MessageKind.CARD, MessageKind.THREAD):
        place = await store.place(inv.id, kind)
        if place is None or place.ts is None:
            assert not inv.started_at, f"{inv.id} has run, and has no {kind}"
            continue
        message = slack.workspace.message(place.channel, place.ts)
        assert state_of(message) == inv.state.value, f"the {kind} of {inv.id} says {state_of(message)}: {inv.state}"


def doubles(
    slack: SlackServer,
    found: Sequence[Invocation],
    kills: int,
    births: Sequence[float] = (),
    alerts: Container[tuple[str, str | None]] = (),
) -> Counter[str]:
    """Messages that stand more often than once, by kind: cards, results, direct messages.

    Slack has no ClientToken: what was posted when the process died, and not yet written down as
    posted, is posted again. That is one message for each death, at most.
    """
    ids = {inv.id for inv in found}
    copies: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)
    for message in slack.workspace.all_messages():
        if id_of(message) in ids and state_of(message) and (message.channel, message.ts) not in alerts:
            copies[id_of(message), message.channel, _kind(message)].append(float(message.ts))
    doubled = Counter({key: len(stamps) - 1 for key, stamps in copies.items() if len(stamps) > 1})
    assert doubled.total() <= kills, f"{kills} kills, and {doubled}"
    # the newest copy is the one that the bot knows; the process that posted another died over it
    died_over = Counter(bisect_right(births, at) for stamps in copies.values() for at in sorted(stamps)[:-1])
    assert not births or max(died_over.values(), default=0) <= 1, f"one death doubled several: {died_over}, {doubled}"
    by_kind = Counter[str]()
    for (_, _, kind), count in doubled.items():
        by_kind[kind] += count
    return by_kind


def _kind(message: Message) -> str:
    if message.channel.startswith("D") and not message.is_reply:
        return "reminder" if message.text.startswith("⏰") else "direct"
    return "thread" if message.is_reply else "card"


def secrets_of(slack: SlackServer) -> list[str]:
    """What may stand nowhere: tokens, the signing secret, the cloud's secret, and every response_url's path."""
    urls = [envelope.payload.get("response_url") for envelope, _ in slack.envelopes]
    paths = [urlsplit(url).path for url in urls if isinstance(url, str)]
    return [slack.bot_token, slack.app_token, slack.signing_secret, SANDBOX_KEY.secret, *paths]


def no_secret(log: str, slack: SlackServer) -> None:
    """Neither in the log nor in what anybody reads."""
    said = "\n".join([log, *(m.words + str(m.metadata) for m in slack.workspace.all_messages())])
    assert [secret for secret in secrets_of(slack) if secret in said] == []


def nothing_broke(log: str) -> None:
    """No worker failed, no answer broke."""
    for word in ("Traceback", "job_failed", "worker_failed", "answer_failed", '"broken"'):
        assert word not in log, f"{word}: {log[max(log.index(word) - 500, 0) :][:3000]}"
