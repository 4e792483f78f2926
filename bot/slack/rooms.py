"""What Slack says of a conversation: whether the bot is in it, and who else could be."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access import UserId
from bot.domain.refusal import Refusal, Why
from bot.domain.sharing import Room
from bot.errors import ChatError
from bot.slack.chat import named
from bot.slack.outsiders import seen_by_others

SECONDS = 1.2
"""For one question: whoever asks waits for less than three seconds."""

log = structlog.get_logger(__name__)


class Rooms:
    """conversations.info, and a message for one person's eyes, which Slack takes only where both are members."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def look(self, channel: str) -> Room | Refusal:
        """What *channel* is; a refusal where Slack does not say."""
        try:
            answer = await named(lambda: self._client.conversations_info(channel=channel), SECONDS)
            found = answer["channel"]
        except ChatError as error:
            log.info("no_room", channel=channel, code=error.code)
            hint = {"missing_scope": "missing_scope", "channel_not_found": "absent"}.get(error.code, "silent")
            return Refusal(Why.NO_CHANNEL, subject=channel, hint=hint)
        if not isinstance(found, Mapping) or found.get("id") != channel:
            return Refusal(Why.NO_CHANNEL, subject=channel, hint="silent")
        return _room(channel, found)

    async def together(self, channel: str, user: UserId, words: str) -> Refusal | None:
        """A refusal where *user* and the bot are not both in *channel*; else *user* is told *words* there."""
        try:
            await named(lambda: self._client.chat_postEphemeral(channel=channel, user=user, text=words), SECONDS)
        except ChatError as error:
            log.info("not_together", channel=channel, code=error.code)
            known = {"user_not_in_channel": "apart", "not_in_channel": "absent", "channel_not_found": "absent"}
            known |= {"is_archived": "archived"}
            return Refusal(Why.NO_CHANNEL, subject=channel, hint=known.get(error.code, "unsaid"))
        return None


def _room(channel: str, found: Mapping[str, Any]) -> Room:
    return Room(
        channel,
        inside=found.get("is_member") is True,
        archived=found.get("is_archived") is True,
        people=bool(found.get("is_im") or found.get("is_mpim")),
        outside=seen_by_others(found),
        private=found.get("is_private") is not False,
    )
