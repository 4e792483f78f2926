"""Modals and the Home tab, with a real Bolt app behind them."""

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import CannotDo, ManualClock, SlackServer, View
from tests.sandbox.slack.apps import Connect
from tests.sandbox.slack.test_slack_webapi import refused

Node = dict[str, Any]


def plain(text: str) -> Node:
    return {"type": "plain_text", "text": text}


def form(title: str = "Run", **more: Any) -> Node:
    """A modal with a reason, a choice of lines, and a target that the app looks up."""
    lines = [{"text": plain("few"), "value": "10"}, {"text": plain("many"), "value": "500"}]
    elements: dict[str, Node] = {
        "reason": {"type": "plain_text_input", "action_id": "text", "min_length": 3},
        "lines": {
            "type": "static_select",
            "action_id": "pick",
            "options": lines,
            "initial_option": lines[0],
        },
        "target": {"type": "external_select", "action_id": "target", "min_query_length": 0},
    }
    return {
        "type": "modal",
        "callback_id": "run",
        "title": plain(title),
        "submit": plain("Go"),
        "notify_on_close": True,
        "blocks": [
            {"type": "input", "block_id": name, "label": plain(name), "element": element, "optional": name == "target"}
            for name, element in elements.items()
        ],
        **more,
    }


def modal_app(closed: asyncio.Event, submitted: list[Node]) -> Any:
    """Opens a form on a shortcut; finds fault with the reason "no"; offers two targets."""

    def register(app: AsyncApp) -> None:
        @app.shortcut("run")
        async def opens(ack: Any, body: Node, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=form())

        @app.options("target")
        async def targets(ack: Any, payload: Node) -> None:
            names = [name for name in ("web-prod", "db-prod") if payload["value"] in name]
            await ack(options=[{"text": plain(name), "value": name} for name in names])

        @app.view("run")
        async def sent(ack: Any, view: Node) -> None:
            submitted.append(view["state"]["values"])
            reason = view["state"]["values"]["reason"]["text"]["value"]
            answers: dict[str, Node] = {
                "nope": {"response_action": "errors", "errors": {"reason": "say why"}},
                "more": {"response_action": "update", "view": form("Again")},
                "deeper": {"response_action": "push", "view": form("Deeper")},
                "enough": {"response_action": "clear"},
                "broken": {"response_action": "errors", "errors": {"elsewhere": "?"}},
            }
            await ack(**answers.get(reason, {}))

        @app.view_closed("run")
        async def away(ack: Any) -> None:
            await ack()
            closed.set()

        @app.event("app_home_opened")
        async def home(event: Node, client: AsyncWebClient) -> None:
            blocks = [{"type": "section", "text": plain(f"hello {event['user']}")}]
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    return register


async def opened(slack: SlackServer) -> View:
    """Olga's modal, once the app has opened it."""
    olga = slack.person("U0ONCALL")
    await olga.uses_shortcut("run")
    await slack.workspace.until(lambda: olga.modal)
    assert olga.modal is not None
    return olga.modal


async def test_a_form_is_filled_in_and_sent(slack: SlackServer, connect: Connect) -> None:
    """What was picked, typed and left alone arrives; the modal closes."""
    submitted: list[Node] = []
    await connect(slack, modal_app(asyncio.Event(), submitted))
    olga, view = slack.person("U0ONCALL"), await opened(slack)

    seen = await olga.submits(
        view, {"reason": {"text": "because"}, "target": {"target": "web-prod"}, "lines": {"pick": "many"}}
    )

    assert (seen.text, seen.view, olga.modal) == ("", None, None)
    [values] = submitted
    assert values["reason"]["text"] == {"type": "plain_text_input", "value": "because"}
    assert values["lines"]["pick"]["selected_option"]["value"] == "500"
    assert values["target"]["target"]["selected_option"]["value"] == "web-prod"


async def test_what_the_answer_makes_of_the_modal(slack: SlackServer, connect: Connect) -> None:
    """errors, update, push, clear; and errors at a block that isn't there."""
    await connect(slack, modal_app(asyncio.Event(), []))
    olga, view = slack.person("U0ONCALL"), await opened(slack)

    async def says(reason: str) -> Any:
        assert olga.modal is not None
        return await olga.submits(olga.modal, {"reason": {"text": reason}})

    seen = await says("nope")
    assert (seen.text, seen.errors, olga.modal) == ("say why", {"reason": "say why"}, view)
    assert "trouble" in (await says("broken")).text
    await says("more")
    assert view.body["title"]["text"] == "Again"
    await says("deeper")
    assert [v.body["title"]["text"] for v in slack.modals.stacks["U0ONCALL"]] == ["Again", "Deeper"]
    await says("enough")
    assert olga.modal is None


async def test_a_client_refuses_what_slacks_does(slack: SlackServer, connect: Connect) -> None:
    """Nothing is sent."""
    submitted: list[Node] = []
    await connect(slack, modal_app(asyncio.Event(), submitted))
    olga, view = slack.person("U0ONCALL"), await opened(slack)
    with pytest.raises(CannotDo, match="has to be filled in"):
        await olga.submits(view)
    with pytest.raises(CannotDo, match="at least 3"):
        await olga.submits(view, {"reason": {"text": "x"}})
    with pytest.raises(CannotDo, match="not offered"):
        await olga.submits(view, {"reason": {"text": "because"}, "lines": {"pick": "1000"}})
    with pytest.raises(CannotDo, match="no input"):
        await olga.submits(view, {"elsewhere": {"text": "x"}})
    with pytest.raises(CannotDo, match="on top"):
        await slack.person("U0APPROVE").submits(view)
    assert submitted == []


async def test_the_app_hears_of_a_modal_put_away(slack: SlackServer, connect: Connect) -> None:
    """Where it asked to be told."""
    closed = asyncio.Event()
    await connect(slack, modal_app(closed, []))
    view = await opened(slack)
    await slack.person("U0ONCALL").closes(view)
    await asyncio.wait_for(closed.wait(), 30)


async def test_the_home_tab_is_published_when_it_is_opened(slack: SlackServer, connect: Connect) -> None:
    """For that person alone."""
    await connect(slack, modal_app(asyncio.Event(), []))
    olga = slack.person("U0ONCALL")
    await olga.opens_home()
    await slack.workspace.until(lambda: olga.home)
    assert olga.home is not None
    assert "hello U0ONCALL" in olga.home.words
    assert slack.person("U0APPROVE").home is None


async def test_a_trigger_is_good_once_and_for_three_seconds(
    client: AsyncWebClient, slack: SlackServer, clock: ManualClock
) -> None:
    """Exchanged, expired, unknown; a stack has three views."""
    trigger = slack.triggers.issue("U0ONCALL")
    await client.views_open(trigger_id=trigger, view=form())
    assert await refused(client.views_open(trigger_id=trigger, view=form())) == "exchanged_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.x", view=form())) == "invalid_trigger_id"
    late = slack.triggers.issue("U0ONCALL")
    clock.advance(3.1)
    assert await refused(client.views_open(trigger_id=late, view=form())) == "expired_trigger_id"
    for _ in range(2):
        await client.views_push(trigger_id=slack.triggers.issue("U0ONCALL"), view=form())
    push = client.views_push(trigger_id=slack.triggers.issue("U0ONCALL"), view=form())
    assert await refused(push) == "push_limit_reached"


async def test_an_old_hash_is_refused(client: AsyncWebClient, slack: SlackServer) -> None:
    """Whoever updates a view must have seen it."""
    trigger = slack.triggers.issue("U0ONCALL")
    first = (await client.views_open(trigger_id=trigger, view=form(external_id="x")))["view"]
    await client.views_update(external_id="x", view=form(external_id="x"), hash=first["hash"])
    late = client.views_update(view_id=first["id"], view=form(), hash=first["hash"])
    assert await refused(late) == "hash_conflict"
    assert await refused(client.views_update(view_id="V0", view=form())) == "not_found"
    another = client.views_open(trigger_id=slack.triggers.issue("U0ONCALL"), view=form(external_id="x"))
    assert await refused(another) == "duplicate_external_id"
