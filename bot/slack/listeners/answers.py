"""A parsed line → a use case → the words that answer it."""

from bot.domain.refusal import Refusal
from bot.domain.verb import (
    Can,
    Help,
    History,
    ListAll,
    RoleGrant,
    RoleList,
    RoleRevoke,
    Run,
    Status,
    Stop,
    Verb,
    Whoami,
)
from bot.domain.verbs import ALIASES, VERBS
from bot.slack.messages import pages, refusals, runs
from bot.slack.messages import roles as role_pages
from bot.slack.messages.rendered import Rendered
from bot.usecases import control, questions, roles
from bot.usecases.desk import Asker, Desk
from bot.usecases.run import ask


async def answer(desk: Desk, asker: Asker, verb: Verb) -> Rendered:
    """What *asker*, and nobody else, reads at once. What goes to the channel follows by itself."""
    match verb:
        case Run():
            asked = await ask(desk, asker, verb)
            return refusals.refusal(asked) if isinstance(asked, Refusal) else pages.accepted(asked)
        case Stop(invocation=invocation):
            stopped = await control.stop(desk, asker.user, invocation)
            now = desk.clock.now()
            return refusals.refusal(stopped) if isinstance(stopped, Refusal) else runs.status_page(stopped, now)
        case RoleGrant() | RoleRevoke() | RoleList():
            return await _role(desk, asker, verb)
        case _:
            return await _question(desk, asker, verb)


async def _role(desk: Desk, asker: Asker, verb: RoleGrant | RoleRevoke | RoleList) -> Rendered:
    match verb:
        case RoleGrant():
            given = await roles.grant(desk, asker.user, verb)
            return refusals.refusal(given) if isinstance(given, Refusal) else role_pages.granted(given)
        case RoleRevoke(user=user, role=role):
            number = await roles.revoke(desk, asker.user, verb)
            return refusals.refusal(number) if isinstance(number, Refusal) else role_pages.revoked(user, role, number)
        case RoleList():
            grants = await roles.all_grants(desk, asker.user)
            if isinstance(grants, Refusal):
                return refusals.refusal(grants)
            return role_pages.role_list(grants, desk.clock.now())


async def _question(desk: Desk, asker: Asker, verb: ListAll | Help | Status | History | Whoami | Can) -> Rendered:
    match verb:
        case ListAll():
            offer = await questions.offer(desk, asker.user)
            return pages.listing(offer.snippets, offer.targets)
        case Help():
            return await _help(desk, asker, verb.topic)
        case Status():
            return await _status(desk, asker, verb.invocation)
        case History():
            return runs.history(await questions.history(desk, asker.user), desk.clock.now())
        case Whoami():
            me = await questions.whoami(desk, asker.user)
            return role_pages.whoami(asker.user, me.grants, me.admin, me.offer.snippets, me.offer.targets)
        case Can():
            return await _can(desk, asker, verb)


async def _help(desk: Desk, asker: Asker, topic: str | None) -> Rendered:
    page = await questions.snippet_page(desk, asker.user, topic) if topic else None
    if isinstance(page, questions.SnippetPage):
        return pages.snippet_page(page.snippet, page.targets, page.approval)
    if page is None or (topic or "").split()[0] in {*VERBS, *ALIASES}:
        return pages.help_page((await questions.offer(desk, asker.user)).snippets)
    return refusals.refusal(page)


async def _status(desk: Desk, asker: Asker, invocation: str | None) -> Rendered:
    now = desk.clock.now()
    if invocation is None:
        return runs.open_page(await questions.open_now(desk, asker.user), now)
    found = await questions.status(desk, asker.user, invocation)
    return refusals.refusal(found) if isinstance(found, Refusal) else runs.status_page(found, now)


async def _can(desk: Desk, asker: Asker, verb: Can) -> Rendered:
    decision = await questions.can(desk, asker.user, verb)
    if isinstance(decision, Refusal):
        return refusals.refusal(decision)
    return role_pages.can(verb.user or asker.user, verb.verb, verb.snippet, verb.target, decision)
