"""What comes over the socket, in any shape: the bot goes on listening, and nothing breaks in it."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack import Envelope
from bot.slack.socket import Socket
from tests.fuzz.served import Served, watched
from tests.fuzz.shapes import VALUES, examples, mutated, tried

TYPES = st.sampled_from(["slash_commands", "interactive", "events_api", "hello", "nosuch"]) | VALUES


SDK_BROKE = (
    ("Failed to run message listeners", "object is not callable"),
    ("Failed to process a message", "JSONDecodeError"),
)
"""The SDK's own faults, in its words: over a payload that is neither an object nor text (socket_mode/request.py: an
argument hides `type`), and over a frame that begins as JSON and is none. It logs them, and goes on."""


def of_the_sdk(fault: str) -> bool:
    """Is it one of those?"""
    return any(what in fault and why in fault for what, why in SDK_BROKE)


class Socketed(Served):
    """The same bot, which Slack reaches over a socket."""

    async def _begin(self) -> None:
        await super()._begin()
        handler = Socket(self.world.parts.bolt, self.world.slack.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's is not typed
        self._bot_end.push_async_callback(handler.close_async)
        await self.world.slack.sockets.connected()

    def frame(self, text: str) -> None:
        """One frame to the bot, whatever it is; then a command, which it answers."""
        self.requests += 1

        async def send() -> None:
            socket: web.WebSocketResponse = self.world.slack.sockets.open[-1]
            await socket.send_str(text)
            asked = self.command.again(text="whoami", trigger_id=f"t.{self.requests}")
            ack = await self.world.slack.sockets.send(asked)
            assert ack.ok, ack
            await asyncio.gather(*self.world.parts.errands)

        with watched() as faults:
            self.run(send())
        assert [fault for fault in faults if not of_the_sdk(fault)] == []


@pytest.fixture(scope="module")
def socketed() -> Iterator[Socketed]:
    """One bot for all."""
    with Socketed() as socketed:
        yield socketed


def wire(envelope: Envelope) -> dict[str, Any]:
    """As Slack frames it."""
    return {"envelope_id": envelope.envelope_id, "type": envelope.type, "payload": envelope.payload}


@examples(30)
@given(data=st.data())
def test_an_envelope_in_any_shape(socketed: Socketed, data: st.DataObject) -> None:
    """A command or a press, distorted at any depth: envelope and payload alike."""
    tried["an envelope in any shape"] += 1
    real = data.draw(st.sampled_from([socketed.command, *socketed.presses]))
    whole = wire(real)
    whole["payload"] = {key: value for key, value in whole["payload"].items() if key != "response_url"}
    socketed.frame(json.dumps(data.draw(mutated(whole))))


@pytest.mark.parametrize("actions", [None, 7, {}, ""])
def test_presses_of_nothing(socketed: Socketed, actions: object) -> None:
    """Bolt looks at the first of them before it looks at what they are."""
    whole = wire(socketed.presses[0])
    whole["payload"] = {**whole["payload"], "actions": actions}
    socketed.frame(json.dumps(whole))


@examples(30)
@given(payload=VALUES, kind=TYPES, id_=VALUES)
def test_a_payload_of_any_kind(socketed: Socketed, payload: Any, kind: Any, id_: Any) -> None:
    """Any value where a request should be."""
    tried["a payload of any kind"] += 1
    socketed.frame(json.dumps({"envelope_id": id_, "type": kind, "payload": payload}))


@pytest.mark.parametrize("text", ["{", '{"envelope_id"', "[]", "hello", ""])
def test_frames_that_are_cut(socketed: Socketed, text: str) -> None:
    """The next command is answered."""
    socketed.frame(text)


@examples(30)
@given(text=st.text(max_size=200) | VALUES.map(json.dumps))
def test_a_frame_of_any_text(socketed: Socketed, text: str) -> None:
    """No envelope at all."""
    tried["a frame of any text"] += 1
    socketed.frame(text)
