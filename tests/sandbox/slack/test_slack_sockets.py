"""Socket Mode, by Bolt's own client and by a bare websocket."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Envelope, SlackServer
from tests.sandbox.slack.apps import over_socket


def answering(app: AsyncApp) -> None:
    @app.command("/ecs")
    async def run(ack: Any) -> None:
        await ack("yes")

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Any) -> None:
        await say(f"you said {event['text']}", thread_ts=event["ts"])


async def socket_url(slack: SlackServer) -> str:
    answer = await AsyncWebClient(base_url=slack.base_url).apps_connections_open(app_token=slack.app_token)
    return str(answer["url"])


async def test_a_ticket_opens_one_connection(slack: SlackServer) -> None:
    """hello comes first; the same ticket again is refused."""
    url = await socket_url(slack)
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        hello = await socket.receive_json()
        assert hello["type"] == "hello"
        assert hello["connection_info"] == {"app_id": "A0BOT"}
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_the_app_token_is_asked_for(slack: SlackServer) -> None:
    """A bot token opens no socket."""
    client = AsyncWebClient(base_url=slack.base_url)
    answer = await client.api_call("auth.test", params={"token": slack.bot_token})
    assert answer["ok"]
    async with (
        aiohttp.ClientSession() as session,
        session.post(slack.base_url + "apps.connections.open", data={"token": slack.bot_token}) as response,
    ):
        assert (await response.json())["error"] == "not_allowed_token_type"


async def test_each_payload_goes_to_one_connection_and_the_ack_comes_back(slack: SlackServer) -> None:
    """Two sockets, two envelopes, one each."""
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await socket_url(slack)) for _ in range(2)]
        for socket in sockets:
            await socket.receive_json()
        for _ in sockets:
            envelope = Envelope("slash_commands", {"command": "/ecs"})
            sending = asyncio.create_task(slack.deliver(envelope))
            receiving = [asyncio.create_task(socket.receive_json()) for socket in sockets]
            done, idle = await asyncio.wait(receiving, return_when=asyncio.FIRST_COMPLETED)
            [got] = done
            for task in idle:
                task.cancel()
            assert got.result()["envelope_id"] == envelope.envelope_id
            assert got.result()["accepts_response_payload"] is True
            taker = sockets[receiving.index(got)]
            await taker.send_str(json.dumps({"envelope_id": envelope.envelope_id, "payload": {"text": "ok"}}))
            assert (await sending).payload == {"text": "ok"}
        for socket in sockets:
            await socket.close()


async def test_an_eleventh_connection_is_sent_away(slack: SlackServer) -> None:
    """Ten at most."""
    async with aiohttp.ClientSession() as session:
        slack.rate.scale = 0
        ten = [await session.ws_connect(await socket_url(slack)) for _ in range(10)]
        last = await session.ws_connect(await socket_url(slack))
        assert (await last.receive_json())["reason"] == "too_many_websockets"
        assert len(slack.sockets.open) == len(ten)


async def test_no_answer_is_operation_timeout(slack: SlackServer) -> None:
    """The person sees it as Slack words it; a socket that closes has not answered either."""
    slack.sockets.timeout = 0.05
    olga = slack.person("U0ONCALL")
    assert (await olga.types("/ecs help", "C0OPS")).error == "dispatch_failed"
    async with aiohttp.ClientSession() as session, session.ws_connect(await socket_url(slack)) as socket:
        await slack.sockets.connected()
        seen = await olga.types("/ecs help", "C0OPS")
        assert seen.text == '/ecs failed with the error "operation_timeout"'
        await socket.close()


async def test_bolt_comes_back_after_a_disconnect(slack: SlackServer) -> None:
    """refresh_requested: the old connection gets nothing more, the new one does."""
    slack.rate.scale = 0
    async with over_socket(slack, answering):
        old = slack.sockets.open[0]
        await slack.sockets.disconnect("refresh_requested")
        await slack.sockets.connected()
        assert slack.sockets.open[-1] is not old
        assert (await slack.person("U0ONCALL").types("/ecs help", "C0OPS")).text == "yes"


@pytest.mark.parametrize("abruptly", [False, True])
async def test_bolt_comes_back_after_a_cut(slack: SlackServer, abruptly: bool) -> None:
    """Nobody said goodbye."""
    slack.rate.scale = 0
    async with over_socket(slack, answering):
        gone = slack.sockets.open[0]
        await slack.sockets.cut(abruptly=abruptly)
        await slack.sockets.until_gone(gone)
        await slack.sockets.connected()
        assert (await slack.person("U0ONCALL").types("/ecs help", "C0OPS")).text == "yes"


async def test_a_mention_is_an_event(slack: SlackServer) -> None:
    """It stands in the channel, and the bot answers in its thread."""
    async with over_socket(slack, answering):
        seen = await slack.person("U0ONCALL").mentions("@ecs help me", "C0OPS")
        assert seen.ack.ok
        answer = await slack.workspace.wait_for(lambda m: m.from_bot)
        assert answer.text == "you said <@U0BOT> help me"
        assert answer.is_reply


async def test_cut_off_nothing_goes_through(slack: SlackServer, client: AsyncWebClient) -> None:
    """Neither a socket nor a call, and people see Slack's error; then all of it again."""
    async with over_socket(slack, answering):
        [socket] = slack.sockets.open
        await slack.cut_off()
        await slack.sockets.until_gone(socket)
        olga = slack.person("U0ONCALL")
        assert (await olga.types("/ecs help", "ops")).error == "dispatch_failed"
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel="C0OPS", text="lost")
        assert slack.workspace.all_messages("C0OPS") == []
        slack.let_through()
        await client.chat_postMessage(channel="C0OPS", text="there")
        await slack.sockets.connected(timeout=30)
        assert (await olga.types("/ecs help", "ops")).text == "yes"
