"""What comes to mind first: each change updates its message, one call after the other, in the order in which they came;
where Slack says 429, all wait as long as Retry-After says."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError

from bench.stage import Plan, Stage, Told

Call = Callable[[], Awaitable[Any]]


async def told(plan: Plan, ahead: int) -> Told:
    """The same ends, with news *ahead* of them, by one queue. Cards and threads stand when the minute begins."""
    async with Stage() as stage:
        queue = _Queue(stage)
        cards, threads = {}, {}
        stage.slack.rate.scale = 0
        for number, (channel, _) in enumerate(plan.ends):
            card = await queue.posts(number, channel, None)
            cards[number], threads[number] = card, await queue.posts(number, channel, card)
        stage.slack.rate.scale = 1.0
        stage.begin()
        began, wanted = stage.clock.now(), 0
        for number, (_, at) in enumerate(plan.ends):
            news = range(number + 1, min(number + 2 + ahead, len(plan.ends)), ahead) if plan.news else ()
            for other, state in [(number, "succeeded"), *((other, "running") for other in news)]:
                for ts in (threads[other], cards[other]):
                    queue.add(began + at, other, plan.ends[other][0], ts, state)
                    wanted += 1
        await queue.empties()
        ends = {f"e{n:03}": (channel, began + at) for n, (channel, at) in enumerate(plan.ends)}
        return stage.judged(ends, wanted)


class _Queue:
    def __init__(self, stage: Stage) -> None:
        self._stage, self._calls = stage, list[tuple[float, Call]]()

    async def posts(self, number: int, channel: str, thread_ts: str | None) -> str:
        words = _words(number, "running")
        got = await self._stage.client.chat_postMessage(channel=channel, thread_ts=thread_ts, **words)
        return str(got["ts"])

    def add(self, at: float, number: int, channel: str, ts: str, state: str) -> None:
        words = _words(number, state)
        self._calls.append((at, lambda: self._stage.client.chat_update(channel=channel, ts=ts, **words)))

    async def empties(self) -> None:
        clock = self._stage.clock
        for at, call in self._calls:
            clock.advance(max(at - clock.now(), 0.0))
            while (wait := await _refused(call)) is not None:
                clock.advance(wait)
            self._stage.look()


async def _refused(call: Call) -> float | None:
    """How long Slack says to wait; None where it took it."""
    try:
        await call()
    except SlackApiError as error:
        return float(error.response.headers["Retry-After"])
    return None


def _words(number: int, state: str) -> dict[str, Any]:
    about = {"event_type": "ecs_invocation", "event_payload": {"id": f"e{number:03}", "state": state}}
    return {"text": f"run {number}: {state}", "metadata": about}
