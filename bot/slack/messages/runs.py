"""Answers about invocations: what ran lately, what is under way, how one stands."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.invocation import Invocation
from bot.slack.messages import kit
from bot.slack.messages.card import card, outcome, subject
from bot.slack.messages.escape import code, mention, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import STATES, at, count, human, tally, took

ROOM = 7_500


def history(invocations: Sequence[Invocation], now: datetime) -> Rendered:
    """The latest, newest first."""
    if not invocations:
        return _plain("Nothing ran yet.")
    return _list("The latest", invocations, now)


def open_page(invocations: Sequence[Invocation], now: datetime) -> Rendered:
    """What is under way."""
    if not invocations:
        return _plain("Nothing is under way.")
    return _list("Under way", invocations, now)


def status_page(invocation: Invocation, now: datetime) -> Rendered:
    """How one stands: its card, and the names under which ECS knows it."""
    whole = card(invocation, now)
    known = [f"{code(b.invoke_id, 64)} {b.state.value}" for b in invocation.batches if b.invoke_id]
    if not known:
        return Rendered(whole.text, whole.blocks)
    more = f" and {len(known) - 10:,} more" if len(known) > 10 else ""
    return Rendered(whole.text, [*whole.blocks, kit.context(f"In ECS: {', '.join(known[:10])}{more}")])


def _list(title: str, invocations: Sequence[Invocation], now: datetime) -> Rendered:
    blocks, shown = kit.paragraphs([_line(i, now) for i in invocations], ROOM)
    if shown < len(invocations):
        blocks.append(kit.context(f"and {count(len(invocations) - shown, 'more')}"))
    text = "\n".join([f"{title}: {len(invocations):,}", *(outcome(i) for i in invocations[:10])])
    return Rendered(shortened(text, 1_500), [kit.section(f"*{title}*"), *blocks])


def _line(invocation: Invocation, now: datetime) -> str:
    symbol, word = STATES[invocation.state]
    counts = tally(invocation) if invocation.state.final else ""
    span = took(invocation) or (human(now - invocation.created_at) if not invocation.state.final else "")
    facts = [counts, span, mention(invocation.requester), at(invocation.created_at, now), code(invocation.id, 64)]
    return f"{symbol} *{word}* · {subject(invocation)}\n{' · '.join(fact for fact in facts if fact)}"


def _plain(words: str) -> Rendered:
    return Rendered(words, [kit.section(words)])
