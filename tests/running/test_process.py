"""The bot's process: what it logs, how it stops, how it takes a new catalogue, why it does not start."""

import json
import shutil
import signal
import socket
import sqlite3
from pathlib import Path

from bot.domain.invocation import State
from bot.sandbox.ecs import EcsServer
from bot.sandbox.slack import Message, SlackServer
from bot.sandbox.terminal import state_of
from tests.running.process import PATIENCE, ROOT, BotProcess, secrets_of

CANARY = """\
summary = "Says a word"
risk = "low"
timeout = "60s"
targets = ["*"]

[params.word]
type = "string"
pattern = '^[a-z-]+$'

[linux]
script = '''
# canary-in-the-script
echo "canary-in-the-output: $word"
'''
"""


def catalogue(folder: Path) -> Path:
    """A copy of the shipped catalogue with one more snippet, which leaves traces that can be looked for."""
    copy = folder / "commands"
    shutil.copytree(ROOT / "commands", copy)
    (copy / "canary.toml").write_text(CANARY)
    return copy


async def thread(slack: SlackServer, state: str) -> Message:
    """The message under a card, once its invocation is in *state*."""
    return await slack.workspace.wait_for(lambda m: m.is_reply and state_of(m) == state, PATIENCE)


async def test_a_life(env: dict[str, str], slack: SlackServer, ecs: EcsServer, tmp_path: Path) -> None:
    """SIGTERM in the middle of a run: exit 0; the next process brings the results; every line is JSON and discreet."""
    env |= {"COMMANDS_DIR": str(catalogue(tmp_path)), "LOG_LEVEL": "debug"}
    ada = slack.person("U0ADMIN")
    hold = ecs.faults.hold("DescribeInvocationResults")
    async with BotProcess(env, tmp_path) as first:
        await first.logs("serving")
        await ada.types("/ecs run canary web-prod --word canary-in-a-parameter --reason canary-why", channel="C0OPS")
        await hold.reached.wait()
        first.told(signal.SIGTERM)
        await first.logs("stopping")
        hold.release()
        assert (await first.ended(), first.errors) == (0, "")
    async with BotProcess(env, tmp_path) as second:
        await second.logs("serving")
        assert "canary-in-the-output" in (await thread(slack, "succeeded")).words
        second.told(signal.SIGTERM)
        assert (await second.ended(), second.errors) == (0, "")
    assert len(ecs.regions["cn-hangzhou"].invocations) == 1

    (asked,) = [line for line in first.log if line["event"] == "asked"]
    log = [line for line in (*first.log, *second.log) if line.get("invocation")]
    assert {line["invocation"] for line in log} == {asked["invocation"]}
    moves = [(line["what"], line["state"]) for line in log if line["event"] == "moved"]
    assert moves[:2] == [("planned", State.QUEUED), ("dispatching", State.RUNNING)]
    assert moves[-1] == ("ended", State.SUCCEEDED)
    assert all({"timestamp", "level", "logger", "event"} <= set(line) for line in (*first.log, *second.log))

    text = "\n".join((*first.lines, *second.lines))
    traces = ["canary-in-the-script", "canary-in-the-output", "canary-in-a-parameter", "/commands/T"]
    assert [trace for trace in [*secrets_of(env), *traces] if trace in text] == []


async def test_every_line_about_an_invocation_has_its_id(
    env: dict[str, str], slack: SlackServer, ecs: EcsServer, tmp_path: Path
) -> None:
    """Whoever says it: what Slack does not take, what ECS does not answer, what a person is told instead."""
    slack.faults.error("chat.postMessage", "internal_error", 1)
    ecs.faults.fail("RunCommand", 1, 503, "ServiceUnavailable")
    async with BotProcess(env, tmp_path) as bot:
        await bot.logs("serving")
        await slack.person("U0ADMIN").types("/ecs run mem web-prod", channel="C0OPS")
        await thread(slack, "succeeded")
        bot.told(signal.SIGTERM)
        assert await bot.ended() == 0
    (asked,) = [line for line in bot.log if line["event"] == "asked"]
    alone = {"starting", "serving", "stopping", "stopped"}
    lines = [line for line in bot.log if line["logger"].startswith("bot.") and line["event"] not in alone]
    assert any(line["event"] == "slack: to be tried again" for line in lines)
    assert [line for line in lines if line.get("invocation") != asked["invocation"]] == []


async def test_a_new_catalogue(env: dict[str, str], slack: SlackServer, tmp_path: Path) -> None:
    """SIGHUP reads it again; a bad one is told in the log, and the last good one goes on."""
    folder = catalogue(tmp_path)
    ada = slack.person("U0ADMIN")
    async with BotProcess(env | {"COMMANDS_DIR": str(folder)}, tmp_path) as bot:
        await bot.logs("serving")
        good = (folder / "canary.toml").read_text()
        (folder / "canary.toml").write_text(good.replace('risk = "low"', 'risk = "none"'))
        bot.told(signal.SIGHUP)
        kept = await bot.logs("catalogue_kept")
        assert [fault.split(": ")[:2] for fault in kept["faults"]] == [["commands/canary.toml", "risk"]]
        await ada.types("/ecs run canary web-prod --word hello", channel="C0OPS")
        await thread(slack, "succeeded")
        (folder / "canary.toml").rename(folder / "parrot.toml")
        (folder / "parrot.toml").write_text(good)
        bot.told(signal.SIGHUP)
        await bot.logs("catalogue_read")
        assert "✋" in (await ada.types("/ecs run canary web-prod --word hello", channel="C0OPS")).text
        assert "on its way" in (await ada.types("/ecs run parrot web-prod --word hello", channel="C0OPS")).text
        bot.told(signal.SIGTERM)
        assert await bot.ended() == 0


async def not_started(env: dict[str, str], folder: Path) -> list[str]:
    """What the person who starts it reads: plain lines on stderr, no secret among them; the exit code is 2."""
    async with BotProcess(env, folder) as bot:
        assert await bot.ended() == 2
    first, *rest = bot.errors.splitlines()
    assert first == "The bot can't start:"
    assert "Traceback" not in bot.errors
    assert not any(secret in bot.errors + "".join(bot.lines) for secret in secrets_of(env) if len(secret) > 5)
    assert all(json.loads(line) for line in bot.lines)
    return [line.removeprefix("  ") for line in rest]


async def test_it_does_not_start_without_settings(env: dict[str, str], tmp_path: Path) -> None:
    """All faults at once."""
    told = await not_started({"PORT": "http", "COMMANDS_DIR": env["COMMANDS_DIR"]}, tmp_path)
    assert [line.split(":")[0] for line in told] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "PORT"]


async def test_it_does_not_start_with_a_bad_catalogue(env: dict[str, str], tmp_path: Path) -> None:
    """Each fault with file and key."""
    folder = catalogue(tmp_path)
    (folder / "canary.toml").write_text(CANARY.replace('risk = "low"', 'risk = "none"\ncolour = "red"'))
    told = await not_started(env | {"COMMANDS_DIR": str(folder)}, tmp_path)
    assert {tuple(line.split(": ")[:2]) for line in told} == {
        ("commands/canary.toml", "colour"),
        ("commands/canary.toml", "risk"),
    }


async def test_it_does_not_start_with_a_wrong_token(env: dict[str, str], tmp_path: Path) -> None:
    """Slack's own word for it."""
    (told,) = await not_started(env | {"SLACK_BOT_TOKEN": "xoxb-of-somebody-else"}, tmp_path)
    assert told.startswith("SLACK_BOT_TOKEN: Slack refuses it (invalid_auth)")


async def test_it_does_not_start_on_a_port_that_is_taken(env: dict[str, str], tmp_path: Path) -> None:
    """Which port."""
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        (told,) = await not_started(env | {"PORT": port}, tmp_path)
    assert told.startswith(f"PORT: {port} can't be opened: ")


async def test_it_does_not_start_on_a_database_of_something_else(env: dict[str, str], tmp_path: Path) -> None:
    """Nothing in it is touched."""
    with sqlite3.connect(tmp_path / "bot.db") as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    (told,) = await not_started(env, tmp_path)
    assert told.endswith("is not this bot's: it has tables of something else")
