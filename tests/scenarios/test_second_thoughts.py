"""What people do twice, for longer, or in another's name."""

from datetime import timedelta

from tests.scenarios.world import World


async def test_a_second_tap_on_run_again_runs_nothing(quick: World) -> None:
    """While the same person's repetition is under way, it is not repeated."""
    await quick.olga.types("/ecs run mem web-prod", channel="C0OPS")
    await quick.thread(state="succeeded")
    card = await quick.card(state="succeeded")
    hold = quick.ecs.faults.hold("RunCommand")
    await quick.olga.presses(card, "Run again")
    await hold.reached.wait()
    await quick.olga.presses(card, "Run again")
    told = await quick.see(lambda m: m.ephemeral_to == quick.olga.id and "again already" in m.text)
    assert "✋" in told.text
    hold.release()
    await quick.see(lambda m: m is not card and not m.is_reply and "again of" in m.words and "succeeded" in m.text)
    assert quick.runs == 2


async def test_run_again_takes_nobody_elses_reason(quick: World) -> None:
    """Policy wants a reason: Ada gives her own, and Olga's is not hers."""
    await quick.olga.types("/ecs run restart web-prod --service nginx --reason wedged", channel="C0OPS")
    card = await quick.card(state="awaiting_approval")
    await quick.olga.presses(card, "Stop")
    card = await quick.card(state="cancelled")
    await quick.ada.presses(card, "Run again")
    told = await quick.see(lambda m: m.ephemeral_to == quick.ada.id and "✋" in m.text)
    assert "reason" in told.words


async def test_a_manager_for_a_while_makes_no_manager_for_ever(quick: World) -> None:
    """Nor for longer than their own time; what others get to do is theirs to say."""
    await quick.ada.types("/ecs role grant <@U0ONCALL> admin --for 1h", channel="C0OPS")
    await quick.olga.types("/ecs role grant <@U0ONCALL> admin", channel="C0OPS")
    await quick.olga.types("/ecs role grant <@U0STRANGER> admin --for 8h", channel="C0OPS")
    await quick.olga.types("/ecs role grant <@U0SECOND> oncall --for 8h", channel="C0OPS")
    await quick.later(timedelta(hours=2))
    left = (await quick.ada.types("/ecs role list", channel="C0OPS")).message
    assert left is not None
    assert "U0STRANGER" not in left.text
    assert "U0SECOND" in left.words
    refused = await quick.olga.types("/ecs role list", channel="C0OPS")
    assert "✋" in refused.text


async def test_who_may_only_look_keeps_nobody_out(quick: World) -> None:
    """A viewer locks nothing, and learns nothing of the locks of others."""
    await quick.ada.types("/ecs role grant <@U0STRANGER> viewer --on web-*", channel="C0OPS")
    refused = await quick.sam.types("/ecs lock web-prod --reason mine", channel="C0OPS")
    assert "✋" in refused.text
    await quick.olga.types("/ecs lock db-prod --reason restoring", channel="C0OPS")
    told = await quick.sam.types("/ecs unlock db-prod", channel="C0OPS")
    assert "restoring" not in told.text
    assert quick.olga.id not in told.text
