"""The direct message to an approver: somebody waits, this is what would run, press one button."""

from datetime import datetime

from bot.domain.invocation import Invocation, State
from bot.slack.messages import actions, kit
from bot.slack.messages.card import SIZES, headline, metadata, outcome, reach, request, small_print, standing, subject
from bot.slack.messages.escape import mention, place, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import machines


def direct(invocation: Invocation, now: datetime) -> Rendered:
    """To one approver, as it stands at *now*. Once it is decided the buttons are gone."""
    waiting = invocation.state is State.AWAITING_APPROVAL
    who = mention(invocation.requester)
    where = f" · asked in {place(invocation.home)}" if invocation.home[:1] in {"C", "G"} else ""
    lines = [headline(invocation), standing(invocation, now)]
    if waiting:
        lines.insert(1, f"{who} asks you to approve this{where}")
    top = kit.section("\n".join(lines))
    below = [kit.context(small_print(invocation, now)), *actions.decision_buttons(invocation)]
    blocks = kit.fit(lambda size: [top, *request(invocation, size), *reach(invocation, size), *below], SIZES)
    many = f" ({machines(invocation.plan.size)})" if invocation.plan else ""
    text = f"⏸ {who} asks you to approve {subject(invocation)}{many}" if waiting else outcome(invocation)
    return Rendered(shortened(text, 1_000), blocks, metadata(invocation))
