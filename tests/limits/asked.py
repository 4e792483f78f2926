"""What answers questions: pages, refusals, the builder, the Home tab; at their largest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from bot.domain.access import Decision, Grant
from bot.domain.catalog import ApprovalRule
from bot.domain.change import Event
from bot.domain.draft import Draft, Reach
from bot.domain.front import Front, Rule
from bot.domain.guards import Lock
from bot.domain.invocation import Invocation, State
from bot.domain.plan import Unreachable
from bot.domain.refusal import Why
from bot.domain.strays import Astray, Listed, Stray
from bot.domain.usergroups import Membership
from bot.domain.verb import Run
from bot.slack.listeners.seal import Origin, Seal
from bot.slack.messages import audit, builder, entry, explain, forms, locks, machine, pages, refusals, roles, runs
from bot.slack.messages.home import home
from bot.slack.messages.refusals import refusal as refused
from bot.slack.messages.strays import warning
from tests.limits.largest import FORM, MACHINES, SUMMARY, TYPED, VALUE, catalogue, filled, name, params, snippet, target
from tests.limits.runs import OBSTACLES, machines, refusal, variants
from tests.limits.told import Told, Walk
from tests.unit.messages.samples import NOW

GROUP = "S0TEAM"
MANY = 100
"""Grants, locks, strays, events: of these there is no largest number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in the trail."""

    event: Event
    at: datetime = NOW
    hash: str = "0123456789abcdef" * 4


def grants(unit: str, number: int = MANY, user: str = "U0OLGA") -> tuple[Grant, ...]:
    """So many, each for many targets, until some day, and with a long reason."""
    where = tuple(filled(f"{n}{unit}", 40) for n in range(30))
    one = Grant(user, name(1), "U0BEN", NOW, where, NOW + timedelta(days=9), filled(unit, TYPED), 1, GROUP)
    return tuple(replace(one, role=name(n)) for n in range(number))


@cache
def crowd(unit: str, number: int = 150) -> tuple[Invocation, ...]:
    """So many invocations, in every state and variant."""
    one = [inv for state in State for _, inv in variants(state, unit)]
    return tuple(replace(one[n % len(one)], id=f"i{n}".ljust(12, "x")) for n in range(number))


def _in(state: State, unit: str) -> tuple[Invocation, ...]:
    """The largest there are, all of them in that state."""
    inv = dict(variants(state, unit))["broken glass" if state is State.FAILED else "all of it"]
    return tuple(replace(inv, id=f"i{n}".ljust(12, "x")) for n in range(150))


def strays(unit: str, number: int) -> tuple[Stray, ...]:
    """Runs in ECS that should not be there, whose names and tags anybody may have written."""
    said = filled(unit, 128)
    run = Listed("t-" + "h" * 30, said, said, said, said, NOW)
    return tuple(Stray(said, said, run, list(Astray)[n % 3], NOW) for n in range(number))


# ── answers ────────────────────────────────────────────────────────────────────


def _audit(unit: str) -> Told:
    said = filled(unit, FORM)
    words = "note reason why hint rule code snippet target message verb digest key from state invoke_id"
    data: dict[str, Any] = dict.fromkeys(words.split(), said)
    data |= dict.fromkeys(("batch", "machines", "finished", "succeeded", "failed"), 10**6)
    data |= {"unreachable": [said] * MACHINES, "users": ["U0BEN"] * MACHINES, "who": [said] * 99}
    kinds = [*audit._WORDS, filled(unit, 99)]
    entries = [Entry(Event(kind, "U0BEN", "i1", data)) for kind in kinds for _ in range(9)]
    for number in (0, 1, 13, len(entries)):
        yield f"{number} events", audit.audit_page(filled(unit, 300), entries[:number])


def _can(unit: str) -> Told:
    said = filled(unit, TYPED)
    for allowed in (True, False):
        for grant in (None, *grants(unit, 1), replace(grants(unit, 1)[0], id=0)):
            decision = Decision(
                allowed,
                f"role {name(1)}: run {name(1)} on {name(2)}",
                grant,
                ("U0BEN",) * 20,
                tuple(f"{GROUP}{n} {said}" for n in range(9)),
            )
            for obstacle in (None, refusal(Why.FROZEN, unit), refusal(Why.LOCKED, unit)):
                rule = ApprovalRule(99, needed=99, roles=(name(1),) * 40, reason=True)
                doing, approvers = ("run", name(1), name(2)), ("U0BEN",) * 99
                yield (
                    f"{allowed}, {obstacle and obstacle.why}",
                    explain.can(
                        "U0OLGA",
                        doing,
                        decision,
                        NOW,
                        approval=rule,
                        approvers=approvers,
                        obstacle=obstacle,
                        other=True,
                    ),
                )


def _role_list(unit: str) -> Told:
    group = replace(grants(unit, 1)[0], user=GROUP)
    for membership in (
        Membership(frozenset({"U0BEN"})),
        Membership(fault=filled(unit, 99)),
        Membership(fault="ratelimited"),
    ):
        yield membership.fault, roles.role_list([*grants(unit), group], {GROUP: membership}, NOW)
        yield "one", roles.role_list([group], {GROUP: membership}, NOW)
    yield "nobody", roles.role_list([], {}, NOW)


def _whoami(unit: str) -> Told:
    all_of_it = catalogue(unit)
    unknown = [(replace(grants(unit, 1)[0], user=GROUP), filled(unit, 99))] * 9
    for admin in (True, False):
        yield "all", roles.whoami("U0OLGA", grants(unit), admin, all_of_it.snippets, all_of_it.targets, unknown=unknown)
        yield "nothing", roles.whoami("U0OLGA", (), admin, (), ())


def _lock(unit: str, until: timedelta | None = timedelta(days=9)) -> Lock:
    return Lock(name(2), "W0ENT", NOW, filled(unit, TYPED), NOW + until if until else None)


def _history(unit: str) -> Told:
    for number in (0, 1, 15, 150):
        yield f"{number} runs", runs.history(crowd(unit)[:number], NOW)


def _open(unit: str) -> Told:
    for number in (0, 1, 15, 150):
        yield f"{number}", runs.open_page(crowd(unit)[:number], NOW)
        yield f"{number}, to review", runs.open_page(crowd(unit)[:number], NOW, crowd(unit)[-15:])


def _snippet_page(unit: str) -> Told:
    where = catalogue(unit).targets
    rule = ApprovalRule(99, needed=99, roles=(name(1),) * 40, reason=True)
    for number in (0, 1, 40, 300):
        yield f"{number} parameters", pages.snippet_page(snippet(unit, 1, params(unit, number)), where, rule)
    yield "nowhere", pages.snippet_page(snippet(unit), (), None)


# ── forms ──────────────────────────────────────────────────────────────────────


def drafts(unit: str) -> Iterator[tuple[str, Draft]]:
    """With nothing in it yet; with everything in it."""
    said = filled(unit, TYPED)
    yield "empty", Draft(Run("", ""))
    yield "a snippet", Draft(Run(name(1), ""), snippet(unit, 1, params(unit, 8)))
    given = tuple((param.name, filled(unit, VALUE)) for param in params(unit, 300))
    run = Run(name(1), name(2), given, said, private=True)
    ready = tuple(called for _, called in machines(unit))
    out = tuple(Unreachable(i, called, OBSTACLES[n % 6]) for n, (i, called) in enumerate(machines(unit)))
    rule = ApprovalRule(99, needed=99, reason=True)
    full = Draft(run, snippet(unit, 1, params(unit, 300)), target(2), rule, None, Reach(ready, out))
    yield "all of it", full
    yield "nowhere to run", replace(full, reach=Reach((), out), obstacle=refusal(Why.FROZEN, unit))
    yield "a bad value", replace(full, obstacle=refusal(Why.BAD_VALUE, unit), reach=None)


def _view(unit: str) -> Told:
    for label, draft in drafts(unit):
        for elsewhere in (False, True):
            origin = Origin("" if elsewhere else "C" + "X" * 10, "1700000000.000100")
            metadata = Seal("xoxb").closed("W0ENT", origin, name(1))
            yield label, builder.view(draft, metadata, elsewhere=elsewhere, looking=not elsewhere)


def _with_form(unit: str) -> Told:
    for label, draft in drafts(unit):
        yield label, builder.with_form(refused(refusal(Why.BAD_VALUE, unit)), draft.run)


def _reply(unit: str) -> Told:
    yield "words alone", forms.reply(builder.NOT_OPENED)
    for why in Why:
        yield why, forms.reply(refused(refusal(why, unit)))


def _home(unit: str) -> Told:
    all_of_it = catalogue(unit)
    rule = Rule(grants(unit), tuple(_lock(unit) for _ in range(MANY)), (filled(unit, TYPED),) * 20, strays(unit, MANY))
    front = Front(
        user="U0OLGA",
        grants=grants(unit),
        snippets=all_of_it.snippets,
        unknown=_in(State.UNKNOWN, unit),
        to_approve=_in(State.AWAITING_APPROVAL, unit),
        to_review=_in(State.FAILED, unit),
        running=_in(State.RUNNING, unit),
        mine=_in(State.SUCCEEDED, unit)[:5],
        rule=rule,
        unknown_groups=tuple((GROUP, filled(unit, 99)) for _ in range(9)),
    )
    yield "an admin's", home(front, NOW)
    yield "an approver's", home(replace(front, rule=None), NOW)
    yield "of every state", home(replace(front, running=crowd(unit), mine=crowd(unit)[7:12]), NOW)
    yield "nobody's", home(Front("U0BOB", (), ()), NOW)


def _options(unit: str) -> Told:
    all_of_it = catalogue(unit)
    yield "snippets", builder.options(all_of_it.snippets[:100])
    yield "targets", builder.options(all_of_it.targets[:100])
    yield "none", builder.options([])


def _machines(unit: str) -> Told:
    for every in (True, False):
        yield f"{every}", machine.options(machines(unit), every=every)
        yield "none", machine.options([], every=every)


WALKS: Mapping[str, Walk] = {
    "refusals.refusal": lambda unit: ((why, refused(refusal(why, unit))) for why in Why),
    "refusals.not_run": lambda unit: ((why, refusals.not_run(refusal(why, unit))) for why in Why),
    "audit.audit_page": _audit,
    "explain.can": _can,
    "roles.role_list": _role_list,
    "roles.whoami": _whoami,
    "roles.granted": lambda unit: (
        (grant.user, roles.granted(grant, member))
        for grant in (grants(unit, 1)[0], replace(grants(unit, 1)[0], user=GROUP, id=0, until=None))
        for member in (None, Membership(frozenset({"U0BEN"})), Membership(fault=filled(unit, 99)))
    ),
    "roles.revoked": lambda unit: iter([("", roles.revoked("U0OLGA", filled(unit, TYPED), 10**6))]),
    "locks.lock_list": lambda unit: (
        (f"{number}", locks.lock_list([_lock(unit)] * number, NOW)) for number in (0, 1, MANY)
    ),
    "locks.locked": lambda unit: ((f"{t}", locks.locked(_lock(unit, t), NOW)) for t in (None, timedelta(days=9))),
    "locks.unlocked": lambda unit: ((user, locks.unlocked(_lock(unit), user)) for user in ("W0ENT", "U0BEN")),
    "runs.history": _history,
    "runs.open_page": _open,
    "pages.help_page": lambda unit: (
        (f"{number}", pages.help_page(catalogue(unit).snippets[:number])) for number in (0, 1, 300)
    ),
    "pages.listing": lambda unit: (
        (f"{number}", pages.listing(catalogue(unit).snippets[:number], catalogue(unit).targets[:number]))
        for number in (0, 1, 300)
    ),
    "pages.snippet_page": _snippet_page,
    "entry.begin_with_me": lambda _: iter([("", entry.begin_with_me())]),
    "strays.warning": lambda unit: ((f"{number}", warning(strays(unit, number), NOW)) for number in (1, 2, MANY)),
    "builder.view": _view,
    "builder.with_form": _with_form,
    "builder.shows_here": lambda unit: iter([("", builder.shows_here(Run(name(1), name(2))))]),
    "builder.NOT_OPENED": lambda _: iter([("", builder.NOT_OPENED)]),
    "forms.NOT_OPENED": lambda _: iter([("", forms.NOT_OPENED)]),
    "forms.EMPTY": lambda _: iter([("", forms.EMPTY)]),
    "forms.TOO_LONG": lambda _: iter([("", forms.TOO_LONG)]),
    "builder.options": _options,
    "machine.options": _machines,
    "forms.reply": _reply,
    "forms.page": lambda unit: iter(
        [("a long title", forms.page(f"T{filled(unit, SUMMARY)}", [builder.open_button(Run("", ""))]))]
    ),
    "forms.asking": lambda unit: iter(
        [("", forms.asking("callback", f"T{filled(unit, SUMMARY)}", "Send", [builder.open_button(Run("", ""))], "m"))]
    ),
    "forms.nothing_there": lambda _: iter([("", forms.nothing_there())]),
    "home.home": _home,
}
