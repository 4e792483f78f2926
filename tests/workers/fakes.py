"""A cloud and a chat that do what a test says, a clock that stands, and a desk between them."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.access import Grant, UserId
from bot.domain.catalog import ApprovalRule, Catalog, OsType, Policy, Risk, Role, Rule, Script, Shell, Snippet, Target
from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind, OutboxRow, Place
from bot.domain.plan import Instance
from bot.domain.result import Outcome, Result
from bot.domain.runs import PAGE
from bot.domain.strays import Listed
from bot.domain.usergroups import SILENT, Membership
from bot.errors import ChatError, CloudError, CloudNotKnown, CloudTryAgain
from bot.ports import Order, Report, Running, Tag
from bot.store import SqlStore

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
ANY = (Rule(("*",), ("*",)),)


class StillClock:
    """It stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        """The time it stands at."""
        return self.at

    def later(self, **span: float) -> datetime:
        """Move it on, by a timedelta's words."""
        self.at += timedelta(**span)
        return self.at

    async def sleep(self, span: timedelta) -> None:
        """Time passes at once."""
        self.at += span


def throttled() -> CloudTryAgain:
    """ECS took nothing."""
    return CloudTryAgain("slow down", code="Throttling.User", throttled=True)


def unreachable() -> CloudTryAgain:
    """There is no way to ECS."""
    return CloudTryAgain("RunCommand was not sent: no connection", sent=False)


class Around:
    """A store in which something is otherwise."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@dataclass
class Hold:
    """A method that does not answer until it is let go."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)


def _page(listed: list[str], token: str | None) -> Running:
    begin = int(token or 0)
    more = begin + PAGE < len(listed)
    return Running(dict.fromkeys(listed[begin : begin + PAGE], frozenset()), str(begin + PAGE) if more else None)


@dataclass
class ScriptedCloud:
    """ECS: runs each token once; whatever stands in *faults* for a method is raised first, in order.

    A CloudNotKnown that `run` raises has run all the same if *arrives*. What the key has no right to is in *refuses*.
    *blind*: the newest results are those of others.
    """

    machines: list[Instance] = field(default_factory=list)
    faults: defaultdict[str, deque[CloudError | None]] = field(default_factory=lambda: defaultdict(deque))
    arrives: bool = True
    visible: bool = True
    stops: bool = True
    prints: str = ""
    refuses: set[str] = field(default_factory=set)
    blind: bool = False
    unlisted: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    rowless: set[str] = field(default_factory=set)
    still: set[str] = field(default_factory=set)
    unfit: set[str] = field(default_factory=set)
    orders: list[Order] = field(default_factory=list)
    runs: dict[str, Order] = field(default_factory=dict)
    over: dict[str, Outcome] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    holds: dict[str, Hold] = field(default_factory=dict)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    meanwhile: Callable[[], Awaitable[None]] | None = None
    stopped: list[str] = field(default_factory=list)
    strangers: list[Listed] = field(default_factory=list)

    async def _held(self, method: str) -> None:
        if held := self.holds.get(method):
            held.reached.set()
            await held.let_go.wait()

    def _meets(self, method: str) -> CloudError | None:
        self.calls[method] += 1
        return self.faults[method].popleft() if self.faults[method] else None

    async def instances(self, target: Target) -> tuple[Instance, ...]:
        """The machines."""
        await self._held("instances")
        if fault := self._meets("instances"):
            raise fault
        return tuple(self.machines)

    async def run(self, order: Order) -> str:
        """RunCommand, once for each token."""
        self.orders.append(order)
        fault = self._meets("dry" if order.dry_run else "run")
        if order.dry_run:
            if fault is None and self.unfit & set(order.instances):
                fault = refused("InvalidInstance.NotSupport")
            if fault:
                raise fault
            return ""
        if fault and not (isinstance(fault, CloudNotKnown) and self.arrives):
            raise fault
        self.runs.setdefault(f"t-{order.client_token}", order)
        if self.meanwhile:  # what happens elsewhere before the answer is here
            await self.meanwhile()
        if fault:
            raise fault
        return f"t-{order.client_token}"

    async def report(self, account: str, region: str, invoke_id: str) -> Report | None:
        """One run, over where the test says so."""
        await self._asked("report")
        self.reported.add(invoke_id)
        return self._report(invoke_id) if invoke_id in self.runs and self.visible else None

    async def newest(self, account: str, region: str, tag: Tag) -> Mapping[str, Report]:
        """As many of the newest as a page holds."""
        await self._asked("newest")
        if self.blind:
            return {}
        found, rows = {}, 0
        for invoke_id, order in reversed(self._tagged(tag).items()):
            rows += len(order.instances)
            if rows <= PAGE:
                found[invoke_id] = self._report(invoke_id)
        return found

    async def running(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """A page of those that are not over."""
        await self._asked("running")
        return _page(self._going(tag), token)

    async def running_rows(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """The same, by instance."""
        await self._asked("running_rows")
        return _page([one for one in self._going(tag) for _ in self.runs[one].instances], token)

    @property
    def looks(self) -> int:
        """How often it was asked what became of runs."""
        return sum(self.calls[method] for method in ("newest", "running", "running_rows", "report"))

    async def _asked(self, method: str) -> None:
        self.calls[method] += 1
        if method in self.refuses:
            raise refused("Forbidden.RAM")
        await self._held("look")
        if fault := self._meets("look"):
            raise fault

    def _going(self, tag: Tag) -> list[str]:
        return [one for one in reversed(self._tagged(tag)) if one not in self.over and one not in self.unlisted]

    def _tagged(self, tag: Tag) -> dict[str, Order]:
        return {one: order for one, order in self.runs.items() if tag in order.tags and self.visible}

    def _report(self, invoke_id: str) -> Report:
        """The same for each of its instances, but for those without a row and those that run still."""
        shown = [i for i in self.runs[invoke_id].instances if i not in self.rowless]
        if invoke_id not in self.over:
            return Report(invoke_id, (), tuple((i, self.prints) for i in shown))
        ended = tuple(Result(i, self.over[invoke_id], output="token=abc fine") for i in shown if i not in self.still)
        return Report(invoke_id, ended, tuple((i, self.prints) for i in shown if i in self.still))

    async def stop(self, account: str, region: str, invoke_id: str, instances: Sequence[str]) -> None:
        """It is over at once, if it *stops*."""
        await self._held("stop")
        if fault := self._meets("stop"):
            raise fault
        self.stopped.append(invoke_id)
        self.told.set()
        if self.stops:
            self.over[invoke_id] = Outcome.CANCELLED

    async def find(self, account: str, region: str, name: str, tag: tuple[str, str]) -> str | None:
        """By the name and a tag of its order."""
        if fault := self._meets("find"):
            raise fault
        return next((i for i, order in self.runs.items() if order.name == name and tag in order.tags), None)

    async def listed(self, account: str, region: str) -> tuple[Listed, ...]:
        """All that runs in the first region, and strangers in each."""
        if fault := self._meets("listed"):
            raise fault
        runs = self.runs.items() if region == "cn-hangzhou" else ()
        return (*self.strangers, *(Listed(i, o.name, dict(o.tags)["ecs-chatops-id"], "", "") for i, o in runs))

    def ends(self, outcome: Outcome = Outcome.SUCCEEDED) -> None:
        """All that runs has ended."""
        self.over |= dict.fromkeys(self.runs.keys() - self.over.keys(), outcome)


@dataclass
class ScriptedChat:
    """Slack: keeps what was said; whatever stands in *faults* for a kind of message is raised first, in order."""

    faults: defaultdict[MessageKind, deque[ChatError | Exception]] = field(default_factory=lambda: defaultdict(deque))
    said: list[tuple[str, MessageKind, str]] = field(default_factory=list)
    rows: list[OutboxRow] = field(default_factory=list)
    deaf: frozenset[UserId] = frozenset()
    meanwhile: Callable[[], Awaitable[None]] | None = None
    short: bool = False
    silent: dict[str, timedelta] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def unsaid(self, channel: str) -> timedelta:
        """Of those that are *silent*; of whom it was *asked*."""
        self.asked.append(channel)
        return self.silent.get(channel, timedelta(0))

    async def deliver(
        self, row: OutboxRow, invocation: Invocation, results: Sequence[Result], home: Place
    ) -> Place | None:
        """Keep it; a place for what can be updated."""
        if self.faults[row.kind]:
            raise self.faults[row.kind].popleft()
        self.said.append((row.invocation, row.kind, "update" if row.place else "post"))
        self.rows.append(row)
        if self.meanwhile:  # what happens elsewhere before the answer is here
            await self.meanwhile()
        if row.kind in {MessageKind.FILE, MessageKind.PRIVATE, MessageKind.REMINDER, MessageKind.STALE}:
            return None
        return row.place or Place(home.channel, f"{len(self.said)}.0", home.thread_ts)

    async def void(self, row: OutboxRow, invocation: Invocation, results: Sequence[Result]) -> bool:
        """Files, where all outputs are *short*."""
        return row.kind is MessageKind.FILE and self.short

    async def reachable(self, users: Iterable[UserId]) -> frozenset[UserId]:
        """All but the deaf."""
        return frozenset(users) - self.deaf

    def kinds(self) -> list[MessageKind]:
        """What was said, in order."""
        return [kind for _, kind, _ in self.said]


@dataclass
class ScriptedGroups:
    """User groups: who is in which; nobody knows of another one."""

    known: dict[str, Membership] = field(default_factory=dict)
    refreshed: list[str] = field(default_factory=list)

    async def members(self, groups: Iterable[str]) -> Mapping[str, Membership]:
        """As a test says."""
        return {group: self.known.get(group, Membership(fault=SILENT)) for group in groups}

    async def refresh(self, group: str) -> None:
        """Nothing is new."""
        self.refreshed.append(group)


def refused(code: str) -> CloudError:
    """A definite no."""
    from bot.errors import CloudRefused

    return CloudRefused(f"RunCommand: {code}", code=code)


def machines(number: int) -> list[Instance]:
    """That many, all ready."""
    return [Instance(f"i-{n:03}", f"web-{n}", OsType.LINUX) for n in range(number)]


def catalog(*, needed: int = 0, exclusive: bool = False) -> Catalog:
    """One snippet on two targets; *needed* approvals."""
    script = {OsType.LINUX: Script(Shell.BASH, "free")}
    mem = Snippet(
        "mem",
        "Memory",
        Risk.LOW,
        timedelta(seconds=60),
        scripts=script,
        redact=(r"token=\S+",),
        exclusive=exclusive,
    )
    web = Target("web", "dev", "cn-hangzhou", tags=(("app", "web"),), max_instances=1000)
    roles = {"oncall": Role("oncall", run=ANY), "approver": Role("approver", approve=ANY)}
    approvals = (ApprovalRule(1, needed=needed, expires=timedelta(minutes=10)),) if needed else ()
    return Catalog(
        {"mem": mem}, {"web": web, "far": replace(web, name="far", region="cn-beijing")}, Policy(roles, approvals)
    )


GRANTS = (
    Grant("U1", "oncall", "UADMIN", NOW),
    Grant("U2", "approver", "UADMIN", NOW),
    Grant("U3", "approver", "UADMIN", NOW),
)
