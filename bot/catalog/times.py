"""Times as policy.toml writes them: zones, a stretch of the week, a time of the day, a moment."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from bot.catalog.faults import Faults, near, show
from bot.domain.catalog import Week
from bot.domain.guards import DAYS

DAY = 1440
"""Minutes."""

_CLOCK = r"([01][0-9]|2[0-4]):([0-5][0-9])"
_WEEK = re.compile(rf"({'|'.join(DAYS)}) {_CLOCK} ?[-–] ?({'|'.join(DAYS)}) {_CLOCK}")
_NO_DATA = "this machine has no time zone data: install tzdata, the system's package or Python's"


def zone(key: str, name: str, faults: Faults) -> ZoneInfo | None:
    """The zone called *name*, as the IANA database names them."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = available_timezones()
        wrong = f'must be a time zone such as "UTC" or "Asia/Shanghai", not {show(name)}{near(name, known)}'
        faults.add(key, wrong if known else _NO_DATA)
        return None


def week(key: str, text: str, faults: Faults) -> Week | None:
    """`Fri 18:00 - Mon 08:00`. An end of `24:00` is the end of that day."""
    found = _WEEK.fullmatch(text)
    start = _minute(found[2], found[3]) if found else None
    end = _minute(found[5], found[6]) if found else None
    if found is None or start is None or start == DAY or end is None:
        faults.add(key, f'must be such as "Fri 18:00 - Mon 08:00", not {show(text)}')
        return None
    stretch = Week(DAYS.index(found[1]) * DAY + start, DAYS.index(found[4]) * DAY + end)
    if (stretch.end - stretch.start) % (7 * DAY) == 0 and stretch.end != 7 * DAY:
        faults.add(key, 'ends where it starts: the whole week is "Mon 00:00 - Sun 24:00"')
    return stretch


def clock(key: str, text: str, faults: Faults) -> int | None:
    """`09:00` → minutes of the day; `24:00` is its end."""
    found = re.fullmatch(_CLOCK, text)
    minute = _minute(found[1], found[2]) if found else None
    if minute is None:
        faults.add(key, f'must be a time of the day such as "09:00", not {show(text)}')
    return minute


def moment(key: str, given: object, where: ZoneInfo | None, faults: Faults, *, late: bool = False) -> datetime | None:
    """A moment in UTC. A date is its 00:00; without an offset it is local time in *where*.

    An hour that clocks pass twice, or never, has two readings: the earlier is taken, or where *late* the later.
    """
    if given is None:
        return None
    if isinstance(given, date) and not isinstance(given, datetime):
        given = datetime.combine(given, time())
    if not isinstance(given, datetime):
        example = "2026-12-24 or 2026-12-24T18:00:00"
        faults.add(key, f"must be a date, or a date with a time, without quotes, such as {example}, not {show(given)}")
        return None
    try:
        if given.tzinfo is not None:
            return given.astimezone(where or UTC).astimezone(UTC)  # both must be there: people are told it in *where*
        readings = [given.replace(tzinfo=where or UTC, fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:
        faults.add(key, f"is out of reach: {given}")
        return None
    return max(readings) if late else min(readings)


def _minute(hours: str, minutes: str) -> int | None:
    minute = int(hours) * 60 + int(minutes)
    return minute if minute <= DAY else None
