"""Invocations and results to build messages of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.catalog import OsType, Param, ParamType, Risk, Script, Shell, Snippet, Target
from bot.domain.invocation import Approval, Ask, Batch, BatchState, Invocation, State
from bot.domain.plan import Part, Plan, Unreachable
from bot.domain.result import Outcome, Result

NOW = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
MEM = "free -m\n"


def plan(size: int = 3, *, unreachable: tuple[Unreachable, ...] = (), **more: Any) -> Plan:
    """A plan for web-1 … web-*size*."""
    machines = tuple((f"i-web{n}", f"web-{n}") for n in range(1, size + 1))
    facts: dict[str, Any] = {"snippet": "mem", "target": "web-prod", "env": "prod", "account": "default"}
    facts |= {"region": "cn-hangzhou", "params": (), "parts": (Part(Shell.BASH, MEM, machines),), "timeout": 60}
    return Plan(**(facts | {"unreachable": unreachable} | more))


def invocation(state: State = State.SUCCEEDED, **more: Any) -> Invocation:
    """An invocation of mem on web-prod in *state*, as far as it would have come."""
    facts: dict[str, Any] = {"id": "7k2m9x", "request_key": "k", "snippet": "mem", "target": "web-prod"}
    facts |= {"params": (), "requester": "U0OLGA", "team": "T1", "home": "C0INCIDENT", "created_at": NOW}
    facts |= {"state": state, "plan": None if state in {State.PLANNING, State.REFUSED} else plan()}
    if state is State.AWAITING_APPROVAL:
        facts["ask"] = Ask(1, NOW + timedelta(minutes=15), "approval rule 1", ("approver",))
    if state in {State.RUNNING, State.CANCELLING} or state.final:
        facts["started_at"] = NOW
    if state.final:
        facts["finished_at"] = NOW + timedelta(seconds=0.4)
    return Invocation(**(facts | more))


def ended(results: tuple[Result, ...], state: State = State.SUCCEEDED, **more: Any) -> Invocation:
    """The same, over, with the tally of *results*."""
    counts: dict[Outcome, int] = {}
    for result in results:
        counts[result.outcome] = counts.get(result.outcome, 0) + 1
    ids = tuple(r.instance for r in results)
    batch = Batch(1, 0, ids, BatchState.DONE, invoke_id="t-hz01", finished=len(ids), tally=tuple(counts.items()))
    return invocation(state, **({"plan": plan(len(results)), "batches": (batch,)} | more))


def results(size: int = 3, output: str = "Mem: 7821 3310\n", **more: Any) -> tuple[Result, ...]:
    """*size* machines that all said *output*."""
    facts: dict[str, Any] = {"outcome": Outcome.SUCCEEDED, "exit_code": 0, "status": "Success"} | more
    return tuple(Result(f"i-web{n}", name=f"web-{n}", output=output, **facts) for n in range(1, size + 1))


def approvals(*users: str, yes: bool = True, reason: str = "") -> tuple[Approval, ...]:
    """What *users* decided."""
    return tuple(Approval(user, NOW, plan().digest, yes, reason) for user in users)


def snippet(name: str = "logs", **more: Any) -> Snippet:
    """A snippet with two parameters."""
    params = (
        Param("service", ParamType.CHOICE, "systemd unit", choices=("nginx", "app")),
        Param("lines", ParamType.INTEGER, "how many", default="100", min=1, max=2000),
    )
    facts: dict[str, Any] = {"summary": "Last lines of a service's journal", "risk": Risk.LOW, "params": params}
    facts |= {"timeout": timedelta(seconds=60), "scripts": {OsType.LINUX: Script(Shell.BASH, "journalctl\n")}}
    return Snippet(name, **(facts | more))


def target(name: str = "web-prod", **more: Any) -> Target:
    """A target by tags."""
    return Target(name, **({"env": "prod", "region": "cn-hangzhou", "tags": (("app", "web"),)} | more))
