"""From the slash command to the result that everybody can read in the thread."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.sandbox.session import Session
from bot.sandbox.slack.records import Channel, Message
from bot.sandbox.terminal import state_of

COMMANDS = Path(__file__).parent / "commands"
LINE = "/ecs run nothing web-prod"
ONCALL = "U0ONCALL"
CHANNELS = 25

MOMENTS = (
    "recorded, and the answer is back at Slack",
    "DescribeInstances arrives at ECS",
    "RunCommand arrives: planned, queued, claimed with its token",
    "the scripts have ended on all machines",
    "the look that finds them ended arrives, and is answered with their results (DescribeInvocationResults)",
    "the thread's message arrives at Slack: results stored, blocks built",
    "the result is readable",
)
"""What the emulators' journals know of one command, in order."""


@dataclass
class Jobs:
    """What came of all runs, in seconds since each command; *moments* has a list of MOMENTS for each."""

    totals: list[float] = field(default_factory=list)
    acks: list[float] = field(default_factory=list)
    moments: list[list[float]] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)


async def measure(session: Session, runs: int) -> Jobs:
    """Give the command *runs* times, in CHANNELS in turn: a channel takes one message a second, and Slack is asked who
    sees it, which it answers for fifty a minute.

    The first two are not counted: the SDK builds its client, SQLAlchemy its statements.
    """
    jobs = Jobs()
    olga = session.slack.person(ONCALL)
    channels = [_channel(session, f"C0BENCH{number:02}") for number in range(CHANNELS)]
    for number in range(runs + 2):
        channel = channels[number % CHANNELS]
        session.slack.journal.clear()
        session.ecs.journal.calls.clear()
        began = time.time()
        seen = await olga.types(LINE, channel=channel)
        acked = time.time()
        if seen.error or seen.message is None or seen.message.words.startswith("✋"):
            raise RuntimeError(f"{LINE} was not taken: {seen.text}")
        await session.slack.workspace.wait_for(partial(_is_the_result, channel, began), 30.0)
        ended = time.time()
        if number >= 2:
            jobs.totals.append(ended - began)
            jobs.acks.append(acked - began)
            jobs.moments.append([at - began for at in _moments(session, acked, ended)])
            jobs.looks.append(len(session.ecs.journal.of("DescribeInvocationResults")))
        await asyncio.sleep(random.uniform(0.2, 0.5))  # the card's last update; and no rhythm of the bot's own
    return jobs


def _channel(session: Session, channel: str) -> str:
    workspace = session.slack.workspace
    return workspace.add_channel(Channel(channel, channel.lower(), members=[ONCALL, workspace.app.user_id])).id


def _is_the_result(channel: str, began: float, message: Message) -> bool:
    here = message.channel == channel and message.is_reply and float(message.ts) >= began
    return here and state_of(message) == "succeeded"


def _moments(session: Session, acked: float, ended: float) -> list[float]:
    calls, journal = session.ecs.journal, session.slack.journal
    run = session.region.invocations[-1]
    return [
        acked,
        calls.of("DescribeInstances")[0].at.timestamp(),
        calls.of("RunCommand")[0].at.timestamp(),
        max(one.finished.timestamp() for one in run.runs if one.finished),
        calls.of("DescribeInvocationResults")[-1].at.timestamp(),
        [call for call in journal.all if call.method.startswith("chat.") and call.args.get("thread_ts")][-1].at,
        ended,
    ]
