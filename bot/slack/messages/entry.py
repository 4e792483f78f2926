"""What is said to somebody who is about to ask for something."""

from bot.slack.messages import kit
from bot.slack.messages.escape import code
from bot.slack.messages.rendered import Rendered


def begin_with_me() -> Rendered:
    """The bot was named in the middle of a sentence: nothing is read into it."""
    words = f"To ask me for something, begin the line with my name: {code('@ecs run mem web-prod')}. Nothing was done."
    return Rendered(words, [kit.section(words)])
