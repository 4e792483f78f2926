"""Several replicas on one PostgreSQL, each of which is started again when it dies."""

import asyncio
import random
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.sandbox.ecs import Region
from bot.sandbox.session import ADMIN, GRANTS
from bot.sandbox.slack import Seen
from tests.crash.ledger import PostgresLedger
from tests.crash.nursery import Child, Nursery
from tests.crash.rig import Death, Rig
from tests.postgres import Postgres


class Fleet(Rig):
    """A `Rig` of so many *replicas*, in Socket Mode: Slack gives each request to any of them. SIGKILL finds one."""

    def __init__(
        self, nursery: Nursery, folder: Path, region: Region, server: Postgres, *, seed: int, replicas: int = 3
    ) -> None:
        super().__init__(nursery, folder, region, http=False)
        self._server = server
        self._dice = random.Random(seed)
        self._replicas = replicas
        self._children: list[Child] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._name = ""
        self._is_stopping = False

    async def _stand_up(self) -> None:
        self._copy_catalogue()
        self._name = await asyncio.to_thread(self._server.create)
        await self._stack.enter_async_context(self.slack)
        await self._stack.enter_async_context(self.ecs)
        self._stack.push_async_callback(self._end)
        self._add()  # the first makes the tables
        self._child = self._children[0]
        await self.up()
        self.ledger = PostgresLedger(self._server.folder, self._name)
        self._stack.callback(self.ledger.close)
        for _ in range(self._replicas - 1):
            self._add()
        await self.until(lambda: all(map(_serves, self._children)), "all serve")
        for grant in GRANTS:
            await self.slack.person(ADMIN).types(f"/ecs role grant {grant}", channel="C0OPS")

    @property
    def database_url(self) -> str:
        """See `Rig`."""
        return self._server.url(self._name)

    def _add(self) -> None:
        self._children.append(self._born())
        self._keepers.append(asyncio.create_task(self._keep_one(len(self._children) - 1)))

    def _order(self) -> dict[str, object]:
        return super()._order() | {"hasten": True}

    async def _keep_one(self, place: int) -> None:
        while True:
            child = self._children[place]
            await asyncio.wait([child.port])
            self._tell()
            code = await asyncio.shield(child.exit)
            if self._is_stopping and code == 0:
                return
            assert code == -signal.SIGKILL, f"a bot ended with {code}: {self.log[-3000:]}"
            self.deaths.append(Death("killed", time.monotonic(), self.steps))
            self._children[place] = self._born()
            self._tell()

    @property
    def _serving(self) -> bool:
        for keeper in self._keepers:
            if keeper.done():
                keeper.result()
        return any(map(_serves, self._children))

    async def kill(self) -> datetime:
        """SIGKILL to any that serves; when it was. Returns when another is on its way."""
        child, now = self._dice.choice([one for one in self._children if _serves(one)]), datetime.now(UTC)
        await child.signal(signal.SIGKILL)
        await self.until(lambda: child not in self._children, "there is another")
        return now

    async def stop(self) -> None:
        """SIGTERM to all, and wait for their ends."""
        await self.until(lambda: all(map(_serves, self._children)), "all serve")
        self._is_stopping = True
        for child in self._children:
            await child.signal(signal.SIGTERM)
        await asyncio.gather(*self._keepers)

    async def _end(self) -> None:
        left = [keeper for keeper in self._keepers if not keeper.done()]
        for keeper in left:
            keeper.cancel()
        if left:
            await asyncio.wait(left)
        for child in self._children:
            await child.signal(signal.SIGKILL)

    async def _failed(self, child: Child, seen: Seen) -> None:
        self.promises.lost += 1
        if seen.error == "dispatch_failed":  # nobody listens
            await self.slack.sockets.connected()
        await self.up()


def _serves(child: Child) -> bool:
    return child.port.done() and child.port.result() > 0 and not child.exit.done()
