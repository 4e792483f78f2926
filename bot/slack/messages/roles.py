"""Answers about who may do what."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.access import Grant, UserId
from bot.domain.catalog import Snippet, Target
from bot.slack.messages import kit
from bot.slack.messages.escape import code, escape, mention, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import at, count, some

ROOM = 7_500


def whoami(
    user: UserId, grants: Sequence[Grant], admin: bool, snippets: Sequence[Snippet], targets: Sequence[Target]
) -> Rendered:
    """This person's roles, and what they may run. *admin*: may give and take roles."""
    head = f"You are {mention(user)}."
    own = [grant for grant in grants if grant.user == user]
    lines = [f"• {_grant(grant)}" for grant in own] or ["You have no role yet. An admin can give you one."]
    may = f"You may run {some([s.name for s in snippets], 1_200)} on {some([t.name for t in targets], 1_200)}."
    if not snippets or not targets:
        may = "You may not run anything."
    if admin:
        may += " You may give and take roles."
    listed, shown = kit.paragraphs(lines, ROOM)
    more = [kit.context(f"and {count(len(lines) - shown, 'more role')}")] if shown < len(lines) else []
    roles = ", ".join(sorted({escape(grant.role, 64) for grant in own}))
    text = shortened(f"{head} Roles: {roles or 'none'}. {may}", 1_500)
    return Rendered(text, [kit.section(head), *listed, *more, kit.section(may)])


def role_list(grants: Sequence[Grant], now: datetime) -> Rendered:
    """Who has which role."""
    if not grants:
        words = f"Nobody has a role. {code('/ecs role grant @somebody oncall --for 8h')} gives one."
        return Rendered(words, [kit.section(words)])
    ordered = sorted(grants, key=lambda g: (g.role, g.user))
    blocks, shown = kit.paragraphs([f"{mention(g.user)} {_grant(g, now)}" for g in ordered], ROOM)
    if shown < len(ordered):
        blocks.append(kit.context(f"and {count(len(ordered) - shown, 'more role')}"))
    text = "; ".join(f"{mention(g.user)} {escape(g.role, 64)}" for g in ordered[:30])
    return Rendered(shortened(f"{count(len(grants), 'role')} given: {text}", 1_500), blocks)


def granted(grant: Grant) -> Rendered:
    """A role was given."""
    words = f"✔ {mention(grant.user)} now has {_grant(grant)}"
    return Rendered(words, [kit.section(words)])


def revoked(user: UserId, role: str, number: int) -> Rendered:
    """A role was taken: *number* grants of it are ended."""
    words = f"✔ {mention(user)} no longer has {code(role)} ({count(number, 'grant')} ended)."
    return Rendered(words, [kit.section(words)])


def _grant(grant: Grant, now: datetime | None = None) -> str:
    on = f" on {some(grant.targets, 200)}" if grant.targets is not None else ""
    until = f" until {at(grant.until, now or grant.granted_at)}" if grant.until is not None else ""
    return f"{code(grant.role)}{on}{until}, {_given(grant)}"


def _given(grant: Grant) -> str:
    if not grant.id:
        return "from the bot's own settings"
    why = f": {escape(grant.why, 200)}" if grant.why else ""
    return f"given by {mention(grant.granted_by)}{why}"
