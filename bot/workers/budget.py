"""How fast Slack may be written to: one bucket per method, one per channel for posting."""

from datetime import datetime, timedelta

from bot.domain.message import MessageKind, OutboxRow
from bot.domain.pacing import Bucket, Draw

UPDATES = (8.0, 42 / 60)
"""chat.update and chat.delete: Tier 3, each 50 a minute for the whole workspace; a few at once (how many is a guess),
which are none the more in any one minute."""

POSTS = (3.0, 1.0)
"""One message a second and channel, with short bursts (how short is a guess)."""

FILES = (8.0, 92 / 60)
"""files.*: Tier 4, 100 a minute."""

_RESERVE = 3.0
"""Updates that messages about progress leave for final ones."""

_MANY = 32
"""Buckets that are kept without asking whether they are still of use."""

Key = tuple[str, str]


class Budget:
    """Tokens for Slack's methods. What Slack itself answered (429) empties the bucket until it says."""

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._buckets: dict[Key, Bucket] = {}
        self._shut: dict[tuple[Key, bool], datetime] = {}  # for messages that are final, and for others

    def take(self, row: OutboxRow, now: datetime) -> timedelta:
        """Zero where *row* may be sent now; else how long to wait, and nothing is taken."""
        key = self.key(row)
        if (until := self._shut.get((key, row.final))) is not None and until > now:
            return until - now
        draw = self.draw(row)
        bucket = self._buckets.get(key) or Bucket.full(draw.capacity, draw.rate, now=self._start)
        if len(self._buckets) > _MANY:
            self._forget(now)
        self._buckets[key], wait = bucket.take(now, draw.reserve)
        return wait

    def give_back(self, row: OutboxRow) -> None:
        """What was taken for *row* was not used."""
        key = self.key(row)
        if (bucket := self._buckets.get(key)) is not None:
            self._buckets[key] = bucket.given_back()

    def shut(self, row: OutboxRow, until: datetime) -> None:
        """Slack said when to come back."""
        self._shut |= {(self.key(row), final): until for final in (False, True)}

    def hold(self, row: OutboxRow, until: datetime) -> None:
        """What replicas share has nothing for *row* until then; a final one may still have something."""
        self.give_back(row)
        self._shut[self.key(row), row.final] = until

    def draw(self, row: OutboxRow) -> Draw:
        """What *row* takes of the bucket that replicas share."""
        key = self.key(row)
        method = key[0]
        limits = {"update": UPDATES, "delete": UPDATES, "files": FILES}.get(method, POSTS)
        scarce = method == "update" and not row.final
        return Draw(" ".join(key).strip(), *limits, reserve=_RESERVE if scarce else 0.0)

    def _forget(self, now: datetime) -> None:
        """Full buckets are as good as new ones."""
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        self._shut = {key: until for key, until in self._shut.items() if until > now}

    @staticmethod
    def key(row: OutboxRow) -> Key:
        """Which of Slack's budgets *row* draws on."""
        if row.kind in {MessageKind.FILE, MessageKind.RECORD}:
            return ("files", "")
        if row.kind is MessageKind.STALE:
            return ("delete", "")
        if row.place is not None:
            return ("update", "")
        return ("post", row.home.channel)
