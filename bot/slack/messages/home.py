"""The Home tab, for one person: what waits for them first, then what runs, what ran, and what they may run."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.access import Grant
from bot.domain.catalog import Snippet
from bot.domain.front import Front, Rule
from bot.domain.invocation import Invocation
from bot.domain.usergroups import Membership
from bot.domain.verb import Run
from bot.slack.messages import actions, builder, kit
from bot.slack.messages.alarms import banner_blocks
from bot.slack.messages.awaiting import what_would_run
from bot.slack.messages.card import headline, request, standing
from bot.slack.messages.escape import code, escape, linked, mention, place
from bot.slack.messages.forms import View
from bot.slack.messages.rendered import Block
from bot.slack.messages.runs import NONE, Links
from bot.slack.messages.strays import stray_blocks
from bot.slack.messages.usergroups import holder, size, through
from bot.slack.messages.words import at, some, tally

HOME = "home"
"""The view's callback_id."""

APPROVALS, REVIEWS, ALERTS, RUNNING, SNIPPETS, GRANTS, LOCKS = 4, 3, 4, 6, 15, 30, 10
"""How many of each are shown. All of them together stay below the hundred blocks of a view."""

EXCERPT = 600
"""Characters of a line or a reason that waits for approval."""


def home(front: Front, now: datetime, links: Links = NONE) -> View:
    """The Home tab as it stands at *now*; *links* by invocation: where its card opens."""
    blocks = [
        *_you(front, now),
        *(stray_blocks(front.rule.strays, now) if front.rule is not None else ()),
        *_alerts(front.unknown, now, links),
        *_approvals(front.to_approve, now, links),
        *_reviews(front.to_review, now, links),
        *_running(front.running, now, links),
        *_mine(front.mine, now, links),
        *_may_run(front.snippets),
        *(_rule(front.rule, now) if front.rule is not None else ()),
    ]
    return {"type": "home", "callback_id": HOME, "blocks": blocks}


def _you(front: Front, now: datetime) -> list[Block]:
    roles = [_role(grant, now) for grant in front.grants[:10]]
    more = f" and {len(front.grants) - 10:,} more" if len(front.grants) > 10 else ""
    words = f"Your roles: {', '.join(roles)}{more}" if roles else "You have no role yet. An admin can give you one."
    words += "".join(
        f"\n{holder(g)} holds a role: {size(Membership(fault=why))}" for g, why in front.unknown_groups[:3]
    )
    blocks = [kit.header("Commands on ECS machines"), kit.section(words)]
    return [*blocks, builder.open_button(Run("", ""), "Run something")] if front.snippets else blocks


def _role(grant: Grant, now: datetime) -> str:
    on = f" on {some(grant.targets, 100)}" if grant.targets is not None else ""
    until = f" until {at(grant.until, now)}" if grant.until is not None else ""
    return f"*{escape(grant.role, 64)}*{on}{until}{through(grant.through)}"


def _alerts(unknown: Sequence[Invocation], now: datetime, links: Links) -> list[Block]:
    blocks: list[Block] = []
    for inv in unknown[:ALERTS]:
        settle = code(f"/ecs resolve {inv.id} succeeded --reason …", 200)
        blocks.append(kit.section(f"{_line(inv, now, links)}\nLook on the machines, then {settle}, or `failed`."))
    return _titled("Nobody knows what became of these", blocks, len(unknown) - ALERTS)


def _approvals(waiting: Sequence[Invocation], now: datetime, links: Links) -> list[Block]:
    blocks: list[Block] = []
    for inv in waiting[:APPROVALS]:
        asks = f"{mention(inv.requester)} asks{_where(inv)} · {code(inv.id, 64)}"
        asks += f" · {linked(links[inv.id], 'open')}" if inv.id in links else ""
        blocks += [*banner_blocks(inv), kit.section(f"{headline(inv)}\n{asks}\n{standing(inv, now)}")]
        blocks += [*request(inv, EXCERPT), *what_would_run(inv, 0).facts]
        blocks += actions.approver_buttons(inv, script=True)
    return _titled("Waiting for your approval", blocks, len(waiting) - APPROVALS)


def _reviews(unreviewed: Sequence[Invocation], now: datetime, links: Links) -> list[Block]:
    blocks: list[Block] = []
    for inv in unreviewed[:REVIEWS]:
        blocks += [kit.section(f"{_line(inv, now, links)}\n🚨 *Ran without approval*"), *actions.approver_buttons(inv)]
    return _titled("To be reviewed", blocks, len(unreviewed) - REVIEWS)


def _running(running: Sequence[Invocation], now: datetime, links: Links) -> list[Block]:
    blocks: list[Block] = []
    for inv in running[:RUNNING]:
        blocks += [kit.section(_line(inv, now, links)), *actions.stop_button(inv)]
    return _titled("Under way", blocks, len(running) - RUNNING)


def _mine(mine: Sequence[Invocation], now: datetime, links: Links) -> list[Block]:
    blocks = [
        _with(
            _line(inv, now, links),
            Run(inv.snippet, inv.target, inv.params, inv.reason, private=inv.private),
            "Run again",
        )
        for inv in mine
    ]
    return _titled("Your last runs", blocks, 0)


def _may_run(snippets: Sequence[Snippet]) -> list[Block]:
    blocks = [_with(_snippet(snippet), Run(snippet.name, ""), "Run") for snippet in snippets[:SNIPPETS]]
    return _titled("What you may run", blocks, len(snippets) - SNIPPETS)


def _snippet(snippet: Snippet) -> str:
    risk = f" · {snippet.risk.value} risk" if snippet.risk.value != "low" else ""
    return f"*{escape(snippet.name, 64)}* · {escape(snippet.summary, 150)}{risk}"


def _rule(rule: Rule, now: datetime) -> list[Block]:
    grants = [f"{holder(g.user)} {_role(g, now)}" for g in rule.grants[:GRANTS]]
    more = f" and {len(rule.grants) - GRANTS:,} more" if len(rule.grants) > GRANTS else ""
    locks = [f"{code(lock.target)} by {mention(lock.by)}: {escape(lock.why, 100)}" for lock in rule.locks[:LOCKS]]
    lines = [f"*Roles:* {', '.join(grants) or 'nobody has one'}{more}"]
    lines += [f"*Locks:* {'; '.join(locks)}"] if locks else ["*Locks:* none"]
    lines += [f"*Health:* {escape('; '.join(rule.health), 500) or 'all is well'}"]
    return _titled("For admins", [kit.section(line) for line in lines], 0)


def _line(inv: Invocation, now: datetime, links: Links) -> str:
    """Nothing in it changes by itself: the tab is sent again only where something did."""
    counts = tally(inv) if inv.state.final else ""
    facts = [
        counts,
        mention(inv.requester),
        at(inv.created_at, now),
        code(inv.id, 64),
        linked(links.get(inv.id, ""), "open"),
    ]
    return f"{headline(inv)}{_where(inv)}\n{' · '.join(fact for fact in facts if fact)}"


def _where(inv: Invocation) -> str:
    return f" in {place(inv.home)}" if inv.home[:1] in {"C", "G"} else ""


def _with(words: str, run: Run, text: str) -> Block:
    button: dict[str, Any] = builder.open_button(run, text)["elements"][0]
    return kit.section(words) | {"accessory": button}


def _titled(title: str, blocks: list[Block], more: int) -> list[Block]:
    if not blocks:
        return []
    rest = [kit.context(f"and {more:,} more")] if more > 0 else []
    return [kit.section(f"*{title}*"), *blocks, *rest]
