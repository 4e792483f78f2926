"""One world for one death: Slack and ECS in this process, the bot in a child that is started again when it dies."""

import asyncio
import json
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.sandbox.ecs import EcsServer, Region
from bot.sandbox.session import ADMIN, GRANTS
from bot.sandbox.slack import Message, Person, Seen, SlackServer
from bot.sandbox.standing import Standing
from bot.sandbox.terminal import state_of
from tests.crash.ledger import Ledger, SqliteLedger
from tests.crash.nursery import PATIENCE, ROOT, Child, Nursery
from tests.database import empty_database
from tests.scenarios.world import id_in, id_of

CATALOGUE = ("policy", "targets", "mem", "disk", "restart")
"""What people ask for here, besides what the policy names: all of `commands/` takes long to read, and every death is
a start."""

LAST_WORDS = 0.1
"""Seconds after a death in which Slack may still take what was on its way; a new child needs longer to say anything."""


@dataclass(frozen=True)
class Place:
    """Where to die: at the *at*-th step, or the *at*-th time that it comes by *site*; nowhere if *at* is 0."""

    at: int = 0
    site: str = ""


@dataclass
class Death:
    """One end of a child: where it stood, and how long until all that it left was done."""

    site: str
    at: float
    steps: int = 0
    recovered: float = 0.0


@dataclass
class Promises:
    """What people were told at once: invocations that they were promised, presses that were taken."""

    ids: list[str] = field(default_factory=list)
    lost: int = 0
    """Doings that Slack called failed: nobody was promised anything."""


class Rig(Standing):
    """For as long as the ``async with`` lasts."""

    def __init__(
        self,
        nursery: Nursery,
        folder: Path,
        region: Region,
        *,
        template: Path | None = None,
        http: bool = True,
    ) -> None:
        super().__init__()
        self.slack = SlackServer()
        self.region = region
        self.ecs = EcsServer(region)
        self.folder = folder
        self.http = http
        self.deaths: list[Death] = []
        self.births: list[float] = []
        self.aim = Place()
        self.promises = Promises()
        self.steps = 0
        self.armed: set[str] = set()
        self._is_armed = False
        self._nursery = nursery
        self._template = template
        self.ledger: Ledger
        self._child: Child
        self._waiting: set[asyncio.Event] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._ending: Child | None = None
        self._taken = False

    async def _stand_up(self) -> None:
        """Everything up, the bot serving, the roles granted."""
        self._copy_catalogue()
        if self._template is not None:
            await asyncio.to_thread(shutil.copy, self._template, self.database)
        else:
            empty_database(self.database)
        await self._stack.enter_async_context(self.slack)
        await self._stack.enter_async_context(self.ecs)
        self._stack.push_async_callback(self._end)
        self._child = self._born()
        self._keeper = asyncio.create_task(self._keep())
        await self.up()
        self.ledger = SqliteLedger(self.database)
        self._stack.callback(self.ledger.close)
        if self._template is None:
            for grant in GRANTS:
                await self.slack.person(ADMIN).types(f"/ecs role grant {grant}", channel="C0OPS")

    def _copy_catalogue(self) -> None:
        (self.folder / "commands").mkdir(parents=True)
        policy = (ROOT / "commands" / "policy.toml").read_text()
        for file in (ROOT / "commands").glob("*.toml"):
            if file.stem in CATALOGUE or f'"{file.stem}"' in policy:
                shutil.copy(file, self.folder / "commands")

    @property
    def database(self) -> Path:
        """The bot's database."""
        return self.folder / "bot.db"

    @property
    def database_url(self) -> str:
        """Its DATABASE_URL."""
        return f"sqlite:///{self.database}"

    @property
    def log(self) -> str:
        """All that its children have logged."""
        return (self.folder / "bot.log").read_text()

    # --- the bot

    @property
    def pid(self) -> asyncio.Future[int]:
        """The bot's process."""
        return self._child.pid

    @property
    def port(self) -> asyncio.Future[int]:
        """Where it serves."""
        return self._child.port

    async def arm(self) -> None:
        """From here on its steps count, and at its *aim* it dies."""
        (self.folder / "aim.json").write_text(json.dumps(asdict(self.aim)))
        await self._child.arm()
        self._is_armed = True

    async def up(self) -> None:
        """Return when a bot serves."""
        await self.until(lambda: self._serving, "a bot serves")

    async def kill(self) -> datetime:
        """SIGKILL, now; when it was. Returns when another is on its way."""
        child, now = self._child, datetime.now(UTC)
        await child.signal(signal.SIGKILL)
        await self.until(lambda: self._child is not child, "there is another")
        return now

    async def steps_on(self, number: int = 20) -> None:
        """Return when the bot has made so many steps."""
        enough = self.steps + number
        await self.until(lambda: self.steps >= enough, "it goes on")

    async def stop(self) -> None:
        """SIGTERM, and wait for its end; one that dies over it is started again, and stopped. Twice does nothing."""
        keeper = self._keeper
        while keeper is not None and not keeper.done():
            await self.up()
            child = self._ending = self._child
            await child.signal(signal.SIGTERM)
            await asyncio.wait([child.exit])
            if child.exit.result() == -signal.SIGKILL:
                await self.until(lambda child=child: self._child is not child, "there is another")  # type: ignore[misc]
                await self.quiet()
            else:
                await keeper

    async def _end(self) -> None:
        """However it came to it: no child is left, and no task."""
        if self._keeper is not None and not self._keeper.done():
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
            await self._child.signal(signal.SIGKILL)

    def _born(self) -> Child:
        self.births.append(time.time() + LAST_WORDS)
        return self._nursery.start(self._order(), self._stepped)

    def _order(self) -> dict[str, object]:
        mode = {"SLACK_SIGNING_SECRET": self.slack.signing_secret} if self.http else {}
        env = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_API_URL": self.slack.base_url,
            "ALIBABA_CLOUD_ECS_ENDPOINT": self.ecs.url,
            "DATABASE_URL": self.database_url,
            "COMMANDS_DIR": str(self.folder / "commands"),
            "PORT": "0",
            "BOT_ADMINS": ADMIN,
            **(mode or {"SLACK_APP_TOKEN": self.slack.app_token}),
        }
        files = {"log": str(self.folder / "bot.log"), "aim": str(self.folder / "aim.json")}
        return {"env": env, "folder": str(self.folder), **files}

    @property
    def _serving(self) -> bool:
        assert self._keeper is not None
        if self._keeper.done():
            self._keeper.result()
            return False
        port = self._child.port
        if not port.done() or self._child.exit.done() or not port.result():
            return False
        if self.http:
            self.slack.deliver_to(f"http://127.0.0.1:{port.result()}/slack/events")
        return True

    async def _keep(self) -> None:
        """Whenever it dies by SIGKILL there is a new one, which dies no more by itself."""
        while True:
            child = self._child
            ready = child.port
            await asyncio.wait([ready])
            self._tell()
            code = await asyncio.shield(child.exit)  # who waits here may be cancelled; the end comes all the same
            if child is self._ending and code == 0:
                return
            assert code == -signal.SIGKILL, f"the bot ended with {code}: {self.log[-3000:]}"
            self.deaths.append(Death(child.died_at or "killed", time.monotonic(), self.steps))
            self._child = self._born()
            self._tell()

    # --- news

    def _stepped(self, site: str) -> None:
        self.steps += 1
        if self._is_armed:
            self.armed.add(site.removeprefix("died "))
        self._tell()

    def _tell(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(self, holds: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        """Return when *holds*: looked at now and after every step of the bot."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(patience):
                while not holds():
                    await event.wait()
                    event.clear()
        except TimeoutError:
            left = self._left() if hasattr(self, "ledger") else {}
            raise AssertionError(f"not within {patience} s: {what}\n{left}\n{self.log[-3000:]}") from None
        finally:
            self._waiting.discard(event)

    # --- what is stored

    def states(self) -> dict[str, str]:
        """Every invocation's state, the oldest first."""
        return dict(self.ledger.rows("SELECT id, state FROM invocations ORDER BY created_at, id"))

    def _left(self) -> dict[str, object]:
        waits = self.ledger.rows("SELECT invocation, kind, key FROM outbox WHERE wanted > delivered")
        return {"states": self.states(), "owed": waits, "deaths": self.deaths}

    def ended_after(self, deaths: Sequence[datetime]) -> list[float]:
        """For each death: seconds until the last end of what then moved and needed nobody's approval."""
        query = "SELECT created_at, finished_at FROM invocations WHERE snippet <> 'restart' AND finished_at IS NOT NULL"
        spans = [(_moment(a), _moment(b)) for a, b in self.ledger.rows(query)]
        ends = [[end for start, end in spans if start < death < end] for death in deaths]
        return [(max(found) - death).total_seconds() for death, found in zip(deaths, ends, strict=True) if found]

    def is_quiet(self) -> bool:
        """Is all that was asked for over or waiting for a person, and all that is owed said?"""
        moving = "SELECT count(*) FROM invocations WHERE open AND state <> 'awaiting_approval'"
        owed = "SELECT count(*) FROM outbox WHERE wanted > delivered"
        return bool(self.ledger.rows(f"SELECT ({moving}) + ({owed}) = 0")[0][0])

    async def quiet(self, patience: float = PATIENCE) -> None:
        """Return when it is, with a bot that serves; what died has recovered then."""
        await self.until(lambda: self._serving and self.is_quiet(), "all is over and said", patience)
        for death in self.deaths:
            death.recovered = death.recovered or time.monotonic() - death.at

    # --- people

    async def types(self, person: Person, line: str, channel: str = "C0OPS") -> str:
        """The id of the invocation that *line* made, empty where none was recorded."""
        await self.up()
        before, child = set(self.states()), self._child
        seen = await person.types(line, channel=channel)
        if seen.error is None:
            return self._promised(seen.text)
        await self._failed(child, seen)
        return next(iter(set(self.states()) - before), "")

    def _promised(self, said: str) -> str:
        """The id in *said*; none where the person was refused."""
        if said.startswith("✋"):
            return ""
        self.promises.ids.append(id_in(said))
        return self.promises.ids[-1]

    async def presses(self, person: Person, message: Message, button: str) -> Seen:
        """A press, which Slack may call failed."""
        await self.up()
        child = self._child
        seen = await person.presses(message, button)
        self._taken = seen.error is None
        if not self._taken:
            await self._failed(child, seen)
        return seen

    async def _failed(self, child: Child, seen: Seen) -> None:
        """Slack could not deliver, or got no answer: with a bot that has died, wait for the next."""
        self.promises.lost += 1
        if seen.error == "dispatch_failed":
            await asyncio.wait([child.exit])
            await self.until(lambda: self._child is not child, "there is another")
        await self.up()

    async def message(self, invocation: str, button: str, *states: str, after: Message | None = None) -> Message | None:
        """The newest message about *invocation* with *button*; None once it is in one of *states*.

        *after* one that was pressed: it again if the press failed, else a newer one.
        """
        pressed = after if after is not None and self._taken else None

        def look() -> Message | None:
            found = [m for m in self.about(invocation) if button in m.buttons and m.channel == "C0OPS"]
            newest = found[-1] if found else None
            return None if newest is pressed else newest

        await self.until(lambda: look() is not None or self.states().get(invocation) in states, f"{button} is offered")
        return None if self.states().get(invocation) in states else look()

    def about(self, invocation: str) -> list[Message]:
        """Every standing message about *invocation*."""
        messages = self.slack.workspace.all_messages()
        return [m for m in messages if id_of(m) == invocation and state_of(m) and m.ephemeral_to is None]


def _moment(stored: str | datetime) -> datetime:
    """A time as SQLite has it, or PostgreSQL."""
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored).replace(tzinfo=UTC)
