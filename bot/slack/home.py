"""Home tabs, outwards: views.publish."""

import json
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access import UserId
from bot.domain.front import Front
from bot.slack.chat import TIMEOUT, named
from bot.slack.links import links
from bot.slack.messages.home import home

MOST = 200
"""People whose last tab is remembered."""


class SlackHomes:
    """`workers.homekeeper.Homes` over Slack's Web API, for the workspace at *address*. What was published last is kept in memory."""

    def __init__(self, client: AsyncWebClient, address: str = "") -> None:
        self._client = client
        self._address = address
        self._last: dict[UserId, int] = {}

    async def publish(self, front: Front, now: datetime, *, anyway: bool) -> None:
        """Show it to whom it is for; without *anyway* only where it is not what they have. Raises ChatError."""
        view = home(front, now, links(self._address, front.user, front.shown, front.cards))
        mark = hash(json.dumps(view))
        if self._last.get(front.user) == mark and not anyway:
            return
        await named(lambda: self._client.views_publish(user_id=front.user, view=view), TIMEOUT)
        while len(self._last) >= MOST:
            del self._last[next(iter(self._last))]
        self._last[front.user] = mark
