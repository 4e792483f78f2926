"""No secret comes out anywhere, and nothing comes in without a signature."""

import inspect
import io
import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot import web as bot_web
from bot.app import App
from bot.errors import StartError
from bot.sandbox.ecs import CannedRunner
from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.tokens import APP_TOKEN, BOT_TOKEN
from bot.settings import Settings
from tests import canaries
from tests.crash import invariants
from tests.crash.nursery import Nursery
from tests.crash.rig import Rig
from tests.crash.stories import approved, region_for
from tests.scenarios.world import World, webs

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")}
PASSWORD = "canary-database-password"


async def test_no_secret_over_a_whole_mixed_life(tmp_path: Path) -> None:
    """Runs, an approval, a refusal, Slack and ECS failing, a SIGKILL: log, messages, trail and /metrics are clean."""
    async with Nursery() as nursery, Rig(nursery, tmp_path, region_for("")) as rig:
        rig.ecs.faults.fail("RunCommand", times=1, status=400, code="SignatureDoesNotMatch")
        rig.ecs.faults.cut_after("DescribeInvocationResults", times=2)
        rig.slack.faults.cut("chat.postMessage", times=2)
        rig.slack.faults.status("chat.update", 503)
        await approved(rig)
        await rig.slack.person("U0STRANGER").types("/ecs run mem web-prod", channel="C0OPS")
        await rig.kill()
        await rig.types(rig.slack.person("U0ONCALL"), "/ecs run mem web-prod")
        await rig.quiet()
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{await rig.port}/metrics") as answer,
        ):
            measures = await answer.text()
        await rig.stop()
        with closing(sqlite3.connect(rig.database)) as conn:
            told = str(
                conn.execute("SELECT * FROM events").fetchall() + conn.execute("SELECT * FROM outbox").fetchall()
            )
        secrets = invariants.secrets_of(rig.slack)
        assert len(secrets) > 4
        assert [s for s in secrets if s in rig.log or s in measures or s in told] == []
        invariants.no_secret(rig.log, rig.slack)


async def test_a_secret_that_comes_out_is_found() -> None:
    """What looks through every test of the run finds one in a log, in what Slack was told, and in a button."""
    assert canaries.leaks("a log", f"refused {BOT_TOKEN}") != []
    assert canaries.leaks("a log", "all is well") == []
    async with SlackServer() as slack:
        slack.journal.begin(0.0, "chat.postMessage", {"text": "hello", "blocks": [{"value": APP_TOKEN}]})
    (leak,) = canaries.found
    canaries.found.clear()
    assert "chat.postMessage" in leak


@pytest.mark.parametrize("where", ["127.0.0.1:1", "nosuch.invalid:5432"])
async def test_the_database_s_password(tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str) -> None:
    """A server that can't be reached is named without it, in the error and in the log."""
    async with World(tmp_path) as world:
        env = {
            "SLACK_BOT_TOKEN": world.slack.bot_token,
            "SLACK_APP_TOKEN": world.slack.app_token,
            "SLACK_API_URL": world.slack.base_url,
            "DATABASE_URL": f"postgresql://bot:{PASSWORD}@{where}/bot",
            "COMMANDS_DIR": "commands",
        }
        settings = Settings.from_env(env)
        with pytest.raises(StartError) as refused:
            await App(settings).run()
        captured = capsys.readouterr()
        for text in (str(refused.value), repr(refused.value), repr(settings), captured.out, captured.err):
            assert PASSWORD not in text


def test_signatures_are_compared_in_constant_time() -> None:
    """By hmac.compare_digest, as Bolt's verifier does it."""
    assert "hmac.compare_digest" in inspect.getsource(SignatureVerifier.is_valid)


def routes() -> set[tuple[str, str]]:
    """Every route of the bot's own port, over HTTP."""

    async def no_faults() -> list[str]:
        return []

    app = bot_web.build(no_faults, AsyncApp(token="xoxb-0", signing_secret="s"))
    return {(r.method, r.resource.canonical) for r in app.router.routes() if r.resource is not None}


async def test_nothing_but_health_is_open(tmp_path: Path) -> None:
    """Three routes need no signature; the fourth answers 401 to what Slack did not sign."""
    async with World(tmp_path, http=True, region=webs(CannedRunner("x"), 1)) as world:
        assert world.slack.http is not None
        base = world.slack.http.url.removesuffix("/slack/events")
        assert {route for route in routes() if route[0] != "HEAD"} == OPEN | {("POST", "/slack/events")}
        async with aiohttp.ClientSession() as session:
            for path in ("/slack/events", "/slack/install", "/", "/debug"):
                async with session.post(base + path, data=b"text=run+mem+web-prod&command=%2Fecs") as answer:
                    assert answer.status in {401, 404}, path
            async with session.post(world.slack.http.url, data=io.BytesIO(bytes(bot_web.BODY_LIMIT + 1))) as answer:
                assert answer.status == 413
        assert world.runs == 0
        await world.runs_mem()


async def test_a_flood_of_unsigned_nonsense_is_one_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever can reach the port can't fill the log with tracebacks."""
    async with World(tmp_path, http=True) as world:
        assert world.slack.http is not None
        async with aiohttp.ClientSession() as session:
            for _ in range(20):
                body = {"payload": '{"user": true, "type": "block_actions"}'}
                async with session.post(world.slack.http.url, data=body) as answer:
                    assert answer.status in {400, 401}
        await world.runs_mem()
    out = capsys.readouterr().out
    assert "Traceback" not in out
    assert out.count("request_unreadable") <= 20
