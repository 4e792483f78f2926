"""Answers about invocations: what ran lately, what is under way, how one stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.invocation import Invocation, State
from bot.slack.messages import kit
from bot.slack.messages.alarms import glass_tail
from bot.slack.messages.card import TEXT, card_blocks, outcome, ran, subject
from bot.slack.messages.escape import code, linked, mention, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.thread import stops_of_some
from bot.slack.messages.words import STATES, at, count, human, tally, took

ROOM = 7_500

Links = Mapping[str, str]
"""Invocation id → where its card opens."""

NONE: Links = {}


def history(invocations: Sequence[Invocation], now: datetime, links: Links = NONE) -> Rendered:
    """The latest, newest first."""
    if not invocations:
        return _plain("Nothing ran yet.")
    return _list("The latest", invocations, now, links)


def open_page(
    invocations: Sequence[Invocation], now: datetime, unreviewed: Sequence[Invocation] = (), links: Links = NONE
) -> Rendered:
    """What is under way; and what ran under break-glass and is still to be reviewed."""
    under_way = _list("Under way", invocations, now, links) if invocations else _plain("Nothing is under way.")
    if not unreviewed:
        return under_way
    review = _list("To be reviewed: ran without approval", unreviewed, now, links, ROOM // 3)
    text = shortened(f"{under_way.text}\n{review.text}", 2_000)
    return Rendered(text, [*review.blocks, kit.divider(), *under_way.blocks])


def status_page(invocation: Invocation, now: datetime, link: str = "") -> Rendered:
    """How one stands: its card without the buttons that act, where it is being stopped, and the names under which ECS
    knows it."""
    stops = stops_of_some(invocation)
    blocks = card_blocks(invocation, now, acting=False, also=stops)
    known = [f"{code(b.invoke_id, 64)} {b.state.value}" for b in invocation.batches if b.invoke_id]
    if known:
        more = f" and {len(known) - 10:,} more" if len(known) > 10 else ""
        blocks.append(kit.context(f"In ECS: {', '.join(known[:10])}{more}"))
    if not invocation.state.final and invocation.state is not State.CANCELLING:
        where = " on all machines" if stops else ""
        blocks.append(kit.context(f"{code(f'/ecs stop {invocation.id}')} stops it{where}."))
    if link:
        blocks.append(kit.context(linked(link, "Open its card")))
    return Rendered(shortened("\n".join([outcome(invocation), *stops]), TEXT), blocks)


def _list(title: str, invocations: Sequence[Invocation], now: datetime, links: Links, room: int = ROOM) -> Rendered:
    blocks, shown = kit.paragraphs([_line(i, now, links.get(i.id, "")) for i in invocations], room)
    if shown < len(invocations):
        blocks.append(kit.context(f"and {count(len(invocations) - shown, 'more')}"))
    text = "\n".join([f"{title}: {len(invocations):,}", *(outcome(i) for i in invocations[:10])])
    return Rendered(shortened(text, 1_500), [kit.section(f"*{title}*"), *blocks])


def _line(invocation: Invocation, now: datetime, link: str) -> str:
    symbol, word = STATES[invocation.state]
    counts = (tally(invocation) if ran(invocation) else "nothing ran") if invocation.state.final else ""
    span = took(invocation) or (human(now - invocation.created_at) if not invocation.state.final else "")
    facts = [counts, span, mention(invocation.requester), at(invocation.created_at, now), code(invocation.id, 64)]
    facts.append(linked(link, "open"))
    tail = glass_tail(invocation)
    glass = f"\n🚨 *{tail}*" if invocation.to_be_reviewed else f"\n{tail}" if tail else ""
    return f"{symbol} *{word}* · {subject(invocation)}\n{' · '.join(fact for fact in facts if fact)}{glass}"


def _plain(words: str) -> Rendered:
    return Rendered(words, [kit.section(words)])
