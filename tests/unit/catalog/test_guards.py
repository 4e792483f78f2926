"""Channels, freezes, hours and limits: what policy.toml's tables become, and what is refused in which words."""

import re
import shutil
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.catalog import read_catalog
from bot.domain.catalog import ChannelRule, Freeze, Hours, Limits, Policy, Risk, Rule, Week
from tests.unit.catalog.conftest import FaultsOf, Write

COMMANDS = Path(__file__).parents[3] / "commands"
ROLES = """
[roles.admin]
manage_roles = true
[roles.boss]
run = [{ snippets = ["*"], targets = ["*"] }]
approve = [{ snippets = ["*"], targets = ["*"] }]
"""
FREEZE = "[[freezes]]\ntargets = ['*']\nwhy = 'x'\n"
ONCE = FREEZE + "timezone = 'Europe/Berlin'\n"


def test_the_shapes(folder: Path, write: Write) -> None:
    """Every key of every table, as the guards are given it."""
    write(
        "policy.toml",
        'shared_channels = ["C024BE91L"]'
        + ROLES
        + """
        break_glass = [{ snippets = ["mem"], targets = ["web-*"] }]
        [[channels]]
        channels = ["C024BE91L", "G012AB", "dm"]
        snippets = ["mem"]
        targets = ["web-*"]
        roles = ["boss"]
        [[freezes]]
        targets = ["*"]
        snippets = ["mem"]
        risk = ["medium", "high"]
        weekly = "Fri 18:00 - Mon 08:00"
        timezone = "Asia/Shanghai"
        why = "weekend"
        [[freezes]]
        targets = ["web-prod"]
        from = 2026-12-24T12:00:00
        until = 2027-01-04
        timezone = "Asia/Shanghai"
        why = "end of the year"
        [hours]
        timezone = "Europe/Berlin"
        days = ["Tue", "Mon"]
        from = "09:00"
        until = "24:00"
        [limits]
        runs_per_user = 10
        per = "30s"
        machines_per_run = 50
        """,
    )
    policy = read_catalog(folder).policy
    assert policy.roles["boss"].break_glass == (Rule(("mem",), ("web-*",)),)
    assert policy.channels == (ChannelRule(1, ("C024BE91L", "G012AB", "dm"), ("mem",), ("web-*",), ("boss",)),)
    weekend, year = policy.freezes
    risks = (Risk.MEDIUM, Risk.HIGH)
    assert weekend == Freeze(1, ("*",), ("mem",), risks, "Asia/Shanghai", Week(6840, 480), why="weekend")
    assert (year.number, year.risk, year.week) == (2, (), None)
    assert (year.start, year.end) == (datetime(2026, 12, 24, 4, tzinfo=UTC), datetime(2027, 1, 3, 16, tzinfo=UTC))
    assert policy.hours == Hours("Europe/Berlin", (0, 1), 540, 1440)
    assert policy.limits == Limits(10, timedelta(seconds=30), 50)
    assert policy.shared_channels == ("C024BE91L",)


def test_without_them_nothing_stands_in_the_way(folder: Path, write: Write) -> None:
    """A policy of roles alone; half a table has defaults that its reference names."""
    write("policy.toml", ROLES)
    policy = read_catalog(folder).policy
    assert (policy.channels, policy.freezes, policy.hours, policy.limits) == ((), (), None, Limits())
    write("policy.toml", ROLES + "[hours]\nfrom = '08:30'\nuntil = '17:00'\n[limits]\nruns_per_user = 3")
    policy = read_catalog(folder).policy
    assert policy.hours == Hours("UTC", (0, 1, 2, 3, 4), 510, 1020)
    assert policy.limits == Limits(3, timedelta(minutes=1), None)


@pytest.mark.parametrize(
    ("weekly", "stretch"),
    [
        ("Mon 00:00 - Sun 24:00", Week(0, 10_080)),
        ("Sat 00:00-Sun 24:00", Week(7200, 10_080)),
        ("Wed 09:30 – Wed 10:00", Week(3450, 3480)),
        ("Sun 23:59 - Mon 00:00", Week(10_079, 0)),
    ],
)
def test_weeks(folder: Path, write: Write, weekly: str, stretch: Week) -> None:
    """In minutes from Monday 00:00; a dash with or without blanks, short or long."""
    write("policy.toml", f"{ROLES}{FREEZE}weekly = '{weekly}'")
    assert read_catalog(folder).policy.freezes[0].week == stretch


@pytest.mark.parametrize(
    ("keys", "start", "end"),
    [
        ("from = 2026-10-06T10:00:00+08:00", "2026-10-06 02:00", None),
        ("until = 2026-10-06 10:00:00Z", None, "2026-10-06 10:00"),
        ("from = 2026-07-01\nuntil = 2026-07-02", "2026-06-30 22:00", "2026-07-01 22:00"),
        ("from = 2026-10-25T02:30:00\nuntil = 2026-10-25T02:30:00", "2026-10-25 00:30", "2026-10-25 01:30"),
        ("from = 2026-03-29T02:30:00", "2026-03-29 00:30", None),
        ("until = 2026-03-29T02:30:00", None, "2026-03-29 01:30"),
    ],
)
def test_moments(folder: Path, write: Write, keys: str, start: str | None, end: str | None) -> None:
    """An offset counts as written; else it is local time, and where clocks change the longer freeze is meant."""
    write("policy.toml", f"{ROLES}{ONCE}{keys}")
    freeze = read_catalog(folder).policy.freezes[0]
    said = [moment and f"{moment:%Y-%m-%d %H:%M}" for moment in (freeze.start, freeze.end)]
    assert said == [start, end]
    assert all(moment is None or moment.tzinfo is UTC for moment in (freeze.start, freeze.end))


CHANNEL = "[[channels]]\nchannels = "


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (CHANNEL + "['#ops']", "channels[1].channels", 'not "#ops": in Slack open the channel\'s details by its name'),
        (CHANNEL + "['ops']", "channels[1].channels", 'must be channel ids such as "C024BE91L", or "dm"'),
        (CHANNEL + "['D024BE91L']", "channels[1].channels", '"dm" stands for everybody\'s'),
        (CHANNEL + "['dm', 'dm']", "channels[1].channels", "names something twice"),
        (CHANNEL + "[]", "channels[1].channels", "must not be empty"),
        ("[[channels]]", "channels[1].channels", "is missing"),
        (CHANNEL + "['dm']\nroles = ['bos']", "channels[1].roles", 'no role "bos" (did you mean "boss"?)'),
        (CHANNEL + "['dm']\nroles = ['admin']", "channels[1].roles", "admin may run nothing"),
        (CHANNEL + "['dm']\nrole = ['boss']", "channels[1].role", 'unknown key (did you mean "roles"?)'),
        (CHANNEL + "['dm']\ntargets = ['web']", "channels[1].targets", 'there is no target "web"'),
        (FREEZE, "freezes[1]", "needs either weekly, or from and until: neither is there"),
        (FREEZE + "weekly = 'Fri 18:00 - Mon 08:00'\nfrom = 2026-01-01", "freezes[1]", "both are there"),
        (FREEZE + "weekly = 'Friday 18:00 - Mon 08:00'", "freezes[1].weekly", 'such as "Fri 18:00 - Mon 08:00"'),
        (FREEZE + "weekly = 'Fri 18:00 - Mon 24:30'", "freezes[1].weekly", "must be such as"),
        (FREEZE + "weekly = 'Fri 24:00 - Mon 08:00'", "freezes[1].weekly", "must be such as"),
        (FREEZE + "weekly = 'Fri 18:00 - Fri 18:00'", "freezes[1].weekly", "ends where it starts"),
        (FREEZE + "weekly = 5", "freezes[1].weekly", "must be a string, not 5"),
        (FREEZE + "from = '2026-01-01'", "freezes[1].from", "must be a date, or a date with a time, without quotes"),
        (FREEZE + "from = 08:00:00", "freezes[1].from", "must be a date, or a date with a time"),
        (FREEZE + "from = 2026-01-02\nuntil = 2026-01-02", "freezes[1].from", "must be before until"),
        (FREEZE + "until = 0001-01-01T00:00:00+08:00", "freezes[1].until", "is out of reach"),
        (
            FREEZE + "until = 9999-12-31T23:00:00Z\ntimezone = 'Asia/Shanghai'",
            "freezes[1].until",
            "is out of reach: 9999-12-31 23:00:00+00:00",
        ),
        (FREEZE + "form = 2026-01-02\nuntil = 2026-01-03", "freezes[1].form", 'did you mean "from"?'),
        ("[[freezes]]\nwhy = 'x'\nuntil = 2026-01-03", "freezes[1].targets", "is missing"),
        ("[[freezes]]\ntargets = ['*']\nuntil = 2026-01-03", "freezes[1].why", "is missing"),
        ("[[freezes]]\ntargets = ['*']\nwhy = ' '\nuntil = 2026-01-03", "freezes[1].why", "people are shown it"),
        (FREEZE + "until = 2026-01-03\nrisk = ['hgh']", "freezes[1].risk[1]", 'did you mean "high"?'),
        (
            FREEZE + "until = 2026-01-03\ntimezone = 'Asia/Shanghia'",
            "freezes[1].timezone",
            'such as "UTC" or "Asia/Shanghai", not "Asia/Shanghia" (did you mean "Asia/Shanghai"?)',
        ),
        (FREEZE + "until = 2026-01-03\ntimezone = '../UTC'", "freezes[1].timezone", "must be a time zone"),
        (FREEZE + "until = 2026-01-03\ntimezone = ''", "freezes[1].timezone", "must be a time zone"),
        (FREEZE + "until = 2026-01-03\ntimezone = 'Asia'", "freezes[1].timezone", "must be a time zone"),
        ("[hours]\nuntil = '18:00'", "hours.from", "is missing"),
        ("[hours]\nfrom = '9:00'\nuntil = '18:00'", "hours.from", 'must be a time of the day such as "09:00"'),
        ("[hours]\nfrom = '18:00'\nuntil = '09:00'", "hours.from", "must be before until, on the same day"),
        ("[hours]\nfrom = '09:00'\nuntil = '18:00'\ndays = []", "hours.days", "must not be empty"),
        ("[hours]\nfrom = '09:00'\nuntil = '18:00'\ndays = ['Monday']", "hours.days[1]", 'did you mean "Mon"?'),
        ("[hours]\nfrom = '09:00'\nuntil = '18:00'\ndays = ['Mon', 'Mon']", "hours.days", "names something twice"),
        ("[limits]\nruns_per_user = 0", "limits.runs_per_user", "must be at least 1, not 0"),
        ("[limits]\nruns_per_user = '9'\nper = '1m'", "limits.runs_per_user", 'must be an integer, not "9"'),
        ("[limits]\nmachines_per_run = -1", "limits.machines_per_run", "must be at least 1, not -1"),
        ("[limits]\nper = '1m'", "limits", "per goes with runs_per_user"),
        ("[limits]\nruns_per_user = 9\nper = '2d'", "limits.per", "must be from 1s to 24h"),
        ("shared_channels = ['ops']", "shared_channels", "must be channel ids"),
        ("shared_channels = ['C024BE91L', 'C024BE91L']", "shared_channels", "names something twice"),
        ("shared_channels = ['dm']", "shared_channels", "direct messages are seen by one person"),
        ("[limits]\nruns = 9", "limits.runs", 'unknown key (did you mean "runs_per_user"?)'),
        ("[roles.x]\nbreak_glas = []", "roles.x.break_glas", 'unknown key (did you mean "break_glass"?)'),
        (
            "[roles.x]\nbreak_glass = [{ snippets = ['men'], targets = ['*'] }]",
            "roles.x.break_glass[1].snippets",
            'there is no snippet "men" (did you mean "mem"?)',
        ),
    ],
)
def test_one_fault_each(write: Write, faults: FaultsOf, text: str, key: str, words: str) -> None:
    """Each names its key and how to mend it, and brings no second fault with it."""
    write("policy.toml", text + "\n" + ROLES if text.startswith("shared_channels") else ROLES + text)
    assert len(faults()) == 1, faults()
    assert faults()[0].startswith(f"commands/policy.toml: {key}: ")
    assert words in faults()[0]


def test_break_glass_that_nobody_could_review(write: Write, faults: FaultsOf) -> None:
    """Whoever could have approved reviews it: there must be a role for that."""
    glass = "break_glass = [{ snippets = ['*'], targets = ['*'] }]"
    write("policy.toml", f"[roles.admin]\nmanage_roles = true\n{glass}")
    wrong = "nobody could review what ran under break_glass: give one an approve list"
    assert faults() == [f"commands/policy.toml: roles: {wrong}"]


@pytest.fixture
def no_zone_data(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without time zones, neither the system's nor Python's."""
    for module in {"tzdata", *(name for name in sys.modules if name.startswith("tzdata."))}:
        monkeypatch.setitem(sys.modules, module, None)  # importing it fails
    usual = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([])
    ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(usual)
    ZoneInfo.clear_cache()


@pytest.mark.usefixtures("no_zone_data")
def test_a_machine_without_time_zones(write: Write, faults: FaultsOf) -> None:
    """It says what to install, at the start and not on the first Friday evening."""
    write("policy.toml", ROLES + FREEZE + "weekly = 'Fri 18:00 - Mon 08:00'")
    missing = "this machine has no time zone data: install tzdata, the system's package or Python's"
    assert faults() == [f"commands/policy.toml: freezes[1].timezone: {missing}"]


def test_the_shipped_policy_sets_none_and_shows_each(tmp_path: Path) -> None:
    """Its examples are comments that begin with # and no blank; with these taken away it loads."""
    shipped = read_catalog(COMMANDS).policy
    assert shipped == Policy(shipped.roles, shipped.approvals)
    assert not any(role.break_glass for role in shipped.roles.values())
    folder = tmp_path / "commands"
    shutil.copytree(COMMANDS, folder)
    text = (folder / "policy.toml").read_text()
    (folder / "policy.toml").write_text(re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE))
    policy = read_catalog(folder).policy
    assert policy.roles["oncall"].break_glass
    assert (len(policy.channels), len(policy.freezes)) == (2, 2)
    assert policy.hours
    assert policy.limits == Limits(10, timedelta(minutes=1), 50)
