"""Slack, ECS and several replicas between them: some in this process, one as a process that can be killed."""

import asyncio
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.app import App
from bot.domain.invocation import State
from bot.ports import Store
from bot.sandbox.ecs import SANDBOX_KEY, CannedRunner, EcsServer
from bot.sandbox.session import ADMIN, GRANTS
from bot.sandbox.slack import Message, SlackServer
from bot.sandbox.terminal import state_of
from bot.settings import Settings
from bot.store import open_store
from tests.replicas.wire import Wire
from tests.running.process import ROOT, BotProcess
from tests.scenarios.world import id_of, webs

FINAL = {"succeeded", "partly_failed", "failed", "timed_out", "cancelled", "refused", "denied", "expired"}


class House:
    """One workspace, one region of three machines, one database."""

    def __init__(self, database: str, socket: str, folder: Path) -> None:
        self.slack = SlackServer()
        self.slack.rate.scale = 0
        self.region = webs(CannedRunner("all is well\n"))
        self.ecs = EcsServer(self.region)
        self.wire = Wire(f"{socket}/.s.PGSQL.5432")
        self._database = database
        self._folder = folder
        self._stack = AsyncExitStack()
        self._running: dict[App, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        for part in (self.slack, self.ecs, self.wire):
            await self._stack.enter_async_context(part)
        self._stack.push_async_callback(self._stop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    # ── replicas ───────────────────────────────────────────────────────────────

    async def start(self, *, over_the_wire: bool = False) -> App:
        """A replica in this process; its database is reached over the wire, or directly."""
        app = App(Settings.from_env(self._environment(over_the_wire=over_the_wire)))
        self._running[app] = asyncio.create_task(app.run())
        ready = asyncio.create_task(app.ready.wait())
        await asyncio.wait({self._running[app], ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        assert not self._running[app].done(), self._running[app].exception()
        return app

    async def start_process(self) -> BotProcess:
        """A replica that can be killed."""
        program = (sys.executable, "-m", "tests.replicas.quick")
        process = BotProcess(self._environment(), self._folder, program=program)
        await self._stack.enter_async_context(process)
        await process.logs("serving")
        return process

    async def grant(self) -> None:
        """The roles that everybody has in the sandbox."""
        for grant in GRANTS:
            await self.slack.person(ADMIN).types(f"/ecs role grant {grant}", channel="C0OPS")

    async def _stop(self) -> None:
        for app in self._running:
            app.stop()
        await asyncio.gather(*self._running.values())

    def _environment(self, *, over_the_wire: bool = False) -> dict[str, str]:
        name = self._database.partition("@/")[2].partition("?")[0]
        wire = f"postgresql://postgres@127.0.0.1:{self.wire.port}/{name}"
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.base_url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": SANDBOX_KEY.id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SANDBOX_KEY.secret,
            "ALIBABA_CLOUD_ECS_ENDPOINT": self.ecs.url,
            "DATABASE_URL": wire if over_the_wire else self._database,
            "COMMANDS_DIR": str(ROOT / "commands"),
            "PORT": "0",
            "BOT_ADMINS": ADMIN,
        }

    # ── what is to be seen ─────────────────────────────────────────────────────

    def messages(self) -> list[Message]:
        """All cards, and what stands under them."""
        return [m for m in self.slack.workspace.all_messages("C0OPS") if state_of(m)]

    async def over(self, ids: set[str], patience: float = 60.0) -> None:
        """Return when the cards of all *ids* show a final state."""

        def look() -> bool | None:
            shown = {id_of(m) for m in self.messages() if not m.is_reply and state_of(m) in FINAL}
            return ids <= shown or None

        await self.slack.workspace.until(look, patience)

    def doubled(self) -> int:
        """How many messages there are more than one card and one thread for each invocation."""
        counts = Counter((id_of(m), m.is_reply) for m in self.messages())
        return sum(count - 1 for count in counts.values())

    async def check(self) -> None:
        """Every script ran once on each machine, all is at its end or waits for a person, and the trail is whole."""
        async with await open_store(self._database) as store:
            while left := await _going_on(store):  # also what nobody was promised
                await self.over(left)
            assert await store.verify() == []
        names = Counter(one.params["Name"] for one in self.region.invocations if not one.dry_run)
        assert set(names.values()) == {1}, names
        assert {machine.runs for machine in self.region.machines.values()} == {len(names)}


async def _going_on(store: Store) -> set[str]:
    going = await store.recent(100, open_only=True)
    return {one.id for one in going if one.state is not State.AWAITING_APPROVAL}
