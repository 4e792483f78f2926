"""HTTP mode: Bolt takes what is signed, and nothing else."""

import asyncio
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.sandbox.slack import Envelope, HttpDelivery, Signing, SlackServer
from tests.sandbox.slack.apps import over_http


def counting(seen: list[dict[str, Any]]) -> Any:
    def register(app: AsyncApp) -> None:
        @app.command("/ecs")
        async def run(ack: Any, body: dict[str, Any]) -> None:
            seen.append(body)
            await ack("yes")

        @app.event("app_mention")
        async def mentioned(ack: Any, body: dict[str, Any], request: Any) -> None:
            seen.append({**body, "headers": request.headers})

    return register


async def test_only_signed_requests_reach_a_listener(slack: SlackServer) -> None:
    """Forged, unsigned and stale ones get 401; the same bytes again within five minutes are taken by Bolt."""
    seen: list[dict[str, Any]] = []
    async with over_http(slack, counting(seen)):
        assert slack.http is not None
        told = await slack.person("U0ONCALL").types("/ecs run a & b", "C0OPS")
        assert (told.text, seen[0]["text"], told.ack.status) == ("yes", "run a & b", 200)
        for signing in (
            Signing(secret="another"),
            Signing(unsigned=True),
            Signing(age=301),
            Signing(signature="v0=00"),
        ):
            refused = await slack.http.send(told.envelope, signing)
            assert (refused.status, refused.error) == (401, "http_client_error")
        assert len(seen) == 1
        assert (await slack.http.resend(slack.http.sent[0])).ok
        assert len(seen) == 2


async def test_the_url_is_verified_and_events_say_that_they_are_repeated(slack: SlackServer) -> None:
    """url_verification is answered with the challenge; a retry carries its number and reason."""
    seen: list[dict[str, Any]] = []
    async with over_http(slack, counting(seen)):
        assert slack.http is not None
        proof = await slack.http.verify_url("prove it")
        assert proof.payload == {"challenge": "prove it"}
        first = await slack.person("U0ONCALL").mentions("@ecs hello", "C0OPS")
        await slack.deliver(first.envelope.retried(1, "http_timeout"))
        assert [body["event_id"] for body in seen] == [first.envelope.payload["event_id"]] * 2
        assert seen[1]["headers"]["x-slack-retry-num"] == ["1"]
        assert seen[1]["headers"]["x-slack-retry-reason"] == ["http_timeout"]


async def test_what_a_person_sees_when_the_bot_is_broken(slack: SlackServer) -> None:
    """404, 500, too slow, not there."""
    never = asyncio.Event()
    statuses = iter([404, 500])

    async def broken(request: web.Request) -> web.Response:
        if (status := next(statuses, None)) is None:
            await never.wait()
        return web.Response(status=status or 200)

    app = web.Application()
    app.router.add_post("/", broken)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    http = HttpDelivery(f"http://127.0.0.1:{runner.addresses[0][1]}/", slack.signing_secret, timeout=0.1)
    envelope = Envelope("slash_commands", {"command": "/ecs"})
    assert (await http.send(envelope)).error == "http_client_error"
    assert (await http.send(envelope)).error == "http_service_error"
    assert (await http.send(envelope)).error == "operation_timeout"
    never.set()
    await runner.cleanup()
    assert (await http.send(envelope)).error == "dispatch_failed"
