"""Where a form was opened from, so that nobody but the bot can have said so: it travels through Slack and back."""

import hashlib
import hmac
import json
from dataclasses import dataclass

from bot.domain.access import UserId


@dataclass(frozen=True, slots=True)
class Origin:
    """*channel* is empty where it has to be asked for; *thread* the ts of the message that it is about."""

    channel: str = ""
    thread: str = ""


class Seal:
    """Made of the bot's token, which all its replicas have; forms that were open when it changes are out of date."""

    def __init__(self, token: str) -> None:
        self._key = hashlib.sha256(f"ecs-chatops builder\n{token}".encode()).digest()

    def closed(self, user: UserId, origin: Origin, snippet: str = "") -> str:
        """A view's private_metadata. *snippet* is what its targets are for: only a filter, and not sealed."""
        said = {"c": origin.channel, "t": origin.thread, "s": snippet, "k": self._mac(user, origin)}
        return json.dumps(said)

    def opened(self, user: UserId, metadata: object) -> Origin | None:
        """Where *user* opened it; None where the bot did not say so to them."""
        said = _read(metadata)
        origin = Origin(said.get("c", ""), said.get("t", ""))
        said_mac = said.get("k", "").encode(errors="replace")  # JSON can bring halves of surrogate pairs
        return origin if hmac.compare_digest(said_mac, self._mac(user, origin).encode()) else None

    def _mac(self, user: UserId, origin: Origin) -> str:
        words = json.dumps([user, origin.channel, origin.thread])
        return hmac.new(self._key, words.encode(), hashlib.sha256).hexdigest()


def snippet_of(metadata: object) -> str:
    """The snippet that was chosen when the view was made."""
    return _read(metadata).get("s", "")


def _read(metadata: object) -> dict[str, str]:
    try:
        said = json.loads(metadata) if isinstance(metadata, str) else None
    except (ValueError, RecursionError):
        said = None
    return {k: v for k, v in said.items() if isinstance(v, str)} if isinstance(said, dict) else {}
