"""What an approver decides on: what exactly would run, where, as whom, and who has said yes so far."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.catalog import Shell
from bot.domain.invocation import Alarm, Invocation
from bot.domain.output import clean, excerpt
from bot.domain.plan import Plan
from bot.slack.messages import kit
from bot.slack.messages.escape import code, escape, mention
from bot.slack.messages.rendered import Block
from bot.slack.messages.words import at, count, machines, some

PARTS = 4
"""Scripts of a plan that are shown: one for each kind of system."""

_ALARMS: Mapping[Alarm, str] = {
    Alarm.PROD: "production",
    Alarm.MANY: "many machines",
    Alarm.FIRST_USE: "never run here before",
    Alarm.OFF_HOURS: "outside working hours",
}

SHELLS = {Shell.BASH: "bash", Shell.POWERSHELL: "PowerShell", Shell.BAT: "batch"}


def quorum(invocation: Invocation, now: datetime) -> str:
    """3 machines · 1 of 2 approvals · until 03:25 · who may, who did."""
    parts = [machines(invocation.plan.size)] if invocation.plan else []
    yes = [a for a in invocation.approvals if a.yes]
    if (ask := invocation.ask) is not None:
        needed = f"{ask.needed} approval{'s' if ask.needed != 1 else ''}"
        parts += [f"{len(yes)} of {needed}", f"until {at(ask.until, now)}"]
    line = " · ".join(parts)
    if yes:
        line += "\nApproved by " + ", ".join(f"{mention(a.by)} ({at(a.at, now)})" for a in yes[:10])
    return line


def plan_blocks(invocation: Invocation, size: int) -> list[Block]:
    """What would run: machines, parameters, and its scripts with *size* characters for all of them."""
    if (plan := invocation.plan) is None:
        return []
    blocks = [kit.section("\n".join(_facts(plan, invocation)))]
    for part in plan.parts[:PARTS]:
        script, cut = excerpt(clean(part.content), size // min(len(plan.parts), PARTS))
        names = [name or instance for instance, name in part.instances]
        note = " (shortened here; the digest covers all of it)" if cut else ""
        on = f"on {some(names, 160)}" if len(plan.parts) > 1 else "script"
        blocks += [kit.section(f"*{SHELLS[part.shell]}* {on}{note}"), kit.preformatted(script)]
    if len(plan.parts) > PARTS:
        blocks.append(kit.context(f"and {count(len(plan.parts) - PARTS, 'more script')}"))
    return blocks


def _facts(plan: Plan, invocation: Invocation) -> list[str]:
    names = [name or instance for part in plan.parts for instance, name in part.instances]
    facts = [
        f"*On:* *{escape(plan.env, 40) or 'no env'}* · {machines(plan.size)}: {some(names)}",
        f"*As:* {_account(plan)} · stops after {plan.timeout:,} s · {escape(plan.region, 40)}",
    ]
    if invocation.ask is not None and invocation.ask.alarms:
        facts.insert(0, f"⚠ *Take care:* {' · '.join(_ALARMS[alarm] for alarm in invocation.ask.alarms)}")
    if plan.params:
        shown = [f"{escape(name, 64)}={code(value, 100)}" for name, value in plan.params[:20]]
        facts.append(f"*With:* {', '.join(shown)}")
    if invocation.ask is not None:
        who = f", by role {escape(' or '.join(invocation.ask.roles), 120)}" if invocation.ask.roles else ""
        facts.append(f"*Needs approval:* {escape(invocation.ask.rule, 160)}{who}")
    return facts


def _account(plan: Plan) -> str:
    """Who it runs as; what Cloud Assistant's agent is on each system where the snippet does not say."""
    own = sorted({"root" if part.shell is Shell.BASH else "System" for part in plan.parts})
    return escape(plan.user or " or ".join(own) or "nobody", 40)
