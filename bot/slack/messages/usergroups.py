"""User groups that hold roles: how they are named, and why one gives nobody anything now."""

from collections.abc import Mapping, Sequence

from bot.domain.usergroups import SILENT, Membership, is_group
from bot.slack.messages.escape import code, mention
from bot.slack.messages.words import count

FAULTS: Mapping[str, str] = {
    "missing_scope": "the app lacks the scope `usergroups:read`: whoever looks after it can install it anew",
    "plan_upgrade_required": "user groups are not part of this workspace's plan",
    "paid_teams_only": "user groups are not part of this workspace's plan",
    "no_such_subteam": "Slack has no such user group any more",
    "ratelimited": "Slack was asked too often; it is asked again in a moment",
    SILENT: "Slack does not answer; it is asked again in a moment",
}
"""Slack's names for errors (docs.slack.dev, usergroups.users.list)."""


def holder(who: str) -> str:
    """A person, or a user group by its name. Only for private answers: in a channel it would call all its members."""
    return f"<!subteam^{who}>" if is_group(who) else mention(who)


def through(group: str) -> str:
    """` through @oncall`; nothing for what somebody holds themselves."""
    return f" through {holder(group)}" if group else ""


def fault(name: str) -> str:
    """Why nobody knows who is in a group."""
    return FAULTS.get(name) or f"Slack says {code(name, 60)}"


def size(membership: Membership) -> str:
    """How many are in it; or that it gives nobody anything, and why."""
    if membership.fault:
        return f"it gives nobody anything now: {fault(membership.fault)}"
    return f"{count(len(membership.users), 'person', 'people')} in it"


def unseen(groups: Sequence[str]) -> str:
    """A sentence about the user groups of `Decision.unseen`, without calling anybody; nothing where there is none."""
    parts = [one.partition(" ") for one in groups[:3]]
    said = [f"who is in the user group {code(group)} is not known ({fault(why)})" for group, _, why in parts]
    return f" As long as {' and '.join(said)}, it gives nobody anything." if said else ""
