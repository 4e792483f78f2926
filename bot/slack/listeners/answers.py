"""A line → a use case → the words that answer it."""

from dataclasses import dataclass

from bot.domain.refusal import Refusal, Why
from bot.domain.verb import (
    Audit,
    Can,
    Follow,
    Help,
    History,
    ListAll,
    Locks,
    LockTarget,
    Resolve,
    RoleGrant,
    RoleList,
    RoleRevoke,
    Run,
    Search,
    Status,
    Stop,
    Unlock,
    Verb,
    Whoami,
)
from bot.domain.verbs import ALIASES, VERBS, parse, started
from bot.slack.listeners import share
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.search import look
from bot.slack.messages import audit, explain, pages, refusals, runs, search
from bot.slack.messages import locks as lock_pages
from bot.slack.messages import roles as role_pages
from bot.slack.messages import share as share_words
from bot.slack.messages.builder import with_form
from bot.slack.messages.rendered import Rendered
from bot.usecases import control, locks, questions, reading, roles
from bot.usecases.desk import Asker, Desk
from bot.usecases.run import ask

_INCOMPLETE = frozenset({Why.MISSING_ARGUMENT, Why.MISSING_PARAM, Why.REASON_NEEDED})
"""The rest of such a line is better asked for than complained of."""

_ALMOST = frozenset({Why.BAD_VALUE, Why.UNKNOWN_PARAM, Why.REPEATED_PARAM})
"""Such a line is told what is wrong with it, and a form is offered."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A line that asks for *run*, of which something is missing; *words* say what, and offer a form."""

    run: Run
    words: Rendered


async def answer_line(reception: Reception, asker: Asker, line: str) -> Rendered | Incomplete:
    """What *asker*, and nobody else, reads at once in answer to *line*."""
    verb = parse(line)
    if isinstance(verb, Run):
        return await _run(reception.desk, asker, verb)
    if not isinstance(verb, Refusal):
        return await answer(reception, asker, verb)
    run = started(line) if verb.why in _INCOMPLETE else None
    return refusals.refusal(verb) if run is None else Incomplete(run, with_form(refusals.refusal(verb), run))


async def _run(desk: Desk, asker: Asker, run: Run) -> Rendered | Incomplete:
    asked = await ask(desk, asker, run)
    if not isinstance(asked, Refusal):
        return pages.accepted(asked)
    if asked.why not in _INCOMPLETE | _ALMOST or run.break_glass:
        return refusals.refusal(asked)
    words = with_form(refusals.refusal(asked), run)
    return Incomplete(run, words) if asked.why in _INCOMPLETE else words


async def answer(reception: Reception, asker: Asker, verb: Verb) -> Rendered:
    """The same for all that is no run. What goes to the channel follows by itself."""
    desk = reception.desk
    match verb:
        case Run():
            asked = await _run(desk, asker, verb)
            return asked.words if isinstance(asked, Incomplete) else asked
        case Stop() | Resolve() | Follow():
            return await _act(reception, asker, verb)
        case RoleGrant() | RoleRevoke() | RoleList():
            return await _role(desk, asker, verb)
        case LockTarget() | Unlock() | Locks():
            return await _lock(desk, asker, verb)
        case _:
            return await _question(reception, asker, verb)


async def _act(reception: Reception, asker: Asker, verb: Stop | Resolve | Follow) -> Rendered:
    desk = reception.desk
    match verb:
        case Stop(invocation=invocation, machines=named):
            done = await control.stop_by_id(desk, asker.user, invocation, named)
        case Resolve():
            done = await control.resolve(desk, asker.user, verb)
        case Follow(invocation=invocation):
            done = await share.follow(reception, asker, invocation)
            if not isinstance(done, Refusal):
                return share_words.followed(done)
    return refusals.refusal(done) if isinstance(done, Refusal) else runs.status_page(done, desk.clock.now())


async def _role(desk: Desk, asker: Asker, verb: RoleGrant | RoleRevoke | RoleList) -> Rendered:
    match verb:
        case RoleGrant():
            given = await roles.grant(desk, asker.user, verb)
            if isinstance(given, Refusal):
                return refusals.refusal(given)
            return role_pages.granted(given, await roles.membership(desk, given.user))
        case RoleRevoke(user=user, role=role):
            number = await roles.revoke(desk, asker.user, verb)
            return refusals.refusal(number) if isinstance(number, Refusal) else role_pages.revoked(user, role, number)
        case RoleList():
            table = await roles.table(desk, asker.user)
            if isinstance(table, Refusal):
                return refusals.refusal(table)
            return role_pages.role_list(table.given, table.groups, desk.clock.now())


async def _lock(desk: Desk, asker: Asker, verb: LockTarget | Unlock | Locks) -> Rendered:
    match verb:
        case LockTarget():
            held = await locks.lock(desk, asker.user, verb)
            return refusals.refusal(held) if isinstance(held, Refusal) else lock_pages.locked(held, desk.clock.now())
        case Unlock(target=target):
            ended = await locks.unlock(desk, asker.user, target)
            return refusals.refusal(ended) if isinstance(ended, Refusal) else lock_pages.unlocked(ended, asker.user)
        case Locks():
            return lock_pages.lock_list(await locks.all_locks(desk, asker.user), desk.clock.now())


_Question = ListAll | Help | Status | Search | History | Whoami | Can | Audit


async def _question(reception: Reception, asker: Asker, verb: _Question) -> Rendered:  # noqa: PLR0911 - one each
    desk = reception.desk
    match verb:
        case ListAll():
            offer = await questions.offer(desk, asker.user)
            return pages.listing(offer.snippets, offer.targets)
        case Help():
            return await _help(desk, asker, verb.topic)
        case Status():
            return await _status(reception, asker, verb.invocation)
        case Search():
            return await _search(desk, asker, verb)
        case History():
            latest = await questions.history(desk, asker.user)
            return runs.history(latest, desk.clock.now(), await reception.links(asker.user, *latest))
        case Whoami():
            me = await questions.whoami(desk, asker.user)
            return role_pages.whoami(
                asker.user,
                me.grants,
                me.admin,
                me.offer.snippets,
                me.offer.targets,
                approves=me.approves,
                unknown=me.unknown,
            )
        case Can():
            return await _can(desk, asker, verb)
        case Audit():
            return await _audit(reception, asker, verb.invocation)


async def _audit(reception: Reception, asker: Asker, invocation: str) -> Rendered:
    found = await questions.audit(reception.desk, asker.user, invocation)
    if isinstance(found, Refusal):
        return refusals.refusal(found)
    inv = await reception.desk.store.load(invocation)
    links = await reception.links(asker.user, inv) if inv else {}
    return audit.audit_page(invocation, found, links.get(invocation, ""))


async def _help(desk: Desk, asker: Asker, topic: str | None) -> Rendered:
    page = await questions.snippet_page(desk, asker.user, topic) if topic else None
    if isinstance(page, questions.SnippetPage):
        return pages.snippet_page(page.snippet, page.targets, page.approval)
    if page is None or (topic or "").split()[0] in {*VERBS, *ALIASES}:
        return pages.help_page(*await questions.helped(desk, asker.user))
    return refusals.refusal(page)


async def _status(reception: Reception, asker: Asker, invocation: str | None) -> Rendered:
    desk = reception.desk
    now = desk.clock.now()
    if invocation is None:
        under_way, to_review = await questions.open_now(desk, asker.user), await questions.to_review(desk, asker.user)
        return runs.open_page(under_way, now, to_review, await reception.links(asker.user, *under_way, *to_review))
    found = await questions.status(desk, asker.user, invocation)
    if isinstance(found, Refusal):
        return refusals.refusal(found)
    return runs.status_page(found, now, (await reception.links(asker.user, found)).get(found.id, ""))


async def _search(desk: Desk, asker: Asker, verb: Search) -> Rendered:
    there = await reading.asked_for(desk, asker.user, verb.invocation, asker.channel)
    if isinstance(there, Refusal):
        return refusals.refusal(there)
    query = search.Query(verb.text, verb.expression, verb.machine)
    found = await look(desk, there, query)
    return refusals.refusal(found) if isinstance(found, Refusal) else search.answer(there.invocation, query, found)


async def _can(desk: Desk, asker: Asker, verb: Can) -> Rendered:
    found = await questions.can(desk, asker.user, verb)
    if isinstance(found, Refusal):
        return refusals.refusal(found)
    return explain.can(
        verb.user or asker.user,
        (verb.verb, verb.snippet, verb.target),
        found.decision,
        desk.clock.now(),
        approval=found.approval,
        approvers=found.approvers,
        obstacle=found.obstacle,
        other=verb.user not in {None, asker.user},
    )
