"""The file under the card, for outputs too long to read in a message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.invocation import Invocation, command_line
from bot.domain.output import Group
from bot.domain.result import Result
from bot.slack.messages.escape import escape, fitting, one_line
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.thread import fitted
from bot.slack.messages.words import OUTCOMES, count, machines, tally

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to upload; *content* is UTF-8."""

    name: str
    title: str
    content: bytes = field(repr=False)


def files(invocation: Invocation, results: Sequence[Result]) -> list[OutputFile]:
    """One text file with all that the machines said, if the message in the thread leaves any of it out."""
    plan, _ = fitted(invocation, results)
    if not plan.cut:
        return []
    line = one_line(command_line(invocation.snippet, invocation.target, invocation.params), 2_000)
    head = f"{line}\n{tally(invocation)}\nid {invocation.id}\n"
    text = "\n".join([head, *(said_in_full(group) for group in plan.groups)])
    title = fitting(f"{invocation.snippet} on {invocation.target}: full output", 200)
    return [OutputFile(f"{called(invocation)}.txt", title, text.encode())]


def announced(file: OutputFile) -> Rendered:
    """What stands above it where only a message opens the conversation."""
    return Rendered(f"{escape(file.title, 200)}, as a file:", [])


def not_taken(file: OutputFile) -> Rendered:
    """Slack did not take it."""
    return Rendered(f"Slack did not take the file ({escape(file.title, 200)}); the bot has it stored.", [])


def called(invocation: Invocation) -> str:
    """The beginning of the name of a file about *invocation*."""
    return _UNFIT.sub("-", f"{invocation.snippet}-{invocation.target}-{invocation.id}")[:100]


def said_in_full(group: Group) -> str:
    """Who they are, how it ended, and all that they printed."""
    who = machines(len(group.instances)) if len(group.instances) > 1 else group.names[0]
    exit_code = f", exit code {group.exit_code}" if group.exit_code is not None else ""
    lines = [f"==== {OUTCOMES[group.outcome][1]}{exit_code} · {who}"]
    if len(group.instances) > 1:
        lines.append(", ".join(group.names))
    if group.error_code or group.error_info:
        lines.append(f"ECS says: {one_line(group.error_code)} {group.error_info}".rstrip())
    if group.dropped:
        lines.append(f"ECS kept only a part: {count(group.dropped, 'byte')} are lost.")
    return "\n".join([*lines, "", group.output or "(no output)", ""])
