"""Modals: a no with its reason, a review with its note, a whole script to read."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement, PlainTextObject

from bot.domain.invocation import Invocation
from bot.slack.messages import actions, kit
from bot.slack.messages.card import headline, subject
from bot.slack.messages.escape import escape, fitting, mention
from bot.slack.messages.rendered import Block, Rendered
from bot.slack.messages.words import REFUSED, machines

View = dict[str, Any]

REASON = "reason"
NOTE = "note"

LONGEST = 300
"""Characters of a reason or a note."""

EMPTY = Rendered("Say it in a few words: it is kept with the run.", [])
TOO_LONG = Rendered(f"At most {LONGEST} characters, please.", [])

NOT_OPENED = Rendered(f"{REFUSED} Slack did not open the form. Nothing was done: press the button once more.", [])
"""A trigger lives for three seconds, and Slack may be slow."""


def deny_form(invocation: Invocation) -> View:
    """Asks for the reason of a no."""
    size = f" · {machines(invocation.plan.size)} in {escape(invocation.plan.env, 40)}" if invocation.plan else ""
    lines = [f"*{subject(invocation)}*{size}", f"Asked by {mention(invocation.requester)}. It will not run."]
    if invocation.reason:
        lines.append(f"Their reason: {escape(invocation.reason, 300)}")
    blocks = [kit.section("\n".join(lines)), _ask(REASON, "Why not? Who asked reads this, and so does the channel")]
    return _form(actions.DENY, "Deny this run", "Deny", blocks, invocation)


def review_form(invocation: Invocation) -> View:
    """Asks what a reviewer has found."""
    why = f"Their reason: {escape(invocation.reason, 300)}" if invocation.reason else "They gave no reason."
    lines = [headline(invocation), f"Run by {mention(invocation.requester)} without approval. {why}"]
    blocks = [kit.section("\n".join(lines)), _ask(NOTE, "What did you find? It is kept with the run")]
    return _form(actions.REVIEW, "Review this run", "Reviewed", blocks, invocation)


def page(title: str, blocks: Sequence[Block], *, close: str = "Close") -> View:
    """Something to read, with nothing to send off."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": fitting(title, 24), "emoji": False},
        "close": {"type": "plain_text", "text": close, "emoji": False},
        "blocks": list(blocks),
    }


def asking(callback: str, title: str, submit: str, blocks: Sequence[Block], metadata: str) -> View:
    """Something to fill in: *submit* sends it off, with the *metadata* that it carries."""
    return page(title, blocks, close="Not now") | {
        "callback_id": callback,
        "private_metadata": metadata,
        "submit": {"type": "plain_text", "text": submit, "emoji": False},
    }


def reply(words: Rendered) -> View:
    """An answer to a press that has no conversation to be said in."""
    return page("ECS", words.blocks or [kit.section(words.text)])


def nothing_there() -> View:
    """What a form becomes that nobody listens to any more."""
    return page("Out of date", [kit.section(f"{REFUSED} This form does nothing any more. Nothing was done.")])


def _form(callback: str, title: str, submit: str, blocks: list[Block], invocation: Invocation) -> View:
    return asking(callback, title, submit, blocks, actions.value(invocation))


def _ask(name: str, label: str) -> Block:
    typed = PlainTextInputElement(action_id=name, multiline=True, min_length=1, max_length=LONGEST, focus_on_load=True)
    block = InputBlock(block_id=name, label=PlainTextObject(text=label, emoji=False), element=typed, optional=False)
    return dict(block.to_dict())
