"""Whatever Slack does: the script ran once, and its result is read in the end."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.ecs import CannedRunner
from bot.sandbox.slack.faults import Faults
from tests.scenarios.world import World, id_in, webs

POST, UPDATE = "chat.postMessage", "chat.update"

TROUBLE: dict[str, Callable[[Faults], None]] = {
    "posting limited": lambda faults: faults.ratelimit(POST, retry_after=1),
    "updates limited": lambda faults: faults.ratelimit(UPDATE, retry_after=1),
    "posting: 500": lambda faults: faults.status(POST, 500),
    "updates: 503": lambda faults: faults.status(UPDATE, 503),
    "posting: a page": lambda faults: faults.not_json(POST),
    "posting: cut": lambda faults: faults.cut(POST, times=2),
    "updates: cut": lambda faults: faults.cut(UPDATE),
    "posting: an error that nobody documented": lambda faults: faults.error(POST, "gremlins"),
    "updates: internal_error": lambda faults: faults.error(UPDATE, "internal_error"),
}
"""What passes by itself."""


@pytest.mark.parametrize("fault", TROUBLE)
async def test_what_passes_by_itself(quick: World, fault: str) -> None:
    """The card and the results arrive late, once, and the script ran once."""
    TROUBLE[fault](quick.slack.faults)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    thread = await quick.ends(said)
    card = await quick.card("3 of 3 machines succeeded", state="succeeded")
    assert thread.thread_ts == card.ts
    assert len(quick.cards()) == 1
    assert quick.ran("web-prod-1", "web-prod-2", "web-prod-3") == [1, 1, 1]


async def test_a_message_that_somebody_deleted(quick: World) -> None:
    """The card is posted anew, and the results are read."""
    hold = quick.ecs.faults.hold("RunCommand")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await hold.reached.wait()
    card = await quick.card()
    quick.slack.workspace.delete(card)
    hold.release()
    await quick.card("3 of 3 machines succeeded", id_in(said), state="succeeded")
    await quick.see(lambda m: "web-prod-1" in m.words and "total" in m.words)
    assert quick.runs == 1


@pytest.mark.parametrize("error", ["msg_too_long", "invalid_blocks"])
@pytest.mark.parametrize("method", [POST, UPDATE])
async def test_what_slack_does_not_take(quick: World, method: str, error: str) -> None:
    """It is said once more, plainly, and what was to be read is read."""
    quick.slack.faults.error(method, error)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.see(lambda m: m.is_reply and "total" in m.words)
    card = await quick.see(lambda m: not m.is_reply and "3 of 3 machines succeeded" in m.text)
    assert id_in(said) in str(card.metadata) or method == POST
    assert quick.runs == 1


async def test_a_file_that_slack_does_not_take(tmp_path: Path) -> None:
    """The thread says so, and where the output is."""
    async with World(tmp_path, region=webs(CannedRunner("line\n" * 5_000), 1)) as world:
        world.slack.faults.error("files.completeUploadExternal", "storage_limit_reached", times=5)
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        await world.ends(said)
        await world.see(lambda m: m.is_reply and "did not take the file" in m.text)


async def test_an_upload_that_is_cut(tmp_path: Path) -> None:
    """It is tried again, until the file is there."""
    async with World(tmp_path, region=webs(CannedRunner("line\n" * 5_000), 1)) as world:
        world.slack.faults.cut("files.upload")
        world.slack.faults.status("files.getUploadURLExternal", 503)
        await world.asks(world.olga, "/ecs run uptime web-prod")
        await world.see(lambda m: m.files != [])


async def test_slack_refuses_the_bot_for_a_while(quick: World) -> None:
    """The run goes on; when the token is good again, all is told."""
    quick.slack.faults.error(POST, "account_inactive")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.slack.journal.wait_for(POST)
    await quick.region.wait_for(lambda: quick.runs == 1 and quick.region.invocations[0].final)
    await quick.later(timedelta(seconds=16))
    assert "total" in (await quick.ends(said)).words


async def test_the_socket_is_cut(quick: World) -> None:
    """The bot opens another, and goes on."""
    await quick.slack.sockets.disconnect("refresh_requested")
    await quick.slack.sockets.connected()
    await quick.runs_mem()


async def test_many_commands_at_once_keep_to_slack_s_limits(quick: World) -> None:
    """Four cards with their threads in one channel: slower, but every one, and Slack never says that it is too much."""
    for _ in range(2):
        for person in (quick.olga, quick.ada):
            await quick.asks(person, "/ecs run uptime web-prod")
    await quick.region.wait_for(lambda: quick.runs == 4)
    await quick.slack.workspace.until(
        lambda: len([m for m in quick.slack.workspace.all_messages("C0OPS") if m.is_reply and "✔" in m.text]) == 4, 30
    )
    assert quick.refusals() == []
