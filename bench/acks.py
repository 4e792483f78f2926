"""How long Slack waits for the answer to a slash command, alone and among others, and how many are answered."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.job import COMMANDS, LINE, ONCALL
from bench.processes import started, worked
from bot.sandbox.session import Session
from bot.sandbox.slack import SlackServer, payloads
from bot.sandbox.slack.delivery import Signing, encoded
from bot.sandbox.slack.envelope import Envelope

ALONE = 200
MANY = 50
ROUNDS = 9
REQUESTS = 700
"""Of each round."""

PATIENCE = 75.0
"""Seconds in which all that was asked in the last round should have been run."""


@dataclass
class Answers:
    """*seconds* until each answer; *refused* of them said that the bot was too busy to record the request, or nothing.

    *whole* seconds from the first request to the last answer, in which whoever asked used the processor for *asking*
    seconds, and whoever answered for *answering*.
    """

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    whole: float = 0.0
    asking: float = 0.0
    answering: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.whole

    def __add__(self, other: "Answers") -> "Answers":
        """Both, one after the other."""
        return Answers(
            self.seconds + other.seconds,
            self.refused + other.refused,
            self.whole + other.whole,
            self.asking + other.asking,
            self.answering + other.answering,
        )


@dataclass
class Acks:
    """Of *at_once* people, in each round: the bot's answers, and plain Bolt's.

    *begun* runs were sent to ECS while they asked. Of those *asked* in the last round *ended* have ended *after* so
    many seconds.
    """

    at_once: int
    bot: list[Answers] = field(default_factory=list)
    plain: list[Answers] = field(default_factory=list)
    begun: int = 0
    asked: int = 0
    ended: int = 0
    after: float = 0.0

    @property
    def shares(self) -> list[float]:
        """The bot's throughput as a share of plain Bolt's, in each round."""
        return sorted(bot.rate / plain.rate for bot, plain in zip(self.bot, self.plain, strict=True))


async def alone() -> Acks:
    """One person who gives the next command when the last was answered."""
    found = Acks(1)
    found.plain.append(await _of_bolt(1, ALONE))
    async with Session(http=True, commands=COMMANDS) as session:
        found.bot.append(await _asked(session.slack, session.port, session.pid, 1, ALONE))
        await session.kill_bot()  # it would carry out all that was asked before it ends
    return found


async def among_many() -> Acks:
    """MANY at a time, whose commands are all being run; Bolt and the bot in turns."""
    found = Acks(MANY)
    for number in range(1, ROUNDS + 1):
        found.plain.append(await _of_bolt(MANY, REQUESTS))
        async with Session(http=True, commands=COMMANDS) as session:
            found.bot.append(await _asked(session.slack, session.port, session.pid, MANY, REQUESTS))
            found.begun += len(session.region.invocations)
            if number == ROUNDS:
                await _run_to_the_end(session, found)
            await session.kill_bot()
    return found


async def _run_to_the_end(session: Session, found: Acks) -> None:
    """Nothing of what was answered is left: each command is run."""
    loop = asyncio.get_running_loop()
    began, found.asked = loop.time(), REQUESTS + MANY
    while found.ended < found.asked and loop.time() - began < PATIENCE:
        await asyncio.sleep(0.5)
        found.ended = sum(all(one.finished for one in run.runs) for run in session.region.invocations)
    found.after = loop.time() - began


async def _of_bolt(at_once: int, requests: int) -> Answers:
    """The same for a Bolt handler that does nothing but commit one row."""
    with tempfile.TemporaryDirectory() as folder:
        async with SlackServer() as slack:
            path = str(Path(folder) / "plain.db")
            async with started(["-m", "bench.plain_bolt", slack.signing_secret, path]) as process:
                return await _asked(slack, int(process.line), process.pid, at_once, requests)


async def _asked(slack: SlackServer, port: int, pid: int, at_once: int, requests: int) -> Answers:
    """What came of *requests*; so many as are asked at once come before, and are not counted."""
    await _load(slack, port, at_once, at_once)
    before = worked(pid)
    found = await _load(slack, port, at_once, requests)
    found.answering = worked(pid) - before
    return found


async def _load(slack: SlackServer, port: int, at_once: int, requests: int) -> Answers:
    people = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    lines = [
        json.dumps({"port": port, "at_once": at_once}),
        *(json.dumps(one) for one in _signed(slack, port, requests)),
    ]
    said, _ = await people.communicate("\n".join(lines).encode())
    told = json.loads(said)
    found = Answers(whole=told["seconds"], asking=told["worked"])
    for seconds, status, body in told["answers"]:
        found.seconds.append(seconds)
        text = json.loads(body).get("text", "") if body.startswith("{") else body
        found.refused += status != "200" or text.startswith("✋")
    return found


def _signed(slack: SlackServer, port: int, number: int) -> Sequence[str]:
    """*number* requests, signed now: nobody has to do it while time is taken."""
    delivery = slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
    olga, place = slack.workspace.users[ONCALL], slack.workspace.channels["C0OPS"]
    command, _, text = LINE.partition(" ")
    requests: list[str] = []
    for _ in range(number):
        urls = {"response_url": slack.response_url(ONCALL, place.id), "trigger_id": slack.triggers.issue(ONCALL)}
        payload = payloads.slash_command(slack.workspace, olga, place, command, text, **urls)
        kind, body = encoded(Envelope("slash_commands", payload))
        sent = delivery.signed(body, kind, Signing(), {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body))})
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
        requests.append(f"POST /slack/events HTTP/1.1\r\n{head}\r\n{body.decode()}")
    return requests
