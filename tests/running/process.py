"""`python -m bot` as a process of its own, its lines as they come, and an environment that it can live in."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.sandbox.ecs import SANDBOX_KEY, EcsServer
from bot.sandbox.session import ADMIN
from bot.sandbox.slack import SlackServer
from tests import canaries

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0


def environment(slack: SlackServer, ecs: EcsServer, folder: Path, **more: str) -> dict[str, str]:
    """All that a bot needs between *slack* and *ecs*, in Socket Mode; its database is in *folder*."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.base_url,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": SANDBOX_KEY.id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SANDBOX_KEY.secret,
        "ALIBABA_CLOUD_ECS_ENDPOINT": ecs.url,
        "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
        "COMMANDS_DIR": str(ROOT / "commands"),
        "PORT": "0",
        "BOT_ADMINS": ADMIN,
        **more,
    }


def secrets_of(env: Mapping[str, str]) -> list[str]:
    """The values of *env* that may stand in no log and in no output."""
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
    return [env[name] for name in names if env.get(name)]


class BotProcess:
    """One process, for as long as the ``async with`` lasts. *words* are what follows `python -m bot`.

    It runs in *folder*, so that no `.env` of the repository gets in.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        folder: Path,
        *words: str,
        program: tuple[str, ...] = (sys.executable, "-m", "bot"),
    ) -> None:
        self.lines: list[str] = []
        self.errors = ""
        self._env, self._folder, self._command = dict(env), folder, (*program, *words)
        self._process: asyncio.subprocess.Process
        self._readers: list[asyncio.Task[None]] = []
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        base = {"PATH": "/usr/bin:/bin", "HOME": str(self._folder), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdout=pipe, stderr=pipe, env=base | self._env, cwd=self._folder
        )
        self._readers = [asyncio.create_task(self._read()), asyncio.create_task(self._read_errors())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def ended(self) -> int:
        """Its exit code, once it has ended."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._readers)
            canaries.found.extend(canaries.leaks("a process", "\n".join([*self.lines, self.errors])))
            return await self._process.wait()

    def told(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def logs(self, event: str) -> dict[str, Any]:
        """The first line of *event*, now or later; AssertionError where it ends without one."""
        async with asyncio.timeout(PATIENCE), self._news:
            while not (found := [line for line in self.log if line["event"] == event]):
                assert not all(reader.done() for reader in self._readers), f"{self.lines} {self.errors}"
                await self._news.wait()
            return found[0]

    @property
    def log(self) -> list[dict[str, Any]]:
        """Every line, parsed: a line that is no JSON object fails the test here."""
        parsed = [json.loads(line) for line in self.lines]
        assert all(isinstance(line, dict) for line in parsed)
        return parsed

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            await self._note(line.decode().rstrip("\n"))
        await self._note(None)

    async def _note(self, line: str | None) -> None:
        async with self._news:
            if line is not None:
                self.lines.append(line)
            self._news.notify_all()

    async def _read_errors(self) -> None:
        assert self._process.stderr is not None
        self.errors = (await self._process.stderr.read()).decode()
        await self._note(None)
