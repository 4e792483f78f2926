"""Presses that nobody made: replayed, moved to other messages, other people and other teams."""

import json
from typing import Any

import pytest

from bot.sandbox.slack import Envelope, Message, Person, Signing
from tests.scenarios.approvals.office import Office
from tests.scenarios.world import id_of


async def pressed(office: Office, message: Message, button: str = "Approve") -> Envelope:
    """What Slack sent when Sam, who may nothing, pressed *button*."""
    envelope = (await office.sam.presses(message, button)).envelope
    await office.settles()
    return envelope


async def forges(office: Office, envelope: Envelope, person: Person, **changes: Any) -> str:
    """It comes again, as if *person* had pressed, with parts of it changed; what they are told."""
    before = len(office.told(person))
    place = envelope.payload["container"]
    message = office.slack.workspace.message(place["channel_id"], place["message_ts"])
    action = envelope.payload["actions"][0] | {"action_ts": office.slack.workspace.new_ts()}
    action |= changes.pop("action", {})
    user = envelope.payload["user"] | {"id": person.id}
    url = office.slack.response_url(person.id, message.channel, message)
    ack = await office.slack.replay(envelope, **{"user": user, "actions": [action], "response_url": url} | changes)
    assert ack.ok
    await office.at_once()
    return "\n".join(office.told(person)[before:])


async def test_the_same_press_again(office: Office) -> None:
    """Delivered three times, one yes; long after the run it still says only how that ended."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    press = (await office.ben.presses(office.card(zap), "Approve")).envelope
    for _ in range(3):
        await office.slack.replay(press)
    await office.at_once()
    await office.ends(zap)
    await office.slack.replay(press)
    await office.at_once()
    assert f"`{zap}` is over: succeeded" in office.told(office.ben)[-1]
    await office.settles()
    assert (office.runs, len((await office.load(zap)).approvals)) == (1, 1)


async def test_what_was_never_pressed(office: Office) -> None:
    """Of another team, on other messages, for other runs and plans: each is refused, and the plan waits on."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    wipe = await office.requests(office.olga, "/ecs run wipe web")
    card, other, ben = office.card(zap), office.card(wipe), office.ben
    press = await pressed(office, card)
    (value, foreign), members = (json.loads(m.elements[0][1]["value"]) for m in (card, other)), "Only full members"
    strange: tuple[tuple[str, dict[str, Any]], ...] = (
        (members, {"team": {"id": "T0OTHER", "domain": "other"}}),
        (members, {"user": {"id": ben.id, "team_id": "T0OTHER"}}),
        ("not on my own message", {"action": {"value": json.dumps(foreign)}}),
        ("not on my own message", {"container": press.payload["container"] | {"message_ts": other.ts}}),
        ("not on my own message", {"container": press.payload["container"] | {"channel_id": "C0INCIDENT"}}),
        ("not on my own message", {"container": press.payload["container"] | {"message_ts": "1.2"}}),
        ("has moved on: another plan", {"action": {"value": json.dumps(value | {"d": foreign["d"]})}}),
        ("has moved on: another plan", {"action": {"value": json.dumps(value | {"d": ""})}}),
        ("There is no run", {"action": {"value": json.dumps(value | {"i": "zzzzzzz"})}}),
        ("There is no run", {"action": {"value": "{"}}),
        ("does nothing any more", {"action": {"action_id": "approve_all"}}),
    )
    for words, changes in strange:
        said = await forges(office, press, ben, **changes)
        assert words in said, (words, changes, said)
    await office.settles()
    for invocation in (zap, wipe):
        assert await office.state(invocation) == "awaiting_approval"
        assert (await office.load(invocation)).approvals == ()
    assert office.runs == 0
    assert await forges(office, press, ben) == ""
    await office.ends(zap)
    assert office.runs == 1


async def test_a_message_of_another_channel(office: Office) -> None:
    """A copy of the card, posted by whomever, is no place to say yes."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    card, workspace = office.card(zap), office.slack.workspace
    for writer in (workspace.app.user_id, office.sam.id):
        place = workspace.channel("C0INCIDENT")
        copy = workspace.post(place, writer, card.text, blocks=card.blocks, metadata=card.metadata)
        assert id_of(copy) == zap
        assert "not on my own message" in await office.presses(office.ben, copy, "Approve")
        assert "not on my own message" in await office.presses(office.ben, copy, "Deny")
        assert (office.ben.modal, await office.state(zap)) == (None, "awaiting_approval")
        workspace.delete(copy)


@pytest.mark.parametrize("age", [301, -301])
async def test_a_stale_request(office: Office, age: int) -> None:
    """Rightly signed, but of five minutes ago or from the future: not even read."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    press = await pressed(office, office.card(zap))
    assert office.slack.http is not None
    mine = press.again(user=press.payload["user"] | {"id": office.ben.id})
    for signing in (Signing(age=age), Signing(secret="guessed"), Signing(unsigned=True)):
        assert (await office.slack.http.send(mine, signing)).status == 401
    assert (await office.load(zap)).approvals == ()


async def test_a_form_sent_off_by_another(office: Office) -> None:
    """What Ben has opened, Sam can't send; nor can anybody for another plan or run, or of another team."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    view = await office.form(office.ben, office.card(zap), "Deny")
    await office.carla.presses(office.card(zap), "Approve")
    await office.ends(zap)
    sent = (await office.ben.submits(view, {"reason": {"reason": "no"}})).envelope
    wipe = await office.requests(office.olga, "/ecs run wipe web")
    digest = (await office.load(zap)).plan
    assert digest is not None
    about = json.dumps({"i": wipe, "d": digest.digest})
    true = office.card(wipe).elements[0][1]["value"]
    for changes in (
        {
            "user": sent.payload["user"] | {"id": office.sam.id},
            "view": sent.payload["view"] | {"private_metadata": true},
        },
        {
            "user": sent.payload["user"] | {"id": office.olga.id},
            "view": sent.payload["view"] | {"private_metadata": true},
        },
        {"view": sent.payload["view"] | {"private_metadata": about}},
        {"view": sent.payload["view"] | {"private_metadata": true}, "team": {"id": "T0OTHER"}},
        {
            "view": sent.payload["view"] | {"private_metadata": true},
            "user": {"id": office.ben.id, "team_id": "T0OTHER"},
        },
    ):
        ack = await office.slack.replay(sent, **changes)
        assert (ack.payload or {}).get("response_action") == "errors", changes
    assert await office.state(wipe) == "awaiting_approval"
