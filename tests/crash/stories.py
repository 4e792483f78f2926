"""What people do while the bot dies: each story ends when all that it asked for has ended."""

from collections.abc import Awaitable, Callable

from bot.sandbox.ecs import CannedRunner, Region
from tests.crash.rig import Rig
from tests.scenarios.world import webs

ENDS = ("succeeded", "failed", "partly_failed", "cancelled", "denied", "expired", "refused", "unknown", "timed_out")
OLGA, BEN = "U0ONCALL", "U0APPROVE"

OUTPUT = "total used free\nMem: 3.7G 1.2G 2.5G\n"


async def plain(rig: Rig) -> None:
    """A run that needs nobody's approval."""
    await rig.arm()
    await rig.types(rig.slack.person(OLGA), "/ecs run mem web-prod")
    await rig.quiet()


async def approved(rig: Rig) -> None:
    """A run that waits for Ben. A press of his that came to nothing he makes again, on a newer card if there is one."""
    await rig.arm()
    asked = await rig.types(rig.slack.person(OLGA), "/ecs run restart web-prod --service app --reason stuck")
    card = await rig.message(asked, "Approve", "queued", "running", *ENDS) if asked else None
    while card is not None:
        await rig.presses(rig.slack.person(BEN), card, "Approve")
        card = await rig.message(asked, "Approve", "queued", "running", *ENDS, after=card)
    await rig.quiet()


async def stopped(rig: Rig) -> None:
    """A run that would take an hour, and is stopped. Who dies, dies over the stop."""
    asked = await rig.types(rig.slack.person(OLGA), "/ecs run mem web-prod")
    card = await rig.message(asked, "Stop", *ENDS)
    await rig.region.wait_for(lambda: any(("ecs-chatops-id", asked) in run.tags for run in rig.region.invocations))
    await rig.until(lambda: rig.states()[asked] == "running", "it runs")
    await rig.arm()
    while card is not None:
        await rig.presses(rig.slack.person(OLGA), card, "Stop")
        card = await rig.message(asked, "Stop", "cancelling", *ENDS, after=card)
    await rig.quiet()


async def again(rig: Rig) -> None:
    """A run that is over is run again. A press that failed is not repeated: it would be another run."""
    first = await rig.types(rig.slack.person(OLGA), "/ecs run mem web-prod")
    await rig.quiet()
    await rig.arm()
    card = await rig.message(first, "Run again")
    assert card is not None
    before = len(rig.states())
    if (await rig.presses(rig.slack.person(OLGA), card, "Run again")).error is None:
        await rig.until(lambda: len(rig.states()) > before, "the second is recorded")
    await rig.quiet()


STORIES: dict[str, Callable[[Rig], Awaitable[None]]] = {
    "a plain run": plain,
    "an approved run": approved,
    "a stop": stopped,
    "a run again": again,
}


def region_for(story: str) -> Region:
    """Three machines; over a stop their script takes an hour."""
    return webs(CannedRunner(OUTPUT, duration=3600 if story == "a stop" else 0))
