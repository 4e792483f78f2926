"""Invocations and results at their largest: in every state, with all that can be known of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.catalog import Shell
from bot.domain.invocation import (
    About,
    Alarm,
    Approval,
    Ask,
    Batch,
    BatchState,
    Halt,
    Invocation,
    Review,
    State,
    Stop,
    Verdict,
)
from bot.domain.plan import Part, Plan, Unreachable
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Outcome, Result
from tests.limits.largest import (
    ALPHABETS,
    FORM,
    MACHINE,
    MACHINES,
    NAME,
    OUTPUT,
    SCRIPT,
    SNIPPETS,
    TYPED,
    VALUE,
    VARIABLE,
    filled,
    name,
    printed,
)
from tests.unit.messages.samples import NOW, invocation

LOUD = tuple(ALPHABETS[name] for name in ("emoji", "backticks"))
"""Of these all machines print all that ECS keeps; of the others some print 2,000 bytes, more than a message shows."""

DECIDED = (State.AWAITING_APPROVAL, State.QUEUED, State.RUNNING, State.SUCCEEDED, State.DENIED)
"""In these it is tried, too, that many have said yes, and one no, and that nobody else sees it."""

OBSTACLES = ("Stopped", "AgentOffline", "NoScript", "NotFound", "Pending", "Starting")


def machines(unit: str, number: int = MACHINES) -> tuple[tuple[str, str], ...]:
    """(id, name) of so many, with the longest names that ECS takes."""
    return tuple((f"i-{n:060}", filled(f"{n}-{unit}", MACHINE)) for n in range(number))


def plan(unit: str, size: int = MACHINES) -> Plan:
    """On *size* machines of three kinds; half as many are left out."""
    there = machines(unit, size)
    third = -(-size // 3)
    script = printed(unit, SCRIPT)
    parts = tuple(Part(shell, script, there[n * third :][:third]) for n, shell in enumerate(Shell))
    whys = (*OBSTACLES, filled(unit, 60))
    out = tuple(Unreachable(f"i-x{n}", called, whys[n % 7]) for n, (_, called) in enumerate(there[: size // 2]))
    given = tuple((f"p{n}".ljust(VARIABLE, "_"), filled(unit, VALUE)) for n in range(25))
    return Plan(name(1), name(2), "e" * NAME, "a" * 30, "r" * 60, given, parts, 86_400, "u" * 255, out)


def refusal(why: Why, unit: str) -> Refusal:
    """With the longest in every field."""
    line = filled(unit, TYPED)
    near, who = tuple(filled(f"{n}{unit}", NAME) for n in range(SNIPPETS)), ("U0BEN", "U0OLGA") * 100
    value = "Mon 08:00 (Asia/Shanghai)" if why is Why.FROZEN else line
    return Refusal(why, line, line, value, line, line, line, 2_000, 10**9, 10**9, near, who)


def full(state: State, unit: str, **more: Any) -> Invocation:
    """In *state*, with everything that an invocation can have, each at its longest."""
    whole, said = plan(unit), filled(unit, TYPED)
    ask = Ask(9, NOW + timedelta(hours=24), "approval rule 99", tuple(map(name, range(40))), alarms=tuple(Alarm))
    facts: dict[str, Any] = {"snippet": name(1), "target": name(2), "reason": said, "plan": whole, "ask": ask}
    facts |= {"params": whole.params, "requester": "W0ENT", "again_of": "i" * 12, "only": ("i-1",) * MACHINES}
    facts |= {"batches": batches(whole, said), "stop_by": "U0BEN", "note": said}
    return invocation(state, **(facts | {"refusal": refusal(Why.NO_MACHINES, unit)} | more))


def batches(whole: Plan, note: str) -> tuple[Batch, ...]:
    """One in every state; of those that are being sent or stopped, all that can be said of them."""
    ids = tuple(i for part in whole.parts for i, _ in part.instances)[:100]
    tally = tuple((outcome, 1_000_000) for outcome in Outcome)
    facts: dict[str, Any] = {"invoke_id": "t-" + "h" * 30, "finished": 99, "tally": tally, "note": note}
    made = [Batch(n, 0, ids, state, **facts) for n, state in enumerate(BatchState)]
    halts = tuple(Halt(i, ("U0BEN", "W0ENT", "U0OLGA")[n % 3], ended=n % 2 == 0) for n, i in enumerate(ids))
    made.append(Batch(10, 0, ids, BatchState.RUNNING, halts=halts, **facts))
    made += [Batch(20 + n, 0, ids, BatchState.DISPATCHING, about=about, **facts) for n, about in enumerate(About)]
    stop = Stop(NOW, 99, note)
    made += [Batch(30 + n, 0, ids, BatchState.STOPPING, stop_sent=bool(n), stop=stop, **facts) for n in range(2)]
    return tuple(made)


def variants(state: State, unit: str) -> Iterator[tuple[str, Invocation]]:
    """Known only to be there; and with all that there can be, once for each of the things that exclude each other."""
    yield "bare", invocation(state, plan=None)
    inv = full(state, unit)
    yield "all of it", inv
    inv = replace(inv, plan=plan(unit, size=20))  # a script of 18 KB takes its time
    digest = inv.plan.digest if inv.plan else ""
    said = filled(unit, FORM)
    yes = tuple(Approval(user, NOW, digest) for user in ("U0BEN", "W0ENT") * 10)
    if state in DECIDED:
        yield "approved", replace(inv, approvals=yes, batches=())
        yield "denied", replace(inv, approvals=(*yes, Approval("U0BEN", NOW, digest, yes=False, reason=said)))
        yield "private", replace(inv, home="U0OLGA", asked_in="C0INCIDENT", stop_by="W0ENT", note="", started_at=None)
    yield "broken glass", replace(inv, break_glass=True)
    yield "reviewed", replace(inv, break_glass=True, review=Review("U0BEN", NOW, said))
    if state.final and state is not State.UNKNOWN:
        yield "settled", replace(inv, verdict=Verdict("U0BEN", NOW, State.FAILED, said))


def results(unit: str, *, alike: bool) -> tuple[Result, ...]:
    """What so many machines printed: all the same, or each something else; with every outcome among them."""
    outcomes, output = list(Outcome), printed(unit, OUTPUT if unit in LOUD else 2_000)
    facts: dict[str, Any] = {"status": filled(unit, 60), "dropped": 10**6, "started_at": NOW, "finished_at": NOW}
    codes = ("ExitCodeNonzero", "AgentOffline", "NotSent", "NoLongerAllowed", filled(unit, 200), "")
    return tuple(
        Result(
            instance,
            Outcome.FAILED if alike else outcomes[n % len(outcomes)],
            called,
            exit_code=255,
            output=output if alike else f"{n}{output}",
            error_code="" if alike else codes[n % len(codes)],
            error_info=filled(unit, TYPED),
            **facts,
        )
        for n, (instance, called) in enumerate(machines(unit, MACHINES if unit in LOUD else 30))
    )
