"""What nobody pressed: buttons that are not ours, of other teams, of other plans, or delivered twice."""

from bot.sandbox.slack import Envelope, Message
from tests.scenarios.world import World, id_in, id_of


async def waiting(world: World) -> tuple[Message, Envelope]:
    """A restart that waits for approval, and the press of a stranger on its Approve."""
    await world.asks(world.olga, "/ecs run restart web-prod --service app --reason stuck")
    card = await world.card(state="awaiting_approval")
    return card, await pressed(world, card, "Approve")


async def waits(world: World, invocation: str) -> Message:
    """The card in the channel of *invocation*, which waits for approval."""
    return await world.see(lambda m: m.channel == "C0OPS" and id_of(m) == invocation and "Approve" in m.buttons)


async def pressed(world: World, message: Message, button: str) -> Envelope:
    """What Slack sends when Sam, who may nothing, presses *button*; it has been delivered once."""
    return (await world.sam.presses(message, button)).envelope


async def test_another_workspace(quick: World) -> None:
    """Of a shared channel the other team's people may nothing, whatever their ids."""
    envelope = (await quick.olga.types("/ecs list", channel="C0OPS")).envelope
    ack = await quick.slack.replay(envelope, text="run mem web-prod", team_id="T0OTHER", trigger_id="9.9.9")
    assert "Only full members of this workspace" in str(ack.payload)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ends(said)
    card = await quick.card(state="succeeded")
    press = (await quick.olga.presses(card, "Run again")).envelope
    await quick.card("again of", state="succeeded")
    await quick.slack.replay(press, team={"id": "T0OTHER", "domain": "other"}, trigger_id="9.9.8")
    await quick.told(quick.olga, "Only full members of this workspace")
    assert quick.runs == 2


VALUES = (
    "",
    "nonsense",
    "null",
    "[]",
    "7",
    '{"i": null, "d": null}',
    '{"i": {"id": 1}, "d": []}',
    '{"i": "zzzzzzz", "d": "00"}',
    '{"i": "' + "x" * 1_900 + '", "d": ""}',
    "[" * 1_900,
    "x" * 100_000,
    "\x00\ud800",
    7,
    None,
    {"i": "x"},
)
"""Values that no button of ours carries."""


async def test_buttons_with_values_that_are_not_ours(quick: World) -> None:
    """Every one is acknowledged and answered privately; the plan that waits is as it was."""
    card, press = await waiting(quick)
    action = press.payload["actions"][0]
    for name in ("approve", "deny", "stop", "again"):
        for value in VALUES:
            forged = {**action, "action_id": name, "value": value, "action_ts": quick.slack.workspace.new_ts()}
            url = quick.slack.response_url(quick.ben.id, card.channel, card)
            ack = await quick.slack.replay(press, user={"id": quick.ben.id}, actions=[forged], response_url=url)
            assert ack.ok, (name, value)
    answers = [m for m in quick.ben.sees("C0OPS") if m.via == "response_url"]
    assert {m.text.split(".")[0][:14] for m in answers} == {"✋ There is no "}
    assert quick.runs == 0
    await quick.ben.presses(card, "Approve")
    await quick.card(state="succeeded")
    assert quick.runs == 1


async def test_a_button_that_is_no_more(quick: World) -> None:
    """One of an older version, or none of ours: who presses it is told."""
    card, press = await waiting(quick)
    action = {**press.payload["actions"][0], "action_id": "reboot_everything"}
    assert (await quick.slack.replay(press, actions=[action])).ok
    await quick.told(quick.sam, "This button does nothing any more")
    await quick.ben.presses(card, "Approve")
    await quick.card(state="succeeded")


async def test_payloads_without_their_parts(quick: World) -> None:
    """They change nothing, and the next press counts."""
    card, press = await waiting(quick)
    quick.slack.sockets.timeout = 0.2  # nobody waits for an answer to these
    changes: tuple[dict[str, object], ...] = (
        {"actions": []},
        {"user": None},
        {"user": {"id": 7}},
        {"channel": None, "container": None},
        {"container": {"message_ts": 7}},
        {"team": None},
        {"type": "view_submission"},
        {"type": "no_such_type"},
    )
    for change in changes:
        await quick.slack.replay(press, **change)
    quick.slack.sockets.timeout = 3.0
    assert quick.runs == 0
    await quick.ben.presses(card, "Approve")
    await quick.card("restart", state="succeeded")
    await quick.runs_mem()


async def test_the_value_of_another_invocation(quick: World) -> None:
    """A yes is to what stands on the message: another's id, or another plan's digest, does not count there."""
    said = [
        await quick.asks(quick.olga, f"/ecs run restart web-prod --service {service} --reason stuck")
        for service in ("app", "nginx")
    ]
    first, second = [await waits(quick, id_in(one)) for one in said]
    press = await pressed(quick, first, "Approve")
    digests = [element["value"] for m in (first, second) for _, element in m.elements[:1]]
    foreign = digests[0].replace(id_in(said[0]), id_in(said[1]))
    mixed = digests[1].replace(id_in(said[1]), id_in(said[0]))
    for value, words in ((foreign, "not on my own message"), (mixed, "has moved on")):
        action = {**press.payload["actions"][0], "value": value, "action_ts": quick.slack.workspace.new_ts()}
        url = quick.slack.response_url(quick.ben.id, first.channel, first)
        await quick.slack.replay(press, user={"id": quick.ben.id}, actions=[action], response_url=url)
        await quick.told(quick.ben, words)
    assert quick.runs == 0


async def test_one_press_delivered_twice(quick: World) -> None:
    """Run again, delivered again, is one more run and not two."""
    await quick.runs_mem()
    card = await quick.card(state="succeeded")
    press = (await quick.olga.presses(card, "Run again")).envelope
    await quick.slack.replay(press)
    await quick.card("again of", state="succeeded")
    assert (quick.runs, len(quick.cards())) == (2, 2)
