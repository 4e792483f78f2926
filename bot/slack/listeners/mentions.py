"""`@ecs …` in channels and threads, and direct messages to the bot: the same lines as after `/ecs`."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners.answers import Incomplete, answer_line
from bot.slack.listeners.reception import Reception
from bot.slack.messages.entry import begin_with_me
from bot.slack.messages.rendered import Rendered
from bot.usecases.desk import Asker

MOST = 2_000
"""Events that are remembered as heard. Slack delivers one again for an hour at most."""

Next = Callable[[], Awaitable[object]]


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen to both. Bolt acknowledges an event before its listener: so it is written down before, in a middleware."""
    hearing = Hearing(reception)

    @app.event("app_mention", middleware=[hearing.hear])
    async def mentioned() -> None:
        """Acknowledged, now that it was heard."""

    @app.event("message", middleware=[hearing.hear])
    async def written() -> None:
        """The same."""


class Hearing:
    """Which events were heard. In memory: after a restart the request_key still keeps a run from happening twice."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._heard: dict[str, None] = {}

    async def hear(self, body: dict[str, Any], next_: Next) -> None:
        """Write down what *body* asks for, if it asks for something; never raises."""
        event, number = body.get("event"), body.get("event_id")
        if isinstance(event, Mapping) and isinstance(number, str) and self._is_news(event, number):
            asker = self._asker(body, event, number)
            if isinstance(asker, Asker):
                words = await self._reception.bounded(str(event.get("type")), self._answer(asker, event))
                self._reception.whisper(asker, words)
        await next_()

    def _is_news(self, event: Mapping[str, Any], number: str) -> bool:
        """Said by a person, now, for the first time: not an edit, not a bot's words, not a delivery for the second
        time."""
        by_person = isinstance(event.get("user"), str) and not event.get("bot_id") and not event.get("subtype")
        if not by_person or event.get("edited") or number in self._heard:
            return False
        if event.get("type") == "message" and event.get("channel_type") != "im":
            return False
        while len(self._heard) >= MOST:
            del self._heard[next(iter(self._heard))]
        self._heard[number] = None
        return True

    def _asker(self, body: Mapping[str, Any], event: Mapping[str, Any], number: str) -> Asker | None:
        """None for people of another workspace, in a channel that is shared with it: nothing of theirs is read."""
        teams = {event[name] for name in ("team", "user_team", "source_team") if event.get(name)} | {
            body.get("team_id")
        }
        user, channel, thread = event.get("user"), event.get("channel"), event.get("thread_ts")
        if teams != {self._reception.team} or not isinstance(user, str) or not isinstance(channel, str):
            return None
        return Asker(
            user, self._reception.team, channel, f"event:{number}", "", thread if isinstance(thread, str) else ""
        )

    async def _answer(self, asker: Asker, event: Mapping[str, Any]) -> Rendered:
        written = event.get("text")
        text = written if isinstance(written, str) else ""
        named = re.match(rf"\s*<@{re.escape(self._reception.bot)}(?:\|[^<>]*)?>[\s:,]*", text)
        if named is None and event.get("type") == "app_mention":
            return begin_with_me()  # it is spoken of, not spoken to
        said = await answer_line(self._reception, asker, text[named.end() :] if named else text)
        return said.words if isinstance(said, Incomplete) else said
