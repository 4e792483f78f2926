"""Which channels are seen by people of other companies. Told by conversations.info, and remembered for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.sharing import SEEN_BY_OTHERS
from bot.errors import ChatError, ChatPlaceClosed, ChatShut, ChatTryAgain
from bot.ports import Clock
from bot.slack.outsiders import seen_by_others

KEEP = timedelta(minutes=10)
"""How long an answer is taken for true: a channel can come to be shared."""

AGAIN = timedelta(seconds=3)
"""Slack is not asked again sooner, whatever it answered instead."""

MOST = 2_000
"""Channels that are remembered at a time."""

UNSEEN = "not_known_whether_shared"
"""Why a channel is closed, beside SEEN_BY_OTHERS and Slack's own names for it."""

Named = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Makes a call of Slack, and gives its failures the names of ChatError."""

Allowed = Callable[[], Collection[str]]
"""The shared channels that policy opens, as it is now."""


class Places:
    """What Slack says of channels. It is not asked about direct messages: the bot writes to people of its own alone."""

    def __init__(self, client: AsyncWebClient, clock: Clock, named: Named, allowed: Allowed) -> None:
        self._client = client
        self._clock = clock
        self._named = named
        self._allowed = allowed
        self._known: dict[str, tuple[str, datetime]] = {}
        self._asking: dict[str, asyncio.Lock] = {}
        self._silent: dict[str, datetime] = {}  # of which Slack, asked a moment ago, has not told
        self._limited_until: datetime | None = None

    async def unsaid(self, channel: str) -> timedelta:
        """See `ports.Chat`. Slack tells of fifty channels a minute (Tier 3), and of no other before its Retry-After is
        over: after a restart, and where many channels wake at once, that can be too few. Of any other fault who writes
        there is told."""
        try:
            await self.enter(channel)
        except ChatTryAgain:
            return self._limit()
        except ChatError:
            return timedelta(0)
        return timedelta(0)

    async def enter(self, channel: str) -> None:
        """Return where the bot may write into *channel*, as far as others' eyes go. Raises ChatError; closed is what
        is shared, and what the bot is not allowed to look at."""
        if channel[:1] not in {"C", "G"} or channel in self._allowed():
            return
        async with self._asking.setdefault(channel, asyncio.Lock()):
            if (why := await self._closed(channel)) != "":
                raise ChatPlaceClosed(code=why)

    async def _closed(self, channel: str) -> str:
        now = self._clock.now()
        if (known := self._known.get(channel)) is not None and now - known[1] < KEEP:
            return known[0]
        if self._limit() or self._silent.get(channel, now) > now:
            raise ChatTryAgain("Slack, asked a moment ago, has not told who sees the channel")
        try:
            answer = await self._named(lambda: self._client.conversations_info(channel=channel))
        except ChatTryAgain as fault:
            raise self._heeded(channel, fault) from None
        except ChatPlaceClosed:
            return ""  # unknown to the bot, and so closed to what it writes, in Slack's own words
        except ChatShut as shut:
            if shut.code != "missing_scope":
                raise
            return UNSEEN
        while len(self._known) >= MOST:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._asking.pop(oldest, None)
        said = SEEN_BY_OTHERS if seen_by_others(answer.get("channel")) else ""
        self._known[channel] = (said, now)
        return said

    def _heeded(self, channel: str, fault: ChatTryAgain) -> ChatTryAgain:
        """*fault* as it is of the message: its Retry-After is of conversations.info alone."""
        now = self._clock.now()
        if fault.after is not None:
            self._limited_until = now + max(timedelta(seconds=fault.after), AGAIN)
        else:
            self._silent = {one: until for one, until in self._silent.items() if until > now} | {channel: now + AGAIN}
        return ChatTryAgain(str(fault), code=fault.code)

    def _limit(self) -> timedelta:
        """For how long Slack is not to be asked."""
        if self._limited_until is None:
            return timedelta(0)
        return max(self._limited_until - self._clock.now(), timedelta(0))
