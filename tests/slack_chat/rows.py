"""What the outbox owes."""

from datetime import UTC, datetime
from typing import Any

from bot.domain.message import MessageKind, OutboxRow, Place
from bot.sandbox.slack.seed import INCIDENT

HOME = Place(INCIDENT)


def row(kind: MessageKind = MessageKind.CARD, key: str = "", place: Place | None = None, **payload: Any) -> OutboxRow:
    """A message owed, posted already where *place* is given."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return OutboxRow("7k2m9x", kind, key, 2, 1, False, now, place=place, payload=payload, home=HOME)
