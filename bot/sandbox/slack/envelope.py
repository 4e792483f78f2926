"""What Slack sends to the app, and what comes back, whichever way it goes."""

from dataclasses import dataclass, field, replace
from typing import Literal, Protocol
from uuid import uuid4

from bot.sandbox.slack.records import Json

EnvelopeType = Literal["slash_commands", "interactive", "events_api"]


def _new_id() -> str:
    return str(uuid4())


@dataclass(frozen=True)
class Envelope:
    """One payload on its way. ``retry_attempt`` counts from 1 on a repeated delivery (events only)."""

    type: EnvelopeType
    payload: Json
    envelope_id: str = field(default_factory=_new_id)
    retry_attempt: int = 0
    retry_reason: str = ""

    def again(self, **payload: object) -> "Envelope":
        """The same trigger in a new envelope, with parts of the payload replaced."""
        return replace(self, envelope_id=_new_id(), payload={**self.payload, **payload})

    def retried(self, attempt: int, reason: str = "timeout") -> "Envelope":
        """The repetition that Slack makes of an event that was not acknowledged."""
        return replace(self, envelope_id=_new_id(), retry_attempt=attempt, retry_reason=reason)


@dataclass(frozen=True)
class Ack:
    """What the app answered. ``error`` is what the person is told instead, None when all is well.

    ``payload`` is the JSON that came with it; plain text over HTTP becomes ``{"text": …}``.
    ``status``, ``body`` and ``headers`` are of the HTTP answer, where there was one.
    """

    payload: Json | None = None
    error: str | None = None
    status: int | None = None
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it was acknowledged in time."""
        return self.error is None


class Transport(Protocol):
    """A way to the app: Socket Mode or HTTP."""

    async def send(self, envelope: Envelope) -> Ack:
        """Deliver *envelope* once and wait for the answer, at most Slack's three seconds."""
