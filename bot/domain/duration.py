"""Durations as people write them: `60s`, `5m`, `1h30m`, `2d`."""

import re
from datetime import timedelta

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_FORM = re.compile(r"(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?")


def parse_duration(text: str) -> timedelta | None:
    """Read *text*: days, hours, minutes, seconds in that order, each at most once. None: it is no duration."""
    found = _FORM.fullmatch(text)
    if not text or found is None:
        return None
    return timedelta(
        seconds=sum(int(count) * unit for count, unit in zip(found.groups(default="0"), _UNITS.values(), strict=True))
    )


def say_duration(span: timedelta) -> str:
    """Write *span* so that `parse_duration` reads it back: `90s` is `1m30s`. Below a second it is `0s`.

    A million days and more, which can be said in hours, are not read back in days.
    """
    left, said = int(span.total_seconds()), ""
    for letter, unit in _UNITS.items():
        count, left = divmod(left, unit)
        said += f"{count}{letter}" if count else ""
    return said or "0s"
