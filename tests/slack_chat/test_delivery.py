"""Each kind of message reaches its place, and is changed there."""

from datetime import UTC, datetime, timedelta

from bot.domain.invocation import State
from bot.domain.message import MessageKind, Place
from bot.sandbox.slack import ManualClock, SlackServer
from bot.sandbox.slack.seed import APPROVER, INCIDENT, ONCALL, QUIET
from bot.slack.chat import SlackChat
from tests.slack_chat.rows import HOME, row
from tests.unit.messages.samples import ended, invocation, results


async def test_a_card_is_posted_and_then_updated(chat: SlackChat, slack: SlackServer) -> None:
    """One message, which follows the invocation; its buttons follow too."""
    place = await chat.deliver(row(), invocation(State.RUNNING), (), HOME)
    assert place is not None
    assert place.ts is not None
    message = slack.workspace.message(place.channel, place.ts)
    assert message.buttons == ["Stop"]
    again = await chat.deliver(row(place=place), ended(results()), (), HOME)
    assert again == place
    assert message.text.startswith("✔ mem on web-prod: 3 of 3 machines succeeded")
    assert message.buttons == ["Run again"]
    assert message.metadata == {
        "event_type": "ecs_invocation",
        "event_payload": {"id": "7k2m9x", "state": "succeeded", "version": 1},
    }


async def test_results_stand_in_the_thread_under_the_card(chat: SlackChat, slack: SlackServer) -> None:
    """And their place remembers the thread."""
    card = await chat.deliver(row(), invocation(State.RUNNING), (), HOME)
    assert card is not None
    home = Place(card.channel, thread_ts=card.ts)
    place = await chat.deliver(row(MessageKind.THREAD), ended(results()), results(), home)
    assert place is not None
    assert place.ts is not None
    assert place.thread_ts == card.ts
    message = slack.workspace.message(place.channel, place.ts)
    assert message.is_reply
    assert "Mem: 7821 3310" in message.words
    await chat.deliver(row(MessageKind.THREAD, place=place), ended(results()), results(output="other"), home)
    assert "other" in message.words


async def test_long_output_comes_as_a_file_in_the_thread(chat: SlackChat, slack: SlackServer) -> None:
    """Whole, in the bytes that the machines sent."""
    card = await chat.deliver(row(), invocation(State.RUNNING), (), HOME)
    assert card is not None
    long = results(output="\n".join(f"line {n}" for n in range(5_000)))
    home = Place(card.channel, thread_ts=card.ts)
    assert await chat.deliver(row(MessageKind.FILE), ended(long), long, home) is None
    (file,) = slack.workspace.files.values()
    assert file.complete
    assert file.name == "mem-web-prod-7k2m9x.txt"
    assert "line 2500\n" in file.text
    ((channel, ts),) = file.shares
    assert slack.workspace.message(channel, ts).thread_ts == card.ts


async def test_short_output_needs_no_file(chat: SlackChat, slack: SlackServer) -> None:
    """Nothing is sent at all."""
    assert await chat.deliver(row(MessageKind.FILE), ended(results()), results(), HOME) is None
    assert slack.journal.all == []


async def test_a_home_in_direct_messages_gets_card_thread_and_file(chat: SlackChat, slack: SlackServer) -> None:
    """The user's id is enough to post; what follows uses the channel that Slack named."""
    card = await chat.deliver(row(), invocation(State.RUNNING), (), Place(ONCALL))
    assert card is not None
    assert card.channel.startswith("D")
    long = results(output="x" * 20_000)
    home = Place(card.channel, thread_ts=card.ts)
    await chat.deliver(row(MessageKind.FILE), ended(long), long, home)
    (file,) = slack.workspace.files.values()
    assert file.shares[0][0] == card.channel


async def test_a_file_finds_direct_messages_by_the_user_alone(chat: SlackChat, slack: SlackServer) -> None:
    """Even if the card never got there."""
    long = results(output="x" * 20_000)
    await chat.deliver(row(MessageKind.FILE), ended(long), long, Place(ONCALL))
    (file,) = slack.workspace.files.values()
    assert file.shares[0][0].startswith("D")


async def test_a_stale_message_is_deleted_once(chat: SlackChat, slack: SlackServer) -> None:
    """That it is gone already is as good."""
    progress = await chat.deliver(row(MessageKind.THREAD), invocation(State.RUNNING), (), HOME)
    assert progress is not None
    stale = row(MessageKind.STALE, str(progress.ts), channel=progress.channel)
    for _ in range(2):
        assert await chat.deliver(stale, invocation(), (), HOME) is None
    assert slack.workspace.all_messages(INCIDENT) == []


async def test_an_approver_is_asked_directly_and_the_buttons_go_after(chat: SlackChat, slack: SlackServer) -> None:
    """The same message says what came of it."""
    asked = await chat.deliver(row(MessageKind.DIRECT, APPROVER), invocation(State.AWAITING_APPROVAL), (), HOME)
    assert asked is not None
    assert asked.ts is not None
    message = slack.workspace.message(asked.channel, asked.ts)
    assert message.buttons == ["Approve", "Deny"]
    assert slack.workspace.sees(APPROVER, message)
    await chat.deliver(row(MessageKind.DIRECT, APPROVER, asked), invocation(State.EXPIRED), (), HOME)
    assert message.buttons == []
    assert "expired" in message.text


async def test_a_private_notice_answers_the_command(chat: SlackChat, slack: SlackServer, clock: ManualClock) -> None:
    """By its response_url, seen by the requester only."""
    url = slack.response_url(ONCALL, INCIDENT)
    inv = invocation(State.EXPIRED, requester=ONCALL, response_url=url, created_at=_now(clock))
    await chat.deliver(row(MessageKind.PRIVATE, ONCALL, notice="expired"), inv, (), HOME)
    (message,) = slack.workspace.all_messages(INCIDENT, ONCALL)
    assert message.ephemeral_to == ONCALL
    assert message.via == "response_url"


async def test_a_worn_out_response_url_is_not_the_end(chat: SlackChat, slack: SlackServer, clock: ManualClock) -> None:
    """Slack refuses it with a status alone: the notice comes as an ephemeral message instead."""
    inv = invocation(
        State.EXPIRED, requester=ONCALL, response_url=slack.origin + "/commands/T/1/x", created_at=_now(clock)
    )
    await chat.deliver(row(MessageKind.PRIVATE, ONCALL, notice="expired"), inv, (), HOME)
    (message,) = slack.workspace.all_messages(INCIDENT, ONCALL)
    assert (message.ephemeral_to, message.via) == (ONCALL, "api")


async def test_after_half_an_hour_the_response_url_is_not_tried(
    chat: SlackChat, slack: SlackServer, clock: ManualClock
) -> None:
    """It would only be refused."""
    url = slack.response_url(ONCALL, INCIDENT)
    inv = invocation(State.EXPIRED, requester=ONCALL, response_url=url, created_at=_now(clock) - timedelta(minutes=30))
    await chat.deliver(row(MessageKind.PRIVATE, ONCALL, notice="expired"), inv, (), HOME)
    assert [call.method for call in slack.journal.all] == ["chat.postEphemeral"]


async def test_a_notice_to_somebody_else_never_takes_the_requesters_url(
    chat: SlackChat, slack: SlackServer, clock: ManualClock
) -> None:
    """It would be shown to the wrong person."""
    url = slack.response_url(ONCALL, INCIDENT)
    inv = invocation(State.EXPIRED, requester=ONCALL, response_url=url, created_at=_now(clock))
    await chat.deliver(row(MessageKind.PRIVATE, APPROVER, notice="expired"), inv, (), HOME)
    (message,) = slack.workspace.all_messages(INCIDENT, APPROVER)
    assert message.ephemeral_to == APPROVER


async def test_where_the_bot_is_not_a_member_a_notice_becomes_a_direct_message(
    chat: SlackChat, slack: SlackServer
) -> None:
    """Nobody is left without an answer."""
    told = row(MessageKind.PRIVATE, ONCALL, notice="not_in_channel", channel=QUIET)
    await chat.deliver(told, invocation(State.RUNNING), (), Place(QUIET))
    message = slack.workspace.all_messages(slack.workspace.im(ONCALL).id)[0]
    assert "/invite @ecs" in message.text
    assert f"<#{QUIET}>" in message.text


def _now(clock: ManualClock) -> datetime:
    return datetime.fromtimestamp(clock.now(), UTC)


async def test_a_reminder_is_a_new_message(chat: SlackChat, slack: SlackServer) -> None:
    """Beside the first one, with buttons of its own; of what is decided nobody is reminded."""
    waiting = invocation(State.AWAITING_APPROVAL)
    first = await chat.deliver(row(MessageKind.DIRECT, APPROVER), waiting, (), HOME)
    second = await chat.deliver(row(MessageKind.REMINDER, APPROVER), waiting, (), HOME)
    assert first is not None
    assert second is not None
    assert second.channel == first.channel
    assert second.ts not in {None, first.ts}
    reminded = slack.workspace.all_messages(second.channel)[-1]
    assert reminded.text.startswith("⏰ Still waiting until")
    assert reminded.buttons == ["Approve", "Deny"]
    assert await chat.deliver(row(MessageKind.REMINDER, APPROVER), invocation(State.DENIED), (), HOME) is None
    assert len(slack.workspace.all_messages(second.channel)) == 2


async def test_a_copy_that_nobody_wants_any_more_stands_nowhere(chat: SlackChat, slack: SlackServer) -> None:
    """A crash left it owed: nothing is said, and shared there again it is posted anew."""
    place = await chat.deliver(row(MessageKind.SHARE, INCIDENT, Place(INCIDENT, "1.1")), ended(results()), (), HOME)
    assert place is None
    assert slack.journal.calls("chat.update") == []
