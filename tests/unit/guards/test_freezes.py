"""Freezes and working hours: which moments they cover, on the clocks of their zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Freeze, Hours, Policy, Risk, Week
from bot.domain.guards import frozen, in_force, off_hours
from tests.unit.guards.given import MINUTES, MOMENTS, NOW, WEB, ZONES, snippet

WEEKEND = Freeze(1, ("*",), timezone="Asia/Shanghai", week=Week(6840, 480), why="weekend")
"""Fri 18:00 - Mon 08:00."""


def weekly(start: int, end: int, zone: str = "UTC") -> Freeze:
    """Every week from *start* until *end*."""
    return Freeze(1, ("*",), timezone=zone, week=Week(start, end))


def at(text: str, zone: str) -> datetime:
    """A local time as the moment it is."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@given(now=MOMENTS, start=MINUTES, end=MINUTES, zone=st.sampled_from(ZONES))
def test_a_week_is_what_the_clock_on_the_wall_says(now: datetime, start: int, end: int, zone: str) -> None:
    """In force where the stretch of this week, or of the one before, holds the local time: past Sunday it goes on."""
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    monday = datetime(wall.year, wall.month, wall.day) - timedelta(days=wall.weekday())  # noqa: DTZ001
    length = timedelta(minutes=end - start if start <= end else end - start + 7 * 1440)
    begins = [monday + timedelta(weeks=week, minutes=start) for week in (-1, 0)]
    assert in_force(weekly(start, end, zone), now) is any(begin <= wall < begin + length for begin in begins)


@given(now=MOMENTS, start=MINUTES, end=MINUTES, zone=st.sampled_from(ZONES))
def test_a_stretch_and_the_rest_of_the_week(now: datetime, start: int, end: int, zone: str) -> None:
    """At each moment exactly one of the two is in force; an empty one never is."""
    both = in_force(weekly(start, end, zone), now), in_force(weekly(end, start, zone), now)
    assert sum(both) == (0 if start == end else 1)


@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_the_whole_week(now: datetime, zone: str) -> None:
    """Mon 00:00 - Sun 24:00."""
    assert in_force(weekly(0, 7 * 1440, zone), now)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-10-09T17:59:59.999999", False),
        ("2026-10-09T18:00:00", True),
        ("2026-10-11T23:59:59", True),
        ("2026-10-12T00:00:00", True),
        ("2026-10-12T07:59:59.999999", True),
        ("2026-10-12T08:00:00", False),
    ],
)
def test_a_weekend_starts_and_ends_on_the_minute(local: str, expected: bool) -> None:
    """The start counts, the end does not; the turn of the week lies within."""
    assert in_force(WEEKEND, at(local, "Asia/Shanghai")) is expected


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("Europe/Berlin", "2026-03-22", 60),
        ("Europe/Berlin", "2026-03-29", 0),
        ("Europe/Berlin", "2026-10-25", 120),
        ("America/New_York", "2026-11-01", 60),
        ("Australia/Lord_Howe", "2026-10-04", 30),
        ("Asia/Shanghai", "2026-10-25", 60),
    ],
)
def test_an_hour_that_clocks_skip_or_pass_twice(zone: str, day: str, minutes: int) -> None:
    """Sunday from 02:00 until 03:00 lasts as long as clocks show 2: never, half an hour, or two hours."""
    first = at(f"{day}T00:00:00", zone)
    freeze = weekly(6 * 1440 + 120, 6 * 1440 + 180, zone)
    assert sum(in_force(freeze, first + timedelta(minutes=minute)) for minute in range(1380)) == minutes


@given(now=MOMENTS, start=st.none() | MOMENTS, end=st.none() | MOMENTS, zone=st.sampled_from(ZONES))
def test_once(now: datetime, start: datetime | None, end: datetime | None, zone: str) -> None:
    """From its start until its end, whichever zone *now* is told in; without one of them it is open there."""
    freeze = Freeze(1, ("*",), start=start, end=end)
    expected = (start is None or now >= start) and (end is None or now < end)
    assert in_force(freeze, now) is in_force(freeze, now.astimezone(ZoneInfo(zone))) is expected


def test_what_a_freeze_speaks_of() -> None:
    """Its targets, its snippets, its risks; the first that is in force is named, with its reason and its end."""
    once = Freeze(3, ("web-*",), ("restart",), (Risk.HIGH,), "Europe/Berlin", end=NOW + timedelta(days=1), why="audit")
    policy = Policy(freezes=(Freeze(1, ("db-*",), why="db"), Freeze(2, ("*",), end=NOW, why="over"), once, WEEKEND))
    refusal = frozen(policy, snippet(), WEB, NOW)
    assert refusal is not None
    assert (refusal.rule, refusal.hint) == ("freeze 3", "audit")
    assert (refusal.at, refusal.value) == ((NOW + timedelta(days=1)).timestamp(), "2026-10-07 05:10 (Europe/Berlin)")
    assert frozen(policy, snippet(Risk.MEDIUM), WEB, NOW) is None
    assert frozen(policy, snippet(name="reload"), WEB, NOW) is None


@pytest.mark.parametrize(
    ("freeze", "end", "clock"),
    [
        (WEEKEND, at("2026-10-12T08:00:00", "Asia/Shanghai"), "Mon 08:00 (Asia/Shanghai)"),
        (Freeze(1, ("*",), week=Week(0, 10_080), why="always"), None, ""),
        (Freeze(1, ("*",), week=Week(1440, 10_080)), at("2026-10-12T00:00:00", "UTC"), "Mon 00:00 (UTC)"),
        (Freeze(1, ("*",), start=NOW, why="moving"), None, ""),
    ],
)
def test_until_when(freeze: Freeze, end: datetime | None, clock: str) -> None:
    """The moment, and how it is called on the clock that policy was written by; nothing of an end that isn't there."""
    refusal = frozen(Policy(freezes=(freeze,)), snippet(), WEB, at("2026-10-10T12:00:00", "UTC"))
    assert refusal is not None
    assert (refusal.hint, refusal.value) == (freeze.why, clock)
    assert refusal.at == (end.timestamp() if end else 0)


def test_a_freeze_ends_on_the_walls_clock() -> None:
    """Though the clocks are changed in the night between."""
    week = Freeze(1, ("*",), week=Week(4 * 1440, 480), timezone="Europe/Berlin")
    refusal = frozen(Policy(freezes=(week,)), snippet(), WEB, at("2026-10-24T12:00:00", "Europe/Berlin"))
    assert refusal is not None
    assert refusal.at == at("2026-10-26T08:00:00", "Europe/Berlin").timestamp()


@given(now=MOMENTS, days=st.sets(st.integers(0, 6), min_size=1), zone=st.sampled_from(ZONES), data=st.data())
def test_working_hours(now: datetime, days: set[int], zone: str, data: st.DataObject) -> None:
    """Within them on a working day; the start counts, the end does not."""
    start = data.draw(st.integers(0, 1439))
    end = data.draw(st.integers(start + 1, 1440))
    wall = now.astimezone(ZoneInfo(zone))
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    since = wall.replace(tzinfo=None) - midnight
    working = wall.weekday() in days and timedelta(minutes=start) <= since < timedelta(minutes=end)
    assert off_hours(Hours(zone, tuple(sorted(days)), start, end), now) is not working


@given(now=MOMENTS)
def test_no_working_hours(now: datetime) -> None:
    """Without them no time is out of hours; with all of them neither."""
    assert not off_hours(None, now)
    assert not off_hours(Hours("Asia/Kathmandu", tuple(range(7)), 0, 1440), now)
