"""Buttons: their ids, what they carry, and the question each asks before it acts."""

import json

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ConfirmObject, PlainTextObject

from bot.domain.invocation import Invocation, State
from bot.slack.messages.escape import one_line
from bot.slack.messages.rendered import Block
from bot.slack.messages.words import machines

STOP = "stop"
AGAIN = "again"
APPROVE = "approve"
DENY = "deny"

ACTION_IDS = frozenset({STOP, AGAIN, APPROVE, DENY})

_STOPPABLE = frozenset({State.PLANNING, State.QUEUED, State.RUNNING})


def value(invocation: Invocation) -> str:
    """What a button carries: the invocation's id and the digest of the plan that its reader saw. No secrets."""
    return json.dumps({"i": invocation.id, "d": invocation.plan.digest if invocation.plan else ""})


def read(carried: str) -> tuple[str, str]:
    """(invocation id, digest) of a button's value; empty strings for anything that is not ours."""
    try:
        got = json.loads(carried)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(got, dict):
        return "", ""
    return str(got.get("i", "")), str(got.get("d", ""))


def buttons(invocation: Invocation) -> list[Block]:
    """The row of buttons that fits the state; none where there is nothing to press."""
    if invocation.state is State.AWAITING_APPROVAL:
        row = [_approve(invocation), _deny(invocation), _stop(invocation)]
    elif invocation.state in _STOPPABLE:
        row = [_stop(invocation)]
    elif invocation.state.final:
        row = [_again(invocation)]
    else:
        return []
    return [dict(ActionsBlock(elements=row).to_dict())]


def decision_buttons(invocation: Invocation) -> list[Block]:
    """Approve and Deny while it waits; nothing after."""
    if invocation.state is not State.AWAITING_APPROVAL:
        return []
    return [dict(ActionsBlock(elements=[_approve(invocation), _deny(invocation)]).to_dict())]


def _approve(invocation: Invocation) -> ButtonElement:
    size = machines(invocation.plan.size) if invocation.plan else "its machines"
    confirm = _confirm("Approve this run?", f"{_what(invocation)} runs on {size}.", "Approve", "primary")
    return _button(invocation, APPROVE, "Approve", confirm, "primary")


def _deny(invocation: Invocation) -> ButtonElement:
    confirm = _confirm("Deny this run?", f"{_what(invocation)} will not run.", "Deny", "danger")
    return _button(invocation, DENY, "Deny", confirm, "danger")


def _stop(invocation: Invocation) -> ButtonElement:
    waiting = invocation.state in {State.AWAITING_APPROVAL, State.PLANNING}
    so = "Nothing has run yet." if waiting else "Machines that are done stay done."
    return _button(invocation, STOP, "Stop", _confirm("Stop it?", f"{_what(invocation)}. {so}", "Stop", "danger"))


def _again(invocation: Invocation) -> ButtonElement:
    confirm = None
    if invocation.state is State.UNKNOWN:
        confirm = _confirm(
            "Run it again?", "Nobody knows whether the last run happened. Look first.", "Run again", "danger"
        )
    return _button(invocation, AGAIN, "Run again", confirm)


def _what(invocation: Invocation) -> str:
    return one_line(f"{invocation.snippet} on {invocation.target}", 120)


def _button(
    invocation: Invocation, action: str, text: str, confirm: ConfirmObject | None, style: str | None = None
) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=text, emoji=False),
        action_id=action,
        value=value(invocation),
        style=style,
        confirm=confirm,
        accessibility_label=one_line(f"{text}: {_what(invocation)}", 75),
    )


def _confirm(title: str, text: str, yes: str, style: str) -> ConfirmObject:
    return ConfirmObject(
        title=title,
        text=PlainTextObject(text=text, emoji=False),
        confirm=yes,
        deny="Not now",
        style=style,
    )
