"""ClientToken: the same request twice runs once.

Same token and same parameters: the first answer again. Other parameters:
IdempotentParameterMismatch. The first still under way: IdempotentProcessing (both 403,
RunCommand's error table). How long ECS remembers a token is not published, so it is a
setting. That a refused request frees its token is a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.ecs.errors import ApiError

MAX_LENGTH = 64


@dataclass
class _Entry:
    digest: str
    at: datetime
    answer: dict[str, str] | None = None


class ClientTokens:
    """The tokens that one region remembers, each for *lifetime*."""

    def __init__(self, now: Callable[[], datetime], lifetime: timedelta) -> None:
        self._now = now
        self.lifetime = lifetime
        self._entries: dict[tuple[str, str], _Entry] = {}

    def claim(self, account_id: str, token: str, digest: str) -> dict[str, str] | None:
        """None where the request is new and now under way; else the first answer.

        Raises ApiError for a token that is malformed, used for something else, or in flight.
        """
        if not token or len(token) > MAX_LENGTH or not token.isascii():
            raise ApiError(400, "InvalidClientToken.Malformed", "The specified parameter clientToken is not valid.")
        entry = self._entries.get((account_id, token))
        if entry is None or self._now() - entry.at > self.lifetime:
            self._entries[account_id, token] = _Entry(digest, self._now())
            return None
        if entry.digest != digest:
            message = "The specified parameter has changed while using an already used clientToken."
            raise ApiError(403, "IdempotentParameterMismatch", message)
        if entry.answer is None:
            message = "The previous idempotent request(s) is still processing."
            raise ApiError(403, "IdempotentProcessing", message)
        return entry.answer

    def settle(self, account_id: str, token: str, answer: dict[str, str]) -> None:
        """The request under way has been accepted."""
        self._entries[account_id, token].answer = answer

    def release(self, account_id: str, token: str) -> None:
        """The request under way was refused: its token is free."""
        self._entries.pop((account_id, token), None)
