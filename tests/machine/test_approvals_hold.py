"""Whatever people press, whoever they are, whenever the process dies: nothing runs that was not approved as it ran."""

import asyncio
import json
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.invocation import State
from bot.sandbox.ecs import CannedRunner, Region, fleet
from bot.sandbox.session import ADMIN
from bot.sandbox.slack import CannotDo, Envelope, Message
from tests.machine.rules import NEEDED, Model
from tests.machine.still import StillWorld

PEOPLE = ("U0ONCALL", "U0APPROVE", "U0SECOND", ADMIN, "U0STRANGER")
WORKERS = ("planner", "dispatcher", "poller", "sweeper", "reconciler", "notifier")
"""What changes invocations, or says how they stand."""

SNIPPET = """
summary = "{0}"
risk = "{1}"
timeout = "60s"
[linux]
script = "echo {0}"
"""
TARGETS = """
[web]
env = "prod"
region = "cn-hangzhou"
tags = {{ app = "web" }}
""".format()
POLICY = f"""
[roles.oncall]
run = [{{ snippets = ["*"], targets = ["*"] }}]
[roles.approver]
approve = [{{ snippets = ["*"], targets = ["*"] }}]
[roles.admin]
run = [{{ snippets = ["*"], targets = ["*"] }}]
manage_roles = true
[[approvals]]
risk = ["high"]
needed = {NEEDED}
expires = "10m"
"""


class Approvals(RuleBasedStateMachine):
    """People, clocks, machines and crashes against one bot."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = folder = Path(tempfile.mkdtemp())
        commands = folder / "commands"
        commands.mkdir()
        (commands / "zap.toml").write_text(SNIPPET.format("zap", "high"))
        (commands / "peek.toml").write_text(SNIPPET.format("peek", "low"))
        (commands / "targets.toml").write_text(TARGETS)
        (commands / "policy.toml").write_text(POLICY)
        machines = fleet(3, {"app": "web"}, CannedRunner("done"))
        self.world = StillWorld(folder, Region("cn-hangzhou", machines), commands)
        self.model = Model(roles={ADMIN: {"admin"}})
        self._await(self.world.__aenter__())
        for user, role in (("U0ONCALL", "oncall"), ("U0APPROVE", "approver"), ("U0SECOND", "approver")):
            self.grants(user, role)

    def _await(self, work: Any) -> Any:
        return self._runner.run(work)

    def teardown(self) -> None:
        """All that was asked for comes to an end once machines are well, time passes and workers turn."""
        try:
            self._await(self._settle())
            self._await(self.model.check(self.world))
        finally:
            self._await(self.world.__aexit__(None, None, None))
            self._runner.close()
            shutil.rmtree(self._folder)

    async def _settle(self) -> None:
        for machine in self.world.region.machines.values():
            machine.set(agent_online=True, status="Running")
        for _ in range(600):
            for run in list(self.world.region.invocations):
                await self.world.region.settled(run.invoke_id)
            for worker in self.world.workers:
                await self.world.turn(worker)
            open_ones = await self.world.parts.store.recent(10_000, open_only=True)
            if not open_ones and await self.world.parts.store.next_owed() is None:
                return
            self.world.clock.at += timedelta(minutes=1)
        raise AssertionError(f"still open: {[(i.id, i.state) for i in open_ones]}")

    # --- what people do

    @rule(user=st.sampled_from(PEOPLE), snippet=st.sampled_from(["zap", "zap", "zap", "peek"]))
    def asks(self, user: str, snippet: str) -> None:
        """Somebody types a command."""
        self._await(self.world.slack.person(user).types(f"/ecs run {snippet} web", channel="C0OPS"))

    @rule(user=st.sampled_from(PEOPLE), pick=st.integers(0, 30), button=st.integers(0, 5))
    def presses(self, user: str, pick: int, button: int) -> None:
        """Somebody presses a button of a message that they see, old or new."""
        person = self.world.slack.person(user)
        seen = [m for c in ("C0OPS", person.dm.id) for m in person.sees(c) if m.buttons]
        if seen:
            message = seen[-1 - pick % len(seen)]
            name = message.buttons[button % len(message.buttons)]
            self._await(self._press(person, message, name))

    @rule(user=st.sampled_from(PEOPLE), pick=st.integers(0, 3), sure=st.booleans())
    def approves(self, user: str, pick: int, sure: bool) -> None:
        """Somebody says yes to what waits, whoever they are; a second person right after, if they are *sure*."""
        for name in [user, "U0SECOND" if user == "U0APPROVE" else "U0APPROVE"][: 1 + sure]:
            person = self.world.slack.person(name)
            seen = [m for m in person.sees("C0OPS") if "Approve" in m.buttons]
            if seen:
                self._await(self._press(person, seen[-1 - pick % len(seen)], "Approve"))

    @rule(user=st.sampled_from(PEOPLE[:3]), role=st.sampled_from(["oncall", "approver", "approver"]))
    def changes_hands(self, user: str, role: str) -> None:
        """What waits is approved, and before it is sent a role ends, or an agent is lost; then the workers turn."""
        self.approves("U0APPROVE", 0, sure=True)
        self.revokes(user, role)
        self.turns("dispatcher")
        self.holds()
        self.grants(user, role)

    @rule(seconds=st.sampled_from([599, 600, 601]))
    def comes_late(self, seconds: int) -> None:
        """The time for approval ends, or just doesn't, and nobody has noticed yet when two people say yes."""
        self.time_passes(seconds)
        self.approves("U0APPROVE", 0, sure=True)
        self.turns("dispatcher")

    async def _press(self, person: Any, message: Message, name: str) -> None:
        try:
            seen = await person.presses(message, name)
        except CannotDo:
            return
        await asyncio.gather(*self.world.parts.errands)
        if (view := person.modal) is not None:
            await person.submits(view, _written(view.body))
        assert seen.error is None

    @precondition(lambda self: self._presses())
    @rule(user=st.sampled_from(PEOPLE), pick=st.integers(0, 50), stale=st.booleans(), action=st.booleans())
    def forges(self, user: str, pick: int, stale: bool, action: bool) -> None:
        """A press that was really made comes again: as it was, by another person, for another button or digest."""
        old = self._presses()
        envelope = old[pick % len(old)]
        payload = json.loads(json.dumps(envelope.payload))
        payload["user"]["id"] = user
        payload["actions"][0]["action_ts"] = f"{pick}.{len(old)}"
        if action:
            payload["actions"][0]["action_id"] = "approve"
        if stale:
            carried = json.loads(payload["actions"][0]["value"])
            payload["actions"][0]["value"] = json.dumps(carried | {"d": "0" * 64})
        self._await(self._deliver(envelope.again(**payload)))

    @precondition(lambda self: self._presses())
    @rule(pick=st.integers(0, 50))
    def replays(self, pick: int) -> None:
        """The very same request arrives once more."""
        old = self._presses()
        self._await(self._deliver(old[pick % len(old)].again()))

    async def _deliver(self, envelope: Envelope) -> None:
        ack = await self.world.slack.deliver(envelope)
        assert ack.ok
        await asyncio.gather(*self.world.parts.errands)

    def _presses(self) -> list[Envelope]:
        return [e for e, _ in self.world.slack.envelopes if e.type == "interactive" and "actions" in e.payload]

    @rule(user=st.sampled_from(PEOPLE[:-1]), role=st.sampled_from(["oncall", "approver", "approver"]))
    def grants(self, user: str, role: str) -> None:
        """The admin gives a role."""
        self._await(self.world.slack.person(ADMIN).types(f"/ecs role grant <@{user}> {role}", channel="C0OPS"))
        self.model.roles.setdefault(user, set()).add(role)

    @rule(user=st.sampled_from(PEOPLE[:-1]), role=st.sampled_from(["oncall", "approver"]))
    def revokes(self, user: str, role: str) -> None:
        """The admin takes it away."""
        self._await(self.world.slack.person(ADMIN).types(f"/ecs role revoke <@{user}> {role}", channel="C0OPS"))
        self.model.roles.setdefault(user, set()).discard(role)

    # --- what happens by itself

    @rule(worker=st.sampled_from(WORKERS))
    def turns(self, worker: str) -> None:
        """One worker does what is due."""
        self._await(self.world.turn(worker))

    @rule()
    def everything_turns(self) -> None:
        """All workers do what is due, twice."""
        for worker in [*self.world.workers, *self.world.workers]:
            self._await(self.world.turn(worker))

    @rule(worker=st.sampled_from(WORKERS), steps=st.integers(0, 60))
    def dies(self, worker: str, steps: int) -> None:
        """The process dies in the middle of a worker's turn."""
        self._await(self.world.turn_and_die(worker, steps))

    @rule(seconds=st.sampled_from([1, 1, 5, 30, 120, 400, 900]))
    def time_passes(self, seconds: int) -> None:
        """The clock moves on."""
        self.world.clock.at += timedelta(seconds=seconds)

    @rule(pick=st.integers(0, 2), online=st.booleans())
    def agent(self, pick: int, online: bool) -> None:
        """An agent is lost, or comes back."""
        list(self.world.region.machines.values())[pick].set(agent_online=online)

    @invariant()
    def holds(self) -> None:
        """What must hold, after every single step."""
        self._await(self.model.check(self.world))


def _written(view: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Every line of a form that can be written in."""
    fields = [block for block in view["blocks"] if block.get("element", {}).get("type") == "plain_text_input"]
    return {block["block_id"]: {block["element"]["action_id"]: "because"} for block in fields}


TestApprovals = Approvals.TestCase
TestApprovals.settings = settings(
    max_examples=23,
    stateful_step_count=90,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking over real sockets takes an hour
)


def test_the_machine_can_run_something() -> None:
    """The rules are not vacuous: two approvals make zap run."""
    machine = Approvals()
    machine.asks("U0ONCALL", "zap")
    machine.everything_turns()
    machine.presses("U0APPROVE", 0, 0)
    machine.presses("U0SECOND", 0, 0)
    machine.everything_turns()
    machine.holds()
    assert len(machine.model.batches) == 1
    machine.teardown()
    assert list(machine.model.ended.values()) == [State.SUCCEEDED]
