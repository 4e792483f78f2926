"""What a person does with an open modal: fill it in, send it off, put it away.

How the answer's ``response_action`` is taken: docs.slack.dev/surfaces/modals.
"""

from typing import Any

from bot.sandbox.slack import inputs
from bot.sandbox.slack.envelope import Ack
from bot.sandbox.slack.methods.views import checked
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.records import Json, View
from bot.sandbox.slack.refusal import CannotDo, Refused

TROUBLE = "We had some trouble connecting. Try again?"
Values = dict[str, dict[str, Any]]


def fill(view: View, values: Values, offered: dict[str, list[Json]] | None = None) -> None:
    """Put *values*, ``{block_id: {action_id: value}}``, into the view beside what is there already.

    *offered* has the options of external selects by action_id. Raises `CannotDo` for an input that isn't
    there, for a value that isn't offered, and for a required input left empty, as Slack's own client does.
    """
    there = {(block_id, element["action_id"]): element for block_id, element in view.elements}
    for block_id, given in values.items():
        for action_id, value in given.items():
            element = there.get((block_id, action_id))
            if element is None:
                raise CannotDo(f"there is no input {block_id}/{action_id}; there are {sorted(there)}")
            state = inputs.filled(element, value, (offered or {}).get(action_id))
            view.state.setdefault(block_id, {})[action_id] = state
    for (block_id, action_id), element in there.items():
        if inputs.keeps_state(element):
            view.state.setdefault(block_id, {}).setdefault(action_id, inputs.untouched(element))
    for block in view.blocks:
        needed = block["type"] == "input" and not block.get("optional")
        if needed and inputs.empty(view.state[block["block_id"]][block["element"]["action_id"]]):
            raise CannotDo(f"{block['label']['text']} has to be filled in")


def settle(modals: Modals, view: View, ack: Ack) -> str:
    """Do what the answer to a submission says; returns what the person is told, "" when all is well.

    No answer and no ``response_action`` close the view. Errors at blocks that are no inputs, and views that
    Slack would refuse, leave the modal open with Slack's own trouble message.
    """
    view.errors = {}
    if ack.error:
        return TROUBLE
    body = ack.payload or {}
    try:
        _act(modals, view, body)
    except Refused:
        return TROUBLE
    return "\n".join(view.errors.values())


def _act(modals: Modals, view: View, body: Json) -> None:
    action = body.get("response_action")
    if action == "errors":
        blocks = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        errors = body.get("errors") or {}
        if not errors or not set(errors) <= blocks:
            raise Refused("invalid_arguments")
        view.errors = dict(errors)
    elif action == "update":
        modals.update(view, checked(body.get("view"), "modal"))
    elif action == "push":
        modals.push(view.user, checked(body.get("view"), "modal"))
    elif action == "clear":
        modals.close(view.user, everything=True)
    elif action is None:
        modals.close(view.user)
    else:
        raise Refused("invalid_arguments")
