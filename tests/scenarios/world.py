"""The whole of it in one process: Slack and ECS on loopback, the bot between them, people who type and press."""

import asyncio
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import App
from bot.parts import Wrap, as_it_is
from bot.sandbox.ecs import Call, EcsServer, Region, Runner, fleet, sandbox_region
from bot.sandbox.session import ADMIN, GRANTS
from bot.sandbox.slack import Message, Person, SlackServer
from bot.sandbox.standing import Standing
from bot.sandbox.terminal import state_of
from bot.settings import Settings
from tests.database import empty_database
from tests.scenarios.cast import Cast

COMMANDS = Path(__file__).parents[2] / "commands"


class SteppedClock:
    """The machine's clock, which a test can move forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """Now, and what was added."""
        return datetime.now(UTC) + self.ahead

    async def sleep(self, span: timedelta) -> None:
        """Return after *span* of real time."""
        await asyncio.sleep(span.total_seconds())


class World(Standing, Cast):
    """Slack, ECS and one bot, for as long as the ``async with`` lasts.

    *http* delivers Slack's requests over HTTP instead of Socket Mode; *commands* is another
    catalogue; *granted* False leaves the role table empty.
    """

    def __init__(
        self,
        folder: Path,
        *,
        http: bool = False,
        region: Region | None = None,
        commands: Path = COMMANDS,
        granted: bool = True,
    ) -> None:
        super().__init__()
        self.slack = SlackServer()
        self.region = region or sandbox_region()
        self.ecs = EcsServer(self.region)
        self.clock = SteppedClock()
        self.wrap: Wrap = as_it_is
        self.app: App
        self._folder = folder
        self._http = http
        self._commands = commands
        self._granted = granted
        self._bot: asyncio.Task[None] | None = None

    async def _stand_up(self) -> None:
        """Everything up, the roles granted."""
        empty_database(self._folder / "bot.db")
        await self._stack.enter_async_context(self.slack)
        await self._stack.enter_async_context(self.ecs)
        self._stack.push_async_callback(self.stop)
        await self.start()
        if self._granted:
            for grant in GRANTS:
                await self.ada.types(f"/ecs role grant {grant}", channel="C0OPS")

    # --- the bot

    @property
    def settings(self) -> Settings:
        """What the bot is started with."""
        env = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_API_URL": self.slack.base_url,
            "ALIBABA_CLOUD_ECS_ENDPOINT": self.ecs.url,
            "DATABASE_URL": f"sqlite:///{self._folder / 'bot.db'}",
            "COMMANDS_DIR": str(self._commands),
            "PORT": "0",
            "BOT_ADMINS": ADMIN,
        }
        mode = {"SLACK_SIGNING_SECRET": self.slack.signing_secret} if self._http else {}
        return Settings.from_env(env | (mode or {"SLACK_APP_TOKEN": self.slack.app_token}))

    async def start(self) -> None:
        """Start the bot; return when it serves, or raise why it does not."""
        self.app = App(self.settings, self.clock, self.wrap)
        self._bot = asyncio.create_task(self.app.run())
        ready = asyncio.create_task(self.app.ready.wait())
        await asyncio.wait({self._bot, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._bot.done():
            self._bot.result()
        if self._http:
            self.slack.deliver_to(f"http://127.0.0.1:{self.app.port}/slack/events")

    async def stop(self) -> None:
        """Stop it as SIGTERM does."""
        if self._bot is not None:
            self.app.stop()
            bot, self._bot = self._bot, None
            await bot

    async def later(self, span: timedelta) -> None:
        """The bot's clock moves on, and its workers look at it."""
        self.clock.ahead += span
        self.app.wake()

    # --- the people

    async def refuses(self, person: Person, line: str, *words: str) -> str:
        """*line* is refused to *person* in these *words*, and nothing runs."""
        before = self.runs
        said = await self.asks(person, line)
        assert said.startswith("✋"), said
        assert not [word for word in words if word not in said], said
        assert self.runs == before
        return said

    async def runs_mem(self, person: Person | None = None) -> Message:
        """It still serves: *person* (or Olga) runs `mem` on web-prod, whose results are returned."""
        said = await self.asks(person or self.olga, "/ecs run mem web-prod")
        return await self.ends(said)

    # --- what is to be seen

    async def see(self, wanted: Callable[[Message], bool], patience: float = 40.0) -> Message:
        """The first message that is as *wanted*, now or later."""
        return await self.slack.workspace.wait_for(wanted, patience)

    async def card(self, *words: str, state: str | None = None) -> Message:
        """A card in a channel that has all *words*, once its invocation is in *state*."""
        return await self.see(lambda m: m.channel[0] == "C" and not m.is_reply and _fits(m, words, state))

    async def thread(self, *words: str, state: str | None = None) -> Message:
        """The same for the message under a card."""
        return await self.see(lambda m: m.is_reply and _fits(m, words, state))

    async def ends(self, said: str, state: str = "succeeded") -> Message:
        """The results of the invocation that was promised in *said*, once it is in *state*."""
        return await self.see(lambda m: m.is_reply and id_of(m) == id_in(said) and state_of(m) == state)

    async def told(self, person: Person, *words: str) -> Message:
        """What *person* alone is told besides the answers to what they typed."""
        return await self.see(
            lambda m: m.ephemeral_to == person.id and m.via != "ack" and all(word in m.words for word in words)
        )

    def cards(self) -> list[Message]:
        """All cards, wherever they are."""
        return [m for m in self.slack.workspace.all_messages() if state_of(m) and not m.is_reply]

    @property
    def runs(self) -> int:
        """How many times RunCommand was accepted as a new run; trying one dry runs nothing."""
        return len([invocation for invocation in self.region.invocations if not invocation.dry_run])

    @property
    def sends(self) -> list[Call]:
        """The calls of RunCommand, those that were refused or lost among them."""
        return [call for call in self.ecs.journal.of("RunCommand") if call.params.get("RepeatMode") != "DryRun"]

    @property
    def tokens(self) -> set[str]:
        """The ClientTokens of these calls."""
        return {call.params["ClientToken"] for call in self.sends}

    def ran(self, *names: str) -> list[int]:
        """How many scripts were started on each of these machines."""
        return [self.region.machine(name).runs for name in names]

    def refusals(self) -> list[str]:
        """What Slack found wrong with the bot's calls: errors, statuses, arguments that it does not know."""
        calls = self.slack.journal.all
        strange = [f"{call.method}: {call.unknown_args}" for call in self.slack.journal.strangers()]
        return strange + [f"{c.method}: {c.error or c.status}" for c in calls if c.error or c.status != 200]


def id_in(said: str) -> str:
    """The invocation's id in an answer to `/ecs run`."""
    found = re.search(r"id is `([a-z0-9]+)`", said)
    assert found is not None, said
    return found[1]


def id_of(message: Message) -> str:
    """The id of the invocation that *message* is about."""
    return str((message.metadata or {}).get("event_payload", {}).get("id", ""))


def webs(runner: Runner, number: int = 3) -> Region:
    """A region whose web-prod is *number* machines that share *runner*."""
    return Region("cn-hangzhou", fleet(number, {"app": "web", "env": "prod"}, runner, "web-prod"))


def catalogue(folder: Path, **files: str) -> Path:
    """A copy of the shipped catalogue; *files* are snippets, by name, that replace or join its own."""
    copy = folder / "commands"
    shutil.copytree(COMMANDS, copy)
    for name, text in files.items():
        (copy / f"{name}.toml").write_text(text)
    return copy


def _fits(message: Message, words: tuple[str, ...], state: str | None) -> bool:
    if not state_of(message) or (state is not None and state_of(message) != state):
        return False
    return all(word in message.words for word in words)
