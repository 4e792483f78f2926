"""The builder: a form that asks for what a line would have said, and shows what would come of it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.catalog import Risk, Snippet, Target
from bot.domain.draft import Draft, Reach
from bot.domain.invocation import Invocation, command_line
from bot.domain.refusal import Refusal, Why
from bot.domain.verb import Run
from bot.slack.messages import fields, kit
from bot.slack.messages.actions import LABEL, label
from bot.slack.messages.card import subject
from bot.slack.messages.escape import code, escape, fitting, place, shortened
from bot.slack.messages.forms import View, page
from bot.slack.messages.refusals import sentences
from bot.slack.messages.rendered import Block, Rendered
from bot.slack.messages.words import REFUSED, count, left_out, machines, some

BUILDER = "builder"
"""The form's callback_id."""

OPEN = "open_builder"
"""The button that opens it; its value is a draft."""

SHORTCUT, ABOUT = "run_something", "run_about_this"
"""The callback_ids of the shortcuts: for everywhere, and in a message's menu."""

SNIPPET, TARGET, REASON, CHANNEL = "pick_snippet", "pick_target", "say_reason", "pick_channel"
PRIVATE = "show_privately"
"""action_id, and but for TARGET block_id, of its own fields; parameters have those of `fields`."""

LONGEST_REASON = 300
CARRIED = 1_900
"""Characters of a button's value; Slack takes 2,000."""

LOOKING = "Looking up the machines…"
OUT_OF_DATE = "This form is out of date. Nothing was done: close it and open it once more."
NOT_OPENED = Rendered(f"{REFUSED} Slack did not open the form. Nothing was done: try once more.", [])
CHOOSE_ANOTHER = "Choose a conversation that both of us are in: I can't show it to you there."
NOT_SAID = "Slack does not say whether both of us are there. Nothing was asked: try again in a moment."


def view(draft: Draft, metadata: str, *, elsewhere: bool, looking: bool = False) -> View:
    """The form for *draft*. *elsewhere*: it has to be asked where to show it; *looking*: its machines are looked up."""
    blocks = [_external(SNIPPET, "What to run", "Search by name or purpose", _snippet_option(draft.snippet))]
    if draft.snippet is not None:
        blocks += [_about(draft.snippet)]
        where = target_block(draft.snippet.name)
        blocks += [_external(where, "Where", "Search by name, env or region", _target_option(draft.target), TARGET)]
        blocks += _fields(draft, draft.snippet)
        blocks += [_reason(draft)]
    if elsewhere:
        blocks += [_channel()]
    if draft.snippet is not None:
        blocks += [_private(draft.run.private)]
    blocks += _preview(draft, looking=looking)
    return page("Run something", blocks) | {
        "callback_id": BUILDER,
        "private_metadata": metadata,
        "submit": _plain("Run" if draft.approval is None else "Ask for approval"),
        "close": _plain("Not now"),
    }


def done(invocation: Invocation, line: str) -> View:
    """What the form becomes when it was sent off: what happens, where, and how it can be typed next time."""
    private = " It comes to you alone, in your direct messages with me." if invocation.private else ""
    where = private or f" It shows in {place(invocation.home)}." if private or invocation.home[:1] in {"C", "G"} else ""
    words = f"○ {subject(invocation)}: on its way.{where} Its id is {code(invocation.id, 64)}."
    return page("On its way", [kit.section(words), *_typed(line)])


def shows_here(run: Run) -> Rendered:
    """Said to who asks, in the conversation that they chose: Slack takes it only where both are members."""
    words = f"○ {escape(run.snippet, 64)} on {escape(run.target, 64)}: asked from a form, to be shown here."
    return Rendered(words, [])


def carried(run: Run) -> str:
    """A draft as a button's value; of what is too long, only snippet and target."""
    long = json.dumps({"s": run.snippet, "t": run.target, "p": run.params, "r": run.reason, "a": run.private})
    return long if len(long) <= CARRIED else json.dumps({"s": run.snippet[:64], "t": run.target[:64]})


def uncarried(value: object) -> Run:
    """The draft of a button's value; an empty one for anything that is not ours."""
    try:
        got = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        got = None
    if not isinstance(got, dict):
        return Run("", "")
    given = got.get("p")
    pairs = [pair for pair in given if isinstance(pair, list) and len(pair) == 2] if isinstance(given, list) else []
    params = tuple((name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str))
    snippet, target, reason = (word if isinstance(word := got.get(key), str) else "" for key in "str")
    return Run(snippet, target, params, reason, private=got.get("a") is True)


def open_button(run: Run, text: str = "Open a form", again_of: str = "") -> Block:
    """Opens the builder with *run* in it, which may be *again_of* another."""
    words = f"{text}: {run.snippet} {run.target}".rstrip(": ")
    about = label(words, again_of) if again_of else fitting(words, LABEL)
    button = {"type": "button", "action_id": OPEN, "text": _plain(text), "value": carried(run)}
    return {"type": "actions", "elements": [button | {"accessibility_label": about}]}


def with_form(words: Rendered, run: Run) -> Rendered:
    """A refusal that a form can help with."""
    return Rendered(words.text, [*words.blocks, open_button(run)])


def options(found: Iterable[Snippet | Target]) -> list[dict[str, Any]]:
    """What a search has found."""
    made = (_snippet_option(one) if isinstance(one, Snippet) else _target_option(one) for one in found)
    return [option for option in made if option is not None]


def target_block(snippet: str) -> str:
    """Its own for each snippet: a target that does not go with another one is gone with it."""
    return f"{TARGET}:{snippet}"


def beside(why: Refusal, snippet: str, there: Iterable[str]) -> str:
    """The block_id of the field that *why* is about, of those that are *there*."""
    about = _FIELD_OF.get(why.why, SNIPPET)
    if about == TARGET:
        about = target_block(snippet)
    elif why.why in OF_PARAMS:
        about = fields.block_id(snippet, why.subject)
    return about if about in there else SNIPPET


OF_PARAMS = frozenset({Why.MISSING_PARAM, Why.BAD_VALUE, Why.REPEATED_PARAM, Why.UNKNOWN_PARAM})
_FIELD_OF: Mapping[Why, str] = {
    Why.MISSING_ARGUMENT: TARGET,
    Why.UNKNOWN_TARGET: TARGET,
    Why.SNIPPET_NOT_FOR_TARGET: TARGET,
    Why.LOCKED: TARGET,
    Why.FROZEN: TARGET,
    Why.EXCLUSIVE: TARGET,
    Why.REASON_NEEDED: REASON,
    Why.WRONG_CHANNEL: CHANNEL,
}


def _about(snippet: Snippet) -> Block:
    risk = {Risk.LOW: "", Risk.MEDIUM: " · medium risk", Risk.HIGH: " · *high risk*"}[snippet.risk]
    return kit.context(f"{escape(snippet.summary)}{risk} · {code('/ecs help ' + snippet.name)} has all of it")


def _fields(draft: Draft, snippet: Snippet) -> list[Block]:
    shown, more = fields.shown(snippet, draft.value)
    if not more:
        return shown
    how = f"{code('/ecs help ' + snippet.name)} names them, and a line takes all"
    return [*shown, kit.context(f"and {count(more, 'more parameter')}: {how}")]


def _reason(draft: Draft) -> Block:
    needed = draft.approval is not None and draft.approval.reason
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": REASON, "max_length": LONGEST_REASON}
    if draft.run.reason:
        element["initial_value"] = draft.run.reason[:LONGEST_REASON]
    return {
        "type": "input",
        "block_id": REASON,
        "label": _plain("Why? Approvers and the channel read it"),
        "optional": not needed,
        "element": element,
    }


def _private(private: bool) -> Block:
    option = {"text": _plain("Show it to me alone"), "value": "true"}
    element: dict[str, Any] = {"type": "checkboxes", "action_id": PRIVATE, "options": [option]}
    element |= {"initial_options": [option]} if private else {}
    return {"type": "input", "block_id": PRIVATE, "label": _plain("Privately"), "optional": True, "element": element}


def _channel() -> Block:
    element = {"type": "conversations_select", "action_id": CHANNEL, "default_to_current_conversation": True}
    return {"type": "input", "block_id": CHANNEL, "label": _plain("Where to show it"), "element": element}


def _external(block: str, label: str, hint: str, first: dict[str, Any] | None, name: str = "") -> Block:
    element: dict[str, Any] = {"type": "external_select", "action_id": name or block, "min_query_length": 0}
    element |= {"placeholder": _plain(hint)} | ({"initial_option": first} if first else {})
    return {"type": "input", "block_id": block, "label": _plain(label), "dispatch_action": True, "element": element}


def _preview(draft: Draft, *, looking: bool) -> list[Block]:
    """What would come of it, as far as it is known."""
    lines: list[str] = []
    if draft.reach is not None:
        lines += _machines(draft.reach)
    elif looking:
        lines.append(LOOKING)
    if (rule := draft.approval) is not None:
        lines.append(f"Waits for {count(rule.needed, 'approval')} (approval rule {rule.number}).")
    if draft.obstacle is not None:
        lines.append(f"{REFUSED} Right now: {' '.join(sentences(draft.obstacle))}")
    blocks = [kit.divider(), kit.section(shortened("\n".join(lines), kit.SECTION))] if lines else []
    if draft.snippet is None or draft.target is None:
        return blocks
    return [*blocks, *_typed(command_line(draft.run.snippet, draft.run.target, draft.run.params, draft.run.reason))]


def _machines(reach: Reach) -> list[str]:
    if not reach.ready:
        lines = [f"{REFUSED} It would run nowhere right now."]
    else:
        lines = [f"Runs on {machines(len(reach.ready))}: {some(reach.ready, 600)}"]
    if reach.left_out:
        lines.append(f"{machines(len(reach.left_out))} left out: {left_out(reach.left_out)}")
    return lines


def _typed(line: str) -> list[Block]:
    if len(line) > kit.SECTION:
        return [kit.context("As a line to type it is longer than a form can show.")]
    return [kit.context("As a line to type:"), kit.typed(line)]


def _snippet_option(snippet: Snippet | None) -> dict[str, Any] | None:
    return None if snippet is None else _option(snippet.name, snippet.summary)


def _target_option(target: Target | None) -> dict[str, Any] | None:
    return None if target is None else _option(target.name, f"{target.env} · {target.region}")


def _option(name: str, description: str) -> dict[str, Any]:
    said = fitting(description, 75)
    return {"text": _plain(fitting(name, 75)), "value": name[:150]} | ({"description": _plain(said)} if said else {})


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
