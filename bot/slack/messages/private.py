"""What one person is told and nobody else sees."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.invocation import Invocation, command_line
from bot.domain.refusal import Refusal, Why
from bot.domain.sharing import SEEN_BY_OTHERS
from bot.slack.messages import kit
from bot.slack.messages.card import outcome, subject
from bot.slack.messages.escape import code, escape, mention, place, shortened
from bot.slack.messages.refusals import not_run, refusal
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import REFUSED

TEXT = 1_800

LINE = 1_000
"""Characters of a line that is shown to be typed again; half of one is worse than none."""

_ABSENT = frozenset({"not_in_channel", "channel_not_found"})
"""Slack's names for a channel that the bot is not in."""

_SCOPES = (
    f"The scopes {code('channels:read')} and {code('groups:read')} let me; in group direct messages I show nothing."
)

_TEXTS = ("subject", "target", "value", "hint", "rule", "text")
_NUMBERS = ("at", "limit", "size")
_LISTS = ("near", "who")


def private(payload: Mapping[str, Any], invocation: Invocation) -> Rendered:
    """The message that *payload* of an outbox row stands for: `{"refusal": {…}}` or `{"notice": name, …}`."""
    if isinstance(fields := payload.get("refusal"), Mapping):
        return refusal(refusal_of(fields))
    name = str(payload.get("notice", ""))
    if name == "refused" and invocation.refusal is not None:
        return _not_run(invocation, invocation.refusal)
    return notice(name, payload, invocation)


def _not_run(invocation: Invocation, why: Refusal) -> Rendered:
    """Why it was not run; with the line that asks for it again, and what it was: much may have been asked since."""
    said = not_run(why)
    about = kit.section(f"*{subject(invocation)}* · {code(invocation.id, 64)}")
    line = command_line(invocation.snippet, invocation.target, invocation.params, invocation.reason)
    again = [kit.typed(line)] if len(line) <= LINE else []
    text = f"{said.text} · {subject(invocation)}"
    return Rendered(shortened(text, TEXT), [about, *said.blocks, *again])


def notice(name: str, payload: Mapping[str, Any], invocation: Invocation) -> Rendered:
    """The notice called *name*; one that nobody knows says how the invocation stands."""
    words = NOTICES[name](invocation, payload) if name in NOTICES else outcome(invocation)
    return Rendered(words, [kit.section(words)])


def refusal_of(fields: Mapping[str, Any]) -> Refusal:
    """A Refusal out of its fields as JSON keeps them."""
    try:
        why = Why(fields.get("why", ""))
    except ValueError:
        why = Why.BUSY
    known: dict[str, Any] = {name: str(fields.get(name) or "") for name in _TEXTS}
    known |= {name: int(fields.get(name) or 0) for name in _NUMBERS}
    known |= {name: tuple(map(str, fields.get(name) or ())) for name in _LISTS}
    return Refusal(why, **known)


def _not_in_channel(invocation: Invocation, payload: Mapping[str, Any]) -> str:
    channel = str(payload.get("channel") or invocation.home)
    on = f"{subject(invocation)} goes on in your direct messages."
    if payload.get("code") == SEEN_BY_OTHERS:
        seen = f"People of another company see {place(channel)}, so {on}"
        return f"{seen} Policy's {code('shared_channels')} can open it."
    if payload.get("code") == "not_known_whether_shared":
        seen = f"I may not see whether people of another company are in {place(channel)}, so {on}"
        return f"{seen} {_SCOPES}"
    moved = f"I can't write in {place(channel)}, so {on}"
    if payload.get("code") == "is_archived":
        return f"{moved} The channel is archived."
    if str(payload.get("code") or "").startswith("restricted_action"):
        return f"{moved} Its settings allow only some people to post there."
    return f"{moved} Say {code('/invite @ecs')} there, and next time it stays."


def _not_shared(invocation: Invocation, payload: Mapping[str, Any]) -> str:
    channel, why, stood = place(str(payload.get("channel") or "")), payload.get("code"), payload.get("stood") is True
    how = "is no longer kept up to date" if stood else "is not shown"
    gone = f"{REFUSED} {subject(invocation)} {how} in {channel}"
    if why == SEEN_BY_OTHERS:
        left = " I delete the copy that stood there." if stood else ""
        return f"{gone}: people of another company see it.{left} Policy's {code('shared_channels')} can open it."
    if why == "not_known_whether_shared":
        return f"{gone}: I may not see whether people of another company are there. {_SCOPES}"
    if why == "is_archived":
        return f"{gone}: the channel is archived."
    if str(why or "").startswith("restricted_action"):
        return f"{gone}: its settings allow only some people to post there."
    if why in _ABSENT:
        return f"{gone}: I am not in it. Say {code('/invite @ecs')} there, then share it again."
    return f"{gone}: Slack does not take it there ({code(str(why or 'no reason given'), 60)})."


def _delayed(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    why = f" ({escape(invocation.note, 200)})" if invocation.note else ""
    return f"○ {subject(invocation)} has to wait{why}. Nothing has run yet; I go on trying for two minutes."


def _expired(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    yes, needed = sum(a.yes for a in invocation.approvals), invocation.ask.needed if invocation.ask else 1
    who = f"only {yes:,} of {needed:,} approved it" if yes else "nobody approved it"
    return f"⊘ {subject(invocation)}: {who} in time. Nothing ran; ask again if it is still needed."


def _denied(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    no = next((a for a in reversed(invocation.approvals) if not a.yes), None)
    by = f" by {mention(no.by)}" if no else ""
    why = f": {escape(no.reason, 300)}" if no and no.reason else "."
    return f"⊘ {subject(invocation)}: denied{by}{why}\nNothing ran."


def _cancelled(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    by = f" by {mention(invocation.stop_by)}" if invocation.stop_by not in {"", invocation.requester} else ""
    return f"◼ {subject(invocation)}: stopped{by} before anything ran."


def _refused(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    return f"{REFUSED} {subject(invocation)}: it could not be planned. Nothing ran."


NOTICES: Mapping[str, Callable[[Invocation, Mapping[str, Any]], str]] = {
    "not_in_channel": _not_in_channel,
    "not_shared": _not_shared,
    "delayed": _delayed,
    "denied": _denied,
    "expired": _expired,
    "cancelled": _cancelled,
    "refused": _refused,
}
