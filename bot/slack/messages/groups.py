"""Which groups of results a message shows, and how much of each output: one layout for thread and file."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.output import Group, cost, excerpt
from bot.domain.result import Outcome
from bot.slack.messages.words import OUTCOMES

SIZES = ((20, 4_000), (12, 3_000), (8, 1_500), (5, 800), (3, 400), (1, 200))
"""(groups that a message shows, characters for all their outputs), largest first: the first that Slack takes is
chosen. Twenty groups with two blocks each are as many as a person reads, and fit in Slack's fifty blocks."""

LEAST = 200
"""Characters that each output gets at least, if it has them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A group with the part of its output that is shown."""

    group: Group
    output: str
    cut: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """*hidden* groups are only counted in the message; *cut* says that a file has to hold the rest."""

    groups: tuple[Group, ...]
    shown: tuple[Shown, ...]

    @property
    def hidden(self) -> tuple[Group, ...]:
        """The groups that there is no room for."""
        return self.groups[len(self.shown) :]

    @property
    def cut(self) -> bool:
        """Does the message leave out anything that a machine said?"""
        return bool(self.hidden) or any(s.cut for s in self.shown)


def layout(groups: tuple[Group, ...], most: int, room: int) -> Layout:
    """Share *room* for outputs fairly among the first *most* of *groups*."""
    first = groups[:most]
    shares = _shares([cost(g.output) for g in first], room)
    return Layout(groups, tuple(Shown(g, *excerpt(g.output, s)) for g, s in zip(first, shares, strict=True)))


def _shares(wants: list[int], room: int) -> list[int]:
    """Give the small ones all they want, and the large ones equal parts of the rest."""
    shares = [0] * len(wants)
    left = len(wants)
    for index in sorted(range(len(wants)), key=wants.__getitem__):
        shares[index] = min(wants[index], max(room // left, LEAST))
        room -= shares[index]
        left -= 1
    return shares


def agreement(groups: Sequence[Group]) -> str:
    """How far machines agree: `12 machines agree · 1 differs`. Empty for one machine."""
    sizes = [len(g.instances) for g in groups]
    everyone, most = sum(sizes), max(sizes, default=0)
    if everyone < 2:
        return ""
    if len(groups) == 1:
        return "both machines agree" if everyone == 2 else f"all {everyone:,} machines agree"
    if most == 1:
        return f"{everyone:,} machines, each says something else"
    rest = everyone - most
    return f"{most:,} machines agree · {rest:,} {'differs' if rest == 1 else 'differ'}"


def failed(group: Group) -> bool:
    """Is it anything but a success?"""
    return group.outcome is not Outcome.SUCCEEDED


def verdict(group: Group) -> str:
    """✖ *Failed*, exit code 3."""
    symbol, word = OUTCOMES[group.outcome]
    exit_code = f", exit code {group.exit_code}" if group.exit_code else ""
    return f"{symbol} *{word[:1].upper()}{word[1:]}*{exit_code}"
