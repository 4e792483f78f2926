"""That somebody stood where an output is shown, for as long as a modal about it is open: it travels through Slack."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.access import UserId

LIFE = timedelta(hours=1)
"""So long a modal can be read on in: who has left the channel meanwhile has to be there again."""


@dataclass(frozen=True, slots=True)
class Reader:
    """*user* pressed something on the bot's message (*channel*, *ts*) about *invocation*."""

    user: UserId
    invocation: str
    channel: str
    ts: str

    @property
    def place(self) -> tuple[str, str]:
        """Where that message is."""
        return self.channel, self.ts


class Passes:
    """Made of the bot's token, which all its replicas have."""

    def __init__(self, token: str) -> None:
        self._key = hashlib.sha256(f"ecs-chatops reading\n{token}".encode()).digest()

    def given(self, reader: Reader, now: datetime, **more: object) -> str:
        """A view's private_metadata, with *more* in it that nobody has to believe."""
        until = int((now + LIFE).timestamp())
        said = {"i": reader.invocation, "c": reader.channel, "t": reader.ts, "u": until}
        return json.dumps({**more, **said, "k": self._mac(reader, until)})

    def reader(self, user: UserId, metadata: object, now: datetime) -> Reader | None:
        """Who reads on; None where the bot did not give it to *user*, or too long ago."""
        said = carried(metadata)
        words = [word if isinstance(word := said.get(name), str) else "" for name in "ictk"]
        until = said.get("u")
        reader = Reader(user, *words[:3])
        if not isinstance(until, int) or not hmac.compare_digest(
            words[3].encode(errors="replace"), self._mac(reader, until).encode()
        ):
            return None
        return reader if now <= datetime.fromtimestamp(until, UTC) else None

    def _mac(self, reader: Reader, until: int) -> str:
        words = json.dumps([reader.user, reader.invocation, reader.channel, reader.ts, until])
        return hmac.new(self._key, words.encode(), hashlib.sha256).hexdigest()


def carried(metadata: object) -> Mapping[str, Any]:
    """What stands in a view's private_metadata, believed or not."""
    try:
        said = json.loads(metadata) if isinstance(metadata, str) else None
    except (ValueError, RecursionError):
        said = None
    return said if isinstance(said, dict) else {}
