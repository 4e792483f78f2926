"""Answers about who may do what."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.access import Grant, UserId
from bot.domain.catalog import Snippet, Target
from bot.domain.usergroups import GroupId, Membership
from bot.slack.messages import kit
from bot.slack.messages.escape import code, escape, mention, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.usergroups import holder, size, through
from bot.slack.messages.words import at, count, some

ROOM = 7_500


def whoami(
    user: UserId,
    grants: Sequence[Grant],
    admin: bool,
    snippets: Sequence[Snippet],
    targets: Sequence[Target],
    *,
    approves: tuple[Sequence[str], Sequence[str]] = ((), ()),
    unknown: Sequence[tuple[Grant, str]] = (),
) -> Rendered:
    """This person's roles, and what they may run. *admin*: may give and take roles. *approves*: the snippets and
    targets that they may approve. *unknown*: what user groups hold of which nobody knows who is in them, and why."""
    head = f"You are {mention(user)}."
    own = [grant for grant in grants if grant.user == user]
    lines = [f"• {_grant(grant)}" for grant in own] or ["You have no role yet. An admin can give you one."]
    lines += [f"• {holder(g.user)} holds {code(g.role)}, and {size(Membership(fault=why))}" for g, why in unknown]
    may = f"You may run {some([s.name for s in snippets], 1_200)} on {some([t.name for t in targets], 1_200)}."
    if not snippets or not targets:
        may = "You may not run anything."
    if approves[0]:
        may += f" You may approve {some(approves[0], 600)} on {some(approves[1], 600)}, where others ask for it."
    if admin:
        may += " You may give and take roles."
    listed, shown = kit.paragraphs(lines, ROOM)
    more = [kit.context(f"and {count(len(lines) - shown, 'more role')}")] if shown < len(lines) else []
    roles = ", ".join(sorted({escape(grant.role, 64) for grant in own}))
    text = shortened(f"{head} Roles: {roles or 'none'}. {may}", 1_500)
    return Rendered(text, [kit.section(head), *listed, *more, kit.section(may)])


def role_list(grants: Sequence[Grant], groups: Mapping[GroupId, Membership], now: datetime) -> Rendered:
    """Who has which role; *groups* are the user groups among them."""
    if not grants:
        words = f"Nobody has a role. {code('/ecs role grant @somebody oncall --for 8h')} gives one."
        return Rendered(words, [kit.section(words)])
    ordered = sorted(grants, key=lambda g: (g.role, g.user))
    blocks, shown = kit.paragraphs([f"{holder(g.user)} {_grant(g, now)}{_members(g, groups)}" for g in ordered], ROOM)
    if shown < len(ordered):
        blocks.append(kit.context(f"and {count(len(ordered) - shown, 'more role')}"))
    text = "; ".join(f"{holder(g.user)} {escape(g.role, 64)}" for g in ordered[:30])
    return Rendered(shortened(f"{count(len(grants), 'role')} given: {text}", 1_500), blocks)


def granted(grant: Grant, membership: Membership | None) -> Rendered:
    """A role was given; to a user group with that *membership*."""
    groups = {grant.user: membership} if membership is not None else {}
    words = f"✔ {holder(grant.user)} now has {_grant(grant)}{_members(grant, groups)}"
    return Rendered(words, [kit.section(words)])


def revoked(user: UserId, role: str, number: int) -> Rendered:
    """A role was taken: *number* grants of it are ended."""
    words = f"✔ {holder(user)} no longer has {code(role)} ({count(number, 'grant')} ended)."
    return Rendered(words, [kit.section(words)])


def _grant(grant: Grant, now: datetime | None = None) -> str:
    on = f" on {some(grant.targets, 200)}" if grant.targets is not None else ""
    until = f" until {at(grant.until, now or grant.granted_at)}" if grant.until is not None else ""
    return f"{code(grant.role)}{on}{until}{through(grant.through)}, {_given(grant)}"


def _members(grant: Grant, groups: Mapping[GroupId, Membership]) -> str:
    return f" · {size(groups[grant.user])}" if grant.user in groups else ""


def _given(grant: Grant) -> str:
    if not grant.id:
        return "from the bot's own settings"
    why = f": {escape(grant.why, 200)}" if grant.why else ""
    return f"given by {mention(grant.granted_by)}{why}"
