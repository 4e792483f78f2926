"""Requests that Slack might send and requests that it never would, signed all the same."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack import Envelope
from tests.fuzz.served import FORM, JSON, Served
from tests.fuzz.shapes import TEXT, VALUES, examples, mutated, tried

EVENT = {
    "type": "event_callback",
    "team_id": "T0SANDBOX",
    "api_app_id": "A0BOT",
    "event_id": "Ev1",
    "event": {"type": "app_home_opened", "user": "U0ONCALL", "channel": "D0ONCALL", "tab": "home"},
}
VIEW = {
    "type": "view_submission",
    "team": {"id": "T0SANDBOX"},
    "user": {"id": "U0ONCALL"},
    "view": {
        "id": "V1",
        "type": "modal",
        "callback_id": "deny",
        "private_metadata": "{}",
        "state": {"values": {"reason": {"reason": {"type": "plain_text_input", "value": "because"}}}},
        "blocks": [],
    },
}
CALLBACKS = st.sampled_from(["deny", "resolve", "review", "run", "snippet", "share", ""]) | st.text(max_size=20)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One bot for all."""
    with Served() as served:
        yield served


@examples(30)
@given(text=TEXT)
def test_a_slash_command_with_any_text(served: Served, text: str) -> None:
    """There is an answer with words in it, to that person alone."""
    tried["a slash command with any text"] += 1
    fresh = f"{served.requests}.{abs(hash(text))}"
    ack = served.sends(served.command.again(text=text, trigger_id=fresh, user_id="U0STRANGER"))
    assert ack.status == 200
    assert ack.payload is not None
    assert ack.payload["response_type"] == "ephemeral"
    assert len(ack.payload["text"]) > 10


@examples(30)
@given(data=st.data())
def test_a_slash_command_in_any_shape(served: Served, data: st.DataObject) -> None:
    """Fields missing, of other types, from elsewhere."""
    tried["a slash command in any shape"] += 1
    payload = data.draw(mutated(dict(served.command.payload)))
    if isinstance(payload, dict) and "\\ud" not in ascii(payload):  # a form can't bring halves of surrogate pairs
        served.sends(Envelope("slash_commands", {k: v for k, v in payload.items() if k != "response_url"}))


@examples(30)
@given(data=st.data())
def test_a_press_in_any_shape(served: Served, data: st.DataObject) -> None:
    """A real press, distorted."""
    tried["a press in any shape"] += 1
    real = data.draw(st.sampled_from(served.presses)).payload
    served.interacts(data.draw(mutated({k: v for k, v in real.items() if k != "response_url"})))


@examples(30)
@given(action=st.text(max_size=20), value=TEXT | VALUES.map(json.dumps), pick=st.integers(0, 9))
def test_a_button_with_any_value(served: Served, action: str, value: str, pick: int) -> None:
    """An action that there is or isn't, carrying whatever."""
    tried["a button with any value"] += 1
    real = served.presses[pick % len(served.presses)].payload
    first: dict[str, Any] = real["actions"][0]
    chosen = action if pick % 2 else first["action_id"]
    payload = {k: v for k, v in real.items() if k != "response_url"}
    served.interacts({**payload, "actions": [{**first, "action_id": chosen, "value": value}]})


@examples(30)
@given(data=st.data(), callback=CALLBACKS, private=TEXT | VALUES.map(json.dumps))
def test_a_view_in_any_shape(served: Served, data: st.DataObject, callback: str, private: str) -> None:
    """A form that there is or isn't, with any state and any metadata."""
    tried["a view in any shape"] += 1
    view = {**VIEW, "view": {**VIEW["view"], "callback_id": callback, "private_metadata": private}}  # type: ignore[dict-item]
    served.interacts(view)
    served.interacts(data.draw(mutated(view)))


@examples(30)
@given(data=st.data())
def test_an_event_in_any_shape(served: Served, data: st.DataObject) -> None:
    """Events that are subscribed to or not, distorted."""
    tried["an event in any shape"] += 1
    served.posts(json.dumps(data.draw(mutated(EVENT))).encode(), JSON)


@examples(30)
@given(
    body=st.binary(max_size=300), kind=st.sampled_from([FORM, JSON, "text/plain", "multipart/form-data; boundary=x"])
)
def test_any_bytes(served: Served, body: bytes, kind: str) -> None:
    """Signed nonsense."""
    tried["any bytes"] += 1
    served.posts(body, kind)


def test_it_still_serves(served: Served) -> None:
    """After all that."""
    ack = served.sends(served.command.again(text="whoami", trigger_id="the.last"))
    assert ack.payload is not None
    assert "oncall" in ack.payload["text"]
