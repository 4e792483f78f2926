"""What must hold whatever anybody does: who approved what ran, how often it ran, what stays as it ended."""

from dataclasses import dataclass, field

from bot.domain.invocation import Invocation, State
from bot.sandbox.ecs.invocations import Invocation as CloudRun
from tests.machine.still import StillWorld

NEEDED = 2


@dataclass
class Model:
    """What the test itself knows: who holds which role, and what it has seen so far."""

    roles: dict[str, set[str]] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    batches: set[tuple[str, str]] = field(default_factory=set)
    ended: dict[str, State] = field(default_factory=dict)

    def holds(self, user: str, role: str) -> bool:
        """Does *user* hold *role* now?"""
        return role in self.roles.get(user, set())

    async def check(self, world: StillWorld) -> None:
        """Judge every run that is new, and compare what had ended with what is said of it now."""
        for run in world.region.invocations:
            if run.invoke_id not in self.judged:
                self.judged.add(run.invoke_id)
                await self._judge(world, run)
        for id_, state in world.states().items():
            if id_ in self.ended:
                assert state is self.ended[id_], f"{id_} was {self.ended[id_]}, is {state}"
            elif state.final:
                self.ended[id_] = state

    async def _judge(self, world: StillWorld, run: CloudRun) -> None:
        name, tags = str(run.params.get("Name", "")), dict(run.tags)
        if run.dry_run:
            assert not any(m.runs_by_invocation[run.invoke_id] for m in world.region.machines.values())
            return
        key = (tags["ecs-chatops-id"], name)
        assert key not in self.batches, f"{key} was run twice"
        self.batches.add(key)
        inv = await world.parts.store.load(tags["ecs-chatops-id"])
        assert inv is not None
        self._entitled(inv)
        self._as_planned(inv, run)

    def _entitled(self, inv: Invocation) -> None:
        """The requester still may, and enough others said yes to exactly this, in time, and still may."""
        assert self.holds(inv.requester, "oncall") or self.holds(inv.requester, "admin"), "the requester may not"
        if inv.snippet == "peek":
            return
        assert inv.plan is not None
        assert inv.ask is not None
        yes = {a.by for a in inv.approvals if a.yes and a.digest == inv.plan.digest and a.at < inv.ask.until}
        good = {by for by in yes if by != inv.requester and self.holds(by, "approver")}
        assert len(good) >= NEEDED, f"{inv.id} ran with {good} of {inv.approvals}"

    def _as_planned(self, inv: Invocation, run: CloudRun) -> None:
        assert inv.plan is not None
        batch = next(b for b in inv.batches if str(run.params["Name"]).endswith(f"-{b.no}"))
        assert run.script == inv.plan.parts[batch.part].content
        assert {r.machine.instance_id for r in run.runs} == set(batch.instances)
