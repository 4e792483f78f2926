"""`/ecs run`: from a parsed line to a recorded invocation, or a refusal."""

import secrets

import structlog

from bot.domain.access import RoleTable
from bot.domain.catalog import Catalog, Snippet, Target
from bot.domain.change import Event
from bot.domain.invocation import Invocation
from bot.domain.near import near
from bot.domain.plan import CONTENT_LIMIT
from bot.domain.refusal import Refusal, Why
from bot.domain.snippet import bind, render, too_large
from bot.domain.verb import Run
from bot.usecases.desk import Asker, Desk

log = structlog.get_logger()

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread on a phone


def new_id() -> str:
    """An invocation's id: seven characters, 27 thousand million of them, easy to type."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(7))


async def ask(desk: Desk, asker: Asker, verb: Run, again_of: str = "") -> Invocation | Refusal:
    """Check *verb* against the catalogue and the role table, and record it.

    Once this returns an invocation it is durable: whatever happens to the process, it
    will reach a final state. A redelivery returns the invocation of the first delivery.
    """
    catalog = desk.catalog()
    roles = await desk.roles()
    checked = check(catalog, roles, asker.user, verb)
    if isinstance(checked, Refusal):
        if checked.why is Why.NOT_ALLOWED:
            facts = {"verb": "run", "snippet": verb.snippet, "target": verb.target, "rule": checked.rule}
            await desk.store.record(Event("not_allowed", asker.user, data=facts), desk.clock.now())
        return checked
    invocation = Invocation(
        id=new_id(),
        request_key=asker.request_key,
        snippet=verb.snippet,
        target=verb.target,
        params=verb.params,
        requester=asker.user,
        team=asker.team,
        home=asker.channel,
        created_at=(now := desk.clock.now()),
        reason=verb.reason,
        response_url=asker.response_url,
        again_of=again_of,
        next_at=now,
    )
    asked: dict[str, object] = {
        "snippet": verb.snippet,
        "target": verb.target,
        "params": dict(verb.params),
        "reason": verb.reason,
        "channel": asker.channel,
    }
    recorded = await desk.store.add(invocation, [Event("asked", asker.user, invocation.id, asked)])
    state = recorded.state.value
    log.info("asked", invocation=recorded.id, actor=asker.user, snippet=verb.snippet, target=verb.target, state=state)
    desk.wake()
    return recorded


def check(catalog: Catalog, roles: RoleTable, user: str, verb: Run) -> tuple[Snippet, Target] | Refusal:
    """May *user* ask for exactly this? Access comes before the parameters: a stranger learns nothing from trying."""
    if (refusal := _named(catalog, roles, user, verb) or _allowed(roles, user, verb)) is not None:
        return refusal
    snippet, target = catalog.snippets[verb.snippet], catalog.targets[verb.target]
    if not snippet.fits(target.name):
        return Refusal(Why.SNIPPET_NOT_FOR_TARGET, subject=snippet.name, target=target.name)
    values = bind(snippet, verb.params)
    if isinstance(values, Refusal):
        return values
    for script in snippet.scripts.values():
        if (size := too_large(render(script, values))) is not None:
            return Refusal(Why.SCRIPT_TOO_LARGE, subject=snippet.name, limit=CONTENT_LIMIT, size=size)
    rule = catalog.policy.approval_for(snippet, target)
    if rule is not None and rule.reason and not verb.reason:
        return Refusal(Why.REASON_NEEDED, subject=snippet.name, target=target.name, rule=f"approval rule {rule.number}")
    return snippet, target


def _allowed(roles: RoleTable, user: str, verb: Run) -> Refusal | None:
    decision = roles.may_run(user, verb.snippet, verb.target)
    if decision.allowed:
        return None
    subject = f"run {verb.snippet}"
    return Refusal(Why.NOT_ALLOWED, subject=subject, target=verb.target, rule=decision.rule, who=decision.who)


def _named(catalog: Catalog, roles: RoleTable, user: str, verb: Run) -> Refusal | None:
    """A refusal where the snippet or the target does not exist; near matches only from what *user* may use."""
    if verb.snippet not in catalog.snippets:
        known = roles.visible_snippets(user, catalog)
        return Refusal(Why.UNKNOWN_SNIPPET, subject=verb.snippet, near=near(verb.snippet, known))
    if verb.target not in catalog.targets:
        known = roles.visible_targets(user, catalog)
        return Refusal(Why.UNKNOWN_TARGET, subject=verb.target, near=near(verb.target, known))
    return None
