"""The direct message to an approver: somebody waits, this is what would run, press one button."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.invocation import Invocation, State
from bot.slack.messages import actions, kit
from bot.slack.messages.alarms import banner
from bot.slack.messages.awaiting import what_would_run
from bot.slack.messages.card import (
    SIZES,
    headline,
    long_request,
    metadata,
    outcome,
    reach,
    request,
    small_print,
    standing,
    subject,
    warnings,
)
from bot.slack.messages.escape import escape, mention, place, shortened
from bot.slack.messages.rendered import Block, Rendered
from bot.slack.messages.words import at, machines

TEXT = 1_000


def direct(invocation: Invocation, now: datetime) -> Rendered:
    """To one approver, as it stands at *now*. Once it is decided, or reviewed, the buttons are gone."""
    if invocation.state is State.AWAITING_APPROVAL:
        first = f"{mention(invocation.requester)} asks you to approve this{_where(invocation)}"
        text, blocks = question(invocation, now, first)
        return Rendered(shortened(f"⏸ {text}", TEXT), blocks, metadata(invocation))
    if invocation.break_glass:
        return _broken(invocation, now)
    small = kit.context(small_print(invocation, now))
    going = not invocation.state.final and any(a.yes for a in invocation.approvals)
    lines = _approved(invocation, now) if going else [headline(invocation), standing(invocation, now)]
    top = kit.section("\n".join(lines))
    blocks = kit.fit(lambda n: [top, *request(invocation, n), *reach(invocation, n).facts, small], SIZES)
    return Rendered(outcome(invocation), blocks, metadata(invocation))


def question(invocation: Invocation, now: datetime, first: str) -> tuple[str, list[Block]]:
    """(text, blocks) that ask an approver: *first*, then what would run, and the buttons."""
    care = f" · {words}" if (words := banner(invocation)) else ""
    many = f" ({machines(invocation.plan.size)})" if invocation.plan else ""
    text = f"{mention(invocation.requester)} asks you to approve {subject(invocation)}{many}{care}"
    return text, _full(invocation, now, [headline(invocation), first, standing(invocation, now)])


def _broken(invocation: Invocation, now: datetime) -> Rendered:
    """Nobody is asked: this is what runs right now, and why."""
    who = mention(invocation.requester)
    first = f"{who} ran this without waiting for approval{_where(invocation)}"
    blocks = _full(invocation, now, [headline(invocation), first, standing(invocation, now)])
    if invocation.state.final or invocation.review is not None:
        return Rendered(outcome(invocation), blocks, metadata(invocation))
    many = f" on {machines(invocation.plan.size)}" if invocation.plan else ""
    why = f": {escape(invocation.reason, 300)}" if invocation.reason else ""
    text = f"🚨 BREAK-GLASS: {who} runs {subject(invocation)} without approval, right now{many}{why}"
    return Rendered(shortened(text, TEXT), blocks, metadata(invocation))


def _full(invocation: Invocation, now: datetime, lines: Sequence[str]) -> list[Block]:
    top = [*warnings(invocation), kit.section("\n".join(lines))]
    small = kit.context(small_print(invocation, now))

    def build(size: int) -> list[Block]:
        shown = what_would_run(invocation, size)
        row = actions.approver_buttons(invocation, script=shown.cut or long_request(invocation, size))
        return [*top, *request(invocation, size), *shown.facts, small, *row, *shown.scripts]

    return kit.fit(build, SIZES)


def _approved(invocation: Invocation, now: datetime) -> list[str]:
    yes = ", ".join(f"{mention(a.by)} ({at(a.at, now)})" for a in invocation.approvals[:10] if a.yes)
    where = f" The results come in {place(invocation.home)}." if invocation.home[:1] in {"C", "G"} else ""
    return [f"✔ *Approved* · {subject(invocation)}", f"By {yes}. It goes on now.{where}"]


def _where(invocation: Invocation) -> str:
    if invocation.private:
        return f" · asked in {place(invocation.asked_in)}, privately"
    return f" · asked in {place(invocation.home)}" if invocation.home[:1] in {"C", "G"} else ""
