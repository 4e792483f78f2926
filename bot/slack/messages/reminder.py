"""The reminder to an approver: half of the time is over, and somebody still waits."""

from datetime import datetime

from bot.domain.invocation import Invocation
from bot.slack.messages.card import metadata
from bot.slack.messages.direct import question
from bot.slack.messages.escape import mention, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import at


def reminder(invocation: Invocation, now: datetime) -> Rendered:
    """To one approver who has said neither yes nor no. It is not changed afterwards: a press on it is then refused."""
    until = f" until {at(invocation.ask.until, now)}" if invocation.ask is not None else ""
    first = f"⏰ *Still waiting{until}* · {mention(invocation.requester)} asks you to approve this"
    text, blocks = question(invocation, now, first)
    return Rendered(shortened(f"⏰ Still waiting{until}: {text}", 1_000), blocks, metadata(invocation))
