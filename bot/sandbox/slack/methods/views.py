"""views.open, views.push, views.update, views.publish."""

import json

from bot.sandbox.slack import limits
from bot.sandbox.slack.backend import Call, Method
from bot.sandbox.slack.blocks import check_view
from bot.sandbox.slack.records import Json, View
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.wire import view_json


def open_view(call: Call) -> Json:
    """A modal for whoever pulled the trigger."""
    view = checked(call.args.structure("view", "invalid_arguments"), "modal")
    trigger = call.backend.triggers.use(call.args.required("trigger_id"))
    return _answer(call, call.backend.modals.open(trigger.user, view))


def push(call: Call) -> Json:
    """A modal on top of the one in which the trigger was pulled."""
    view = checked(call.args.structure("view", "invalid_arguments"), "modal")
    trigger = call.backend.triggers.use(call.args.required("trigger_id"))
    return _answer(call, call.backend.modals.push(trigger.user, view))


def update(call: Call) -> Json:
    """Another content for an open view."""
    if not (call.args.text("view_id") or call.args.text("external_id")):
        raise Refused("invalid_arguments", "missing required field: view_id")
    target = call.backend.modals.find(call.args.text("view_id"), call.args.text("external_id"))
    view = checked(call.args.structure("view", "invalid_arguments"), target.type)
    return _answer(call, call.backend.modals.update(target, view, call.args.text("hash")))


def publish(call: Call) -> Json:
    """Somebody's Home tab."""
    view = checked(call.args.structure("view", "invalid_arguments"), "home")
    return _answer(call, call.backend.modals.publish(call.args.required("user_id"), view, call.args.text("hash")))


def checked(view: object, kind: str) -> Json:
    """*view*, if Slack would take it as a view of this kind; raises ``invalid_arguments``, ``view_too_large``."""
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", "missing required field: view")
    if faults := check_view(view, kind):
        raise Refused("invalid_arguments", *faults)
    if len(json.dumps(view)) > limits.VIEW_BYTES:
        raise Refused("view_too_large")
    return view


def _answer(call: Call, view: View) -> Json:
    return {"view": view_json(call.workspace, view)}


METHODS = (
    Method("views.open", open_view, "trigger_id interactivity_pointer view"),
    Method("views.push", push, "trigger_id interactivity_pointer view"),
    Method("views.update", update, "view external_id hash view_id"),
    Method("views.publish", publish, "user_id view hash"),
)
