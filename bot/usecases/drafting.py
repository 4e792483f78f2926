"""Before anything is asked for: what could be, and what would come of it. Nothing is decided here."""

import asyncio
from dataclasses import replace
from itertools import islice

from bot.domain.access import UserId
from bot.domain.catalog import Snippet, Target
from bot.domain.draft import Draft, Reach, reach
from bot.domain.guards import Circumstances, objection
from bot.domain.near import near
from bot.domain.refusal import Refusal, Why
from bot.domain.verb import Run
from bot.errors import CloudError
from bot.ports import Cloud
from bot.usecases.desk import Desk, lock_on

OFFERED = 100
"""Choices at a time; Slack shows no more."""

LOOK = 8.0
"""Seconds that a look at a target's machines may take; after that a draft goes without."""


async def draft(desk: Desk, user: UserId, run: Run, channel: str = "") -> Draft | Refusal:
    """*run* as far as *user* may run it; refused where nothing may be, or not that snippet.

    A target that does not go with it is left to be chosen, but where there is only one.
    *channel* is where it would be asked, where that is known.
    """
    catalog, roles = desk.catalog(), await desk.roles()
    if next(roles.runnable_snippets(user, catalog), None) is None:
        return Refusal(Why.NOT_ALLOWED, subject="run anything", rule="no role of yours allows it")
    run = replace(run, break_glass=False)  # glass is broken by typing it, never by a form
    if not run.snippet:
        return Draft(replace(run, target=""))
    where = roles.runnable_targets(user, run.snippet, catalog)
    if not where:
        known = roles.visible_snippets(user, catalog)
        return Refusal(Why.UNKNOWN_SNIPPET, subject=run.snippet, near=near(run.snippet, known))
    snippet = catalog.snippets[run.snippet]
    if run.target not in where:
        run = replace(run, target=where[0] if len(where) == 1 else "")
    if not run.target:
        return Draft(run, snippet)
    target = catalog.targets[run.target]
    now = desk.clock.now()
    around = Circumstances(
        now,
        user,
        channel or None,
        roles.allowing(user, snippet.name, target.name),
        await lock_on(desk, target.name, now),
    )
    obstacle = objection(catalog.policy, snippet, target, around)
    return Draft(run, snippet, target, catalog.policy.approval_for(snippet, target), obstacle)


async def look(desk: Desk, cloud: Cloud, drafted: Draft) -> Reach | None:
    """The machines of *drafted*, as they are now; None where the cloud does not say so soon."""
    if drafted.snippet is None or drafted.target is None:
        return None
    try:
        async with asyncio.timeout(LOOK):
            return reach(drafted.snippet, await cloud.instances(drafted.target))
    except (CloudError, TimeoutError):
        return None


async def snippets(desk: Desk, user: UserId, typed: str) -> tuple[Snippet, ...]:
    """Those that *user* may run and that have *typed* in their name or summary, the first OFFERED."""
    catalog, roles = desk.catalog(), await desk.roles()
    mine = (catalog.snippets[name] for name in roles.runnable_snippets(user, catalog))
    return tuple(islice((s for s in mine if _has(typed, s.name, s.summary)), OFFERED))


async def targets(desk: Desk, user: UserId, snippet: str, typed: str) -> tuple[Target, ...]:
    """Those on which *user* may run *snippet*, with *typed* in their name, env or region, the first OFFERED."""
    catalog, roles = desk.catalog(), await desk.roles()
    mine = (catalog.targets[name] for name in roles.runnable_targets(user, snippet, catalog))
    return tuple(islice((t for t in mine if _has(typed, t.name, t.env, t.region)), OFFERED))


def _has(typed: str, *words: str) -> bool:
    """Does what was typed stand in one of *words*? Capitals don't matter."""
    wanted = typed.strip().lower()
    return any(wanted in word.lower() for word in words)
