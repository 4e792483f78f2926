"""How many calls of each API may be made in a region: a budget that is shared with people's consoles. Pure.

ECS counts calls by API, region and account, whoever makes them. After throttling half as many are made; that comes
back within some minutes (its vendor's advice: fewer calls, then one a second).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Ask(StrEnum):
    """What ECS can be asked. The API behind it has a budget of its own."""

    ONE = "one"  # DescribeInvocationResults of one run: its status and its results in one
    NEWEST = "newest"  # DescribeInvocationResults by the bot's tag: those of the newest runs
    RUNNING = "running"  # DescribeInvocations by the bot's tag, those that run: who is missing has ended
    ROWS = "rows"  # DescribeInvocationResults by the bot's tag, of what runs: the same, at the other API's expense


LISTS = (Ask.RUNNING, Ask.ROWS)
"""Those that list what runs."""

APIS: Mapping[Ask, str] = {
    Ask.ONE: "DescribeInvocationResults",
    Ask.NEWEST: "DescribeInvocationResults",
    Ask.RUNNING: "DescribeInvocations",
    Ask.ROWS: "DescribeInvocationResults",
}
"""Whose budget a call draws on."""

_BURST = 15.0
"""Seconds for which calls that were not made can be made later."""

_RECOVERY = 60.0
"""Seconds in which what throttling took comes back twofold."""

_LEAST = 1 / 16


@dataclass(frozen=True, slots=True)
class _Pot:
    level: float
    at: float
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Purse:
    """*per_minute* calls of each API, with what is left of them. Times are seconds since the epoch."""

    per_minute: int
    pots: Mapping[str, _Pot] = field(default_factory=dict)

    def can(self, ask: Ask, at: float) -> bool:
        """Is there a call of this kind to spare?"""
        return self._pot(APIS[ask], at).level >= 1.0 - 1e-6

    def left(self, ask: Ask, at: float) -> float:
        """How much of the calls of this kind that can be spared at most is there; from 0 to 1."""
        return min(max(self._pot(APIS[ask], at).level / (self.per_minute / 60 * _BURST), 0.0), 1.0)

    def rate(self, ask: Ask, at: float) -> float:
        """How many calls of this kind a second come back."""
        return self.per_minute / 60 * self._pot(APIS[ask], at).factor

    def opens(self, at: float) -> float:
        """The seconds until there is a call of any kind to spare."""
        return min(self.wait(ask, at) for ask in Ask)

    def wait(self, ask: Ask, at: float) -> float:
        """The seconds until there is a call of this kind to spare."""
        pot = self._pot(APIS[ask], at)
        return max(1.0 - 1e-6 - pot.level, 0.0) / (self.per_minute / 60 * pot.factor)

    def full(self, at: float) -> bool:
        """Is it as if nothing had been spent?"""
        return all(self._pot(api, at) == _Pot(self.per_minute / 60 * _BURST, at) for api in self.pots)

    def spent(self, ask: Ask, calls: int, at: float) -> "Purse":
        """After *calls* of this kind; what was overdrawn is paid back before the next."""
        pot = self._pot(APIS[ask], at)
        return self._with(APIS[ask], replace(pot, level=pot.level - calls))

    def throttled(self, ask: Ask, at: float, after: float = 0.0) -> "Purse":
        """ECS said that it was too much: none for *after* seconds, then half as many."""
        pot = self._pot(APIS[ask], at)
        factor = max(pot.factor / 2, _LEAST)
        return self._with(APIS[ask], _Pot(-after * factor * self.per_minute / 60, at, factor))

    def _pot(self, api: str, at: float) -> _Pot:
        rate = self.per_minute / 60
        full = rate * _BURST
        pot = self.pots.get(api)
        if pot is None:
            return _Pot(full, at)
        span = max(at - pot.at, 0.0)
        factor = min(pot.factor * 2 ** min(span / _RECOVERY, 9.0), 1.0)  # nine doublings are more than was taken
        return _Pot(min(pot.level + span * rate * (pot.factor + factor) / 2, full), max(at, pot.at), factor)

    def _with(self, api: str, pot: _Pot) -> "Purse":
        return replace(self, pots={**self.pots, api: pot})
