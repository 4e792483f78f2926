"""What somebody is about to ask for: as far as it is known, and what is known about it already."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.catalog import ApprovalRule, Snippet, Target
from bot.domain.plan import Instance, Unreachable
from bot.domain.refusal import Refusal
from bot.domain.snippet import bind
from bot.domain.verb import Run


@dataclass(frozen=True, slots=True)
class Reach:
    """The machines that it would run on now, and those that it would leave out."""

    ready: tuple[str, ...]
    left_out: tuple[Unreachable, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """*run* as far as it is said, its empty words still to be chosen. *snippet* and *target* are those that the asker
    may run it on. *obstacle* is what would stand in the way right now, *reach* None while nobody has looked."""

    run: Run
    snippet: Snippet | None = None
    target: Target | None = None
    approval: ApprovalRule | None = None
    obstacle: Refusal | None = None
    reach: Reach | None = None

    def value(self, name: str) -> str | None:
        """What is given for the parameter *name*."""
        return next((value for given, value in self.run.params if given.lower().replace("-", "_") == name), None)


def reach(snippet: Snippet, instances: Iterable[Instance]) -> Reach:
    """Where *snippet* would run, of *instances*."""
    ready: list[str] = []
    left_out: list[Unreachable] = []
    for machine in instances:
        if why := machine.obstacle or ("" if machine.os in snippet.scripts else "NoScript"):
            left_out.append(Unreachable(machine.id, machine.name, why))
        else:
            ready.append(machine.name or machine.id)
    return Reach(tuple(ready), tuple(left_out))


def faults(snippet: Snippet, params: Iterable[tuple[str, str]]) -> dict[str, Refusal]:
    """What is wrong with *params*, parameter by parameter: a form shows all of it at once."""
    given = dict(params)
    found: dict[str, Refusal] = {}
    for param in snippet.params:
        said = ((param.name, given[param.name]),) if param.name in given else ()
        values = bind(replace(snippet, params=(param,)), said)
        if isinstance(values, Refusal):
            found[param.name] = values
    return found
