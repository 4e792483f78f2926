"""Whatever ECS does: each script runs once on each machine, and the result that arrives is true."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.sandbox.ecs import Faults
from tests.scenarios.world import World, id_in

WEBS = ("web-prod-1", "web-prod-2", "web-prod-3")

SENDING: dict[str, Callable[[Faults], None]] = {
    "throttled": lambda faults: faults.throttle("RunCommand"),
    "throttled, and told for how long": lambda faults: faults.throttle("RunCommand", retry_after_ms=300),
    "500": lambda faults: faults.fail("RunCommand"),
    "503": lambda faults: faults.fail("RunCommand", status=503, code="ServiceUnavailable"),
    "502 with a page": lambda faults: faults.garble("RunCommand"),
    "200 with a page": lambda faults: faults.garble("RunCommand", status=200),
    "200 with half of it": lambda faults: faults.garble("RunCommand", status=200, body='{"InvokeId": "t-'),
    "cut before it arrived": lambda faults: faults.cut_before("RunCommand"),
    "cut after it was taken": lambda faults: faults.cut_after("RunCommand", times=2),
}
"""What can happen to RunCommand."""

LOOKING: dict[str, Callable[[Faults], None]] = {
    "throttled": lambda faults: faults.throttle("DescribeInvocationResults", times=2),
    "503": lambda faults: faults.fail("DescribeInvocationResults", status=503, code="ServiceUnavailable"),
    "a page": lambda faults: faults.garble("DescribeInvocationResults"),
    "cut": lambda faults: faults.cut_after("DescribeInvocationResults", times=2),
    "another run's answer": lambda faults: faults.wrong_invoke_id("DescribeInvocationResults", times=2),
    "a status that nobody documented": lambda faults: faults.undocumented_status("DescribeInvocationResults", times=2),
    "results throttled": lambda faults: faults.throttle("DescribeInvocationResults"),
    "results of another run": lambda faults: faults.wrong_invoke_id("DescribeInvocationResults", times=2),
    "results cut": lambda faults: faults.cut_after("DescribeInvocationResults", times=2),
    "results as a page": lambda faults: faults.garble("DescribeInvocationResults"),
}
"""What can happen to the looks that follow."""


async def once(world: World, said: str) -> None:
    """The results arrive; the script ran once on each machine, under one ClientToken."""
    thread = await world.ends(said)
    assert "total" in thread.words
    await world.card("3 of 3 machines succeeded", state="succeeded")
    assert world.ran(*WEBS) == [1, 1, 1]
    assert (world.runs, len(world.tokens)) == (1, 1)
    assert len(world.cards()) == 1


@pytest.mark.parametrize("fault", SENDING)
async def test_when_it_is_sent(quick: World, fault: str) -> None:
    """The same token is sent again, until ECS has an answer."""
    SENDING[fault](quick.ecs.faults)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await once(quick, said)
    assert len(quick.sends) > 1


@pytest.mark.parametrize("fault", LOOKING)
async def test_when_it_is_looked_at(quick: World, fault: str) -> None:
    """Nothing is concluded from a bad look, and nothing is sent again."""
    LOOKING[fault](quick.ecs.faults)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await once(quick, said)
    assert len(quick.sends) == 1


async def test_a_new_run_is_not_visible_at_once(quick: World) -> None:
    """ECS does not show it in the first looks; that is no end."""
    quick.region.hide_new_for = 2
    await once(quick, await quick.asks(quick.olga, "/ecs run mem web-prod"))


async def test_the_machines_can_t_be_listed_at_first(quick: World) -> None:
    """Olga is told that it is tried on; then it runs."""
    quick.ecs.faults.fail("DescribeInstances", times=2, status=503, code="ServiceUnavailable")
    quick.ecs.faults.throttle("DescribeCloudAssistantStatus")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.told(quick.olga, "has to wait", "Nothing has run yet")
    await once(quick, said)


async def test_ecs_stays_silent(quick: World) -> None:
    """After two minutes it is refused rather than run when nobody expects it."""
    quick.ecs.faults.fail("DescribeInstances", times=200, status=503, code="ServiceUnavailable")
    await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.told(quick.olga, "has to wait", "ServiceUnavailable")
    await quick.later(timedelta(minutes=2, seconds=5))
    await quick.told(quick.olga, "ECS gave no answer about `web-prod`", "Nothing ran")
    assert quick.sends == []


@pytest.mark.parametrize(("status", "code"), [(403, "Forbidden.RAM"), (403, "Invocation.ExceedQuota")])
async def test_ecs_refuses_the_run(quick: World, status: int, code: str) -> None:
    """A definite no: nothing ran, and ECS's own words are in the thread."""
    quick.ecs.faults.fail("RunCommand", status=status, code=code)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    thread = await quick.ends(said, "failed")
    assert code in thread.words
    await quick.card("0 of 3 machines succeeded · 3 not run", state="failed")
    assert (quick.ran(*WEBS), len(quick.sends)) == ([0, 0, 0], 1)


async def test_a_run_whose_answer_never_comes(quick: World) -> None:
    """After ten minutes the token is not sent any more; the run is found by its name and tag."""
    quick.ecs.faults.cut_after("RunCommand", times=1_000)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ecs.journal.wait_for("RunCommand", answered=False)
    await quick.region.wait_for(lambda: quick.runs == 1 and quick.region.invocations[0].final)
    await quick.later(timedelta(minutes=11))
    await once(quick, said)


async def test_a_run_that_nobody_can_find(quick: World) -> None:
    """It is unknown, and says so: never guessed, never run again."""
    quick.ecs.faults.cut_before("RunCommand", times=1_000)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ecs.journal.wait_for("RunCommand", answered=False)
    await quick.later(timedelta(minutes=11))
    thread = await quick.ends(said, "unknown")
    assert "no answer to RunCommand" in thread.words
    card = await quick.card("ECS can't say what became of 3 machines", "Look there before you run it again")
    assert card.buttons == ["Run again"]
    assert quick.runs == 0
    assert id_in(said) in await quick.asks(quick.olga, "/ecs history")
