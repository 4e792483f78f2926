"""reactions.add, reactions.remove, reactions.get."""

import re

from bot.sandbox.slack.backend import Call, Method
from bot.sandbox.slack.methods.places import known_channel
from bot.sandbox.slack.records import Json, Message
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.wire import message_json


def add(call: Call) -> Json:
    """The bot's reaction; raises ``already_reacted``, ``invalid_name``."""
    message, name = _message(call), _name(call)
    me = call.workspace.app.user_id
    if me in message.reactions.get(name, []):
        raise Refused("already_reacted")
    call.workspace.react(message, name, me, on=True)
    return {}


def remove(call: Call) -> Json:
    """Take it back; raises ``no_reaction``."""
    message, name = _message(call), _name(call)
    me = call.workspace.app.user_id
    if me not in message.reactions.get(name, []):
        raise Refused("no_reaction")
    call.workspace.react(message, name, me, on=False)
    return {}


def get(call: Call) -> Json:
    """A message with its reactions."""
    message = _message(call)
    return {"type": "message", "channel": message.channel, "message": message_json(call.workspace, message)}


def _message(call: Call) -> Message:
    if "timestamp" not in call.args or "channel" not in call.args:
        raise Refused("no_item_specified")
    return call.workspace.message(known_channel(call).id, call.args.text("timestamp"))


def _name(call: Call) -> str:
    name = call.args.required("name")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise Refused("invalid_name")
    return name


METHODS = (
    Method("reactions.add", add, "channel name timestamp", ("reactions:write",)),
    Method("reactions.remove", remove, "channel name timestamp file file_comment", ("reactions:write",)),
    Method("reactions.get", get, "channel timestamp file file_comment full", ("reactions:read",)),
)
