"""The message under the card: how far it is, and then what every machine said."""

from collections.abc import Sequence

from bot.domain import stops
from bot.domain.events import Unsent
from bot.domain.invocation import About, Batch, BatchState, Invocation, State
from bot.domain.output import Group, fold
from bot.domain.result import Outcome, Result
from bot.slack.messages import kit
from bot.slack.messages.card import metadata, outcome, subject
from bot.slack.messages.errorcodes import hint, unsent
from bot.slack.messages.escape import code, escape, mention, one_line, shortened
from bot.slack.messages.groups import SIZES, Layout, Shown, agreement, failed, layout, verdict
from bot.slack.messages.more import more
from bot.slack.messages.rendered import Block, Rendered
from bot.slack.messages.words import OUTCOMES, STATES, count, machines, obstacle, some

TEXT = 1_800
"""Characters of the top-level text; chat.update refuses more than 4,000 (docs.slack.dev, chat.update)."""

BELOW = 400
"""What the line below the groups may weigh."""

HEAD, GROUP = 1_500, 1_500
"""Bytes of what stands above all groups, and of what stands above each output: ECS's own words may be long."""

PEOPLE, NAMED = 2, 80
"""So many who stop some machines are named, and of those of each so many characters: it stands beside much else."""

SPOKEN = 280
"""Characters of each output in the top-level text, for those who have it read out."""


def thread(invocation: Invocation, results: Sequence[Result]) -> Rendered:
    """What is to be read under the card of *invocation*, from its *results* so far."""
    plan, groups = fitted(invocation, results)
    head = _head(invocation, plan)
    alone = invocation.state.final and len(plan.groups) == 1  # its first line says it all
    blocks = groups if alone else [kit.section(head), *_glimpse(invocation), *groups]
    if plan.cut:
        blocks.append(kit.context(_rest(invocation, plan)))
    blocks += more(invocation, plan.groups)
    so_far = "" if invocation.state.final else _so_far(head)
    text = "\n".join([outcome(invocation) + so_far, *(spoken(shown) for shown in plan.shown[:5])])
    return Rendered(shortened(text, TEXT), blocks, metadata(invocation))


def _head(invocation: Invocation, plan: Layout) -> str:
    return shortened(over(invocation, plan) if invocation.state.final else progress(invocation), HEAD)


def _so_far(head: str) -> str:
    """What a first line of progress says beyond the state, and all below it, to follow the outcome."""
    first, *more = head.replace("*", "").split("\n")
    return "".join(f" · {part}" for part in (first.partition(" · ")[2], *more) if part)


def _glimpse(invocation: Invocation) -> list[Block]:
    """The end of what is being printed, while it is."""
    glimpses = [batch.glimpse for batch in invocation.batches if batch.glimpse and not batch.state.final]
    return [kit.preformatted(f"…\n{glimpse}") for glimpse in glimpses[:1]]


def fitted(invocation: Invocation, results: Sequence[Result], room: int | None = None) -> tuple[Layout, list[Block]]:
    """As much of *results* as one message about *invocation* takes, and its blocks. *room* is what these may weigh,
    where something else stands around them."""
    groups = fold(results)
    plan, blocks = Layout(groups, ()), list[Block]()
    if room is None:
        around = [kit.section(_head(invocation, plan)), *_glimpse(invocation), *more(invocation, groups)]
        room = kit.WEIGHT - kit.weight(around) - BELOW
    for most, size in SIZES:
        plan = layout(groups, most, size)
        blocks = [block for shown in plan.shown for block in group_blocks(shown, alone=len(groups) == 1)]
        if kit.weight(blocks) <= room:
            break
    return plan, blocks


def progress(invocation: Invocation) -> str:
    """▶ *Running* on 3 machines · 1 finished."""
    symbol, word = STATES[invocation.state]
    where = f" on {machines(invocation.plan.size)}" if invocation.plan else ""
    finished = sum(b.finished for b in invocation.batches)
    parts = [f"{symbol} *{word}*{where}", f"{finished:,} finished" if finished else "none finished yet"]
    if invocation.state in {State.PLANNING, State.AWAITING_APPROVAL, State.QUEUED}:
        parts = parts[:1]
    lines = [" · ".join(parts)]
    if invocation.stop_by:
        lines.append(f"Stop asked by {mention(invocation.stop_by)}; what ECS made of it shows here.")
    lines += [*stops_of_some(invocation), *_unstopped(invocation)]
    noted = [b for b in invocation.batches if b.note and not b.state.final]
    if sought := [b for b in noted if b.about is About.SEEKING]:
        why = escape(sought[0].note, 200)
        lines.append(f"Not known if it runs on {_held(sought)}: looking for it, not sending it again: {why}")
    if failing := [b for b in noted if b.about is None]:
        sending = any(b.state is BatchState.DISPATCHING for b in failing)
        doing = "sending it again" if sending else "looking again"
        lines.append(f"ECS answers badly for {_held(failing)}, {doing}: {escape(failing[0].note, 200)}")
    return "\n".join(lines)


def stops_of_some(invocation: Invocation) -> list[str]:
    """Which machines are stopped one by one, by whom, and which of them run it no more; while it runs on at all."""
    if invocation.state.final or invocation.state is State.CANCELLING:
        return []
    halts = [halt for batch in invocation.batches for halt in batch.halts]
    by = {
        user: [_called(invocation, h.instance) for h in halts if h.by == user] for user in {h.by: None for h in halts}
    }
    lines = [f"Stop of {some(names, NAMED)} asked by {mention(user)}." for user, names in by.items()]
    if len(by) > PEOPLE:
        rest = sum(len(names) for names in [*by.values()][PEOPLE:])
        lines[PEOPLE:] = [f"Stop of {rest:,} more asked by other people."]
    if lines and any(map(_goes_on, invocation.batches)):
        lines[-1] = f"{lines[-1][:-1]}; the others run on."
    if ended := [_called(invocation, halt.instance) for halt in halts if halt.ended]:
        lines.append(f"It has ended on {some(ended, NAMED)}; how, shows with the results.")
    return lines


def _goes_on(batch: Batch) -> bool:
    """Is it, or will it be, somewhere where nobody wants it stopped?"""
    return not batch.state.final and batch.finished + len(batch.halting) < len(batch.instances)


def _called(invocation: Invocation, instance: str) -> str:
    return (invocation.plan.names.get(instance) if invocation.plan else "") or instance


def _held(batches: Sequence[Batch]) -> str:
    """How many machines wait for *batches*."""
    return machines(sum(len(b.instances) for b in batches))


def _unstopped(invocation: Invocation) -> list[str]:
    """What goes on although ECS was told to stop it."""
    stopping = [b for b in invocation.batches if stops.wanted(b) and b.stop is not None]
    refused = [b for b in stopping if not b.stop_sent]
    deaf = [b for b in stopping if b.stop_sent and b.stop and b.stop.tries > 1]
    lines = []
    if refused:
        note = refused[0].stop.note if refused[0].stop else ""
        lines.append(f"ECS did not take the stop for {_wanted(refused)}, asking again: {escape(note, 200)}")
    if deaf:
        tries = max(b.stop.tries for b in deaf if b.stop)
        lines.append(f"ECS took the stop for {_wanted(deaf)}, and it goes on there: asked {tries:,} times so far.")
    return lines


def _wanted(batches: Sequence[Batch]) -> str:
    """On how many machines of *batches* it is to be stopped."""
    return machines(sum(len(stops.wanted(b)) for b in batches))


def over(invocation: Invocation, plan: Layout) -> str:
    """✔ *Succeeded* · mem on web-prod, and how far the machines agree."""
    symbol, word = STATES[invocation.state]
    if not plan.groups:
        return f"{symbol} *{word}* · {subject(invocation)} · nothing ran, so there is nothing to show"
    said = agreement(plan.groups)
    return f"{symbol} *{word}*" + (f" · {said}" if said else f" · {some(plan.groups[0].names)}")


def group_blocks(shown: Shown, *, alone: bool = False) -> list[Block]:
    """Who they are and how it ended, what went wrong and what to do, and what they printed."""
    group = shown.group
    lines = [f"{verdict(group)} · {_who(group, alone=alone)}", *_trouble(group)]
    if group.dropped:
        lines.append(f"ECS kept only a part: {count(group.dropped, 'byte')} of this output are lost.")
    if not shown.output and group.outcome in {Outcome.SUCCEEDED, Outcome.FAILED}:
        lines.append("_(no output)_")
    blocks = [kit.section(shortened("\n".join(lines), GROUP))]
    return [*blocks, kit.preformatted(shown.output)] if shown.output else blocks


def _who(group: Group, *, alone: bool) -> str:
    names = some(group.names)
    if len(group.instances) == 1:
        return names
    return f"{agreement([group]) if alone else machines(len(group.instances))}: {names}"


def _trouble(group: Group) -> list[str]:
    """ECS's own words about what went wrong, and what to do; nothing where all went well."""
    lines = []
    left_out = group.outcome is Outcome.UNREACHABLE and obstacle(group.error_code) != escape(group.error_code, 60)
    if left_out:
        lines.append(f"Left out: {obstacle(group.error_code)}.")
    elif group.error_code in list(Unsent):
        lines.append(f"The bot did not send it: {unsent(group.error_code, group.error_info)}.")
    elif group.error_code and group.error_code != "ExitCodeNonzero":
        said = f": {escape(group.error_info, 400)}" if group.error_info else ""
        lines.append(f"ECS says {code(group.error_code, 80)}{said}")
    elif group.error_info and failed(group) and not group.error_code:
        lines.append(escape(group.error_info, 400))
    if advice := hint(group.error_code) if failed(group) else "":
        lines.append(advice)
    return lines


def _rest(invocation: Invocation, plan: Layout) -> str:
    where = "full output in the file below" if invocation.state.final else "full output in a file at the end"
    if not plan.hidden:
        return f"Shortened here; {where}."
    more = sum(len(g.instances) for g in plan.hidden)
    bad = sum(len(g.instances) for g in plan.hidden if failed(g))
    trouble = f" ({bad:,} of them did not succeed)" if bad else ""
    return f"{machines(more)} more{trouble}; {where}."


def spoken(shown: Shown) -> str:
    """The same as text, for those who have it read out."""
    group = shown.group
    said = f": {escape(shown.output, SPOKEN)}" if shown.output else ""
    exit_code = f", exit code {group.exit_code}" if group.exit_code else ""
    error = f" ({escape(one_line(group.error_code, 60))})" if group.error_code else ""
    return f"{some(group.names, 80)} {OUTCOMES[group.outcome][1]}{exit_code}{error}{said}"
