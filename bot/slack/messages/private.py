"""What one person is told and nobody else sees."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal, Why
from bot.slack.messages import kit
from bot.slack.messages.card import outcome, subject
from bot.slack.messages.escape import code, place
from bot.slack.messages.refusals import refusal
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import REFUSED

_TEXTS = ("subject", "target", "value", "hint", "rule", "text")
_NUMBERS = ("at", "limit", "size")
_LISTS = ("near", "who")


def private(payload: Mapping[str, Any], invocation: Invocation) -> Rendered:
    """The message that *payload* of an outbox row stands for: `{"refusal": {…}}` or `{"notice": name, …}`."""
    if isinstance(fields := payload.get("refusal"), Mapping):
        return refusal(refusal_of(fields))
    name = str(payload.get("notice", ""))
    if name == "refused" and invocation.refusal is not None:
        return refusal(invocation.refusal)
    return notice(name, payload, invocation)


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
    moved = f"I can't write in {place(channel)}, so {subject(invocation)} goes on in your direct messages."
    if payload.get("code") == "is_archived":
        return f"{moved} The channel is archived."
    if str(payload.get("code") or "").startswith("restricted_action"):
        return f"{moved} Its settings allow only some people to post there."
    return f"{moved} Say {code('/invite @ecs')} there, and next time it stays."


def _delayed(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    return f"○ {subject(invocation)}: ECS does not answer yet. Nothing has run; I go on trying."


def _expired(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    return f"⊘ {subject(invocation)}: nobody approved it in time. Nothing ran; ask again if it is still needed."


def _cancelled(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    return f"◼ {subject(invocation)}: stopped before anything ran."


def _refused(invocation: Invocation, _payload: Mapping[str, Any]) -> str:
    return f"{REFUSED} {subject(invocation)}: it could not be planned. Nothing ran."


NOTICES: Mapping[str, Callable[[Invocation, Mapping[str, Any]], str]] = {
    "not_in_channel": _not_in_channel,
    "delayed": _delayed,
    "expired": _expired,
    "cancelled": _cancelled,
    "refused": _refused,
}
