"""Every call that reached the workspace, kept in order for tests and for whoever watches."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import cast

from bot.sandbox.slack.feed import PATIENCE, Feed
from bot.sandbox.slack.records import Json


@dataclass
class Call:
    """One call: when, what, with which arguments, and what was answered (None: nothing, the line was cut).

    ``took_effect`` is False when it was refused or failed before anything happened.
    ``fault`` names the fault that was played, if one was.
    """

    at: float
    method: str
    args: Json
    status: int | None = None
    answer: Json | str | None = None
    took_effect: bool = False
    fault: str | None = None
    unknown_args: list[str] = field(default_factory=list)

    @property
    def error(self) -> str | None:
        """The error's name, if the answer was a refusal."""
        return self.answer.get("error") if isinstance(self.answer, dict) else None


class Journal:
    """The calls so far. ``unknown_args`` in any of them is a fault of the caller that Slack would not report."""

    def __init__(self) -> None:
        self.all: list[Call] = []
        self._feed: Feed[Call] = Feed()

    def begin(self, at: float, method: str, args: Json) -> Call:
        """Note that a call came in."""
        call = Call(at, method, args)
        self.all.append(call)
        return call

    def end(self, call: Call, status: int | None, answer: Json | str | None) -> None:
        """Note what became of it."""
        call.status, call.answer = status, answer
        self._feed.publish(call)

    def calls(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.all if call.method == method]

    def strangers(self) -> list[Call]:
        """The calls with arguments that their method does not know."""
        return [call for call in self.all if call.unknown_args]

    def changes(self) -> AsyncIterator[Call]:
        """Every call from now on, once it is answered."""
        return self._feed.items()

    def clear(self) -> None:
        """Forget all calls."""
        self.all.clear()

    async def wait_for(
        self,
        method: str,
        predicate: Callable[[Call], bool] = lambda call: True,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - whoever waits says how long
    ) -> Call:
        """The first answered call of *method* that fits, past or to come; raises `NotSeen`."""

        def look() -> Call | None:
            done = (c for c in self.calls(method) if c.answer is not None or c.fault)
            return next((c for c in done if predicate(c)), None)

        def otherwise() -> str:
            seen = "\n".join(f"  {c.method} {c.args} → {c.answer}" for c in self.all[-20:])
            return f"no such call of {method}; the last were:\n{seen}"

        return cast("Call", await self._feed.until(look, timeout, otherwise))
