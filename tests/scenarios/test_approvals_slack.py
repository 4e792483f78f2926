"""Approvals as people do them in Slack: forms, reminders, break-glass and its review, scripts too long for a card."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.slack import Message, Person, View
from tests.scenarios.world import World, catalogue, id_in

RESTART = "/ecs run restart web-prod --service app --reason workers are wedged"
GLASS = 'run = [{ snippets = ["*"], targets = ["*"] }]\nbreak_glass = [{ snippets = ["*"], targets = ["web-*"] }]'
LONG = """
summary = "Says a lot"
risk = "high"
timeout = "1m"
[linux]
script = '''
%s
'''
"""


@pytest.fixture
async def glass(tmp_path: Path) -> AsyncIterator[World]:
    """A catalogue in which those on call may break the glass, with a snippet that is longer than a card."""
    long = LONG % "\n".join(f"echo this is line {n} of a long script" for n in range(300))
    commands = catalogue(tmp_path, long=long)
    policy = commands / "policy.toml"
    plain = '[roles.oncall]\nrun = [{ snippets = ["*"], targets = ["*"] }]'
    assert plain in policy.read_text()
    policy.write_text(policy.read_text().replace(plain, f"[roles.oncall]\n{GLASS}"))
    async with World(tmp_path, commands=commands) as world:
        yield world


async def form(world: World, person: Person, message: Message, button: str) -> View:
    """What opens before *person* who presses *button*."""
    await person.presses(message, button)
    await world.slack.workspace.until(lambda: person.modal)
    assert person.modal is not None
    return person.modal


async def dm(world: World, person: Person, *words: str) -> Message:
    """A direct message to *person* with all *words*."""
    return await world.see(lambda m: m.channel == person.dm.id and all(word in m.words for word in words))


async def test_a_no_has_a_reason(world: World) -> None:
    """Deny asks why; who asked, the channel and the other approver read it."""
    await world.asks(world.olga, RESTART)
    asked = await dm(world, world.ben, "asks you to approve")
    view = await form(world, world.ben, asked, "Deny")
    seen = await world.ben.submits(view, {"reason": {"reason": "nginx is mid-deploy"}})
    assert (seen.errors, world.ben.modal) == (None, None)
    card = await world.card("Denied by <@U0APPROVE>: nginx is mid-deploy", state="denied")
    assert card.buttons == ["Run again"]
    await world.told(world.olga, "denied by <@U0APPROVE>: nginx is mid-deploy", "Nothing ran")
    for person in (world.ben, world.carla):
        assert (await dm(world, person, "mid-deploy")).buttons == []
    assert (world.runs, world.refusals()) == (0, [])


async def test_a_no_of_blanks_is_no_reason(quick: World) -> None:
    """It says so beside the field; the second try counts."""
    await quick.asks(quick.olga, RESTART)
    view = await form(quick, quick.ben, await quick.card(state="awaiting_approval"), "Deny")
    seen = await quick.ben.submits(view, {"reason": {"reason": "  \n "}})
    assert seen.errors == {"reason": "Say it in a few words: it is kept with the run."}
    await quick.ben.submits(view, {"reason": {"reason": "not now"}})
    await quick.card("not now", state="denied")


async def test_a_form_that_was_overtaken(quick: World) -> None:
    """While Ben types, Chen approves: Ben reads it beside the field, and it runs."""
    await quick.asks(quick.olga, RESTART)
    card = await quick.card(state="awaiting_approval")
    view = await form(quick, quick.ben, card, "Deny")
    await quick.carla.presses(card, "Approve")
    await quick.card(state="succeeded")
    seen = await quick.ben.submits(view, {"reason": {"reason": "not now"}})
    assert seen.errors is not None
    assert "is over: succeeded" in seen.errors["reason"]
    assert "`" not in seen.errors["reason"]
    assert quick.runs == 1


async def test_who_lost_the_role_while_typing(quick: World) -> None:
    """What counts is who may when the form is sent off."""
    await quick.asks(quick.olga, RESTART)
    view = await form(quick, quick.ben, await quick.card(state="awaiting_approval"), "Deny")
    await quick.asks(quick.ada, "/ecs role revoke <@U0APPROVE> approver")
    seen = await quick.ben.submits(view, {"reason": {"reason": "not now"}})
    assert seen.errors is not None
    assert "You may not approve restart on web-prod" in seen.errors["reason"]
    await quick.card(state="awaiting_approval")


async def test_nobody_types_a_reason_for_nothing(quick: World) -> None:
    """Who may not deny, and who comes too late, is told at once and sees no form."""
    await quick.asks(quick.olga, RESTART)
    card = await quick.card(state="awaiting_approval")
    stale = await dm(quick, quick.ben, "asks you to approve")
    press = (await quick.sam.presses(card, "Deny")).envelope
    await quick.told(quick.sam, "You may not approve restart")
    await quick.carla.presses(card, "Approve")
    await quick.card(state="succeeded")
    url = quick.slack.response_url(quick.ben.id, stale.channel, stale)
    container = {"type": "message", "message_ts": stale.ts, "channel_id": stale.channel}
    await quick.slack.replay(press, user={"id": quick.ben.id}, container=container, response_url=url)
    await quick.told(quick.ben, "is over: succeeded")
    assert (quick.sam.modal, quick.ben.modal) == (None, None)


async def test_a_form_that_slack_does_not_open(quick: World) -> None:
    """The trigger was used up: Ben is told to press once more, and nothing was decided."""
    await quick.asks(quick.olga, RESTART)
    card = await quick.card(state="awaiting_approval")
    press = (await quick.ben.presses(card, "Deny")).envelope
    await quick.slack.workspace.until(lambda: quick.ben.modal)
    await quick.slack.replay(press, actions=[{**press.payload["actions"][0], "action_ts": "1.2"}])
    await quick.told(quick.ben, "Slack did not open the form")
    await quick.card(state="awaiting_approval")


async def test_a_form_of_an_older_version(quick: World) -> None:
    """Nobody listens to it: it says so, and stays open to be read."""
    await quick.asks(quick.olga, RESTART)
    view = await form(quick, quick.ben, await quick.card(state="awaiting_approval"), "Deny")
    view.body["callback_id"] = "deny_v0"
    seen = await quick.ben.submits(view, {"reason": {"reason": "not now"}})
    assert seen.view is not None
    assert "This form does nothing any more" in seen.view.words
    await quick.card(state="awaiting_approval")


async def test_a_copied_button_does_nothing(quick: World) -> None:
    """A press on a message that is not the bot's own of that invocation is refused, whatever it carries."""
    await quick.asks(quick.olga, RESTART)
    card = await quick.card(state="awaiting_approval")
    copy = quick.slack.workspace.post(
        quick.slack.workspace.channel("C0INCIDENT"),
        quick.slack.workspace.app.user_id,
        card.text,
        blocks=card.blocks,
    )
    for button in ("Approve", "Deny", "Stop"):
        before = len(quick.ben.sees("C0INCIDENT"))
        await quick.ben.presses(copy, button)
        await quick.slack.workspace.until(lambda n=before: len(quick.ben.sees("C0INCIDENT")) > n)  # type: ignore[misc]
    said = [m.text for m in quick.ben.sees("C0INCIDENT") if m.ephemeral_to]
    assert len(said) == 3
    assert all("not on my own message" in text for text in said)
    assert quick.ben.modal is None
    await quick.card(state="awaiting_approval")


async def test_the_silent_are_reminded(quick: World) -> None:
    """Half of the time is over: a new message, with buttons that count; afterwards they are refused politely."""
    await quick.asks(quick.olga, RESTART)
    await quick.card(state="awaiting_approval")
    await quick.later(timedelta(minutes=8))
    reminder = await dm(quick, quick.ben, "Still waiting until", "workers are wedged", "web-prod")
    other = await dm(quick, quick.carla, "Still waiting until")
    assert reminder.buttons == ["Approve", "Deny"]
    await quick.ben.presses(reminder, "Approve")
    await quick.card(state="succeeded")
    await quick.carla.presses(other, "Approve")
    await quick.told(quick.carla, "is over: succeeded")
    assert quick.runs == 1


async def test_no_answer_is_a_no(quick: World) -> None:
    """After the time nobody can approve, Olga is told, and the approvers' messages say so."""
    await quick.asks(quick.olga, RESTART)
    await quick.card(state="awaiting_approval")
    await quick.later(timedelta(minutes=16))
    await quick.card(state="expired")
    await quick.told(quick.olga, "nobody approved it in time", "Nothing ran")
    assert (await dm(quick, quick.ben, "Expired")).buttons == []


async def test_approvers_read_how_it_ended(quick: World) -> None:
    """Ben said yes; his message, and Chen's, follow the run to its end."""
    await quick.asks(quick.olga, RESTART)
    asked = await dm(quick, quick.ben, "asks you to approve")
    await quick.ben.presses(asked, "Approve")
    for person in (quick.ben, quick.carla):
        assert "3 of 3 machines succeeded" in (await dm(quick, person, "*Succeeded*")).words


async def test_broken_glass_is_reviewed(glass: World) -> None:
    """It runs at once; the approvers are told what and why, and one of them, not Olga, reviews it with a note."""
    said = await glass.asks(glass.olga, "/ecs run restart web-prod --service app --break-glass --reason all is down")
    await glass.ends(said)
    card = await glass.card("WITHOUT APPROVAL. To be reviewed", "all is down", state="succeeded")
    alert = await dm(glass, glass.ben, "BREAK-GLASS", "systemctl restart", "all is down", "Succeeded")
    assert card.buttons == ["Reviewed", "Whole script", "Run again"]
    assert "to be reviewed" in await glass.asks(glass.ben, "/ecs status")
    assert "to be reviewed" in await glass.asks(glass.olga, "/ecs history")
    await glass.olga.presses(card, "Reviewed")
    await glass.told(glass.olga, "You may not review restart")
    view = await form(glass, glass.ben, alert, "Reviewed")
    assert "all is down" in view.words
    seen = await glass.ben.submits(view, {"note": {"note": "was right, see incident 42"}})
    assert seen.errors is None
    card = await glass.card("Reviewed by <@U0APPROVE>", "incident 42")
    assert card.buttons == ["Run again"]
    assert (await dm(glass, glass.carla, "Reviewed by <@U0APPROVE>")).buttons == []
    assert "To be reviewed" not in await glass.asks(glass.ben, "/ecs status")
    assert "reviewed it: was right, see incident 42" in await glass.asks(glass.ben, f"/ecs audit {id_in(said)}")
    assert glass.refusals() == []


async def test_the_whole_script(glass: World) -> None:
    """Longer than a card: the button shows every line to those who may see the run, and to nobody else."""
    said = await glass.asks(glass.olga, "/ecs run long web-prod --reason a try")
    card = await glass.card(state="awaiting_approval")
    assert card.buttons == ["Approve", "Deny", "Whole script", "Stop"]
    view = await form(glass, glass.ben, card, "Whole script")
    assert all(f"line {n} of" in view.words for n in range(300))
    await glass.sam.presses(card, "Whole script")
    await glass.told(glass.sam, "You may not look into")
    answer = await glass.olga.types(f"/ecs status {id_in(said)}", channel="C0OPS")
    assert answer.message is not None
    assert answer.message.buttons == ["Whole script"]
    await form(glass, glass.olga, answer.message, "Whole script")
    assert glass.refusals() == []


async def test_locks(quick: World) -> None:
    """Olga locks web-prod: others only look; she, or an admin, ends it."""
    await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER> oncall")
    assert "No target is locked" in await quick.asks(quick.olga, "/ecs locks")
    said = await quick.asks(quick.olga, "/ecs lock web-prod --for 1h --reason failover drill")
    assert "`web-prod` is yours until" in said
    assert "failover drill" in said
    await quick.refuses(quick.sam, RESTART, "is locked by <@U0ONCALL>: failover drill")
    await quick.refuses(quick.sam, "/ecs lock web-prod --reason mine", "is locked by <@U0ONCALL>")
    await quick.refuses(quick.sam, "/ecs unlock web-prod", "You may not unlock")
    assert "<@U0ONCALL>" in await quick.asks(quick.sam, "/ecs locks")
    can = await quick.asks(quick.sam, "/ecs can I run restart web-prod")
    assert "may run restart on web-prod" in can
    assert "*Right now:* `web-prod` is locked" in can
    assert "<@U0ONCALL> had locked it" in await quick.asks(quick.ada, "/ecs unlock web-prod")
    await quick.refuses(quick.olga, "/ecs unlock web-prod", "is not locked")
    assert quick.refusals() == []


async def test_the_audit_page_tells_it_all(quick: World) -> None:
    """Who asked, who tried, who approved, what ran; and to others there is no such run."""
    said = await quick.asks(quick.olga, RESTART)
    card = await quick.card(state="awaiting_approval")
    await quick.sam.presses(card, "Approve")
    await quick.told(quick.sam, "You may not")
    await quick.ben.presses(card, "Approve")
    await quick.ends(said)
    page = await quick.asks(quick.ben, f"/ecs audit {id_in(said)}")
    for line in (
        "<@U0ONCALL> · asked for restart on web-prod: workers are wedged",
        "planned for 3 machines; digest `",
        "<@U0STRANGER> · was not allowed to approve: no role of yours allows it",
        "<@U0APPROVE> · approved digest `",
        "batch 1 is being sent",
        "batch 1 runs in ECS: t-",
        "ended: succeeded (3 succeeded)",
        "The trail of this run ends in `",
    ):
        assert line in page, page
    await quick.refuses(quick.sam, f"/ecs audit {id_in(said)}", "There is no run")


async def test_can_says_what_is_needed_then(quick: World) -> None:
    """The rule, the grant and its end, the approval, who could give it."""
    await quick.asks(quick.ada, "/ecs role grant <@U0STRANGER> oncall --for 2h --reason cover")
    said = await quick.asks(quick.sam, "/ecs can I run restart web-prod")
    for words in (
        "*Rule:* role oncall: run * on *",
        "*Rests on:* role oncall until",
        "given by <@U0ADMIN>: cover",
        "*Approval:* 1 person within 15 min, with a reason (approval rule 2) · <@U0APPROVE>, <@U0SECOND> could",
    ):
        assert words in said, said
    assert "none is needed" in await quick.asks(quick.sam, "/ecs can I run mem web-prod")
