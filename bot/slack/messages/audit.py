"""The timeline of one invocation: a line for every event, and the hash that its chain ends in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.domain.change import Event
from bot.domain.events import Unsent
from bot.slack.messages import kit
from bot.slack.messages.escape import code, escape, linked, mention, place, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import OUTCOMES, STATES, count, machines, some

ROOM = 8_500
"""What all lines may weigh."""

FIRST = 12
"""Events at the beginning that are always shown: who asked, what was planned, who approved it."""


class Entry(Protocol):
    """An event as it stands in the trail."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def event(self) -> Event:
        """What."""

    @property
    def hash(self) -> str:
        """Over this event and all before it."""


def audit_page(invocation: str, entries: Sequence[Entry], link: str = "") -> Rendered:
    """What happened to *invocation*, the oldest first. Of hundreds of events those in the middle are only counted."""
    if not entries:
        words = f"Nothing is recorded of {code(invocation, 64)}."
        return Rendered(words, [kit.section(words)])
    lines = [_line(entry) for entry in entries]
    head = f"*{code(invocation, 64)}* · {count(len(entries), 'event')}"
    head += f" · {linked(link, 'open its card')}" if link else ""
    foot = f"The trail of this run ends in {code(entries[-1].hash[:8])}, event by event, each over the one before."
    text = f"{code(invocation, 64)}: {count(len(entries), 'event')}, the last: {lines[-1]}"
    return Rendered(shortened(text, 1_500), [kit.section(head), *_fitted(lines), kit.context(foot)])


def _fitted(lines: Sequence[str]) -> list[dict[str, Any]]:
    blocks, shown = kit.paragraphs(lines, ROOM)
    if shown == len(lines):
        return blocks
    first, _ = kit.paragraphs(lines[:FIRST], ROOM)
    room = ROOM - sum(kit.weight(line) for line in lines[:FIRST])
    last = len(lines)
    while last > FIRST and (room := room - kit.weight(lines[last - 1])) >= 0:
        last -= 1
    between = kit.context(f"{count(last - FIRST, 'event')} between these are not shown")
    return [*first, between, *kit.paragraphs(lines[last:], ROOM)[0]]


def _line(entry: Entry) -> str:
    event = entry.event
    who = mention(event.actor) if event.actor else "the bot"
    words = _WORDS.get(event.kind)
    said = words(event.data) if words else f"{code(event.kind, 60)}{_verbatim(event.data)}"
    stamp = entry.at.astimezone(UTC)
    when = f"<!date^{int(stamp.timestamp())}^{{date_short}} {{time_secs}}|{stamp:%Y-%m-%d %H:%M:%S UTC}>"
    return f"{when} · {who} · {said}"


def _verbatim(data: Mapping[str, Any]) -> str:
    facts = ", ".join(f"{name}={value}" for name, value in data.items())
    return f" {escape(facts, 200)}" if facts else ""


Words = Callable[[Mapping[str, Any]], str]


def _said(words: str, name: str = "", *, limit: int = 200) -> Words:
    """*words*, and what the event has under *name*."""

    def said(data: Mapping[str, Any]) -> str:
        value = data.get(name)
        return f"{words}: {escape(str(value), limit)}" if value else words

    return said


def _batch(words: str, name: str = "") -> Words:
    def said(data: Mapping[str, Any]) -> str:
        return _said(f"batch {escape(str(data.get('batch', '?')), 10)} {words}", name)(data)

    return said


def _listed(data: Mapping[str, Any], name: str) -> list[Any]:
    """What the event lists under *name*: nothing, where another version put something else there."""
    value = data.get(name)
    return list(value) if isinstance(value, list | tuple) else []


def _planned(data: Mapping[str, Any]) -> str:
    left = len(_listed(data, "unreachable"))
    out = f", {left:,} left out" if left else ""
    glass = ", under break-glass" if data.get("break_glass") else ""
    size = data.get("machines")
    on = machines(size) if isinstance(size, int) else "its machines"
    return f"planned for {on}{out}{glass}; digest {code(str(data.get('digest', ''))[:8])}"


def _asked(data: Mapping[str, Any]) -> str:
    names = [escape(str(data.get(name, "?")), 64) for name in ("snippet", "target")]
    why = f": {escape(str(data['reason']), 200)}" if data.get("reason") else ""
    glass = " with break-glass" if data.get("break_glass") else ""
    alone = ", to be shown to them alone" if data.get("private") else ""
    return f"asked for {' on '.join(names)}{glass}{alone}{why}"


def _voided(data: Mapping[str, Any]) -> str:
    said = [escape(str(data[name]), 200) for name in ("hint", "rule") if data.get(name)]
    said += [mention(str(user)) for user in _listed(data, "who")[:10]]
    about = f": {', '.join(said)}" if said else ""
    return f"not run: {escape(str(data.get('why', '')), 60).replace('_', ' ')}{about}"


def _approved(data: Mapping[str, Any]) -> str:
    return f"approved digest {code(str(data.get('digest', ''))[:8])}"


def _reminded(data: Mapping[str, Any]) -> str:
    users = [mention(str(user)) for user in _listed(data, "users")]
    return f"reminded {', '.join(users[:10]) or 'nobody'}"


def _halt_asked(data: Mapping[str, Any]) -> str:
    names = [str(name) for name in _listed(data, "machines")]
    return f"asked to stop it on {some(names, 200) or 'some machines'}, and nowhere else"


def _shared(words: str) -> Words:
    def said(data: Mapping[str, Any]) -> str:
        return _said(f"{words} {place(str(data.get('channel', '')))}", "note", limit=300)(data)

    return said


def _unshared(data: Mapping[str, Any]) -> str:
    return f"is not shown in {place(str(data.get('channel', '')))} any more: {escape(str(data.get('code', '')), 60)}"


def _not_allowed(data: Mapping[str, Any]) -> str:
    rule = f": {escape(str(data['rule']), 200)}" if data.get("rule") else ""
    return f"was not allowed to {escape(str(data.get('verb', 'do this')), 60)}{rule}"


def _batch_refused(data: Mapping[str, Any]) -> str:
    code = data.get("code")
    if code in list(Unsent):
        why = "it was no longer allowed" if code == Unsent.NO_LONGER_ALLOWED else "ECS took no call in time"
        return _batch(f"was not sent by the bot: {why}")(data)
    return _batch("was refused by ECS", "code")(data)


def _finished(data: Mapping[str, Any]) -> str:
    return f"batch {escape(str(data.get('batch', '?')), 10)} finished{_tally(data)}"


def _ended(data: Mapping[str, Any]) -> str:
    names = {state.value: word.lower() for state, (_, word) in STATES.items()}
    return f"ended: {names.get(str(data.get('state')), escape(str(data.get('state', '')), 40))}{_tally(data)}"


def _tally(data: Mapping[str, Any]) -> str:
    counts = [f"{data[o.value]} {word}" for o, (_, word) in OUTCOMES.items() if isinstance(data.get(o.value), int)]
    return f" ({', '.join(counts)})" if counts else ""


def _moved(data: Mapping[str, Any]) -> str:
    why = escape(str(data.get("code", "")), 60)
    return f"could not write in {place(str(data.get('from', '')))} ({why}); its messages go on as direct messages"


def _not_told(data: Mapping[str, Any]) -> str:
    to = f" to {mention(str(data['key']))}" if data.get("key") else ""
    which, failure = escape(str(data.get("message", "")), 40), escape(str(data.get("code", "")), 60)
    return f"gave up on a message ({which}){to}: {failure}"


_WORDS: Mapping[str, Words] = {
    "asked": _asked,
    "planned": _planned,
    "refused": _voided,
    "voided": _voided,
    "delayed": _said("waits", "note"),
    "approved": _approved,
    "denied": _said("denied it", "reason", limit=300),
    "expired": _said("nobody approved it in time"),
    "reminded": _reminded,
    "reviewed": _said("reviewed it", "note", limit=300),
    "resolved": _said("settled it", "note", limit=300),
    "stop_asked": _said("asked to stop it"),
    "halt_asked": _halt_asked,
    "stop_sent": _said("told ECS to stop"),
    "stop_not_taken": _batch("goes on: ECS did not take the stop", "note"),
    "dispatching": _batch("is being sent"),
    "sending_again": _batch("is sent again, with the same token", "note"),
    "submitted": _batch("runs in ECS", "invoke_id"),
    "looking_for": _batch("is looked for, and not sent again", "note"),
    "submitted_late": _batch("was given up, and then ECS answered: it runs as", "invoke_id"),
    "batch_refused": _batch_refused,
    "never_sent": _batch("was never sent: it was stopped before", "note"),
    "seen": _batch("goes on; machines finished", "finished"),
    "finished": _finished,
    "lost": _batch("is lost: nobody knows what became of it", "note"),
    "ended": _ended,
    "shared": _shared("shared it to"),
    "followed": _shared("has it followed in"),
    "unshared": _unshared,
    "taken": _said("took all of it, as a file"),
    "home_moved": _moved,
    "not_told": _not_told,
    "not_allowed": _not_allowed,
    "stray_found": _said("found in ECS, where it should not be", "invoke_id"),
}
