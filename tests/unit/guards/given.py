"""What the guards are asked about: a snippet, a target, somebody at some moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.catalog import Risk, Snippet, Target
from bot.domain.guards import Circumstances

NOW = datetime(2026, 10, 6, 3, 10, tzinfo=UTC)
ZONES = (
    "UTC",
    "Asia/Shanghai",  # never changes its clocks
    "Europe/Berlin",  # by an hour, on Sundays
    "America/New_York",
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",  # 5:45 ahead
    "Africa/Casablanca",
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants its bounds without a zone
MINUTES = st.integers(0, 7 * 1440 - 1)
WEB = Target("web-prod", "prod", "cn-hangzhou")


def snippet(risk: Risk = Risk.HIGH, name: str = "restart") -> Snippet:
    """One of *risk*."""
    return Snippet(name, "x", risk, timedelta(seconds=60))


def around(**given: Any) -> Circumstances:
    """U1 asks in C1 at NOW, except for *given*."""
    return replace(Circumstances(NOW, "U1", "C1", ("oncall",)), **given)
