"""`/ecs can`: may somebody do that, which rule says so, what is needed then, and what stands in the way right now."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.access import Decision, Grant, UserId
from bot.domain.catalog import ApprovalRule
from bot.domain.refusal import Refusal
from bot.slack.messages import kit
from bot.slack.messages.escape import escape, mention, shortened
from bot.slack.messages.refusals import sentences
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.usergroups import through, unseen
from bot.slack.messages.words import REFUSED, at, count, human

NAMED = 20
"""People that are named."""


def can(
    user: UserId,
    doing: tuple[str, str, str],
    decision: Decision,
    now: datetime,
    *,
    approval: ApprovalRule | None = None,
    approvers: Sequence[UserId] = (),
    obstacle: Refusal | None = None,
    other: bool = False,
) -> Rendered:
    """The answer. *doing* is (verb, snippet, target), *approval* the rule that asks for it and *approvers* who could
    give it, *obstacle* what stands in the way at *now*; *other*: *user* is not who reads it."""
    verb, snippet, target = doing
    symbol, may = ("✔", "may") if decision.allowed else ("✖", "may not")
    what = f"{escape(verb, 40)} {escape(snippet, 64)} on {escape(target, 64)}"
    rule = escape(decision.rule.replace("no role of yours", "no role of theirs") if other else decision.rule, 300)
    lines = [f"{symbol} {mention(user)} *{may}* {what}", f"*Rule:* {rule}"]
    if decision.grant is not None:
        lines.append(f"*Rests on:* {_grant(decision.grant, now)}")
    if decision.who or not decision.allowed:
        lines.append(f"*Who else could:* {_people(decision.who) or 'nobody'}")
    if decision.unseen:
        lines.append(unseen(decision.unseen).strip())
    if decision.allowed and verb == "run":
        lines += _then(approval, approvers)
        if obstacle is not None:
            lines.append(f"{REFUSED} *Right now:* {' '.join(sentences(obstacle))}")
    text = f"{symbol} {mention(user)} {may} {what}: {rule}"
    if decision.allowed and obstacle is not None:
        text += f". Right now: {sentences(obstacle)[0]}"
    return Rendered(shortened(text, 1_500), [kit.section(line) for line in lines])


def _then(approval: ApprovalRule | None, approvers: Sequence[UserId]) -> list[str]:
    if approval is None:
        return ["*Approval:* none is needed"]
    roles = f" by role {escape(' or '.join(approval.roles), 120)}" if approval.roles else ""
    reason = ", with a reason" if approval.reason else ""
    needed = f"{count(approval.needed, 'person', 'people')}{roles} within {human(approval.expires)}{reason}"
    could = f"{_people(approvers)} could" if approvers else "nobody could give it"
    return [f"*Approval:* {needed} (approval rule {approval.number}) · {could}"]


def _grant(grant: Grant, now: datetime) -> str:
    if not grant.id:
        return f"role {escape(grant.role, 64)}, from the bot's own settings"
    until = f"until {at(grant.until, now)}" if grant.until is not None else "without an end"
    why = f": {escape(grant.why, 200)}" if grant.why else ""
    return f"role {escape(grant.role, 64)}{through(grant.through)} {until}, given by {mention(grant.granted_by)}{why}"


def _people(users: Sequence[UserId]) -> str:
    more = f" and {len(users) - NAMED:,} more" if len(users) > NAMED else ""
    return ", ".join(mention(user) for user in users[:NAMED]) + more
