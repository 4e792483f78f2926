"""How long Slack waits for the answer to a slash command, alone and among others."""

import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.job import LINE, ONCALL
from bench.processes import started
from bot.sandbox.session import Session
from bot.sandbox.slack import SlackServer

REQUESTS = 200


@dataclass
class Answers:
    """*seconds* until each answer; *refused* of them said that the bot was too busy to record the request."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0


async def of_the_bot(session: Session, concurrency: int) -> Answers:
    """Seconds from the request to its answer: permitted, recorded, while what was asked before is carried out."""
    return await _latencies(session.slack, concurrency)


async def of_bolt(concurrency: int) -> Answers:
    """The same for a Bolt handler that does nothing but commit one row."""
    with tempfile.TemporaryDirectory() as folder:
        async with SlackServer() as slack:
            path = str(Path(folder) / "plain.db")
            async with started(["-m", "bench.plain_bolt", slack.signing_secret, path]) as process:
                slack.deliver_to(f"http://127.0.0.1:{process.line}/slack/events")
                return await _latencies(slack, concurrency)


async def _latencies(slack: SlackServer, concurrency: int) -> Answers:
    """REQUESTS of them by *concurrency* people who each wait for their answer. None at all is a RuntimeError."""
    olga = slack.person(ONCALL)
    left = iter(range(REQUESTS))
    answers = Answers()

    async def one_after_the_other() -> None:
        for _ in left:
            began = time.perf_counter()
            seen = await olga.types(LINE, channel="C0OPS")
            answers.seconds.append(time.perf_counter() - began)
            answers.refused += seen.text.startswith("✋")
            if seen.error:
                raise RuntimeError(f"{LINE}: {seen.error}")

    await olga.types(LINE, channel="C0OPS")  # the first of a process is not counted
    await asyncio.gather(*(one_after_the_other() for _ in range(concurrency)))
    return answers
