"""What nobody typed: forged, stale, repeated and senseless requests do nothing, and the bot serves on."""

from bot.sandbox.slack import Envelope, HttpDelivery, Person, Signing
from tests.scenarios.world import World, id_in


def line_to(world: World) -> HttpDelivery:
    """The way of HTTP requests to the bot."""
    assert world.slack.http is not None
    return world.slack.http


async def typed(world: World, line: str, person: Person | None = None) -> Envelope:
    """What Slack sends when *line* is typed; it has been delivered once."""
    return (await (person or world.olga).types(line, channel="C0OPS")).envelope


async def test_requests_that_slack_did_not_sign(http: World) -> None:
    """Another secret, no signature, a wrong one, one of ten minutes ago: refused before anything is read."""
    command = (await typed(http, "/ecs list")).again(text="run mem web-prod", trigger_id="1.2.3")
    for signing in (
        Signing(secret="guessed"),
        Signing(unsigned=True),
        Signing(signature="v0=" + "0" * 64),
        Signing(signature="v0="),
        Signing(age=600),
        Signing(age=-600),
    ):
        ack = await line_to(http).send(command, signing)
        assert ack.status == 401, signing
        assert "mem" not in ack.body
    assert http.cards() == []
    await http.runs_mem()
    assert http.runs == 1


async def test_a_signed_request_with_another_body(http: World) -> None:
    """The signature is for this body and no other."""
    await typed(http, "/ecs list")
    sent = line_to(http).sent[-1]
    forged = type(sent)(sent.body.replace(b"text=list", b"text=run+mem+web-prod"), sent.headers)
    assert (await line_to(http).resend(forged)).status == 401
    assert http.cards() == []


async def test_bodies_that_are_no_requests(http: World) -> None:
    """Signed nonsense gets an answer, never a 5xx, and breaks nothing."""
    for kind, body in (
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/x-www-form-urlencoded", b"payload={"),
        ("application/x-www-form-urlencoded", b"payload=null"),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00"),
        ("application/x-www-form-urlencoded", b""),
        ("text/plain; charset=klingon", b"hello"),
    ):
        ack = await line_to(http).resend(line_to(http).signed(body, kind, Signing(), {}))
        assert ack.status is not None, (kind, body)
        assert ack.status < 500, (kind, body)
    await http.runs_mem()


async def test_the_same_command_delivered_again(world: World) -> None:
    """One press of a key is one invocation, however often it arrives."""
    seen = await world.olga.types("/ecs run mem web-prod", channel="C0OPS")
    again = [await world.slack.replay(seen.envelope) for _ in range(3)]
    assert all(id_in(seen.text) in str(ack.payload) for ack in again)
    await world.ends(seen.text)
    assert (world.runs, len(world.cards())) == (1, 1)


async def test_commands_without_what_slack_always_sends(quick: World) -> None:
    """No user, no trigger, values of other types: a private no, and nothing runs."""
    envelope = await typed(quick, "/ecs list")
    for change in (
        {"user_id": ""},
        {"user_id": None},
        {"user_id": {"id": "U0ONCALL"}},
        {"trigger_id": ""},
        {"trigger_id": 7},
        {"channel_id": None},
        {"text": None},
        {"text": ["run", "mem", "web-prod"]},
        {"team_id": "T0OTHER"},
        {"team_id": None},
    ):
        ack = await quick.slack.replay(envelope, **({"text": "run mem web-prod"} | change))
        assert ack.ok, change
        assert (ack.payload or {}).get("response_type") == "ephemeral", change
    assert quick.cards() == []
    await quick.runs_mem()
    assert quick.runs == 1
