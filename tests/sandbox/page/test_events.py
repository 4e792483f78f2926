"""What the page is told, and what it may ask for."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.page import Page
from bot.sandbox.page.knobs import KNOBS
from bot.sandbox.session import Session
from bot.sandbox.slack import File
from tests.sandbox.page.test_guard import rights


async def told(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """The events, one by one."""
    async for line in response.content:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


async def until(events: AsyncIterator[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The next event of this kind."""
    async for event in events:
        if event["kind"] == kind:
            return event
    raise AssertionError(f"the stream ended without {kind}")


@pytest.fixture
async def events(page: Page, insider: aiohttp.ClientSession) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The stream."""
    async with insider.get(f"{page.origin}/events") as response:
        yield told(response)


@pytest.fixture
def session(page: Page) -> Session:
    """What the page shows."""
    return page.session


async def test_all_there_is_comes_first(session: Session, events: AsyncIterator[dict[str, Any]]) -> None:
    """Then each change; a private message says who sees it."""
    session.slack.workspace.post(session.slack.workspace.channel("ops"), "U0BOT", "now", ephemeral_to="U0ONCALL")
    everything = await until(events, "all")
    assert {user["profile"]["real_name"] for user in everything["users"]} >= {"Olga", "Ben", "Carla", "Ada", "Sam"}
    assert everything["commands"][0]["command"] == "/ecs"
    message = (await until(events, "message"))["message"]
    assert (message["text"], message["seen_by"]) == ("now", ["U0ONCALL"])


async def test_only_what_changed_is_sent_again(session: Session, events: AsyncIterator[dict[str, Any]]) -> None:
    """A machine's change sends the machines; the calls stay unsent."""
    await until(events, "slack_calls")
    session.region.machine("web-prod-1").set(agent_online=False)
    event = await anext(events)
    assert event["kind"] == "machines"
    assert [one["agent_online"] for one in event["machines"]][:2] == [False, True]


async def test_modals_and_notices_are_told(session: Session, events: AsyncIterator[dict[str, Any]]) -> None:
    """With whose they are."""
    await until(events, "all")
    title = {"type": "plain_text", "text": "T"}
    session.slack.modals.open("U0APPROVE", {"type": "modal", "title": title, "blocks": [{"type": "divider"}]})
    event = await until(events, "views")
    assert (event["user"], event["views"]["modal"]["title"]) == ("U0APPROVE", title)


@pytest.mark.parametrize("knob", sorted(name for name in KNOBS if name.split("-")[0] in {"cloud", "slack"}))
async def test_a_knob_turns(page: Page, insider: aiohttp.ClientSession, knob: str) -> None:
    """Each with nothing but its own defaults."""
    async with insider.post(f"{page.origin}/knobs/{knob}", json={}, headers=rights(page)) as response:
        assert (response.status, await response.json()) == (200, {})


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/knobs/nothing", {}, 400),
        ("/knobs/machine", {"machine": "nobody", "set": "agent", "on": True}, 400),
        ("/knobs/machine", {"machine": "web-prod-1", "set": "nothing", "on": True}, 400),
        ("/knobs/cloud-throttle", {"times": "many"}, 400),
        ("/people/U0NOBODY/types", {"line": "x", "channel": "C0OPS"}, 409),
        ("/people/U0ONCALL/flies", {}, 400),
        ("/people/U0ONCALL/types", {"line": "/nothing", "channel": "C0OPS"}, 409),
        ("/people/U0ONCALL/types", {"channel": "C0OPS"}, 400),
        ("/people/U0ONCALL/presses", {"channel": "C0OPS", "ts": "1.1", "action": "stop"}, 409),
        ("/people/U0ONCALL/closes", {"view": "V1"}, 409),
        ("/people/U0ONCALL/uses-shortcut", {"channel": "C0OPS", "ts": "1.1", "shortcut": "run_about_this"}, 409),
    ],
)
async def test_what_can_t_be_done_is_said(
    page: Page, insider: aiohttp.ClientSession, path: str, given: dict[str, Any], status: int
) -> None:
    """In words, and nothing breaks."""
    async with insider.post(page.origin + path, json=given, headers=rights(page)) as response:
        assert response.status == status
        assert (await response.json())["cannot"]


async def test_a_file_is_only_ever_saved(page: Page, session: Session, insider: aiohttp.ClientSession) -> None:
    """As text, under its own name; a name can't break the header."""
    workspace = session.slack.workspace
    content = b"<script>alert(1)</script>"
    workspace.files["F1"] = File("F1", 'a"\r\nb.html', len(content), "U0BOT", 0, content)
    async with insider.get(f"{page.origin}/files/F1") as response:
        assert await response.read() == content
        assert response.content_type == "text/plain"
        assert response.headers["Content-Disposition"].startswith("attachment;")
    async with insider.get(f"{page.origin}/files/F2") as response:
        assert response.status == 404
