"""An office in which every approval goes by hand: nobody works, and no time passes, until a test says so."""

import asyncio
import io
import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.audit import exported, verified, write_jsonl
from bot.catalog import read_catalog
from bot.domain.invocation import Invocation
from bot.sandbox.ecs import Region
from bot.sandbox.slack import Message, Person, View
from tests.machine.still import StillClock, StillWorld
from tests.scenarios.approvals.rules import machines
from tests.scenarios.cast import Cast
from tests.scenarios.world import id_in, id_of

PLANNER, DISPATCHER, POLLER, SWEEPER, NOTIFIER = "planner", "dispatcher", "poller", "sweeper", "notifier"


class OfficeClock(StillClock):
    """It stands; who waits for it moves it on."""

    async def sleep(self, span: timedelta) -> None:
        """At once it is *span* later."""
        self.at += span


class Office(StillWorld, Cast):
    """Slack, ECS and a bot whose workers turn when told; with what people do and read in it."""

    def __init__(self, folder: Path, commands: Path, region: Region | None = None) -> None:
        super().__init__(folder, region or machines(), commands)
        self.clock = OfficeClock()

    # --- what they do

    async def grants(self, *grants: str) -> None:
        """The admin gives roles: `<@U0ONCALL> oncall --for 1h`."""
        for grant in grants:
            assert "now has" in await self.asks(self.ada, f"/ecs role grant {grant}")

    async def revokes(self, grant: str) -> None:
        """The admin takes a role."""
        assert "no longer has" in await self.asks(self.ada, f"/ecs role revoke {grant}")

    async def refuses(self, person: Person, line: str, *words: str, channel: str = "C0OPS") -> str:
        """*line* is refused to *person* at once, in these *words*."""
        said = await self.asks(person, line, channel)
        assert said.startswith("✋"), said
        assert not [word for word in words if word not in said], said
        return said

    async def lacks(self, person: Person, line: str) -> None:
        """Something is missing in *line*: it is refused, or asked for in a form; so far nothing was requested."""
        before = await self.parts.store.recent(1_000)
        seen = await person.types(line, channel="C0OPS")
        await self._errands()
        if seen.message is None:
            assert person.modal is not None, line
            await person.closes(person.modal)
        assert await self.parts.store.recent(1_000) == before

    async def requests(self, person: Person, line: str, channel: str = "C0OPS") -> str:
        """*line* is taken; everybody who turns up has turned. The invocation's id."""
        said = await self.asks(person, line, channel)
        assert not said.startswith("✋"), said
        await self.settles()
        return id_in(said)

    async def presses(self, person: Person, message: Message, button: str) -> str:
        """*person* presses *button*; what they, and nobody else, are told of it."""
        before = len(self.told(person))
        seen = await person.presses(message, button)
        assert seen.error is None
        await self._errands()
        return "\n".join(self.told(person)[before:])

    async def approves(self, person: Person, invocation: str) -> str:
        """*person* says yes on the card; nobody has turned yet. What they are told."""
        return await self.presses(person, self.card(invocation), "Approve")

    async def form(self, person: Person, message: Message, button: str) -> View:
        """What opens before *person* who presses *button*."""
        said = await self.presses(person, message, button)
        assert person.modal is not None, said
        return person.modal

    async def denies(self, person: Person, invocation: str, reason: str) -> str:
        """*person* says no, and why; what they read beside the field, if anything."""
        view = await self.form(person, self.card(invocation), "Deny")
        seen = await person.submits(view, {"reason": {"reason": reason}})
        return str((seen.errors or {}).get("reason", ""))

    async def at_once(self, *doings: Coroutine[Any, Any, object]) -> None:
        """All of these in the same moment."""
        await asyncio.gather(*doings)
        await self._errands()

    async def _errands(self) -> None:
        while errands := list(self.parts.errands):
            await asyncio.gather(*errands)

    # --- what goes on by itself

    async def settles(self) -> None:
        """All workers turn until there is nothing left to do or to say; what Slack takes one a second takes seconds."""
        for _ in range(60):
            while await self.turns():
                for run in list(self.region.invocations):
                    await self.region.settled(run.invoke_id)
            if await self.parts.store.next_owed() is None:
                return
            self.clock.at += timedelta(seconds=1)
        raise AssertionError("there is no end to it")

    async def turns(self, *workers: str) -> int:
        """These workers, or else all, turn once; how much they did."""
        return sum([await self.turn(name) for name in workers or self.workers])

    async def later(self, **span: float) -> None:
        """Time passes, and the workers turn."""
        self.clock.at += timedelta(**span)
        await self.settles()

    async def left(self, invocation: str, **span: float) -> None:
        """It is so long before the time for approval is over; nobody has turned yet."""
        ask = (await self.load(invocation)).ask
        assert ask is not None
        self.clock.at = ask.until - timedelta(**span)

    async def ends(self, invocation: str) -> Message:
        """Time passes until *invocation* is over and everybody was told; its card then."""
        for _ in range(60):
            await self.settles()
            if (await self.load(invocation)).state.final:
                return self.card(invocation)
            self.clock.at += timedelta(seconds=2)
        raise AssertionError(await self.load(invocation))

    def rereads(self) -> None:
        """What the catalogue says by now counts from here on, as after SIGHUP."""
        self._catalog = read_catalog(self._commands)

    def edits(self, name: str, text: str | None) -> None:
        """A file of the catalogue is changed, or with None removed, and read. Raises CatalogError."""
        file = self._commands / f"{name}.toml"
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
        self.rereads()

    # --- what is to be seen

    def card(self, invocation: str) -> Message:
        """The card of *invocation* in the channel."""
        return next(m for m in self._about(invocation) if m.channel[0] == "C" and not m.is_reply)

    def cards(self) -> list[Message]:
        """All cards in channels."""
        return [m for m in self._all() if m.channel[0] == "C" and not m.is_reply and id_of(m)]

    def dms(self, person: Person, invocation: str = "") -> list[Message]:
        """The direct messages to *person*, or those about *invocation*, oldest first."""
        found = self._about(invocation) if invocation else self._all()
        return [m for m in found if m.channel == person.dm.id]

    def dm(self, person: Person, invocation: str) -> Message:
        """The newest of them."""
        return self.dms(person, invocation)[-1]

    def told(self, person: Person) -> list[str]:
        """What *person* alone was told, besides the answers to what they typed."""
        return [m.words for m in self._all() if m.ephemeral_to == person.id and m.via != "ack"]

    def _about(self, invocation: str) -> list[Message]:
        return [m for m in self._all() if id_of(m) == invocation]

    def _all(self) -> list[Message]:
        return self.slack.workspace.all_messages()

    @property
    def runs(self) -> int:
        """How many times RunCommand was accepted as a new run; trying one dry runs nothing."""
        return len([invocation for invocation in self.region.invocations if not invocation.dry_run])

    # --- what is written down

    async def load(self, invocation: str) -> Invocation:
        """*invocation* as the database has it."""
        found = await self.parts.store.load(invocation)
        assert found is not None, invocation
        return found

    async def state(self, invocation: str) -> str:
        """Its state there."""
        return (await self.load(invocation)).state.value

    async def kinds(self, invocation: str) -> list[tuple[str, str]]:
        """(what, who) of each of its events, oldest first."""
        return [(e.event.kind, e.event.actor) for e in await self.parts.store.events(invocation)]

    async def trail_faults(self) -> list[str]:
        """What `audit verify` finds wrong with the whole database."""
        return [fault.what for fault in (await verified(self._database, ())).faults]

    async def trail(self) -> list[dict[str, Any]]:
        """Every event of the database, as `audit export` gives it."""
        out = io.StringIO()
        await exported(self._database, lambda rows: write_jsonl(rows, out), None, None)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    @property
    def _database(self) -> dict[str, str]:
        return {"DATABASE_URL": f"sqlite:///{self._folder / 'bot.db'}"}


Opens = Callable[..., Coroutine[Any, Any, Office]]
"""``await opens(policy, region=…, **snippets)``: an office with this policy, its usual roles granted."""
