"""What has to be seen at a glance: production, many machines, never done before, outside working hours; and what ran
without being approved."""

from bot.domain.invocation import Alarm, Invocation, State
from bot.slack.messages import kit
from bot.slack.messages.escape import escape, mention
from bot.slack.messages.rendered import Block
from bot.slack.messages.words import at, machines


def banner(invocation: Invocation) -> str:
    """PRODUCTION · 12 machines · first use of restart on web-prod · outside working hours; empty where all is usual."""
    if invocation.ask is None:
        return ""
    return " · ".join(_alarm(alarm, invocation) for alarm in invocation.ask.alarms)


def banner_blocks(invocation: Invocation) -> list[Block]:
    """The banner, at the top of whatever asks for a decision."""
    words = banner(invocation)
    return [kit.section(f"⚠ *{words}*")] if words else []


def _alarm(alarm: Alarm, invocation: Invocation) -> str:
    match alarm:
        case Alarm.PROD:
            return "PRODUCTION"
        case Alarm.MANY:
            return machines(invocation.plan.size) if invocation.plan else "many machines"
        case Alarm.FIRST_USE:
            return f"first use of {escape(invocation.snippet, 64)} on {escape(invocation.target, 64)}"
        case Alarm.OFF_HOURS:
            return "outside working hours"


def glass_blocks(invocation: Invocation) -> list[Block]:
    """That nobody was asked first: loudly until somebody has reviewed it; then who, when, and what they noted."""
    return [kit.section(glass(invocation))] if invocation.break_glass else []


def glass(invocation: Invocation) -> str:
    """The sentences of `glass_blocks`."""
    done = invocation.review
    if done is not None:
        note = f": {escape(done.note, 300)}" if done.note else "."
        return f"*Break-glass: it ran without approval.*\nReviewed by {mention(done.by)}, {at(done.at)}{note}"
    if invocation.started_at is None:
        came = "nothing ran" if invocation.state.final else "it runs without approval"
        return f"🚨 *BREAK-GLASS: {came}.*"
    tense = "it ran" if invocation.state.final else "it is running"
    roles = invocation.ask.roles if invocation.ask else ()
    by = f" by role {escape(' or '.join(roles), 120)}" if roles else ""
    return f"🚨 *BREAK-GLASS: {tense} WITHOUT APPROVAL. To be reviewed{by}.*"


def glass_tail(invocation: Invocation) -> str:
    """The same for the end of a line; empty where nothing has to be said."""
    if not invocation.break_glass or (invocation.started_at is None and invocation.state is not State.QUEUED):
        return ""
    if invocation.review is not None:
        return f"break-glass, reviewed by {mention(invocation.review.by)}"
    return "break-glass: without approval, to be reviewed"
