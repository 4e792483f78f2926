"""One run as one text file: who asked for what, what was planned and allowed, and all that every machine said."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.domain.invocation import Approval, Invocation, command_line
from bot.domain.output import Group, clean, fold
from bot.domain.plan import Plan
from bot.domain.result import Result
from bot.slack.messages.escape import fitting, one_line
from bot.slack.messages.files import OutputFile, called, said_in_full
from bot.slack.messages.words import OUTCOMES, STATES, human, machines, tally


def record(invocation: Invocation, results: Sequence[Result]) -> OutputFile:
    """All of it as UTF-8, outputs that are alike once; of a run that is not over, what there is so far."""
    groups = fold(results)
    parts = [_head(invocation), _plan(invocation.plan), _machines(results), *_outputs(groups)]
    text = "\n\n".join(part for part in parts if part) + "\n"
    title = fitting(f"{invocation.snippet} on {invocation.target}: the whole record", 200)
    return OutputFile(f"{called(invocation)}-record.txt", title, text.encode())


def _head(invocation: Invocation) -> str:
    line = command_line(invocation.snippet, invocation.target, invocation.params, invocation.reason)
    so_far = "" if invocation.state.final else " (so far)"
    lines = [
        one_line(line, 4_000),
        f"id            {invocation.id}",
        f"state         {STATES[invocation.state][1].lower()}{so_far}",
        f"machines      {tally(invocation)}",
        f"asked by      {invocation.requester}, {_at(invocation.created_at)}",
        f"started       {_at(invocation.started_at)}",
        f"ended         {_at(invocation.finished_at)}",
    ]
    if invocation.private:
        lines.append(f"shown to      who asked{', and where it is shared to' if invocation.shares else ', alone'}")
    lines += [f"shared to     {share.channel} by {share.by}, {_at(share.at)}" for share in invocation.shares]
    if invocation.again_of:
        lines.append(f"again of      {invocation.again_of}")
    if invocation.break_glass:
        lines.append("break-glass   yes: approval was passed over")
    lines += [_decision(approval) for approval in invocation.approvals]
    if invocation.stop_by:
        lines.append(f"stop asked by {invocation.stop_by}")
    if (review := invocation.review) is not None:
        lines.append(f"reviewed by   {review.by}, {_at(review.at)}: {one_line(review.note)}")
    if (verdict := invocation.verdict) is not None:
        lines.append(f"settled by    {verdict.by}, {_at(verdict.at)}: {one_line(verdict.note)}")
    return "\n".join(lines)


def _decision(approval: Approval) -> str:
    why = f": {one_line(approval.reason)}" if approval.reason else ""
    return f"{'approved' if approval.yes else 'denied'} by   {approval.by}, {_at(approval.at)}{why}"


def _plan(plan: Plan | None) -> str:
    if plan is None:
        return ""
    lines = [
        "==== what was planned",
        f"digest        {plan.digest}",
        f"where         {one_line(plan.env)}, {one_line(plan.region)}, account {one_line(plan.account)}",
        f"as            {one_line(plan.user or 'root')}, for at most {plan.timeout:,} s",
    ]
    for part in plan.parts:
        names = ", ".join(one_line(name or i, 128) for i, name in part.instances)
        lines += ["", f"-- {part.shell.value} on {machines(len(part.instances))}: {names}", clean(part.content)]
    return "\n".join(lines)


def _machines(results: Sequence[Result]) -> str:
    """One line for each machine: what a fold of alike outputs leaves out."""
    rows: list[tuple[str, ...]] = [
        ("machine", "instance", "outcome", "status in ECS", "exit", "started (UTC)", "took", "error")
    ]
    rows += [_row(result) for result in results]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"==== {machines(len(results))}", *lines])


def _row(result: Result) -> tuple[str, ...]:
    span = result.finished_at - result.started_at if result.started_at and result.finished_at else None
    return (
        one_line(result.name or result.instance, 64),
        one_line(result.instance, 64),
        OUTCOMES[result.outcome][1],
        one_line(result.status, 40) or "-",
        "-" if result.exit_code is None else str(result.exit_code),
        _at(result.started_at, utc=False),
        human(span) if span is not None else "-",
        one_line(f"{result.error_code} {result.error_info}", 400),
    )


def _outputs(groups: Iterable[Group]) -> Iterable[str]:
    return (said_in_full(group).rstrip("\n") for group in groups)


def _at(moment: datetime | None, *, utc: bool = True) -> str:
    if moment is None:
        return "-"
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}{' UTC' if utc else ''}"
