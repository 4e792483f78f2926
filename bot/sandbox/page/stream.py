"""What happens, as it happens, to one browser: server-sent events."""

import asyncio
import json
from contextlib import suppress

from aiohttp import web

from bot.sandbox.ecs.feed import Feed
from bot.sandbox.page import shown
from bot.sandbox.session import Session
from bot.sandbox.slack.records import Json

FRAME = 0.1
"""Seconds between two pictures of the panel: a fleet's machines change faster than anybody reads."""

QUIET = 15.0
"""Seconds of silence after which the line is tried, so that a browser that went away is noticed."""


class Pulse(Feed):
    """Hears of every change outside the workspace, and counts them, so that none is missed between two looks."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def tell(self) -> None:
        """Something changed."""
        self.count += 1
        super().tell()

    async def after(self, count: int) -> None:
        """Return once there was more than *count*."""
        await self.wait_for(lambda: self.count != count, None)


async def stream(session: Session, pulse: Pulse, request: web.Request) -> web.StreamResponse:
    """All there is, then each change, until the browser goes."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    waiting: asyncio.Queue[Json] = asyncio.Queue()
    with session.slack.workspace.feed.listening() as changes:
        waiting.put_nowait(shown.everything(session))
        async with asyncio.TaskGroup() as group:
            works = [group.create_task(_panel(session, pulse, waiting))]

            async def workspace() -> None:
                while True:
                    if (said := shown.change(session, await changes.get())) is not None:
                        waiting.put_nowait(said)

            works.append(group.create_task(workspace()))
            with suppress(ConnectionError):  # the browser went away
                while True:
                    await response.write(await _next(waiting))
            for work in works:
                work.cancel()
    return response


async def _next(waiting: "asyncio.Queue[Json]") -> bytes:
    try:
        async with asyncio.timeout(QUIET):
            return f"data: {json.dumps(await waiting.get())}\n\n".encode()
    except TimeoutError:
        return b": still here\n\n"


async def _panel(session: Session, pulse: Pulse, waiting: "asyncio.Queue[Json]") -> None:
    """The panel's parts, each when it differs from what was sent last; of calls only those that are new."""
    sent: dict[str, Json] = {}
    while True:
        count = pulse.count
        now = shown.panel(session)
        for name, part in now.items():
            before = sent.get(name)
            if part == before:
                continue
            if name.endswith("_calls") and before is not None:
                part = {number: call for number, call in part.items() if before.get(number) != call}  # noqa: PLW2901 - is narrowed
            waiting.put_nowait({"kind": name, **({"calls": part} if name.endswith("_calls") else part)})
        sent = now
        await asyncio.sleep(FRAME)
        await pulse.after(count)
