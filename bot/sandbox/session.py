"""The sandbox put together: a Slack workspace, an ECS region, and the bot as a process of its own between them."""

import asyncio
import json
import os
import sys
import tempfile
from collections import deque
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.sandbox.ecs import SANDBOX_KEY, EcsServer, Region, sandbox_region
from bot.sandbox.ecs.feed import Feed
from bot.sandbox.slack import SlackServer
from bot.sandbox.standing import Standing
from bot.slack.manifest import EVENTS

ADMIN = "U0ADMIN"
GRANTS = ("<@U0ONCALL> oncall", "<@U0APPROVE> approver", "<@U0SECOND> approver")
"""Roles that the sandbox's admin gives before anybody types: in chat, as in a real workspace."""

START = 30.0
STOP = 25.0


class NotStarted(Exception):
    """The bot's process ended before it could serve; its last lines are the message."""


class Session(Standing):
    """A whole sandbox, for as long as the ``async with`` lasts.

    *http* delivers Slack's requests over HTTP instead of Socket Mode.
    """

    def __init__(self, *, http: bool = False, commands: Path = Path("commands"), region: Region | None = None) -> None:
        super().__init__()
        self.slack = SlackServer(events=EVENTS)
        self.region = region or sandbox_region()
        self.ecs = EcsServer(self.region)
        self.port = 0
        self.feed = Feed()
        """Tells that the bot came or went."""
        self._http = http
        self._commands = commands
        self._folder = Path()
        self._bot: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._tail: deque[str] = deque(maxlen=30)
        self._state = "stopped"
        self._ahead = timedelta(0)
        self._one_at_a_time = asyncio.Lock()
        """Two who start the bot at once would start two."""

    async def _stand_up(self) -> None:
        """Everything up, the bot ready, the roles granted."""
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ecs-chatops-")))
        await self._stack.enter_async_context(self.slack)
        await self._stack.enter_async_context(self.ecs)
        self._stack.push_async_callback(self.stop_bot)
        await self.start_bot()
        for grant in GRANTS:
            await self.slack.person(ADMIN).types(f"/ecs role grant {grant} --reason sandbox", channel="C0OPS")

    @property
    def log(self) -> Path:
        """The bot's log."""
        return self._folder / "bot.log"

    @property
    def pid(self) -> int:
        """The bot's process."""
        assert self._bot is not None, "it runs between start_bot and stop_bot"
        return self._bot.pid

    async def start_bot(self) -> None:
        """Start the bot's process, unless it serves already, and return when it serves. Raises NotStarted."""
        async with self._one_at_a_time:
            if not (self._is_up and self._state == "serving"):
                await self._start()

    async def _start(self) -> None:
        if self._reader is not None:
            await self._reader  # of one that was killed: its last lines come before the first of this one
        ahead = self._ahead.total_seconds()
        self._now("starting")
        self._bot = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *(["bot.sandbox.later", str(ahead)] if ahead else ["bot"]),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._folder,  # where no `.env` is
            env=self.environment,
            limit=1024 * 1024,
        )
        serving: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read(self._bot, serving))
        try:
            async with asyncio.timeout(START):
                self.port = await serving
            self._now("serving")
        except TimeoutError:
            raise NotStarted("\n".join(["the bot did not become ready", *self._tail])) from None
        if self._http:
            self.slack.deliver_to(f"http://127.0.0.1:{self.port}/slack/events")

    async def stop_bot(self) -> None:
        """End it as an operator would: SIGTERM, and SIGKILL for one that does not end."""
        async with self._one_at_a_time:
            await self._stop()

    async def _stop(self) -> None:
        if self._bot is None:
            return
        self._now("stopping")
        if self._bot.returncode is None:
            self._bot.terminate()
        try:
            async with asyncio.timeout(STOP):
                await self._bot.wait()
        except TimeoutError:
            await self.kill_bot()
        if self._reader is not None:
            await self._reader
        self._bot = None

    async def kill_bot(self) -> None:
        """SIGKILL: it gets no chance to say goodbye."""
        if self._bot is not None and self._is_up:
            self._bot.kill()
            await self._bot.wait()

    async def restart_later(self, span: timedelta) -> None:
        """Stop the bot, and start it with its clock *span* further ahead. Only its own clock moves."""
        async with self._one_at_a_time:
            await self._stop()
            self._ahead += span
            await self._start()

    async def restart_right(self) -> None:
        """Stop the bot, and start it with the clock that everybody has."""
        await self.restart_later(-self._ahead)

    def bot_json(self) -> dict[str, Any]:
        """The bot's process as a page would show it; *ahead* is how far its clock is, in seconds."""
        pid = self.pid if self._is_up else None
        return {"state": self._state, "pid": pid, "ahead": self._ahead.total_seconds()}

    @property
    def _is_up(self) -> bool:
        return self._bot is not None and self._bot.returncode is None

    def _now(self, state: str) -> None:
        self._state = state
        self.feed.tell()

    async def _read(self, bot: asyncio.subprocess.Process, serving: "asyncio.Future[int]") -> None:
        assert bot.stdout is not None
        with self.log.open("ab") as log:
            async for line in bot.stdout:
                log.write(line)
                text = line.decode(errors="replace").rstrip()
                self._tail.append(text)
                if not serving.done() and (port := _port(text)) is not None:
                    serving.set_result(port)
        self._now("stopped")
        if not serving.done():
            serving.set_exception(NotStarted("\n".join(self._tail)))

    @property
    def environment(self) -> dict[str, str]:
        """What the bot is started with: nothing of the person's own settings or credentials gets in."""
        mine = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL", "TZ"}}
        mine |= {
            "HOME": str(self._folder),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_API_URL": self.slack.base_url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": SANDBOX_KEY.id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SANDBOX_KEY.secret,
            "ALIBABA_CLOUD_ECS_ENDPOINT": self.ecs.url,
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",  # nothing here leaves loopback
            "DATABASE_URL": f"sqlite:///{self._folder / 'bot.db'}",
            "COMMANDS_DIR": str(self._commands.absolute()),
            "PORT": "0",
            "BOT_ADMINS": ADMIN,
        }
        if self._http:
            return mine | {"SLACK_SIGNING_SECRET": self.slack.signing_secret}
        return mine | {"SLACK_APP_TOKEN": self.slack.app_token}


def _port(line: str) -> int | None:
    """The port, if *line* is the one with which the bot says that it serves."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if isinstance(said, dict) and said.get("event") == "serving":
        return int(said["port"])
    return None
