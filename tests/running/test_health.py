"""What a load balancer, a scraper and a stranger see of the bot's port."""

import asyncio
import io
import re
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.sandbox.slack.faults import Hold
from tests.scenarios.world import World

PATIENCE = 30.0


class Port:
    """The bot's port, as anybody on the network sees it."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self._world, self._session = world, session

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body."""
        async with self._session.get(f"http://127.0.0.1:{self._world.app.port}{path}") as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, body: bytes | io.BytesIO, **headers: str) -> tuple[int, str]:
        """The same for a POST of a form."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Content-Type"] = "application/x-www-form-urlencoded"
        async with self._session.post(
            f"http://127.0.0.1:{self._world.app.port}{path}", data=body, headers=named
        ) as answer:
            return answer.status, await answer.text()

    async def becomes(self, status: int, words: str = "") -> str:
        """What /readyz says once it has this *status* and these *words*."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found, text = await self.get("/readyz")
                if found == status and words in text:
                    return text


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[World]:
    """A bot in HTTP mode."""
    async with World(tmp_path, http=True) as world:
        yield world


@pytest.fixture
async def sockets(tmp_path: Path) -> AsyncIterator[World]:
    """A bot in Socket Mode, with a database of its own."""
    folder = tmp_path / "sockets"
    folder.mkdir()
    async with World(folder) as world:
        yield world


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody's HTTP client."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


async def test_alive_and_ready(http: World, session: aiohttp.ClientSession) -> None:
    """Both say so in one word."""
    port = Port(http, session)
    assert await port.get("/healthz") == (200, "alive\n")
    assert await port.get("/readyz") == (200, "ready\n")


async def test_nothing_else_is_there(http: World, sockets: World, session: aiohttp.ClientSession) -> None:
    """Unknown paths are 404; in Socket Mode Slack's path is unknown, too."""
    for path in ("/", "/admin", "/metrics/all", "/readyz/", "/slack", "/..%2f.env"):
        assert (await Port(http, session).get(path))[0] == 404, path
    assert (await Port(http, session).get("/slack/events"))[0] == 405
    assert (await Port(sockets, session).post("/slack/events", b"command=%2Fecs"))[0] == 404


async def test_unsigned_requests_learn_nothing(http: World, session: aiohttp.ClientSession) -> None:
    """No signature, a wrong one, an old one: 401, and the same short answer to each."""
    body = b"command=%2Fecs&text=run+mem+web-prod&user_id=U0ONCALL&team_id=T0SANDBOX&channel_id=C0OPS&trigger_id=1.1"
    port, stale = Port(http, session), {"X_Slack_Request_Timestamp": "1", "X_Slack_Signature": "v0=" + "0" * 64}
    answers = {
        await port.post("/slack/events", body),
        await port.post("/slack/events", body, **stale),
        await port.post("/slack/events", body, **stale | {"X_Slack_Request_Timestamp": "soon"}),
    }
    ((status, text),) = answers
    assert status == 401
    assert len(text) < 40
    assert not re.search("sign|secret|time|token", text)
    assert http.runs == 0


async def test_a_huge_body_is_refused(http: World, session: aiohttp.ClientSession) -> None:
    """More than 1 MiB is not read to its end."""
    status, _ = await Port(http, session).post("/slack/events", io.BytesIO(b"x" * (1024 * 1024 + 1)))
    assert status == 413
    assert (await Port(http, session).get("/readyz"))[0] == 200


async def test_not_ready_before_the_socket_is_open(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    """The port answers, and says that it is starting."""
    world = World(tmp_path, granted=False)
    hold = Hold("hold")
    world.slack.faults.add("apps.connections.open", hold)
    coming = asyncio.create_task(world.__aenter__())
    try:
        await hold.reached.wait()
        assert await Port(world, session).get("/readyz") == (
            503,
            "it is starting or stopping\nSocket Mode is not connected\n",
        )
        assert (await Port(world, session).get("/healthz"))[0] == 200
        hold.release()
        await coming
        assert (await Port(world, session).get("/readyz"))[0] == 200
    finally:
        hold.release()
        await coming
        await world.__aexit__(None, None, None)


async def test_stopped(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    """Its port is closed: nobody is sent to a bot that is gone."""
    async with World(tmp_path, http=True, granted=False) as world:
        port = Port(world, session)
        assert (await port.get("/readyz"))[0] == 200
        await world.stop()
        with pytest.raises(aiohttp.ClientConnectorError):
            await port.get("/readyz")


async def test_slack_refuses_the_token(http: World, session: aiohttp.ClientSession) -> None:
    """Known as soon as a message is refused; ready again when one goes through."""
    http.slack.tokens.all[http.slack.bot_token].revoked = "token_revoked"
    await http.olga.types("/ecs run mem web-prod", channel="C0OPS")
    port = Port(http, session)
    assert await port.becomes(503) == "Slack refuses the bot's token\n"
    http.slack.tokens.all[http.slack.bot_token].revoked = None
    await http.later(timedelta(seconds=20))
    await http.thread(state="succeeded")
    await port.becomes(200)


async def test_the_database_takes_nothing(http: World, session: aiohttp.ClientSession, tmp_path: Path) -> None:
    """Another process keeps it to itself for a while: what can't be recorded is not to be asked for."""
    port = Port(http, session)
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert await port.becomes(503) == "the database does not answer: TimeoutError\n"
        assert (await port.get("/healthz"))[0] == 200
        other.execute("ROLLBACK")
        await port.becomes(200)
    finally:
        other.close()


async def test_socket_mode_is_cut(sockets: World, session: aiohttp.ClientSession) -> None:
    """Cut, and no new socket to be had: not ready; then it finds back by itself."""
    port, hold = Port(sockets, session), Hold("hold")
    sockets.slack.faults.add("apps.connections.open", hold)
    await sockets.slack.sockets.cut()
    await hold.reached.wait()
    assert await port.get("/readyz") == (503, "Socket Mode is not connected\n")
    hold.release()
    await sockets.slack.sockets.connected(timeout=PATIENCE)
    await port.becomes(200)


async def test_metrics_name_nobody(http: World, session: aiohttp.ClientSession) -> None:
    """They parse, and no label holds a person, a snippet, a target, a machine or an id."""
    await http.olga.types("/ecs run mem web-prod", channel="C0OPS")
    await http.thread(state="succeeded")
    await http.sam.types("/ecs run mem web-prod", channel="C0OPS")
    await http.olga.types("/ecs nonsense", channel="C0OPS")
    status, text = await Port(http, session).get("/metrics")
    families = list(text_string_to_metric_families(text))
    assert status == 200
    assert all(family.name.startswith("ecs_bot_") and family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    values = {value for sample in samples for name, value in sample.labels.items() if name != "le"}
    assert all(re.fullmatch("[a-z_]+", value) for value in values)
    assert values.isdisjoint({"mem", "olga", "sam", "ops", "web", "nonsense"})
    assert {"command", "answered", "dispatcher", "done"} < values
    answered = [s.value for s in samples if s.name == "ecs_bot_answers_total" and s.labels["kind"] == "command"]
    assert sum(answered) >= 3
