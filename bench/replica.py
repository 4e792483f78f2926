"""One of several bots on a database: `python -m bench.replica URL`. It begins when it is told to, on standard input."""

import asyncio
import logging
import sys
from typing import Any

import structlog

from bench.far import UNBOUND, FarChat, FarCloud
from bench.past import desk_at
from bot.parts import SystemClock
from bot.store import open_store
from bot.usecases.spans import Spans
from bot.workers.dispatcher import Dispatcher
from bot.workers.looper import Looper, Worker
from bot.workers.planner import Planner
from bot.workers.poller import Poller

DELAY = 0.05
"""Seconds until ECS and Slack answer."""


async def main(url: str) -> None:
    """The workers that carry out what was asked for, until this process is ended. How fast people are told of it is
    for Slack's limits to say, however many replicas there are."""
    clock = SystemClock()
    async with await open_store(url) as store:
        loopers: list[Looper] = []

        def wake() -> None:
            for looper in loopers:
                looper.wake()

        desk = desk_at(store, clock, wake)
        cloud, spans = FarCloud(DELAY), Spans(store)
        chat: Any = FarChat(DELAY)  # of Chat the planner needs what it has
        workers: list[Worker] = [
            Planner(desk, cloud, chat),
            Dispatcher(desk, cloud, spans),
            Poller(desk, cloud, spans, UNBOUND),
        ]
        loopers += [Looper(worker, clock) for worker in workers]
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await asyncio.gather(*(looper.run() for looper in loopers))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(main(sys.argv[1]))
