"""Mixed work, many at once, and a bot that is killed again and again at moments that nobody chose."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.domain.pacing import SEEKS, back_off
from bot.sandbox.ecs import CannedRunner, Region, fleet
from bot.sandbox.slack import CannotDo, Message
from bot.sandbox.slack.records import Channel
from bot.sandbox.terminal import state_of
from tests.crash import invariants
from tests.crash.fleet import Fleet
from tests.crash.nursery import Nursery
from tests.crash.rig import Rig

_PATIENCE = sum(back_off(look).total_seconds() for look in range(SEEKS)) + 180
"""Seconds: what was stopped after a death while it was sent is looked for, so many times, before it is unknown."""

RUNNERS = ("U0ONCALL", "U0ADMIN")
CHANNELS = [f"C0M{number:02}" for number in range(12)]
BUTTONS = {"Approve", "Stop", "Run again", "Cancel"}
LINES = (
    "/ecs run mem web-prod",
    "/ecs run mem web-staging",
    "/ecs run disk web-staging",
    "/ecs run restart web-prod --service app --reason stuck",
    "/ecs run restart web-prod --service nginx --reason wedged",
)


@dataclass
class Round:
    """What came of one bot's life of many deaths. Times in seconds."""

    kills: int = 0
    invocations: int = 0
    promised: int = 0
    doings: int = 0
    failed: int = 0
    serving: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    doubled: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)


def region() -> Region:
    """Three machines that answer at once, two that take their time."""
    made = Region("cn-hangzhou", fleet(3, {"app": "web", "env": "prod"}, CannedRunner("done\n"), "web-prod"))
    for machine in fleet(2, {"app": "web", "env": "staging"}, CannedRunner("done\n", duration=1.5), "web-staging"):
        made.add(machine)
    return made


class Crowd:
    """People who type and press without end."""

    def __init__(self, rig: Rig, dice: random.Random) -> None:
        self._rig = rig
        self._dice = dice
        self.round = Round()

    async def work(self) -> None:
        """One of them, until cancelled."""
        while True:
            self.round.doings += 1
            await asyncio.sleep(0)  # a doing that fails at once waits for nothing, and nobody else would get on
            try:
                await (self._asks() if self._dice.random() < 0.4 else self._presses())
            except CannotDo:
                continue

    async def _asks(self) -> None:
        person = self._rig.slack.person(self._dice.choice(RUNNERS))
        await self._rig.types(person, self._dice.choice(LINES), channel=self._dice.choice(CHANNELS))

    async def _presses(self) -> None:
        await self._rig.up()
        seen = [m for m in self._rig.slack.workspace.all_messages() if m.buttons and m.channel in CHANNELS]
        waiting = [m for m in seen if state_of(m) == "awaiting_approval"]
        pool = waiting if waiting and self._dice.random() < 0.6 else seen
        if not pool:
            await self._rig.steps_on()
            return
        message: Message = self._dice.choice(pool[-20:])
        button = self._dice.choice(
            [b for b in message.buttons if b in {"Approve", "Stop", "Run again", "Cancel"}] or [""]
        )
        who = "U0APPROVE" if button == "Approve" else "U0ONCALL"
        if button and not (button == "Run again" and self._dice.random() < 0.8):
            await self._rig.presses(self._rig.slack.person(who), message, button)
        else:
            await self._rig.steps_on()


def alone(nursery: Nursery, folder: Path, template: Path, seed: int) -> Rig:
    """One bot, on SQLite."""
    return Rig(nursery, folder, region(), template=template, http=bool(seed % 2))


async def life(rig: Rig, *, kills: int, seed: int, people: int = 4) -> Round:
    """SIGKILL comes *kills* times over the work of *people*; all must come to an end, and hold."""
    dice = random.Random(seed)
    rig.slack.rate.scale = 0
    for name in CHANNELS:
        members = [user.id for user in rig.slack.workspace.users.values()]
        rig.slack.workspace.add_channel(Channel(name, name.lower(), members=members))
    async with rig:
        crowd = Crowd(rig, dice)
        busy = [asyncio.create_task(crowd.work()) for _ in range(people)]
        deaths: list[datetime] = []
        try:
            for _ in range(kills):
                await rig.up()
                await rig.steps_on(dice.randint(1, 220))
                began = time.monotonic()
                deaths.append(await rig.kill())
                await rig.up()
                crowd.round.serving.append(time.monotonic() - began)
            await rig.steps_on(50)
        finally:
            for task in busy:
                task.cancel()
            ends = await asyncio.gather(*busy, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends
        await rig.quiet(_PATIENCE)
        await rig.stop()
        done = crowd.round
        done.doubled = await invariants.check(
            rig.database_url,
            rig.region,
            rig.slack,
            promised=rig.promises.ids,
            log=rig.log,
            kills=len(rig.deaths),
            births=() if isinstance(rig, Fleet) else rig.births,
        )
        done.kills, done.promised, done.failed = len(rig.deaths), len(rig.promises.ids), rig.promises.lost
        done.states = {state: list(rig.states().values()).count(state) for state in set(rig.states().values())}
        done.invocations = sum(done.states.values())
        done.ended = rig.ended_after(deaths)
    return done
