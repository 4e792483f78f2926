"""Warnings to people who have to know, outwards: direct messages that belong to no invocation."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access import UserId
from bot.domain.strays import Stray
from bot.slack.chat import TIMEOUT, named
from bot.slack.messages.strays import warning


class SlackWarnings:
    """`usecases.reconcile.Warnings` over Slack's Web API."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def warn(self, user: UserId, strays: Sequence[Stray], now: datetime) -> None:
        """Write to *user* about *strays*. Raises ChatError."""
        said = warning(strays, now)
        await named(
            lambda: self._client.chat_postMessage(
                channel=user, text=said.text, blocks=said.blocks, unfurl_links=False, unfurl_media=False
            ),
            TIMEOUT,
        )
