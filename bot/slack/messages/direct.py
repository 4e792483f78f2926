"""The direct message to an approver: somebody waits, this is what would run, press one button."""

from datetime import datetime

from bot.domain.invocation import Invocation, State
from bot.slack.messages import actions, kit
from bot.slack.messages.awaiting import plan_blocks
from bot.slack.messages.card import headline, metadata, outcome, request, small_print, standing, subject
from bot.slack.messages.escape import mention, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import left_out, machines


def direct(invocation: Invocation, now: datetime) -> Rendered:
    """To one approver, as it stands at *now*. Once it is decided the buttons are gone."""
    waiting = invocation.state is State.AWAITING_APPROVAL
    who = mention(invocation.requester)
    where = f" · asked in <#{invocation.home}>" if invocation.home.startswith(("C", "G")) else ""
    lines = [headline(invocation), standing(invocation, now)]
    if waiting:
        lines.insert(1, f"{who} asks you to approve this{where}")
    blocks = [kit.section("\n".join(lines)), *request(invocation)]
    if waiting:
        if invocation.plan is not None and invocation.plan.unreachable:
            blocks.append(kit.section(f"*Left out:* {left_out(invocation.plan.unreachable)}"))
        blocks += plan_blocks(invocation)
    blocks.append(kit.context(small_print(invocation, now)))
    blocks += actions.decision_buttons(invocation)
    size = f" ({machines(invocation.plan.size)})" if invocation.plan else ""
    text = f"⏸ {who} asks you to approve {subject(invocation)}{size}" if waiting else outcome(invocation)
    return Rendered(shortened(text, 1_000), blocks, metadata(invocation))
