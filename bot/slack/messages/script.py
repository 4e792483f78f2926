"""Everything that would run, in a modal: what a card has no room for."""

from collections.abc import Iterable

from bot.domain.invocation import Invocation
from bot.domain.output import clean
from bot.domain.plan import Part, Plan
from bot.slack.messages import kit
from bot.slack.messages.awaiting import SHELLS, account, ready
from bot.slack.messages.card import subject
from bot.slack.messages.escape import code, escape
from bot.slack.messages.forms import View, page
from bot.slack.messages.rendered import Block
from bot.slack.messages.words import machines

PAGE = 2_900
"""Characters of one box."""

BLOCKS = 98
"""Of the hundred that a modal takes, less the one at the top and the one that says what is missing."""

WEIGHT = 200_000
"""Of the 250,000 bytes that views.open takes (`view_too_large`)."""


def script_page(invocation: Invocation) -> View:
    """The plan of *invocation* in full: its scripts, its parameters, its machines."""
    if (plan := invocation.plan) is None:
        return page("What runs", [kit.section("There is no plan yet: its machines are being looked up.")])
    top = [
        f"*{subject(invocation)}* · {escape(plan.env, 40) or 'no env'} · {ready(plan)}",
        f"As {account(plan)} · stops after {plan.timeout:,} s · {escape(plan.region, 40)}",
        f"Digest {code(plan.digest)}",
    ]
    blocks = [kit.section("\n".join(top))]
    room = WEIGHT
    for block in _body(plan, invocation.reason):
        room -= kit.weight(block)
        if len(blocks) > BLOCKS or room < 0:
            blocks.append(kit.context("There is more than a form in Slack can show; the digest covers all of it."))
            break
        blocks.append(block)
    return page("What runs", blocks)


def _body(plan: Plan, reason: str) -> Iterable[Block]:
    if reason:
        yield kit.section("*Reason*")
        yield from _boxes(reason)
    if plan.params:
        yield kit.section("*Parameters*")
        yield from _boxes("\n".join(f"{name} = {value}" for name, value in plan.params))
    for part in plan.parts:
        yield kit.section(f"*{SHELLS[part.shell]}* on {machines(len(part.instances))}{_hidden(part)}")
        yield from _boxes(part.content)
    for part in plan.parts:
        yield kit.section(f"*{machines(len(part.instances))}* for {SHELLS[part.shell]}")
        yield from _boxes("\n".join(f"{instance}  {name}".rstrip() for instance, name in part.instances))
    if plan.unreachable:
        yield kit.section(f"*{machines(len(plan.unreachable))} left out*")
        yield from _boxes("\n".join(f"{u.instance}  {u.name}  {u.why}" for u in plan.unreachable))


def _hidden(part: Part) -> str:
    """A script may hold what no screen shows; whoever reads it has to know."""
    same = clean(part.content) == part.content.rstrip()
    return "" if same else "\n⚠ It holds control characters, which are not shown here."


def _boxes(text: str) -> Iterable[Block]:
    """*text* in as many boxes as it needs, broken at the ends of lines where there are any."""
    text = clean(text)
    while len(text) > PAGE:
        end = text.rfind("\n", 0, PAGE)
        end = end if end > 0 else PAGE
        yield kit.preformatted(text[:end])
        text = text[end:].removeprefix("\n")
    yield kit.preformatted(text)
