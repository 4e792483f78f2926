"""What is said to somebody who reads on in what machines printed."""

from bot.domain.invocation import Invocation
from bot.slack.messages import kit
from bot.slack.messages.card import subject
from bot.slack.messages.rendered import Rendered


def on_its_way(invocation: Invocation) -> Rendered:
    """All of it was asked for."""
    so_far = "" if invocation.state.final else " so far"
    words = f"○ All of {subject(invocation)}{so_far} comes to you as a file, in your direct messages with me."
    return Rendered(words, [kit.section(words)])
