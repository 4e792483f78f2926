"""Slack, outwards: what the outbox owes is built, sent, and its failures named."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.access import UserId
from bot.domain.invocation import Invocation, State
from bot.domain.message import MessageKind, OutboxRow, Place
from bot.domain.result import Result
from bot.errors import ChatError, ChatMessageGone, ChatNotTaken, ChatPlaceClosed, ChatTryAgain
from bot.ports import Clock
from bot.slack.chat_errors import chat_error
from bot.slack.messages.alert import alert
from bot.slack.messages.card import card
from bot.slack.messages.direct import direct
from bot.slack.messages.files import OutputFile, announced, files, not_taken
from bot.slack.messages.private import private
from bot.slack.messages.record import record
from bot.slack.messages.reminder import reminder
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.share import shared
from bot.slack.messages.thread import thread
from bot.slack.people import People
from bot.slack.places import Places

TIMEOUT = 10.0
"""Seconds for one call of the Web API, all in all. Not left to the client: with `session=` it ignores its own."""

UPLOAD_TIMEOUT = 60.0
"""Seconds for a file: three calls and the bytes."""

RESPONSE_URL_LIFE = timedelta(minutes=29)
"""Slack takes answers at a response_url for 30 minutes (docs.slack.dev, implementing-slash-commands)."""

log = structlog.get_logger(__name__)


class SlackChat:
    """`ports.Chat` over Slack's Web API, for the workspace *team*. *open_channels* are those that people of other
    companies see, and into which the bot may write all the same."""

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        team: str = "",
        *,
        seconds: float = TIMEOUT,
        open_channels: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._client = client
        self._clock = clock
        self._seconds = seconds
        self._people = People(client, clock, lambda call: named(call, seconds), team=team, seconds=seconds)
        self._places = Places(client, clock, lambda call: named(call, seconds), open_channels)

    async def reachable(self, users: Iterable[UserId]) -> frozenset[UserId]:
        """See `ports.Chat`."""
        return await self._people.reachable(users)

    async def unsaid(self, channel: str) -> timedelta:
        """See `ports.Chat`."""
        return await self._places.unsaid(channel)

    async def deliver(
        self, row: OutboxRow, invocation: Invocation, results: Sequence[Result], home: Place
    ) -> Place | None:
        """See `ports.Chat`. What Slack refuses as it is goes out once more, shorter and plain."""
        match row.kind:
            case MessageKind.CARD:
                return await self._say(card(invocation, self._clock.now()), home, row.place)
            case MessageKind.THREAD:
                message = await asyncio.to_thread(thread, invocation, results)  # a thousand outputs take a second
                return await self._say(message, home, row.place)
            case MessageKind.DIRECT | MessageKind.REMINDER | MessageKind.SHARE:
                return await self._elsewhere(row, invocation, results, home)
            case MessageKind.ALERT:
                return await self._say(alert(invocation, self._clock.now()), replace(home, thread_ts=None), row.place)
            case MessageKind.STALE:
                await self._delete(Place(str(row.payload["channel"]), row.key))
            case MessageKind.FILE:
                await self._upload(await asyncio.to_thread(files, invocation, results), home)
            case MessageKind.RECORD:
                whole = await asyncio.to_thread(record, invocation, results)
                await self._upload([whole], Place(row.key))
            case MessageKind.PRIVATE:
                await self._tell(private(row.payload, invocation), row.person, invocation, home)
        return None

    async def void(self, row: OutboxRow, invocation: Invocation, results: Sequence[Result]) -> bool:
        """See `ports.Chat`. A file that would say no more than the message above it is none."""
        return row.kind is MessageKind.FILE and not await asyncio.to_thread(files, invocation, results)

    async def _elsewhere(
        self, row: OutboxRow, invocation: Invocation, results: Sequence[Result], home: Place
    ) -> Place | None:
        """To an approver, or to another channel; to nobody where that was overtaken."""
        now = self._clock.now()
        if row.kind is MessageKind.DIRECT:
            return await self._say(direct(invocation, now), Place(row.key), row.place)
        if row.kind is MessageKind.REMINDER and invocation.state is State.AWAITING_APPROVAL:
            return await self._say(reminder(invocation, now), Place(row.key), row.place)
        share = next((s for s in invocation.shares if s.channel == row.key), None)
        if row.kind is not MessageKind.SHARE:  # decided since: wake nobody
            return row.place
        if share is None:  # given up: shared there again it is posted anew
            return None
        message = await asyncio.to_thread(shared, invocation, results, share, now)
        return await self._say(message, home, row.place)

    async def _say(self, message: Rendered, home: Place, place: Place | None) -> Place:
        try:
            return await self._send(message, home, place)
        except ChatNotTaken as refused:
            log.warning("slack did not take a message; saying it plainly", code=refused.code)
            plain = message.plainer()
            if _thread_trouble(refused):
                home = replace(home, thread_ts=None)
            return await self._send(plain, home, place)

    async def _send(self, message: Rendered, home: Place, place: Place | None) -> Place:
        what: dict[str, Any] = {"text": message.text, "blocks": message.blocks or None, "metadata": message.metadata}
        await self._places.enter(place.channel if place is not None else home.channel)
        if place is not None and place.ts is not None:
            channel, ts = place.channel, place.ts
            await named(lambda: self._client.chat_update(channel=channel, ts=ts, **what), self._seconds, updating=True)
            return place
        got = await named(
            lambda: self._client.chat_postMessage(
                channel=home.channel, thread_ts=home.thread_ts, unfurl_links=False, unfurl_media=False, **what
            ),
            self._seconds,
        )
        return Place(str(got["channel"]), str(got["ts"]), home.thread_ts)

    async def _delete(self, place: Place) -> None:
        try:
            await named(
                lambda: self._client.chat_delete(channel=place.channel, ts=place.ts or ""), self._seconds, updating=True
            )
        except ChatMessageGone as gone:
            log.info("what was stale is gone already", code=gone.code)

    # ── to one person ──────────────────────────────────────────────────────────

    async def _tell(self, message: Rendered, user: str, invocation: Invocation, home: Place) -> None:
        """By the nearest way that works: the answer to their command, else for their eyes in the channel, else a DM."""
        if self._answerable(invocation, user) and await self._answer(invocation.response_url, message):
            return
        if home.channel[:1] in {"C", "G"}:
            try:
                await self._whisper(message, user, home)
                return
            except ChatPlaceClosed as closed:
                log.info("no ephemeral message there; writing to the person", code=closed.code)
        await self._say(message, Place(user), None)

    def _answerable(self, invocation: Invocation, user: str) -> bool:
        """The response_url speaks to the one who gave the command, and to nobody else."""
        fresh = self._clock.now() - invocation.created_at < RESPONSE_URL_LIFE
        return bool(invocation.response_url) and user == invocation.requester and fresh

    async def _answer(self, url: str, message: Rendered) -> bool:
        """Was it taken? The webhook client tells of a refusal by its status alone, and knows no retries."""
        client = AsyncWebhookClient(url)
        try:
            async with asyncio.timeout(self._seconds):
                got = await client.send(
                    text=message.text, blocks=message.blocks or None, response_type="ephemeral", replace_original=False
                )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as fault:
            log.info("the response_url did not answer", fault=type(fault).__name__)
            return False
        if got.status_code != 200:
            log.info("the response_url did not take it", status=got.status_code)
        return got.status_code == 200

    async def _whisper(self, message: Rendered, user: str, home: Place) -> None:
        async def send(what: Rendered, thread_ts: str | None) -> None:
            words: dict[str, Any] = {"text": what.text, "blocks": what.blocks or None, "thread_ts": thread_ts}
            channel = home.channel
            await named(
                lambda: self._client.chat_postEphemeral(channel=channel, user=user, **words),
                self._seconds,
            )

        try:
            await send(message, home.thread_ts)
        except ChatNotTaken as refused:
            log.warning("slack did not take a message; saying it plainly", code=refused.code)
            await send(message.plainer(), None if _thread_trouble(refused) else home.thread_ts)

    # ── files ──────────────────────────────────────────────────────────────────

    async def _upload(self, outputs: Sequence[OutputFile], home: Place) -> None:
        if not outputs:
            return
        channel = home.channel
        await self._places.enter(channel)
        if channel[:1] in {"U", "W"}:  # completeUploadExternal knows no people: only a message opens the conversation
            channel = (await self._say(announced(outputs[0]), home, None)).channel
        parts = [{"filename": o.name, "title": o.title, "content": o.content} for o in outputs]
        try:
            await named(
                lambda: self._client.files_upload_v2(channel=channel, thread_ts=home.thread_ts, file_uploads=parts),
                UPLOAD_TIMEOUT,
            )
        except ChatNotTaken as refused:
            log.warning("slack did not take a file", code=refused.code)
            await self._say(not_taken(outputs[0]), home, None)


async def named(call: Callable[[], Awaitable[Any]], seconds: float, *, updating: bool = False) -> Any:
    """Make *call*; whatever goes wrong comes out as one of ChatError's kinds, without the request in its text."""
    try:
        async with asyncio.timeout(seconds):
            return await call()
    except SlackApiError as fault:
        error = chat_error(fault, updating=updating)
    except TimeoutError:
        error = ChatTryAgain("Slack did not answer in time")
    except (aiohttp.ClientError, SlackClientError, OSError, ValueError, AttributeError) as fault:
        # ValueError and AttributeError: the SDK, over an answer that is no JSON object
        error = ChatTryAgain(f"no usable answer of Slack: {type(fault).__name__}")
    if isinstance(error, ChatTryAgain):
        log.info("slack: to be tried again", error=str(error), code=error.code, after=error.after)
    raise error from None


def _thread_trouble(error: ChatError) -> bool:
    """Was it the thread that Slack did not like, not the message?"""
    return error.code in {"cannot_reply_to_message", "invalid_thread_ts", "thread_not_found", "message_not_found"}
