"""What is told of invocations: cards, threads, direct messages, files, forms; at their largest."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from bot.domain.compare import differing, odd_one
from bot.domain.invocation import Invocation, Share, State
from bot.domain.output import Group, clean, fold
from bot.domain.refusal import Why
from bot.domain.result import Result
from bot.domain.search import Findings
from bot.domain.search import search as look
from bot.domain.sharing import SEEN_BY_OTHERS
from bot.matching import LONGEST, Unfit, matching
from bot.slack.listeners.passes import Passes, Reader
from bot.slack.messages import builder, compare, forms, halt, pages, private, runs, search, share
from bot.slack.messages.alert import alert
from bot.slack.messages.card import card
from bot.slack.messages.direct import direct
from bot.slack.messages.files import OutputFile, announced, files, not_taken
from bot.slack.messages.forms import View
from bot.slack.messages.reading import on_its_way
from bot.slack.messages.record import record
from bot.slack.messages.reminder import reminder
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.script import script_page
from bot.slack.messages.search import Query
from bot.slack.messages.thread import thread
from bot.usecases.reading import alone
from tests.limits.largest import MIXED, TYPED, filled
from tests.limits.runs import full, refusal, results, variants
from tests.unit.messages.samples import NOW, ended

Product = Rendered | View | OutputFile | list[Any]
"""A list is of files, or of the options of a select."""

Told = Iterator[tuple[str, Product]]
Walk = Callable[[str], Told]
"""An alphabet → what is made with it, each with a label."""

FEW = (State.AWAITING_APPROVAL, State.RUNNING, State.PARTLY_FAILED, State.REFUSED, State.UNKNOWN)
"""In each alphabet; in all of them mixed, every state there is."""


@cache
def invocations(unit: str) -> tuple[tuple[str, Invocation], ...]:
    """Each in each of its variants."""
    if unit == MIXED:
        return tuple((f"{state}, {label}", inv) for state in State for label, inv in variants(state, unit))
    few = ((state, label, inv) for state in FEW for label, inv in variants(state, unit))
    return tuple((f"{state}, {label}", inv) for state, label, inv in few if label in {"all of it", "reviewed"})


@cache
def heard(unit: str) -> tuple[tuple[str, tuple[Result, ...]], ...]:
    """What machines printed."""
    return (("alike", results(unit, alike=True)), ("each its own", results(unit, alike=False)))


@cache
def groups(unit: str) -> tuple[Group, ...]:
    """What each printed for itself, folded."""
    return fold(heard(unit)[1][1])


def _each(make: Callable[[Invocation], Product]) -> Walk:
    return lambda unit: ((label, make(inv)) for label, inv in invocations(unit))


def _of_all(make: Callable[[Invocation, tuple[Result, ...]], Product]) -> Walk:
    """With nothing printed; with all that machines can print, while it goes on and at the end."""

    def walk(unit: str) -> Told:
        yield "nothing printed", make(full(State.REFUSED, unit), ())
        (alike, same), (differs, own) = heard(unit)
        yield f"running, {alike}", make(full(State.RUNNING, unit), same)
        yield f"over, {differs}", make(ended(own, State.PARTLY_FAILED), own)
        yield "one machine", make(ended(own[:1], State.FAILED), own[:1])

    return walk


def _thread(unit: str) -> Told:
    yield from ((label, thread(inv, ())) for label, inv in invocations(unit))
    yield from _of_all(thread)(unit)
    yield "running, each its own", thread(full(State.RUNNING, unit), heard(unit)[1][1])


def _whole(make: Callable[[Invocation], Product]) -> Walk:
    """Of what has all there can be in it."""
    return lambda unit: (
        (label, make(inv)) for label, inv in invocations(unit) if label.endswith(("bare", "all of it"))
    )


def _waiting(make: Callable[[Invocation], Product]) -> Walk:
    """Of what waits for an approval."""
    waits = State.AWAITING_APPROVAL
    return lambda unit: ((label, make(inv)) for label, inv in invocations(unit) if inv.state is waits)


def _private(unit: str) -> Told:
    said = {"channel": filled(unit, 300), "code": filled(unit, 60)}
    for label, inv in invocations(unit):
        for name in (*private.NOTICES, "of next year"):
            yield f"{label}, {name}", private.private(said | {"notice": name}, inv)
    closed = ("is_archived", "restricted_action_read_only_channel", "not_known_whether_shared", SEEN_BY_OTHERS)
    for code in (*closed, "not_in_channel"):
        for notice in ("not_in_channel", "not_shared"):
            payload = {"notice": notice, "channel": "C0INCIDENT", "code": code, "stood": True}
            yield f"{notice}, {code}", private.private(payload, full(State.QUEUED, unit))
    fields = {
        "why": Why.BAD_VALUE,
        "hint": filled(unit, TYPED),
        "near": [filled(unit, 40)] * 300,
        "who": ["U0BEN"] * 99,
    }
    yield "a refusal", private.private({"refusal": fields}, full(State.REFUSED, unit))


def _notice(unit: str) -> Told:
    return ((label, private.notice("delayed", {}, inv)) for label, inv in invocations(unit))


def _titled(unit: str) -> OutputFile:
    return OutputFile("a.txt", filled(unit, 200), b"x")


def _done(unit: str) -> Told:
    for line in ("", "x", filled(unit, TYPED), filled(unit, 3 * TYPED)):
        yield f"{len(line)} characters", builder.done(full(State.QUEUED, unit), line)


@cache
def found(unit: str) -> tuple[tuple[str, Query, Findings], ...]:
    """Nothing, something in every line, and too much to look through."""
    text = filled(unit.replace("\n", ""), LONGEST)
    match = matching("", expression=False)
    assert not isinstance(match, Unfit)
    nothing = Query(text, expression=True, machine="i-" + "x" * 60)
    looks = iter([False] * 500)
    some = look(groups(unit), match, lambda: next(looks, True))
    return (
        ("nothing", nothing, look(groups(unit), lambda _: None, lambda: False)),
        ("all of it", Query(text), look(groups(unit), match, lambda: False)),
        ("no time", Query(text), some),
    )


READER = Reader("W0ENT", "i" * 12, "C" + "X" * 10, "1700000000.000100")


def _search(unit: str) -> Told:
    inv, passes = full(State.FAILED, unit), Passes("xoxb")
    for label, query, findings in found(unit):
        metadata = passes.given(READER, NOW, q=query.text, x=query.expression, m=query.machine)
        yield "nothing looked for", search.form(inv, metadata, query)
        for number in (0, 1, 10**6):
            yield f"{label}, page {number}", search.form(inv, metadata, query, findings, number)


def _answer(unit: str) -> Told:
    return ((label, search.answer(full(State.FAILED, unit), query, findings)) for label, query, findings in found(unit))


def _compare(unit: str) -> Told:
    metadata = Passes("xoxb").given(READER, NOW)
    pair = odd_one(groups(unit))
    assert pair is not None
    empty = replace(pair[1], output="")
    lines = replace(pair[1], output=clean("\n".join(f"{n}{filled(unit, 300)}" for n in range(900))))
    for label, one, other in (
        ("odd", *pair),
        ("same", pair[0], pair[0]),
        ("empty", pair[0], empty),
        ("long", empty, lines),
    ):
        left, right = alone(one), alone(other)
        yield label, compare.form(full(State.FAILED, unit), metadata, left, right, differing(left, right))


def _refused(unit: str) -> Told:
    from bot.slack.messages import refusals

    for why in Why:
        yield why, refusals.refusal(refusal(why, unit))


def _share(unit: str) -> Share:
    return Share("C0INCIDENT", "U0BEN", NOW, filled(unit, forms.LONGEST), follow=True)


def _shared(unit: str) -> Told:
    yield from ((label, share.shared(inv, (), _share(unit), NOW)) for label, inv in invocations(unit))
    yield from _of_all(lambda inv, results: share.shared(inv, results, _share(unit), NOW))(unit)


def _followed(unit: str) -> Told:
    yield from ((label, share.followed(replace(inv, shares=(_share(unit),)))) for label, inv in invocations(unit))


WALKS: Mapping[str, Walk] = {
    "share.shared": _shared,
    "share.followed": _followed,
    "share.form": _each(lambda inv: share.form(inv, "m" * 3_000, some_open=False)),
    "share.done": _each(lambda inv: share.done(inv, "C0INCIDENT")),
    "share.here": _each(share.here),
    "halt.form": _each(lambda inv: halt.form(inv, "m" * 3_000)),
    "card.card": _each(lambda inv: card(inv, NOW)),
    "direct.direct": _each(lambda inv: direct(inv, NOW)),
    "reminder.reminder": _waiting(lambda inv: reminder(inv, NOW)),
    "alert.alert": _each(lambda inv: alert(inv, NOW)),
    "runs.status_page": _each(lambda inv: runs.status_page(inv, NOW)),
    "pages.accepted": _each(pages.accepted),
    "reading.on_its_way": _each(on_its_way),
    "private.private": _private,
    "private.notice": _notice,
    "thread.thread": _thread,
    "files.files": _of_all(files),
    "record.record": _of_all(record),
    "files.announced": lambda unit: iter([("", announced(_titled(unit)))]),
    "files.not_taken": lambda unit: iter([("", not_taken(_titled(unit)))]),
    "forms.deny_form": _waiting(forms.deny_form),
    "forms.review_form": _each(forms.review_form),
    "script.script_page": _whole(script_page),
    "builder.done": _done,
    "search.form": _search,
    "search.answer": _answer,
    "compare.form": _compare,
}
