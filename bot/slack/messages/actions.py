"""Buttons: their ids, what they carry, and the question that each asks before it acts."""

import json

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ConfirmObject, PlainTextObject

from bot.domain.invocation import Invocation, State
from bot.domain.output import cost
from bot.slack.messages.escape import fitting
from bot.slack.messages.rendered import Block
from bot.slack.messages.words import machines

STOP = "stop"
AGAIN = "again"
APPROVE = "approve"
DENY = "deny"
REVIEW = "review"
SCRIPT = "script"

ACTION_IDS = frozenset({STOP, AGAIN, APPROVE, DENY, REVIEW, SCRIPT})

FORMS = frozenset({DENY, REVIEW, SCRIPT})
"""Those that open a modal; only what is sent off there acts."""

LABEL = 75
"""Characters of what is read out of a button (slack_sdk, ButtonElement)."""

_STOPPABLE = frozenset({State.PLANNING, State.QUEUED, State.RUNNING})


def value(invocation: Invocation) -> str:
    """What a button or a form carries: the id, and the digest of the plan that its reader saw. No secrets."""
    return json.dumps({"i": invocation.id, "d": invocation.plan.digest if invocation.plan else ""})


def read(carried: object) -> tuple[str, str]:
    """(invocation id, digest) of a button's or form's value; empty strings for anything that is not ours."""
    try:
        got = json.loads(carried) if isinstance(carried, str) else None
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(got, dict):
        return "", ""
    invocation, digest = str(got.get("i", "")), str(got.get("d", ""))
    return (invocation, digest) if f"{invocation}{digest}".isascii() else ("", "")


def buttons(invocation: Invocation, *, script: bool = False) -> list[Block]:
    """The row of buttons that fits the state; *script*: the message does not show all that would run."""
    row: list[ButtonElement] = []
    if invocation.state is State.AWAITING_APPROVAL:
        row = [_approve(invocation), _deny(invocation)]
    elif invocation.to_be_reviewed:
        row = [_review(invocation)]
    if script:
        row.append(_button(invocation, SCRIPT, "Whole script"))
    if invocation.state is State.AWAITING_APPROVAL or invocation.state in _STOPPABLE:
        row.append(_stop(invocation))
    elif invocation.state.final:
        row.append(_again(invocation))
    return _row(row)


def approver_buttons(invocation: Invocation, *, script: bool = False) -> list[Block]:
    """What an approver can do: decide while it waits, review what ran under break-glass; nothing after."""
    row: list[ButtonElement] = []
    if invocation.state is State.AWAITING_APPROVAL:
        row = [_approve(invocation), _deny(invocation)]
    elif invocation.to_be_reviewed:
        row = [_review(invocation)]
    if script:
        row.append(_button(invocation, SCRIPT, "Whole script"))
    return _row(row)


def stop_button(invocation: Invocation) -> list[Block]:
    """Only to stop it, while that can be done."""
    waiting = invocation.state is State.AWAITING_APPROVAL
    return _row([_stop(invocation)]) if waiting or invocation.state in _STOPPABLE else []


def script_button(invocation: Invocation) -> list[Block]:
    """Only a look at what it runs, for answers that nobody else sees."""
    return _row([_button(invocation, SCRIPT, "Whole script")]) if invocation.plan is not None else []


def _row(elements: list[ButtonElement]) -> list[Block]:
    return [dict(ActionsBlock(elements=elements).to_dict())] if elements else []


def _approve(invocation: Invocation) -> ButtonElement:
    confirm = _confirm("Approve this run?", would_run(invocation), "Approve", "primary")
    return _button(invocation, APPROVE, "Approve", confirm, "primary")


def would_run(invocation: Invocation) -> str:
    """What a yes means, in the 300 characters that Slack gives: what, where, on how many, with what, and when."""
    plan, ask = invocation.plan, invocation.ask
    where = f"{machines(plan.size)} in {fitting(plan.env, 30) or 'no env'}" if plan else "its machines"
    given = ", ".join(f"{name}={value}" for name, value in (plan.params if plan else invocation.params))
    more = ask.needed - sum(a.yes for a in invocation.approvals) - 1 if ask else 0
    then = f"It waits for {more:,} more." if more > 0 else "It starts at once."
    room = 280 - len(then) - cost(where)
    what = fitting(f"{invocation.snippet} on {invocation.target}: ", min(room, 120)) + " "
    return f"{what}{where}. {fitting(f'With {given}.', room - cost(what)) if given else ''} {then}".replace("  ", " ")


def _deny(invocation: Invocation) -> ButtonElement:
    return _button(invocation, DENY, "Deny", style="danger")


def _review(invocation: Invocation) -> ButtonElement:
    return _button(invocation, REVIEW, "Reviewed", style="primary")


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
    return fitting(f"{invocation.snippet} on {invocation.target}", 120)


def _button(
    invocation: Invocation, action: str, text: str, confirm: ConfirmObject | None = None, style: str | None = None
) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=text, emoji=False),
        action_id=action,
        value=value(invocation),
        style=style,
        confirm=confirm,
        accessibility_label=label(f"{text}: {_what(invocation)}", invocation.id),
    )


def label(words: str, invocation: str) -> str:
    """What is read out of a button: one of several that look alike is known by the id of its *invocation*."""
    which = f" ({invocation})"
    return fitting(words, LABEL - len(which)) + which


def _confirm(title: str, text: str, yes: str, style: str) -> ConfirmObject:
    return ConfirmObject(
        title=title,
        text=PlainTextObject(text=text, emoji=False),
        confirm=yes,
        deny="Not now",
        style=style,
    )
