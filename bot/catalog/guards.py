"""What policy.toml puts in the way of a run: [[channels]], [[freezes]], [hours], [limits]."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from bot.catalog.faults import Faults, near, show
from bot.catalog.models import ChannelModel, FreezeModel, HoursModel, LimitsModel
from bot.catalog.names import Known
from bot.catalog.snippets import check_patterns, span
from bot.catalog.times import clock, moment, week, zone
from bot.domain.catalog import ChannelRule, Freeze, Hours, Limits, Risk, Role
from bot.domain.guards import DAYS

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_SHORTEST_PER = timedelta(seconds=1)
_LONGEST_WHY = 150


def read_channel(
    number: int, model: ChannelModel, roles: Mapping[str, Role], known: Known, faults: Faults
) -> ChannelRule:
    """Convert one of `[[channels]]`, adding what is wrong with it to *faults*."""
    key = f"channels[{number}]"
    _channels(f"{key}.channels", model.channels, faults)
    check_patterns(f"{key}.snippets", model.snippets, known.snippets, faults, "snippet")
    check_patterns(f"{key}.targets", model.targets, known.targets, faults)
    for name in named_roles(f"{key}.roles", model.roles, roles, faults):
        if not roles[name].run:
            faults.add(f"{key}.roles", f"{name} may run nothing: give it a run list, or leave it out")
    return ChannelRule(
        number=number,
        channels=tuple(model.channels),
        snippets=tuple(model.snippets),
        targets=tuple(model.targets),
        roles=tuple(model.roles),
    )


def named_roles(key: str, names: Sequence[str], roles: Mapping[str, Role], faults: Faults) -> list[str]:
    """Those of *names* that are roles; of the others it is said that there are none."""
    for name in names:
        if name not in roles:
            faults.add(key, f"there is no role {show(name)}{near(name, roles)}")
    return [name for name in names if name in roles]


def read_shared(channels: list[str], faults: Faults) -> tuple[str, ...]:
    """Convert `shared_channels`, adding what is wrong with it to *faults*."""
    if "dm" in channels:
        faults.add("shared_channels", '"dm" is no channel: direct messages are seen by one person')
    elif channels:
        _channels("shared_channels", channels, faults)
    return tuple(channels)


def _channels(key: str, channels: Collection[str], faults: Faults) -> None:
    if not channels:
        faults.add(key, 'must not be empty: list channel ids such as "C024BE91L", or "dm"')
    if len(set(channels)) < len(channels):
        faults.add(key, "names something twice")
    for channel in channels:
        if re.fullmatch(r"D[A-Z0-9]{2,}", channel):
            faults.add(key, f"{show(channel)} is one person's direct messages: \"dm\" stands for everybody's")
        elif channel != "dm" and not _CHANNEL.fullmatch(channel):
            where = "in Slack open the channel's details by its name; the id stands at their end"
            faults.add(key, f'must be channel ids such as "C024BE91L", or "dm", not {show(channel)}: {where}')


def read_freeze(number: int, model: FreezeModel, known: Known, faults: Faults) -> Freeze:
    """Convert one of `[[freezes]]`, adding what is wrong with it to *faults*."""
    key = f"freezes[{number}]"
    check_patterns(f"{key}.snippets", model.snippets, known.snippets, faults, "snippet")
    check_patterns(f"{key}.targets", model.targets, known.targets, faults)
    if not model.why.strip() or len(model.why) > _LONGEST_WHY or not model.why.isprintable():
        faults.add(f"{key}.why", f"must be one line of at most {_LONGEST_WHY} characters: people are shown it")
    once = model.from_ is not None or model.until is not None
    if (model.weekly is not None) == once:
        faults.add(key, f"needs either weekly, or from and until: {'both are' if once else 'neither is'} there")
    where = zone(f"{key}.timezone", model.timezone, faults)
    start = moment(f"{key}.from", model.from_, where, faults)
    end = moment(f"{key}.until", model.until, where, faults, late=True)
    if start is not None and end is not None and start >= end:
        faults.add(f"{key}.from", f"must be before until: {show(model.from_)} and {show(model.until)}")
    return Freeze(
        number=number,
        targets=tuple(model.targets),
        snippets=tuple(model.snippets),
        risk=tuple(Risk(risk) for risk in model.risk),
        timezone=model.timezone,
        week=week(f"{key}.weekly", model.weekly, faults) if model.weekly is not None else None,
        start=start,
        end=end,
        why=model.why,
    )


def read_hours(model: HoursModel, faults: Faults) -> Hours:
    """Convert `[hours]`, adding what is wrong with it to *faults*."""
    zone("hours.timezone", model.timezone, faults)
    if not model.days:
        faults.add("hours.days", 'must not be empty: list days such as "Mon"')
    if len(set(model.days)) < len(model.days):
        faults.add("hours.days", "names something twice")
    start, end = clock("hours.from", model.from_, faults), clock("hours.until", model.until, faults)
    if start is not None and end is not None and start >= end:
        faults.add("hours.from", f"must be before until, on the same day: {model.from_} and {model.until}")
    return Hours(model.timezone, tuple(sorted(DAYS.index(day) for day in model.days)), start or 0, end or 0)


def read_limits(model: LimitsModel, faults: Faults) -> Limits:
    """Convert `[limits]`, adding what is wrong with it to *faults*."""
    for name, limit in (("runs_per_user", model.runs_per_user), ("machines_per_run", model.machines_per_run)):
        if limit is not None and limit < 1:
            faults.add(f"limits.{name}", f"must be at least 1, not {limit}; without the key there is no limit")
    if model.per is not None and model.runs_per_user is None:
        faults.add("limits", "per goes with runs_per_user, which is not there")
    per = span("limits.per", model.per, faults, _SHORTEST_PER) if model.per is not None else Limits().per
    return Limits(runs=model.runs_per_user, per=per, machines=model.machines_per_run)
