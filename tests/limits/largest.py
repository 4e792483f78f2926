"""The largest catalogue there can be, in every alphabet that hurts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.catalog import OsType, Param, ParamType, Risk, Script, Shell, Snippet, Target

SNIPPETS, TARGETS, MACHINES, OUTPUT = 300, 200, 200, 24 * 1024
"""The largest catalogue, the largest run, and the bytes that ECS keeps of one output."""

NAME, VARIABLE, SUMMARY, MACHINE, VALUE, TYPED, FORM = 40, 30, 150, 128, 1_000, 4_000, 300
"""Characters: of a snippet's, target's or role's name, a parameter's, a summary or help, an instance in ECS, a value,
a line after `/ecs`, a field of a form."""

SCRIPT = 18 * 1024
"""Bytes of a script: RunCommand takes 24 KB of it as Base64."""

ALPHABETS = {
    "emoji": "😀👩‍👩‍👧🇩🇪",
    "CJK": "漢字日本語",
    "right to left": "مرحبا\u202eעברית\u2066",
    "combining": "e\u0301\u0323\u0327\u0489",
    "control": "\x00\x1b[31m\x07\x9b1m\x08\u200b",
    "backticks": "`",
    "fences": "```\n",
    "broadcasts": "<!channel> @here <@U0EVIL> <!subteam^S0EVIL> ",
    "markup": "&<>",
    "marks": "*_~>",
    "escapes": '"\\',
    "surrogates": "\ud83d\ud800",
    "one line": "x",
}
"""What names, reasons and outputs may consist of."""

MIXED = "".join(ALPHABETS.values())


def filled(unit: str, length: int) -> str:
    """*unit* again and again, *length* characters of it."""
    return (unit * (length // len(unit) + 1))[:length]


def printable(text: str) -> str:
    """What of *text* the catalogue takes in a choice."""
    return "".join(c for c in text if c.isprintable())


def printed(unit: str, size: int = OUTPUT) -> str:
    """*unit* again and again, *size* bytes of it."""
    width = len(unit.encode(errors="replace"))
    return unit * (size // width)


def name(number: int) -> str:
    """A name of the longest, like no other."""
    return f"{number:03}".ljust(NAME, "s")


def params(unit: str, number: int = 40) -> tuple[Param, ...]:
    """Of every type, with long helps, many and long choices, bounds and defaults."""
    kinds: list[dict[str, Any]] = [
        {"type": ParamType.STRING, "pattern": "^" + "[a-z]?" * 500 + "$"},
        {"type": ParamType.STRING, "pattern": "^.*$", "default": filled(unit, VALUE)},
        {"type": ParamType.CHOICE, "choices": tuple(printable(filled(f"{n}{unit}", 75)) for n in range(100))},
        {"type": ParamType.CHOICE, "choices": tuple(printable(f"{n}{unit[:1]}") for n in range(101))},
        {"type": ParamType.CHOICE, "choices": ("x" * 76, "y"), "default": "y"},
        {"type": ParamType.INTEGER, "min": -(10**17), "max": 10**17, "default": "7"},
        {"type": ParamType.BOOLEAN, "optional": True},
        {"type": ParamType.DURATION, "min": 60, "max": 604_800, "default": "3600"},
    ]
    return tuple(
        Param(f"p{n}".ljust(VARIABLE, "_"), help=filled(unit, SUMMARY), **kinds[n % len(kinds)]) for n in range(number)
    )


def snippet(unit: str, number: int = 0, params: tuple[Param, ...] = ()) -> Snippet:
    """The largest snippet."""
    shells = {OsType.LINUX: Script(Shell.BASH, "x" * SCRIPT), OsType.WINDOWS: Script(Shell.POWERSHELL, "x" * SCRIPT)}
    risk = list(Risk)[number % 3]
    facts: dict[str, Any] = {"summary": filled(unit, SUMMARY), "risk": risk, "timeout": timedelta(hours=24)}
    return Snippet(name(number), **facts, user="u" * 255, params=params, scripts=shells, exclusive=True)


def target(number: int = 0) -> Target:
    """The largest target: its env is a name, its region a word of ECS."""
    machines = tuple(f"i-{n:060}" for n in range(MACHINES))
    return Target(name(number), "e" * NAME, "r" * 60, instances=machines, max_instances=MACHINES)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that may be run, and where."""

    snippets: tuple[Snippet, ...]
    targets: tuple[Target, ...]


def catalogue(unit: str) -> Catalogue:
    """The largest."""
    return Catalogue(tuple(snippet(unit, n) for n in range(SNIPPETS)), tuple(target(n) for n in range(TARGETS)))
