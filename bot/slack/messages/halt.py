"""A form to choose one machine on which it is to be stopped, while it runs on elsewhere."""

from bot.domain.invocation import Invocation
from bot.slack.messages import kit
from bot.slack.messages.card import subject
from bot.slack.messages.forms import View, asking
from bot.slack.messages.machine import HALT, field

FORM = "stop_some"
"""The form's callback_id."""


def form(invocation: Invocation, metadata: str) -> View:
    """Which machine?"""
    words = f"*{subject(invocation)}* is stopped on one machine and runs on elsewhere. What ECS made of it shows there."
    blocks = [kit.section(words), field(HALT, "Where to stop it", "Type a name")]
    return asking(FORM, "Stop one machine", "Stop", blocks, metadata)
