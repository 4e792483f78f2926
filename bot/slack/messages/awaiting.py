"""What an approver decides on: what exactly would run, where, as whom, and who has said yes so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.catalog import Shell
from bot.domain.invocation import Invocation
from bot.domain.output import clean, excerpt
from bot.domain.plan import Plan
from bot.slack.messages import kit
from bot.slack.messages.escape import code, escape, mention, shortened
from bot.slack.messages.rendered import Block
from bot.slack.messages.words import at, count, left_out, machines, some

PARTS = 4
"""Scripts of a plan that are shown: one for each kind of system."""

PARAMS = 20
"""Parameters that are shown."""

VALUE = 100
"""Characters of a parameter's value that are shown."""

FACTS = 6
"""Bytes of all facts together for each character that a script may have; a section takes 3,000."""

SHELLS: Mapping[Shell, str] = {Shell.BASH: "bash", Shell.POWERSHELL: "PowerShell", Shell.BAT: "batch"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What would run: the *facts* that one decides by, then the *scripts*; *cut* where they don't say all of it.

    Buttons stand between the two: a script would push them off a phone's screen.
    """

    facts: list[Block]
    scripts: list[Block] = field(default_factory=list)
    cut: bool = False


def quorum(invocation: Invocation, now: datetime) -> str:
    """3 machines · 1 of 2 approvals · until 03:25 · who may, who did."""
    parts = [ready(invocation.plan)] if invocation.plan else []
    yes = [a for a in invocation.approvals if a.yes]
    if (ask := invocation.ask) is not None:
        needed = f"{ask.needed} approval{'s' if ask.needed != 1 else ''}"
        parts += [f"{len(yes)} of {needed}", f"until {at(ask.until, now)}"]
    line = " · ".join(parts)
    if yes:
        line += "\nApproved by " + ", ".join(f"{mention(a.by)} ({at(a.at, now)})" for a in yes[:10])
    return line


def ready(plan: Plan) -> str:
    """3 machines; or, where some are left out: 11 of 12 machines ready."""
    if not plan.unreachable:
        return machines(plan.size)
    return f"{plan.size:,} of {machines(plan.size + len(plan.unreachable))} ready"


def what_would_run(invocation: Invocation, size: int) -> Shown:
    """Machines, parameters, and the scripts with *size* characters for all of them."""
    if (plan := invocation.plan) is None:
        return Shown([])
    scripts: list[Block] = []
    facts, cut = _facts(plan, min(size * FACTS, kit.SECTION))
    cut = cut or len(plan.parts) > PARTS
    for part in plan.parts[:PARTS]:
        script, shortened = excerpt(clean(part.content), size // min(len(plan.parts), PARTS))
        cut = cut or shortened
        names = [name or instance for instance, name in part.instances]
        note = " (shortened here; the digest covers all of it)" if shortened else ""
        on = f"on {some(names, min(size, 160))}" if len(plan.parts) > 1 else "script"
        scripts += [kit.section(f"*{SHELLS[part.shell]}* {on}{note}"), kit.preformatted(script)]
    if len(plan.parts) > PARTS:
        scripts.append(kit.context(f"and {count(len(plan.parts) - PARTS, 'more script')}"))
    return Shown([kit.section(facts)], scripts, cut)


def decided_by(plan: Plan) -> Block:
    """Only what one decides by, without the scripts."""
    return kit.section(_facts(plan, kit.SECTION)[0])


def _facts(plan: Plan, room: int) -> tuple[str, bool]:
    """Where, with what, as whom, in *room* bytes; and whether anything that counts is left out."""
    names = [name or instance for part in plan.parts for instance, name in part.instances]
    facts = [f"*On:* *{escape(plan.env, 40) or 'no env'}*: {some(names)}"]
    facts.append(f"*As:* {account(plan)} · stops after {plan.timeout:,} s · {escape(plan.region, 40)}")
    if plan.unreachable:
        facts.append(f"*Left out:* {left_out(plan.unreachable)}")
    if plan.params:
        shown = [f"{escape(name, 64)}={code(value, VALUE)}" for name, value in plan.params[:PARAMS]]
        more = f" and {len(plan.params) - PARAMS:,} more" if len(plan.params) > PARAMS else ""
        facts.append(f"*With:* {', '.join(shown)}{more}")
    words = shortened("\n".join(facts), room)
    cut = len(plan.params) > PARAMS or any(len(v) > VALUE for _, v in plan.params)
    return words, cut or words != "\n".join(facts)


def account(plan: Plan) -> str:
    """Who it runs as; what Cloud Assistant's agent is on each system where the snippet does not say."""
    own = sorted({"root" if part.shell is Shell.BASH else "System" for part in plan.parts})
    return escape(plan.user or " or ".join(own) or "nobody", 40)
