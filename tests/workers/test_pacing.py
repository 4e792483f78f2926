"""What the poller holds in memory: what it learns, what it may spend, and what another process finds."""

import math
from dataclasses import replace

from bot.domain.cohorts import COHORT
from bot.domain.invocation import BatchState, State
from bot.domain.pacing import HOLD
from bot.domain.result import Outcome
from bot.domain.runs import PAGE
from bot.errors import CloudTryAgain
from bot.slack.messages.thread import thread
from tests.workers.conftest import Office


async def test_how_long_it_takes_is_learnt(office: Office) -> None:
    """After some runs of half a minute the next one is hardly looked at before, and soon after."""
    for _ in range(6):
        inv = await office.sent()
        await office.passes(30)
        office.cloud.ends()
        await office.passes(3)
        assert (await office.load(inv)).state is State.SUCCEEDED
    known = await office.spans.of("mem", "web")
    assert 29 < math.exp(known.middle) < 34
    assert known.alive(25) > 2 * known.alive(45)


async def test_what_was_learnt_outlives_the_process(office: Office) -> None:
    """The database remembers when runs began and ended; a run then carries the lane of its kind."""
    for _ in range(4):
        await office.sent()
        await office.passes(10)
        office.cloud.ends()
        await office.passes(2)
    office.restarts()
    inv = await office.sent()
    cohort = f"1.ecs-{inv}-1"
    assert (await office.batch(inv)).lane == f"{cohort}.0.0.0"
    tags = {("pace", "1"), ("cohort", cohort), ("half", f"{cohort}.0"), ("eighth", f"{cohort}.0.0.0")}
    assert {(f"ecs-chatops-{name}", value) for name, value in tags} < set(office.cloud.orders[-1].tags)


async def test_cohorts(office: Office) -> None:
    """So many that are sent one after the other in a region share one; then the next begins."""

    async def sent(number: int, region: str = "cn-hangzhou") -> str:
        return await office.spans.lane("mem", "web", "default", region, f"run-{number}")

    assert await sent(0) == ""  # how long it takes is not known
    for _ in range(10):
        office.spans.learn("mem", "web", 1.5)
    its = [await sent(number) for number in range(COHORT + 1)]
    assert its[0] == its[39] == "0.run-0.0.0.0"
    assert its[COHORT - 1] == "0.run-0.1.1.1"
    assert its[COHORT] == f"0.run-{COHORT}.0.0.0"
    assert await sent(1_000, "cn-beijing") == "0.run-1000.0.0.0"
    assert await sent(1_001) == its[COHORT]


async def test_a_send_again_carries_the_same_tags(office: Office) -> None:
    """ECS refuses a token that comes with other parameters: what was learnt in between changes nothing."""
    for _ in range(4):
        await office.sent()
        await office.passes(10)
        office.cloud.ends()
        await office.passes(2)
    inv = await office.planned()
    office.cloud.faults["run"].append(CloudTryAgain("busy"))
    await office.dispatches()
    office.spans.learn("mem", "web", 3600.0)
    office.clock.later(minutes=1)
    await office.dispatches()
    first, second = office.cloud.orders[-2:]
    assert first.client_token == second.client_token
    assert first.tags == second.tags
    assert (await office.load(inv)).state is State.RUNNING


async def test_what_runs_is_taken_up_after_a_restart(office: Office) -> None:
    """At once where the bot is alone, and when its hold is over where it is not."""
    inv = await office.sent()
    await office.polls()
    office.cloud.ends()
    office.restarts()
    office.clock.later(seconds=1)
    assert await office.polls() == (0, 0)
    await office.store.hurry((BatchState.RUNNING,), office.clock.now())
    assert await office.polls() == (1, 0)
    assert (await office.load(inv)).state is State.SUCCEEDED


async def test_what_nobody_took_up_is_named_again(office: Office) -> None:
    """A process that is gone holds nothing for longer than HOLD."""
    inv = await office.sent()
    await office.polls()
    office.cloud.ends()
    office.restarts()
    office.clock.at += HOLD
    await office.polls()
    assert (await office.load(inv)).state is State.SUCCEEDED


async def test_a_minute_costs_no_more_than_it_may(office: Office) -> None:
    """A hundred and fifty runs that go on: what each API may be asked in a minute, and the burst before it."""
    for _ in range(150):
        await office.sent()
        office.clock.later(milliseconds=50)
    await office.passes(15)
    office.cloud.calls.clear()
    await office.passes(60)
    results, listing = office.cloud.calls["report"] + office.cloud.calls["newest"], office.cloud.calls["running"]
    assert 60 < listing <= 121
    assert results <= 121


async def test_throttled_means_fewer(office: Office) -> None:
    """ECS says that it is too much: nothing for as long as it says, and then half as many."""
    await office.sent()
    await office.passes(1)
    before = office.cloud.calls["report"]
    office.cloud.faults["look"].append(CloudTryAgain("too much", throttled=True, after=5.0))
    await office.passes(5)
    assert office.cloud.calls["report"] == before + 1
    await office.passes(5)
    assert office.cloud.calls["report"] > before + 1


async def test_what_it_prints_meanwhile(office: Office) -> None:
    """Of a run that goes on the end of its whole lines is in the thread, redacted; when it is over, its results."""
    inv = await office.sent()
    office.cloud.prints = "step one\ntoken=abc step two\nste"
    await office.passes(2)
    told = thread(await office.load(inv), ())
    assert "step one\\n‹redacted› step two" in str(told.blocks)
    assert "ste'" not in str(told.blocks)
    office.cloud.ends()
    await office.passes(2)
    over = await office.load(inv)
    assert over.state is State.SUCCEEDED
    assert "step one" not in str(thread(over, await office.store.results(inv)).blocks)


async def test_a_secret_that_spans_lines_is_not_shown_before_its_end(office: Office) -> None:
    """Its pattern finds it when all of it is printed: until then nothing is shown."""
    block = r"(?s)-----BEGIN [A-Z ]*KEY-----.*?-----END [A-Z ]*KEY-----"
    mem = replace(office.catalog.snippets["mem"], redact=(r"token=\S+", block))
    office.catalog = replace(office.catalog, snippets={"mem": mem})
    inv = await office.sent()
    office.cloud.prints = "cert:\n-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nhalf of it\nand"
    await office.passes(2)
    assert (await office.batch(inv)).glimpse == ""
    assert "MIIE" not in str(thread(await office.load(inv), ()).blocks)


async def test_of_many_nothing_is_shown_meanwhile(office: Office) -> None:
    """Slack's updates are scarce: where many run, nobody is looking at one."""
    invs = [await office.sent() for _ in range(8)]
    office.cloud.prints = "step one\n"
    await office.passes(3)
    assert {(await office.batch(inv)).glimpse for inv in invs} == {""}


async def test_who_is_missing_among_those_that_run_is_asked_for(office: Office) -> None:
    """The list does not show one that goes on: it is asked for by its id, and nothing is concluded."""
    invs = []
    for _ in range(60):
        invs.append(await office.sent())
        office.clock.later(milliseconds=50)
    await office.passes(20)
    hidden = (await office.batch(invs[0])).invoke_id
    office.cloud.unlisted.add(hidden)
    await office.passes(30)
    assert hidden in office.cloud.reported
    assert (await office.load(invs[0])).state is State.RUNNING
    office.cloud.ends()
    await office.passes(40)
    assert {(await office.load(inv)).state for inv in invs} == {State.SUCCEEDED}


async def test_a_page_of_what_is_over_is_not_asked_for_twice(office: Office) -> None:
    """After a restart it is not known how many have come and gone since: the page itself says how far it goes."""
    going = [await office.sent() for _ in range(5)]
    known = set(office.cloud.runs)
    for _ in range(PAGE):
        office.clock.later(milliseconds=50)
        await office.sent()
    office.cloud.over |= dict.fromkeys(office.cloud.runs.keys() - known, Outcome.SUCCEEDED)
    await office.passes(20)
    office.restarts()
    await office.store.hurry((BatchState.RUNNING,), office.clock.now())
    office.cloud.calls.clear()
    await office.passes(30)
    assert office.cloud.calls["newest"] <= 1
    office.cloud.ends()
    await office.passes(5)
    assert {(await office.load(inv)).state for inv in going} == {State.SUCCEEDED}
