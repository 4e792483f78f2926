"""What every request here goes through: it is written down, a fault may be played, it is answered."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.faults import Fault, Faults, Hold
from bot.sandbox.slack.journal import Call, Journal
from bot.sandbox.slack.records import Json


@dataclass
class Answer:
    """An HTTP answer: JSON when the body is a dict, else plain text."""

    body: Json | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    took_effect: bool = True


class Line:
    """The way in, with the faults and the journal."""

    def __init__(self, clock: Clock) -> None:
        self.faults = Faults()
        self.journal = Journal()
        self.down = False
        """While it is, every request is cut before it takes effect."""
        self._clock = clock
        self._held: set[Hold] = set()

    async def answer(
        self, name: str, args: Json, request: web.Request, effect: Callable[[Call], Answer]
    ) -> web.StreamResponse:
        """Let *effect* happen and answer it, unless a fault for *name* says otherwise."""
        call = self.journal.begin(self._clock.now(), name, args)
        fault = Fault("cut") if self.down else self.faults.take(name)
        if fault and not fault.after_effect and (early := await self._play(fault, call, request)):
            return early
        answer = effect(call)
        call.took_effect = answer.took_effect
        if fault and fault.after_effect and (instead := await self._play(fault, call, request)):
            return instead
        self.journal.end(call, answer.status, answer.body)
        return _response(answer)

    def release(self) -> None:
        """Let every held call go on: the server is about to stop."""
        self.faults.clear()
        for hold in self._held:
            hold.release()

    async def _play(self, fault: Fault, call: Call, request: web.Request) -> web.StreamResponse | None:
        call.fault = fault.kind
        if isinstance(fault, Hold):
            self._held.add(fault)
            fault.reached.set()
            try:
                await fault.released.wait()
            finally:
                self._held.discard(fault)
            return None
        if fault.kind == "cut":
            self.journal.end(call, None, None)
            return _cut(request)
        answer = _faulty(fault)
        self.journal.end(call, answer.status, answer.body)
        return _response(answer, json_anyway=fault.kind == "not_json")


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _faulty(fault: Fault) -> Answer:
    if fault.kind == "ratelimited":
        return Answer({"ok": False, "error": fault.error}, 429, {"Retry-After": str(fault.retry_after)})
    if fault.kind == "error":
        return Answer({"ok": False, "error": fault.error})
    return Answer(fault.body, fault.status)


def _response(answer: Answer, *, json_anyway: bool = False) -> web.Response:
    if isinstance(answer.body, dict):
        text, kind = json.dumps(answer.body), "application/json"
    else:
        html = answer.body.lstrip().startswith("<") and not json_anyway
        text, kind = answer.body, "text/html" if html else "application/json" if json_anyway else "text/plain"
    return web.Response(text=text, status=answer.status, headers=answer.headers, content_type=kind)
