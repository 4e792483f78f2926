"""A workspace of the sandbox whose time is moved by hand, with all of its limits; what was seen there, and when."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bench.floor import End
from bot.sandbox.slack import Change, Channel, ManualClock, SlackServer

CHANNELS = 20


@dataclass(frozen=True)
class Plan:
    """Which run ends where, and how many seconds into the minute; and whether there is news of them until then."""

    name: str
    ends: tuple[End, ...]
    news: bool = False


@dataclass(frozen=True)
class Told:
    """Seconds from each end until its result, and until its card says so; by channel. How often Slack refused, how
    many changes were said with another, and how many messages came in a wrong order."""

    results: tuple[tuple[str, float], ...]
    cards: tuple[float, ...]
    refused: int
    folded: int
    disordered: int

    def waits(self, *, noisy: bool | None = None) -> list[float]:
        """Of the results; only in the noisy channel, or only in the others."""
        return [wait for channel, wait in self.results if noisy is None or noisy == (channel == "C00")]


@dataclass
class Stage:
    """A workspace whose time is moved by hand, a client, and what was seen there and when."""

    clock: ManualClock = field(default_factory=ManualClock)
    seen: list[tuple[float, Change, str]] = field(default_factory=list)

    async def __aenter__(self) -> "Stage":
        self.slack = await SlackServer(clock=self.clock).__aenter__()
        workspace = self.slack.workspace
        for number in range(CHANNELS):
            workspace.add_channel(Channel(f"C{number:02}", f"room-{number}", members=[workspace.app.user_id]))
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self.client = AsyncWebClient(
            self.slack.bot_token, self.slack.base_url, session=self._session, retry_handlers=[]
        )
        self._listening = workspace.feed.listening()
        self._queue = self._listening.__enter__()
        return self

    async def __aexit__(self, *raised: object) -> None:
        self._listening.__exit__(None, None, None)
        await self._session.close()
        await self.slack.stop()

    def begin(self) -> None:
        """What was before does not count."""
        self.look()
        self.seen.clear()
        self.slack.journal.clear()

    def look(self) -> None:
        """Note what has happened at this moment."""
        while not self._queue.empty():
            change = self._queue.get_nowait()
            state = (change.message.metadata or {}).get("event_payload", {}) if change.message else {}
            self.seen.append((self.clock.now(), change, str(state.get("state", ""))))

    def refused(self) -> int:
        """How often Slack said 429."""
        return sum(call.status == 429 for call in self.slack.journal.all)

    def sent(self) -> int:
        """Messages that were posted or changed, but for files."""
        return sum(not is_file for *_, is_file in self._messages())

    def judged(self, ends: dict[str, End], wanted: int) -> Told:
        """What came of it, from what was to be seen."""
        first: dict[tuple[str, bool], float] = {}
        wrong = 0
        for at, inv, reply, state, is_file in self._messages():
            over = (inv, reply) in first
            wrong += (is_file or state == "running") and over != is_file
            if state == "succeeded":
                first.setdefault((inv, reply), at)
        results = tuple((channel, first[inv, True] - end) for inv, (channel, end) in ends.items())
        cards = tuple(first[inv, False] - end for inv, (_, end) in ends.items())
        return Told(results, cards, self.refused(), wanted - self.sent(), wrong)

    def _messages(self) -> Iterator[tuple[float, str, bool, str, bool]]:
        """Each that was posted or changed: when, of which run, in its thread, its state then, and is it a file."""
        under = {
            m.ts: str(m.metadata["event_payload"]["id"])
            for m in self.slack.workspace.messages.values()
            if m.metadata and not m.is_reply
        }
        for at, seen, state in self.seen:
            if seen.kind in {"posted", "edited"} and (message := seen.message) is not None:
                yield at, under[message.thread_ts or message.ts], message.is_reply, state, bool(message.files)
