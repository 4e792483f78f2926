"""What machines print: terminal noise out, the same things folded, the long ones cut."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.result import Outcome, Result

GRAVITY = (
    Outcome.UNKNOWN,
    Outcome.FAILED,
    Outcome.TIMED_OUT,
    Outcome.UNREACHABLE,
    Outcome.NOT_RUN,
    Outcome.CANCELLED,
    Outcome.SUCCEEDED,
)
"""Outcomes in the order in which a person wants to hear of them."""

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS and other strings
    r"|\x1b[ -/]*[0-~]"
)
_OVERSTRUCK = re.compile(r"[^\n\x08]\x08")
# C0 but tab and newline, DEL, C1, and the marks that turn the direction of what follows: they make text lie
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_NUMBERED = re.compile(r"([^0-9]*)([0-9]{1,18})?")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """What a person would have seen of *text* in the end: no escape codes, no control characters but tab and newline.

    Of a line that was written over with carriage returns the last writing stays; blanks at the very end go.
    """
    if text.replace("\n", "").replace("\t", "").isprintable():  # the usual case, many times faster than the rest
        return text.rstrip()
    text = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    if "\r" in text:
        text = "\n".join(_last_writing(line) for line in text.split("\n"))
    text = _OVERSTRUCK.sub("", text)
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text)).rstrip()


def _last_writing(line: str) -> str:
    return next((part for part in reversed(line.split("\r")) if part), "")


# ── fold ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Group:
    """Instances that ended alike. *instances* are (id, name), by name; *output* and *error_info* are cleaned."""

    outcome: Outcome
    exit_code: int | None
    error_code: str
    error_info: str
    output: str
    dropped: int
    instances: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What its instances are called: the name on one line, or the id where there is none."""
        return tuple(" ".join(clean(name).split()) or instance for instance, name in self.instances)


def fold(results: Sequence[Result]) -> tuple[Group, ...]:
    """Group *results* by outcome, exit code, error and output; every instance is in exactly one group.

    The gravest outcomes come first; among the same outcome the smallest group, so that the odd
    ones stand before the many. An instance's own id in an error text does not set it apart.
    """
    alike: dict[tuple[Outcome, int | None, str, str, str, int], list[tuple[str, str]]] = {}
    for r in results:
        info = clean(r.error_info).replace(r.instance, "this instance") if r.instance else clean(r.error_info)
        key = (r.outcome, r.exit_code, r.error_code, info, clean(r.output), r.dropped)
        alike.setdefault(key, []).append((r.instance, r.name))
    groups = [Group(*key, instances=tuple(sorted(members, key=by_name))) for key, members in alike.items()]
    return tuple(sorted(groups, key=_oddest_first))


def by_name(member: tuple[str, str]) -> tuple[list[tuple[str, int]], str, str]:
    """A machine's (id, name) as people sort them: web-2 before web-10."""
    instance, name = member
    called = name or instance
    return [(word, int(number or 0)) for word, number in _NUMBERED.findall(called)], called, instance


def _oddest_first(group: Group) -> tuple[int, int, tuple[list[tuple[str, int]], str, str]]:
    return GRAVITY.index(group.outcome), len(group.instances), by_name(group.instances[0])


# ── cut ────────────────────────────────────────────────────────────────────────


def cost(text: str) -> int:
    """How long Slack finds *text*: `&`, `<` and `>` as entities, and in UTF-16 units (a guess on the safe side)."""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def excerpt(text: str, budget: int) -> tuple[str, bool]:
    """Head and tail of *text* that cost at most *budget* together, and whether anything was cut.

    A line in the middle says how much is left out. The tail gets the larger share: that is
    where things end, and where they say why.
    """
    if cost(text) <= budget:
        return text, False
    lines = text.split("\n")
    room = budget - len(_gap(len(lines), len(text))) - 2
    if room < 2:
        return "…"[: max(budget, 0)], True
    head = _fill(lines, room * 2 // 5)
    tail = _fill(lines[len(head) :][::-1], room - sum(cost(line) + 1 for line in head))[::-1]
    left_out = lines[len(head) : len(lines) - len(tail)]
    if not head and not tail:  # two enormous lines, or one: cut within
        return _within(text, len(lines), room), True
    if not tail:
        spare = room - sum(cost(line) + 1 for line in head)
        tail = [_end(text, spare)]
    return "\n".join([*head, _gap(len(left_out), sum(map(len, left_out))), *tail]), True


def _within(text: str, lines: int, room: int) -> str:
    head = beginning(text, room * 2 // 5)
    tail = _end(text[len(head) :], room - cost(head))
    return "\n".join([head, _gap(lines, len(text) - len(head) - len(tail)), tail])


def _gap(lines: int, characters: int) -> str:
    """The line that stands for what is left out; its length does not grow when its numbers shrink."""
    many = f"{lines:,} lines" if lines > 1 else f"{characters:,} characters of 1 line"
    return f"… {many} left out …"


def _fill(lines: Sequence[str], room: int) -> list[str]:
    taken: list[str] = []
    for line in lines:
        room -= cost(line) + 1
        if room < 0:
            break
        taken.append(line)
    return taken


def beginning(text: str, budget: int) -> str:
    """As much of *text* as costs at most *budget*."""
    text = text[: max(budget, 0)]
    if (spent := cost(text)) <= budget:
        return text
    end = len(text)
    while spent > budget:
        end -= 1
        spent -= cost(text[end])
    return text[:end]


def _end(text: str, room: int) -> str:
    return beginning(text[: -room - 1 : -1], room)[::-1] if room > 0 else ""
