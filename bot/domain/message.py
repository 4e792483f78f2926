"""Messages owed to Slack, as values: which, of what, how urgent. Their words are in `slack/messages`."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.lane import Lane, Way


class MessageKind(StrEnum):
    """Which message of an invocation."""

    CARD = "card"  # in the channel: who, what, where, state, buttons; one, updated
    THREAD = "thread"  # under the card: results; one, updated
    FILE = "file"  # under the card: outputs too long to read in a message; sent once, at the end
    STALE = "stale"  # what is to stand no more: progress, its result posted beside it; a copy; deleted; *key* is its ts
    ALERT = "alert"  # in the channel: nobody knows what became of it; stays until somebody settles it
    PRIVATE = "private"  # to one person, seen by nobody else; *key*: see `OutboxRow.person`; payload: Refusal, notice
    REMINDER = "reminder"  # half of the time is over: a new direct message to an approver; *key* is the user id
    RECORD = "record"  # the whole of it as a file, in the direct messages of who asked for that; *key* is the user id
    SHARE = "share"  # in another channel: its outcome and results; *key* is the channel; updated
    DIRECT = "direct"  # a direct message to an approver; *key* is the user id; updated when it is decided

    @property
    def longest(self) -> timedelta:
        """The longest that sending one can take, all calls of Slack and their second tries together."""
        seconds = {MessageKind.FILE: 120, MessageKind.RECORD: 120, MessageKind.PRIVATE: 75}.get(self, 40)
        return timedelta(seconds=seconds)

    def lane(self, key: str, home: str, *, stands: bool) -> Lane:
        """Where it waits, if the invocation's home is *home*; *stands*: it was posted already."""
        updated = Way.RESULT if self is MessageKind.THREAD else Way.UPDATE
        return Lane(_WAYS.get(self) or (updated if stands else Way.POST), key if self in _ELSEWHERE else home)


_WAYS = {
    MessageKind.FILE: Way.FILES,
    MessageKind.RECORD: Way.FILES,
    MessageKind.STALE: Way.DELETE,
    MessageKind.PRIVATE: Way.WHISPER,
}
"""The ways of those that are never updated; the others are posted once, and updated from then on."""

_ELSEWHERE = frozenset({MessageKind.DIRECT, MessageKind.REMINDER, MessageKind.RECORD, MessageKind.SHARE})
"""In the conversation that is their key: somebody's direct messages, or another channel."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One message that a change makes stale. It says which, not what: it is built from the newest state."""

    kind: MessageKind
    key: str = ""
    final: bool = False
    delay: timedelta = timedelta(0)
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message is or goes: *channel* (a user id means their direct messages), *ts* once it is there."""

    channel: str
    ts: str | None = None
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message with what is wanted of it and what Slack has. *wanted* and *delivered* count changes.

    It is owed while wanted > delivered. *place* is None until it was posted; *home* is where it
    goes then: the channel of its card, with the card's ts as thread_ts for what stands under it.
    *instead_of* is where it stood, if it is to be posted once more: that message is stale then.
    """

    invocation: str
    kind: MessageKind
    key: str
    wanted: int
    delivered: int
    final: bool
    not_before: datetime
    attempts: int = 0
    place: Place | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    home: Place = field(default_factory=lambda: Place(""))
    lane: Lane = field(default_factory=lambda: Lane(Way.POST, ""))
    instead_of: Place | None = None

    @property
    def person(self) -> str:
        """Whom a private message is for. Their id is all of its key, or is followed by what it is about: of two such
        notices, unlike of two that say how far a run has come, none takes the other's place."""
        return self.key.partition(" ")[0]

    def anew(self) -> "OutboxRow":
        """The same, to be posted where it could be updated."""
        return replace(self, place=None, instead_of=self.place, lane=Lane(Way.POST, self.lane.where))
