"""A bot that is served anything at all, and what is wrong with how it takes it."""

import asyncio
import json
import logging
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from structlog.testing import capture_logs

from bot.sandbox.ecs import CannedRunner, Region, fleet
from bot.sandbox.slack import Ack, Envelope, Signing
from bot.sandbox.slack.delivery import encoded
from tests.machine.still import StillClock, StillWorld
from tests.scenarios.world import COMMANDS

T = TypeVar("T")
BROKEN = frozenset({"answer_failed", "answer_late", "job_failed", "worker_failed", "broken"})
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class QuickClock(StillClock):
    """It stands, and nobody waits for it: a press that is not understood is looked at again, after a pause."""

    async def sleep(self, span: timedelta) -> None:
        """At once."""


class Served:
    """One bot over HTTP for many requests, each signed as Slack would. What it logs is watched."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._folder = Path(tempfile.mkdtemp(prefix="ecs-fuzz-"))
        region = Region("cn-hangzhou", fleet(3, {"app": "web", "env": "prod"}, CannedRunner("done"), "web-prod"))
        self.world = StillWorld(self._folder, region, COMMANDS)
        self.requests = 0
        self._bot_end = AsyncExitStack()

    def __enter__(self) -> Self:
        self.run(self._begin())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self._bot_end.aclose())
        self.run(self.world.__aexit__(None, None, None))
        self._runner.close()
        shutil.rmtree(self._folder)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do *work* in the world's loop."""
        return self._runner.run(work)

    async def _begin(self) -> None:
        self.world.clock = QuickClock()
        self.world.clock.at = datetime.now(UTC)  # what is sent to ECS is signed, and timed, by the machine's own clock
        await self.world.__aenter__()
        await self.world.slack.person("U0ADMIN").types("/ecs role grant <@U0ONCALL> oncall", channel="C0OPS")
        await self.world.slack.person("U0ADMIN").types("/ecs role grant <@U0APPROVE> approver", channel="C0OPS")
        seen = await self.world.slack.person("U0ONCALL").types("/ecs run mem web-prod", channel="C0OPS")
        self.command = seen.envelope
        restart = "/ecs run restart web-prod --service app --reason stuck"
        await self.world.slack.person("U0ONCALL").types(restart, channel="C0OPS")
        for _ in range(3):
            for worker in self.world.workers:
                await self.world.turn(worker)
            self.world.clock.at += timedelta(seconds=5)
        self.cards = [m for m in self.world.slack.workspace.all_messages("C0OPS") if m.buttons]
        for card in self.cards:
            for button in card.buttons[:1]:
                await self.world.slack.person("U0STRANGER").presses(card, button)
        self.presses = [e for e, _ in self.world.slack.envelopes if e.type == "interactive"]
        await self._errands()

    async def _errands(self) -> None:
        await asyncio.gather(*self.world.parts.errands)

    def sends(self, envelope: Envelope) -> Ack:
        """Deliver *envelope*, signed."""
        kind, body = encoded(envelope)
        return self.posts(body, kind)

    def posts(self, body: bytes, kind: str) -> Ack:
        """Post *body*, signed, as content of *kind*: whatever it is, there is an answer below 500 and no fault."""
        self.requests += 1
        line = self.world.slack.http
        assert line is not None

        async def post() -> Ack:
            ack = await line.resend(line.signed(body, kind, Signing(), {}))
            await self._errands()
            return ack

        with watched() as faults:
            ack = self.run(post())
        assert faults == []
        assert ack.status is not None, ack
        assert ack.status < 500, (ack.status, ack.body)
        return ack

    def interacts(self, payload: Any) -> Ack:
        """An interaction with this payload."""
        return self.posts(urlencode({"payload": json.dumps(payload)}).encode(), FORM)


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.name}: {record.getMessage()} {record.exc_text or record.exc_info or ''}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collects what is logged of faults: ours by their names and tracebacks, libraries' by their level."""
    faults: list[str] = []
    listener, root = _Listener(), logging.getLogger()
    root.addHandler(listener)
    try:
        with capture_logs() as lines:
            yield faults
    finally:
        root.removeHandler(listener)
    faults += [str(line) for line in lines if line["event"] in BROKEN or line["log_level"] in {"error", "critical"}]
    faults += listener.heard
