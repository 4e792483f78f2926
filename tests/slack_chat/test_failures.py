"""Every way in which Slack can fail has a name, and no message is given up that can be said plainly."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.invocation import State
from bot.domain.message import MessageKind, OutboxRow, Place
from bot.errors import ChatError, ChatMessageGone, ChatNotTaken, ChatPlaceClosed, ChatShut, ChatTryAgain
from bot.sandbox.slack import ManualClock, SlackServer
from bot.sandbox.slack.seed import INCIDENT, OLD, ONCALL, PRIVATE, QUIET
from bot.slack.chat import SlackChat
from tests.slack_chat.conftest import BotClock
from tests.slack_chat.rows import HOME, row
from tests.unit.messages.samples import ended, invocation, results

RUNNING = invocation(State.RUNNING)

BOTH: dict[type[ChatError], str] = {
    ChatPlaceClosed: "not_in_channel channel_not_found is_archived restricted_action user_not_in_channel",
    ChatNotTaken: "msg_too_long invalid_blocks invalid_blocks_format msg_blocks_too_long no_text too_many_attachments"
    " invalid_metadata_format invalid_metadata_schema metadata_too_large metadata_must_be_sent_from_app"
    " invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type missing_post_type"
    " invalid_json json_not_object",
    ChatShut: "invalid_auth not_authed token_revoked token_expired account_inactive missing_scope no_permission"
    " org_login_required upgrade_required",
    ChatTryAgain: "rate_limited ratelimited fatal_error internal_error service_unavailable request_timeout"
    " team_added_to_org an_error_of_next_year",
}
CASES = [(kind, code) for kind, codes in BOTH.items() for code in codes.split()]


@pytest.mark.parametrize(("kind", "code"), CASES, ids=[code for _, code in CASES])
async def test_errors_when_posting(chat: SlackChat, slack: SlackServer, kind: type[ChatError], code: str) -> None:
    """Each name that chat.postMessage has is of one kind, and carries its name."""
    slack.faults.error("chat.postMessage", code, times=2)
    with pytest.raises(kind) as failed:
        await chat.deliver(row(), RUNNING, (), HOME)
    assert type(failed.value) is kind
    assert failed.value.code.replace("_", "") == code.replace("_", "")
    assert slack.bot_token not in str(failed.value)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        *CASES,
        *[
            (ChatMessageGone, code)
            for code in (
                "message_not_found",
                "cant_update_message",
                "edit_window_closed",
                "is_inactive",
                "streaming_state_conflict",
            )
        ],
    ],
)
async def test_errors_when_updating(chat: SlackChat, slack: SlackServer, kind: type[ChatError], code: str) -> None:
    """Each name that chat.update has is of one kind; what is gone has to be posted anew."""
    place = await chat.deliver(row(), RUNNING, (), HOME)
    slack.faults.error("chat.update", code, times=2)
    with pytest.raises(kind) as failed:
        await chat.deliver(row(place=place), RUNNING, (), HOME)
    assert type(failed.value) is kind


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (None, "message_not_found"),
        (None, "cant_delete_message"),
        (None, "compliance_exports_prevent_deletion"),
        (ChatPlaceClosed, "channel_not_found"),
        (ChatShut, "token_revoked"),
        (ChatShut, "no_permission"),
        (ChatTryAgain, "fatal_error"),
        (ChatTryAgain, "request_timeout"),
        (ChatTryAgain, "ratelimited"),
    ],
)
async def test_errors_when_deleting(
    chat: SlackChat, slack: SlackServer, kind: type[ChatError] | None, code: str
) -> None:
    """What is gone, or may never go, is done with; the rest is named as it is elsewhere."""
    stale = row(MessageKind.STALE, "1.2", channel=INCIDENT)
    slack.faults.error("chat.delete", code)
    if kind is None:
        assert await chat.deliver(stale, RUNNING, (), HOME) is None
    else:
        with pytest.raises(kind):
            await chat.deliver(stale, RUNNING, (), HOME)


@pytest.mark.parametrize("fault", ["429", "503", "html", "cut", "slow"])
@pytest.mark.parametrize("method", ["chat.update", "chat.delete"])
async def test_no_usable_answer_to_a_change(
    slack: SlackServer, chat: SlackChat, clock: ManualClock, method: str, fault: str
) -> None:
    """It is tried again, as a post is, and says how long to wait where Slack did."""
    place = await chat.deliver(row(), RUNNING, (), HOME)
    assert place is not None
    changed = row(place=place) if method == "chat.update" else row(MessageKind.STALE, str(place.ts), channel=INCIDENT)
    match fault:
        case "429":
            slack.faults.ratelimit(method, 7)
        case "503":
            slack.faults.status(method, 503)
        case "html":
            slack.faults.not_json(method)
        case "cut":
            slack.faults.cut(method, times=3)
        case "slow":
            slack.faults.hold(method)
            client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
            chat = SlackChat(client, BotClock(clock), seconds=0.05)
    with pytest.raises(ChatTryAgain) as failed:
        await chat.deliver(changed, RUNNING, (), HOME)
    assert failed.value.after == (7.0 if fault == "429" else None)


async def test_a_file_that_says_no_more_than_the_message_is_none(chat: SlackChat) -> None:
    """It costs Slack nothing; and nothing else is ever none."""
    short, long = results(), results(output="x" * 20_000)
    assert await chat.void(row(MessageKind.FILE), ended(short), short)
    assert not await chat.void(row(MessageKind.FILE), ended(long), long)
    assert not await chat.void(row(MessageKind.THREAD), ended(short), short)


@pytest.mark.parametrize("where", [QUIET, PRIVATE, OLD, "C0NOWHERE"])
async def test_a_place_that_is_closed(chat: SlackChat, where: str) -> None:
    """Not a member, not known, archived: the real answers of the workspace."""
    with pytest.raises(ChatPlaceClosed):
        await chat.deliver(row(), RUNNING, (), Place(where))


async def test_a_deleted_message_is_gone(chat: SlackChat, slack: SlackServer) -> None:
    """Somebody deleted the card."""
    place = await chat.deliver(row(), RUNNING, (), HOME)
    assert place is not None
    assert place.ts is not None
    slack.workspace.delete(slack.workspace.message(place.channel, place.ts))
    with pytest.raises(ChatMessageGone):
        await chat.deliver(row(place=place), RUNNING, (), HOME)


async def test_a_rate_limit_says_how_long_to_wait(chat: SlackChat, slack: SlackServer) -> None:
    """429 with Retry-After."""
    slack.faults.ratelimit("chat.postMessage", 12)
    with pytest.raises(ChatTryAgain) as limited:
        await chat.deliver(row(), RUNNING, (), HOME)
    assert limited.value.after == 12.0


@pytest.mark.parametrize("fault", ["503", "html", "cut"])
async def test_no_usable_answer_is_tried_again(chat: SlackChat, slack: SlackServer, fault: str) -> None:
    """A 5xx, a page that is no JSON, a broken connection."""
    match fault:
        case "503":
            slack.faults.status("chat.postMessage", 503)
        case "html":
            slack.faults.not_json("chat.postMessage")
        case "cut":
            slack.faults.cut("chat.postMessage", times=3)
    with pytest.raises(ChatTryAgain) as failed:
        await chat.deliver(row(), RUNNING, (), HOME)
    assert slack.bot_token not in str(failed.value)


async def test_silence_has_an_end(slack: SlackServer, clock: ManualClock) -> None:
    """Whatever the client was told about timeouts."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
    slack.faults.hold("chat.postMessage")
    with pytest.raises(ChatTryAgain):
        await SlackChat(client, BotClock(clock), seconds=0.05).deliver(row(), RUNNING, (), HOME)


async def test_being_cancelled_is_not_an_answer(chat: SlackChat, slack: SlackServer) -> None:
    """It goes on up."""
    hold = slack.faults.hold("chat.postMessage")
    task = asyncio.create_task(chat.deliver(row(), RUNNING, (), HOME))
    await hold.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    hold.release()


async def test_nobody_there_is_tried_again(slack: SlackServer, clock: ManualClock) -> None:
    """The connection is refused."""
    gone = AsyncWebClient(token=slack.bot_token, base_url="http://127.0.0.1:9/api/")
    with pytest.raises(ChatTryAgain):
        await SlackChat(gone, BotClock(clock)).deliver(row(), RUNNING, (), HOME)


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "invalid_metadata_format"])
async def test_what_slack_does_not_take_is_said_plainly(chat: SlackChat, slack: SlackServer, code: str) -> None:
    """The outcome is there, without blocks; and so it is when a message is changed."""
    slack.faults.error("chat.postMessage", code)
    place = await chat.deliver(row(), ended(results()), (), HOME)
    assert place is not None
    assert place.ts is not None
    message = slack.workspace.message(place.channel, place.ts)
    assert message.blocks == []
    assert "3 of 3 machines succeeded" in message.text
    slack.faults.error("chat.update", code)
    await chat.deliver(row(place=place), RUNNING, (), HOME)
    assert message.blocks == []
    assert "running" in message.text


async def test_a_thread_that_is_gone_does_not_swallow_results(chat: SlackChat, slack: SlackServer) -> None:
    """They are said in the channel."""
    home = Place(INCIDENT, thread_ts="1111111111.000100")
    place = await chat.deliver(row(MessageKind.THREAD), ended(results()), results(), home)
    assert place is not None
    assert place.thread_ts is None
    assert place.ts is not None
    assert "3 of 3" in slack.workspace.message(place.channel, place.ts).text


async def test_a_file_that_slack_does_not_take_is_announced(chat: SlackChat, slack: SlackServer) -> None:
    """Nobody waits below a message that promises one."""
    slack.faults.error("files.getUploadURLExternal", "file_uploads_disabled")
    long = results(output="x" * 20_000)
    await chat.deliver(row(MessageKind.FILE), ended(long), long, HOME)
    (message,) = slack.workspace.all_messages(INCIDENT)
    assert "did not take the file" in message.text


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "files.upload", "files.completeUploadExternal"])
async def test_a_file_is_tried_again_whichever_step_fails(chat: SlackChat, slack: SlackServer, step: str) -> None:
    """All three begin anew."""
    slack.faults.status(step, 503)
    long = results(output="x" * 20_000)
    owed: OutboxRow = row(MessageKind.FILE)
    with pytest.raises(ChatTryAgain):
        await chat.deliver(owed, ended(long), long, HOME)
    await chat.deliver(owed, ended(long), long, HOME)
    assert [f.complete for f in slack.workspace.files.values()][-1]


async def test_a_private_message_that_slack_does_not_take_is_said_plainly(chat: SlackChat, slack: SlackServer) -> None:
    """Ephemeral ones too."""
    slack.faults.error("chat.postEphemeral", "invalid_blocks")
    told = row(MessageKind.PRIVATE, ONCALL, notice="expired")
    await chat.deliver(told, invocation(State.EXPIRED), (), HOME)
    (message,) = slack.workspace.all_messages(INCIDENT, ONCALL)
    assert message.ephemeral_to == ONCALL
    assert message.blocks == []
