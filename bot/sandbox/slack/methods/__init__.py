"""Every method that this workspace answers."""

from bot.sandbox.slack.backend import Method
from bot.sandbox.slack.methods import basics, chat, conversations, files, people, reactions, views


def all_methods() -> dict[str, Method]:
    """The methods by name."""
    rooms = (basics, chat, conversations, files, people, reactions, views)
    return {method.name: method for room in rooms for method in room.METHODS}
