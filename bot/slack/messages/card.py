"""The card: one message per invocation, in the channel, that says who, what, where, and how it stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.invocation import About, Invocation, State, command_line
from bot.domain.result import Outcome
from bot.slack.messages import actions, kit
from bot.slack.messages.alarms import banner, banner_blocks, glass_blocks, glass_tail
from bot.slack.messages.awaiting import Shown, quorum, what_would_run
from bot.slack.messages.escape import code, escape, mention, one_line, place, shortened
from bot.slack.messages.refusals import unrun
from bot.slack.messages.rendered import Block, Rendered
from bot.slack.messages.words import STATES, at, human, left_out, machines, tally, took

SIZES = (1_500, 800, 250, 80)
"""How long a script may be in a card, largest first: the first that Slack takes is chosen. A button shows all of a
longer one."""

REASON = 500
"""Characters of a reason that are shown."""

TEXT = 1_000
"""Characters of a card's top-level text."""


def card(invocation: Invocation, now: datetime) -> Rendered:
    """The card of *invocation* as it stands at *now*."""
    return Rendered(outcome(invocation), card_blocks(invocation, now), metadata(invocation))


def card_blocks(invocation: Invocation, now: datetime, *, acting: bool = True, also: Sequence[str] = ()) -> list[Block]:
    """The card's blocks; not *acting*: with no button that does anything. *also* are lines below how it stands."""
    lines = [headline(invocation), standing(invocation, now), *also]
    top = [*warnings(invocation), kit.section("\n".join(lines))]
    small = kit.context(small_print(invocation, now))

    def build(size: int) -> list[Block]:
        shown = reach(invocation, size)
        script = shown.cut or invocation.to_be_reviewed or long_request(invocation, size)
        row = actions.buttons(invocation, script=script) if acting else actions.script_button(invocation)
        return [*top, *request(invocation, size), *shown.facts, small, *row, *shown.scripts]

    return kit.fit(build, SIZES)


def warnings(invocation: Invocation) -> list[Block]:
    """What has to be seen before anything else."""
    asking = invocation.state is State.AWAITING_APPROVAL or invocation.to_be_reviewed
    return [*glass_blocks(invocation), *(banner_blocks(invocation) if asking else ())]


def reach(invocation: Invocation, size: int) -> Shown:
    """While it waits for approval what would run; afterwards what is left out."""
    if invocation.state is State.AWAITING_APPROVAL:
        return what_would_run(invocation, size)
    if invocation.plan is not None and invocation.plan.unreachable:
        return Shown([kit.section(f"*Left out:* {left_out(invocation.plan.unreachable)}")])
    return Shown([])


def headline(invocation: Invocation) -> str:
    """✔ *Succeeded* · mem on web-prod."""
    symbol, word = STATES[invocation.state]
    return f"{symbol} *{word}* · {subject(invocation)}"


def subject(invocation: Invocation) -> str:
    """*mem* on *web-prod*, escaped."""
    return f"{escape(invocation.snippet, 64)} on {escape(invocation.target, 64)}"


def request(invocation: Invocation, size: int) -> list[Block]:
    """The line that asks for it again, and the reason that was given."""
    line = command_line(invocation.snippet, invocation.target, invocation.params)
    blocks = [kit.typed(line if len(line) <= size else line[: size - 1] + "…")]
    if invocation.reason:
        blocks.append(kit.said("Reason:", one_line(invocation.reason, min(size, REASON))))
    return blocks


def long_request(invocation: Invocation, size: int) -> bool:
    """Is there more to it than `request` shows? A button then shows all."""
    line = command_line(invocation.snippet, invocation.target, invocation.params)
    return len(line) > size or len(invocation.reason) > min(size, REASON)


def standing(invocation: Invocation, now: datetime) -> str:
    """One line under the headline: what is known, and what happens next."""
    if invocation.state.final:
        return settled(invocation, now) or _ending(invocation, now)
    if invocation.note and invocation.state in {State.PLANNING, State.QUEUED}:
        return _delayed(invocation, now)
    if invocation.state is State.PLANNING:
        return f"A moment · since {at(invocation.created_at, now)}"
    if invocation.state is State.AWAITING_APPROVAL:
        return quorum(invocation, now)
    if invocation.state is State.QUEUED:
        return f"{_size(invocation)} · starts in a moment"
    return _going(invocation, now)


def _delayed(invocation: Invocation, now: datetime) -> str:
    if invocation.about is About.WAITING:
        return f"{_size(invocation)} · waits: {escape(invocation.note, 200)}"
    return f"ECS does not answer; trying again since {at(invocation.created_at, now)}"


def outcome(invocation: Invocation) -> str:
    """The whole of it in one line: ✔ mem on web-prod: 3 of 3 machines succeeded (0.4 s) · who asked."""
    symbol, word = STATES[invocation.state]
    counts = tally(invocation) if invocation.state.final and ran(invocation) else ""
    span = took(invocation) if counts else ""
    said = counts or _size(invocation)
    if invocation.state.final and not counts:
        said = "nothing ran"
    if invocation.state is State.UNKNOWN:
        said = f"{said}; look at it before you run this again"
    if invocation.verdict is not None:
        counts, span, said = "", "", f"as {mention(invocation.verdict.by)} settled it"
    parts = f"{symbol} {subject(invocation)}: {_lower(word)}"
    if invocation.state is State.SUCCEEDED and counts:
        parts = f"{symbol} {subject(invocation)}: {counts}"
    elif said:
        parts += f", {said}"
    if span:
        parts += f" ({span})"
    if invocation.state is State.DENIED:
        parts = f"{symbol} {subject(invocation)}: {_lower(_denied_by(invocation))}; nothing ran"
    if invocation.state is State.REFUSED and invocation.refusal is not None:
        parts = f"{symbol} {subject(invocation)}: {unrun(invocation.refusal)[0]}"
    tail = glass_tail(invocation)
    if invocation.state is State.AWAITING_APPROVAL and (care := banner(invocation)):
        tail = care
    return shortened(" · ".join(part for part in (parts, mention(invocation.requester), tail) if part), TEXT)


def small_print(invocation: Invocation, now: datetime, *, elsewhere: bool = False) -> str:
    """Who and when, where, which plan, which id, and who decided. *elsewhere*: not where it was asked, of which
    nothing is told there."""
    parts = [f"{mention(invocation.requester)} · {at(invocation.created_at, now)}"]
    if (plan := invocation.plan) is not None:
        parts += [escape(plan.env, 40), escape(plan.region, 40), f"plan {code(plan.digest[:8])}"]
    parts.append(f"id {code(invocation.id, 64)}")
    if invocation.state is State.AWAITING_APPROVAL and (ask := invocation.ask) is not None:
        by = f" by role {escape(' or '.join(ask.roles), 120)}" if ask.roles else ""
        parts.append(f"{escape(ask.rule, 160)}{by}")
    if invocation.private and not elsewhere:
        alone = f"shown to {mention(invocation.requester)} alone; asked" if not invocation.shares else "asked privately"
        parts.append(f"{alone} in {place(invocation.asked_in)}")
    if invocation.again_of:
        only = f", on {machines(len(invocation.only))} of it where it did not succeed" if invocation.only else ""
        parts.append(f"again of {code(invocation.again_of, 64)}{only}")
    if invocation.state is not State.AWAITING_APPROVAL:
        parts += [_decided(invocation, word, now) for word in ("approved", "denied")]
    return " · ".join(part for part in parts if part)


def _decided(invocation: Invocation, word: str, now: datetime) -> str:
    who = [f"{mention(a.by)} ({at(a.at, now)})" for a in invocation.approvals if a.yes is (word == "approved")]
    return f"{word} by {', '.join(who[:10])}" if who else ""


def metadata(invocation: Invocation) -> dict[str, object]:
    """Anyone in the workspace can read it: ids and states only."""
    payload = {"id": invocation.id, "state": invocation.state.value, "version": invocation.version}
    return {"event_type": "ecs_invocation", "event_payload": payload}


def _size(invocation: Invocation) -> str:
    return machines(invocation.plan.size) if invocation.plan else ""


def _lower(word: str) -> str:
    return word[:1].lower() + word[1:]


def _going(invocation: Invocation, now: datetime) -> str:
    size = _size(invocation)
    if invocation.state is State.CANCELLING:
        return f"{_stopped_by(invocation)}{size} · what is done stays done".replace(". ", " · ", 1)
    since = invocation.started_at
    if since is None:
        return size
    slow = f" ({human(now - since)})" if now - since >= timedelta(minutes=1) else ""
    return f"{size} · since {at(since, now)}{slow}"


def _denied_by(invocation: Invocation) -> str:
    no = next((a for a in reversed(invocation.approvals) if not a.yes), None)
    if no is None:
        return "Denied"
    return f"Denied by {mention(no.by)}" + (f": {escape(no.reason, 300)}" if no.reason else "")


def ran(invocation: Invocation) -> bool:
    """Was anything started on any machine?"""
    return any(o is not Outcome.UNREACHABLE and n for o, n in invocation.tally.items())


def _stopped_by(invocation: Invocation) -> str:
    return f"Stop asked by {mention(invocation.stop_by)}. " if invocation.stop_by else ""


def settled(invocation: Invocation, now: datetime) -> str:
    """Who said what became of it, and why they think so; empty where nobody had to."""
    verdict = invocation.verdict
    if verdict is None:
        return ""
    said = f"{mention(verdict.by)} settled it as {verdict.became.value}, {at(verdict.at, now)}"
    return f"{said}: {escape(verdict.note, 300)}" if verdict.note else said


def _ending(invocation: Invocation, now: datetime) -> str:
    if invocation.state is State.DENIED:
        return f"{_denied_by(invocation)}\nNothing ran."
    if invocation.state is State.EXPIRED:
        until = f" by {at(invocation.ask.until, now)}" if invocation.ask else ""
        return f"Not enough people approved it{until}. Nothing ran."
    if invocation.state is State.REFUSED and invocation.refusal is not None:
        return " ".join(unrun(invocation.refusal))
    if invocation.state is State.CANCELLED:
        return f"{_stopped_by(invocation)}{_counts(invocation) if ran(invocation) else 'Nothing ran.'}"
    if invocation.state is State.UNKNOWN:
        lost = invocation.tally.get(Outcome.UNKNOWN, 0)
        where = machines(lost) if lost else "this run"
        return f"{_counts(invocation)}\nECS can't say what became of {where}. Look there before you run it again."
    return _counts(invocation)


def _counts(invocation: Invocation) -> str:
    return " · ".join(part for part in (tally(invocation), took(invocation)) if part) or "It is over."
