"""How fast Slack may be written to: one bucket per method, one per channel for posting, one for all channels."""

from datetime import datetime, timedelta

from bot.domain.lane import Lane, Way
from bot.domain.message import OutboxRow
from bot.domain.pacing import Bucket, Draw

Shape = tuple[float, float, float]
"""How many at once, how many a second from then on, and how many of them only final messages may use."""

UPDATES: Shape = (8.0, 42 / 60, 3.0)
"""chat.update and chat.delete: Tier 3, each 50 a minute for the whole workspace; a few at once (how many is a guess),
which are none the more in any one minute."""

POSTS: Shape = (3.0, 1.0, 1.0)
"""One message a second and channel, with short bursts (how short is a guess)."""

POSTING: Shape = (180.0, 120 / 60, 20.0)
"""Messages in all channels: "several hundred" a minute, here 300, which is a guess. What flows in is enough for
forty runs a minute, three messages each: of more chat.update could not keep the cards. The rest is there at once, for
many that end together."""

FILES: Shape = (8.0, 92 / 60, 0.0)
"""files.* and chat.postEphemeral: Tier 4, each 100 a minute."""

_POSTING = frozenset({Way.POST, Way.FILES, Way.WHISPER})
"""What Slack counts as a message in its channel, "whatever the method" (docs.slack.dev, chat.postMessage)."""

_KEPT = timedelta(minutes=1)
"""So often it is asked which buckets are still of use."""


class Budget:
    """Tokens for Slack's methods. What Slack itself answered (429) empties the bucket until it says."""

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._buckets: dict[str, Bucket] = {}
        self._shut: dict[tuple[str, bool], datetime] = {}  # for messages that are final, and for others
        self._forgot = now

    def tokens(self, lane: Lane, now: datetime, *, final: bool) -> int:
        """How many messages of *lane* could be sent now."""
        wanted = draws(lane, final=final)
        if self._shut.get((wanted[0].name, final), now) > now:
            return 0
        levels = [self._bucket(draw).level_at(now) - draw.reserve for draw in wanted]
        return max(int(min(levels)), 0)

    def wait(self, lane: Lane, now: datetime, *, final: bool) -> timedelta:
        """Zero where a message of *lane* could be sent now; else how long to wait."""
        return self._taken(draws(lane, final=final), now, final=final)[1]

    def take(self, row: OutboxRow, now: datetime) -> timedelta:
        """Zero where *row* may be sent now; else how long to wait, and nothing is taken."""
        if now - self._forgot >= _KEPT:
            self._forget(now)
        taken, wait = self._taken(draws(row.lane, final=row.final), now, final=row.final)
        if not wait:
            self._buckets |= taken
        return wait

    def give_back(self, row: OutboxRow) -> None:
        """What was taken for *row* was not used."""
        for draw in draws(row.lane, final=row.final):
            if (bucket := self._buckets.get(draw.name)) is not None:
                self._buckets[draw.name] = bucket.given_back()

    def shut(self, row: OutboxRow, until: datetime) -> None:
        """Slack said when to come back."""
        own = draws(row.lane, final=row.final)[0].name
        self._shut |= {(own, final): until for final in (False, True)}

    def hold(self, row: OutboxRow, until: datetime) -> None:
        """What replicas share has nothing for *row* until then; a final one may still have something."""
        self.give_back(row)
        self._shut[draws(row.lane, final=row.final)[0].name, row.final] = until

    def _taken(self, wanted: tuple[Draw, ...], now: datetime, *, final: bool) -> tuple[dict[str, Bucket], timedelta]:
        """The buckets of *wanted* with a token less, and how long to wait until each has one."""
        longest = max(self._shut.get((wanted[0].name, final), now) - now, timedelta(0))
        taken = {}
        for draw in wanted:
            taken[draw.name], wait = self._bucket(draw).take(now, draw.reserve)
            longest = max(longest, wait)
        return taken, longest

    def _bucket(self, draw: Draw) -> Bucket:
        return self._buckets.get(draw.name) or Bucket.full(draw.capacity, draw.rate, now=self._start)

    def _forget(self, now: datetime) -> None:
        """Full buckets are as good as new ones."""
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        self._shut = {key: until for key, until in self._shut.items() if until > now}
        self._forgot = now


def draws(lane: Lane, *, final: bool) -> tuple[Draw, ...]:
    """What a message of *lane* takes, of the buckets that replicas share; the one that a 429 is about comes first."""
    found = []
    match lane.way:
        case Way.RESULT | Way.UPDATE:
            found.append(_draw("update", UPDATES, final=final))
        case Way.DELETE:
            found.append(_draw("delete", UPDATES, final=final))
        case Way.FILES:
            found.append(_draw("files", FILES, final=final))
        case Way.WHISPER:
            found.append(_draw("whisper", FILES, final=final))
    if lane.way in _POSTING:
        found += [_draw(f"post {lane.where}", POSTS, final=final), _draw("posting", POSTING, final=final)]
    return tuple(found)


def _draw(name: str, shape: Shape, *, final: bool) -> Draw:
    capacity, rate, reserve = shape
    return Draw(name, capacity, rate, reserve=0.0 if final else reserve)
