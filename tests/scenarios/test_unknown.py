"""Where the cloud can't say what became of a run, people do."""

from datetime import timedelta

from bot.sandbox.slack import Message
from tests.scenarios.entry.test_home import tab
from tests.scenarios.world import World


def alert(message: Message) -> bool:
    """The alert, and no card or thread."""
    return "Unknown:" in message.text or "Settled:" in message.text


async def test_an_unknown_run_raises_an_alert_until_somebody_settles_it(quick: World) -> None:
    """ECS never says that it ended: after its time the channel is told, and Ben looks on the machines."""
    quick.ecs.faults.undocumented_status("DescribeInvocationResults", times=10_000)
    await quick.olga.types("/ecs run mem web-prod", channel="C0OPS")
    await quick.ecs.journal.wait_for("DescribeInvocationResults")
    for _ in range(3):
        await quick.later(timedelta(minutes=20))
    card = await quick.card("look at it before you run this again", state="unknown")
    told = await quick.see(alert)
    invocation = str((card.metadata or {})["event_payload"]["id"])
    assert f"/ecs resolve {invocation}" in told.words
    for person in (quick.olga, quick.ben):
        await person.opens_home()
        await tab(quick, person, "Nobody knows what became of these", f"/ecs resolve {invocation}")

    refused = await quick.sam.types(f"/ecs resolve {invocation} succeeded --reason I say so", channel="C0OPS")
    assert "✋" in refused.text
    without = await quick.ben.types(f"/ecs resolve {invocation} succeeded", channel="C0OPS")
    assert "reason" in without.text

    await quick.ben.types(f"/ecs resolve {invocation} succeeded --reason looked on all three", channel="C0OPS")
    await quick.card("settled it as succeeded", "looked on all three", state="succeeded")
    await quick.see(lambda m: m is told and "Settled:" in m.text)
    await tab(quick, quick.ben, "approver", without="Nobody knows")
    again = await quick.ben.types(f"/ecs resolve {invocation} failed --reason no", channel="C0OPS")
    assert "✋" in again.text
    assert quick.runs == 1
