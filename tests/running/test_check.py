"""`python -m bot check`, read as a person reads it."""

import socket
import sqlite3
from pathlib import Path

import pytest

from bot.check import check, lines
from bot.cloud.line import METHODS
from bot.sandbox.ecs import SANDBOX_KEY, AccessKey, EcsServer
from bot.sandbox.slack import SlackServer
from bot.slack import manifest
from bot.store import open_store
from bot.store.migrations import HEAD
from tests.running.process import BotProcess, secrets_of

PERMISSIONS = [
    "DescribeInstances",
    "DescribeCloudAssistantStatus",
    "DescribeInvocations",
    "DescribeInvocationResults",
    "RunCommand",
    "StopInvocation",
]


async def told(env: dict[str, str]) -> str:
    """What `check` prints; it never holds a secret."""
    text = "\n".join(lines(await check(env)))
    assert [secret for secret in secrets_of(env) if secret in text] == []
    return text


def nobody_there() -> str:
    """An address on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def left_in(folder: Path) -> list[Path]:
    """What was made in *folder*."""
    return list(folder.iterdir())


async def test_all_is_well(env: dict[str, str], slack: SlackServer, ecs: EcsServer, tmp_path: Path) -> None:
    """Every line has its ✓; nothing was run, said, connected or made."""
    text = await told(env)
    permissions = "".join(f"✓ cn-hangzhou: ecs:{action}\n" for action in PERMISSIONS)
    assert "✗" not in text
    assert f"✓ cn-hangzhou: reachable\n✓ cn-hangzhou: credentials\n{permissions}" in text
    assert "✓ bot token: @ecs in " in text
    scopes = (
        "app_mentions:read, channels:read, chat:write, commands, files:write, groups:read, im:history,"
        " usergroups:read, users:read"
    )
    assert f"✓ scopes: {scopes}\n" in text
    assert "✓ Socket Mode: a socket may be opened\n" in text
    assert "admins from the start: U0ADMIN" in text
    assert "bot.db: not there yet, it is made at the first start" in text
    assert text.endswith("All is well: start it with `python -m bot`.")
    assert set(PERMISSIONS) == set(METHODS)
    (dry,) = ecs.journal.of("RunCommand")
    assert dry.params["RepeatMode"] == "DryRun"
    assert {call.method for call in slack.journal.all} == {"auth.test", "apps.connections.open"}
    assert slack.sockets.open == []
    assert left_in(tmp_path) == []


async def test_nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named, and what needs none of it is tried all the same."""
    monkeypatch.chdir(tmp_path)
    text = await told({})
    assert "✗ SLACK_BOT_TOKEN\n    is missing: the bot token of the Slack app, which starts with xoxb-" in text
    assert "✗ SLACK_SIGNING_SECRET\n    is missing" in text
    assert "✗ COMMANDS_DIR\n    commands is no folder" in text
    assert "✗ bot token: not tried\n    mend SLACK_BOT_TOKEN first" in text
    assert "✗ Slack's way in: not tried\n    mend SLACK_SIGNING_SECRET first" in text
    assert "✓ database: bot.db: not there yet" in text
    assert "✗ ECS: not tried\n    mend the catalogue first: it names the regions" in text


async def test_every_variable_is_wrong(env: dict[str, str]) -> None:
    """Tokens in each other's place, half a key, and the rest: no fault hides another."""
    wrong = {
        "SLACK_BOT_TOKEN": env["SLACK_APP_TOKEN"],
        "SLACK_APP_TOKEN": env["SLACK_BOT_TOKEN"],
        "SLACK_API_URL": "http://slack.example.com",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "",
        "ALIBABA_CLOUD_ECS_ENDPOINT": "ecs",
        "DATABASE_URL": "mysql://bot",
        "PORT": "http",
        "BOT_ADMINS": "@ada",
        "LOG_LEVEL": "loud",
    }
    text = await told(env | wrong)
    assert [f"✗ {name}\n" in text for name in wrong] == [True] * len(wrong)
    assert "✓ catalogue" in text


async def test_http_mode(env: dict[str, str], slack: SlackServer) -> None:
    """There is no socket to try; the signing secret is not shown."""
    del env["SLACK_APP_TOKEN"]
    text = await told(env | {"SLACK_SIGNING_SECRET": slack.signing_secret, "PORT": "3000"})
    assert "✓ HTTP: requests are taken on port 3000, at /slack/events" in text
    assert "✗" not in text


async def test_a_wrong_bot_token(env: dict[str, str]) -> None:
    """Slack's own word for it, and where the right one is."""
    text = await told(env | {"SLACK_BOT_TOKEN": "xoxb-of-somebody-else"})
    assert "✗ bot token: invalid_auth\n    SLACK_BOT_TOKEN: install the app" in text
    assert "✓ Socket Mode" in text
    assert "✓ cn-hangzhou: ecs:RunCommand" in text
    assert text.endswith(" to mend.")


async def test_a_missing_scope(env: dict[str, str], slack: SlackServer) -> None:
    """It is named; one that is too much is named, too, and does no harm."""
    token = slack.tokens.all[slack.bot_token]
    token.scopes.remove("files:write")
    assert "✗ scopes: files:write not granted\n    apply the manifest" in await told(env)
    token.scopes |= {"files:write", "channels:history"}
    scopes = ", ".join(manifest.scopes())
    assert f"✓ scopes: {scopes}; not needed: channels:history" in await told(env)


async def test_a_wrong_app_token(env: dict[str, str]) -> None:
    """An app-level token that Slack does not know."""
    text = await told(env | {"SLACK_APP_TOKEN": "xapp-1-of-somebody-else"})
    assert "✗ Socket Mode: invalid_auth\n    SLACK_APP_TOKEN: make an app-level token" in text
    assert "✓ bot token" in text


async def test_slack_out_of_reach(env: dict[str, str]) -> None:
    """The network is what is to be mended, not the token."""
    text = await told(env | {"SLACK_API_URL": f"{nobody_there()}/api/"})
    assert "✗ bot token: no answer (ClientConnectorError)\n    let the bot reach Slack: network, proxy" in text
    assert "✗ Socket Mode: no answer (ClientConnectorError)\n    let the bot reach Slack" in text


async def test_slack_answers_nonsense(env: dict[str, str], slack: SlackServer) -> None:
    """A proxy's page in the place of Slack."""
    slack.faults.not_json("auth.test")
    slack.faults.status("apps.connections.open", 502)
    text = await told(env)
    assert "✗ bot token: no usable answer\n    let the bot reach Slack" in text
    assert "✗ Socket Mode: no usable answer\n    let the bot reach Slack" in text


@pytest.mark.parametrize("missing", PERMISSIONS)
async def test_a_missing_permission(env: dict[str, str], ecs: EcsServer, missing: str) -> None:
    """Each is named by itself, with what to do."""
    ecs.verifier.add(AccessKey(SANDBOX_KEY.id, SANDBOX_KEY.secret, actions=frozenset(METHODS) - {missing}))
    text = await told(env)
    assert f"✗ cn-hangzhou: ecs:{missing}\n    allow ecs:{missing} in the RAM policy" in text


async def test_a_wrong_access_key(env: dict[str, str], ecs: EcsServer) -> None:
    """The secret does not fit: one line, not one for each permission."""
    ecs.verifier.add(AccessKey(SANDBOX_KEY.id, "another secret"))
    text = await told(env)
    assert "✗ cn-hangzhou: credentials\n    check the access key, its secret and the region (SignatureDoes" in text
    assert "ecs:" not in text


async def test_ecs_out_of_reach(env: dict[str, str]) -> None:
    """The network is what is to be mended."""
    text = await told(env | {"ALIBABA_CLOUD_ECS_ENDPOINT": nobody_there()})
    assert "✗ cn-hangzhou: reachable\n    let the bot reach ECS: network, proxy, ALIBABA_CLOUD_ECS_ENDPOINT" in text


async def test_no_machine_to_try_it_on(env: dict[str, str], ecs: EcsServer) -> None:
    """What could not be tried is no ✓."""
    for machine in ecs.regions["cn-hangzhou"].machines.values():
        machine.agent_online = False
    assert "✗ cn-hangzhou: ecs:RunCommand: could not be tried\n    no target has a running machine" in await told(env)


async def test_a_bad_catalogue(env: dict[str, str], tmp_path: Path) -> None:
    """Its faults by file; the rest is tried as far as it goes."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "mem.toml").write_text('summary = "Memory"\nrisk = "none"\n')
    text = await told(env | {"COMMANDS_DIR": str(folder)})
    assert f"✗ catalogue: {folder}\n    catalogue/mem.toml: " in text
    assert "catalogue/targets.toml" in text
    assert "✓ credentials of the account default: LTAI…" in text
    assert "✗ ECS: not tried\n    mend the catalogue first" in text


async def test_a_database_of_something_else(env: dict[str, str], tmp_path: Path) -> None:
    """It is refused, and left as it was."""
    with sqlite3.connect(tmp_path / "bot.db") as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    before = (tmp_path / "bot.db").read_bytes()
    text = await told(env)
    assert "✗ database\n    the database " in text
    assert "is not this bot's: it has tables of something else" in text
    assert (tmp_path / "bot.db").read_bytes() == before


async def test_a_database_that_is_ours(env: dict[str, str], tmp_path: Path) -> None:
    """Its version is told; nothing is left beside it."""
    async with await open_store(env["DATABASE_URL"]):
        assert f"bot.db: schema {HEAD}" in await told(env)
    assert f"bot.db: schema {HEAD}" in await told(env)
    assert left_in(tmp_path) == [tmp_path / "bot.db"]


async def test_a_database_that_is_none(env: dict[str, str], tmp_path: Path) -> None:
    """A file of something else, and a folder that is not there."""
    (tmp_path / "bot.db").write_text("not a database, but long enough to be looked at as one" * 100)
    assert "bot.db can't be read: file is not a database" in await told(env)
    text = await told(env | {"DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/bot.db"})
    assert "✗ database\n" in text
    assert "nowhere is no folder that the bot can write to" in text


async def test_as_it_is_called(env: dict[str, str], tmp_path: Path) -> None:
    """The process prints the lines and nothing else; 1 where something is to be mended, 0 where nothing is."""
    wrong = env | {"SLACK_BOT_TOKEN": "xoxb-of-somebody-else"}
    async with BotProcess(env, tmp_path, "check") as good, BotProcess(wrong, tmp_path, "check") as bad:
        assert (await good.ended(), good.errors) == (0, "")
        assert (await bad.ended(), bad.errors) == (1, "")
    assert good.lines[-1] == "All is well: start it with `python -m bot`."
    assert bad.lines[-1].endswith("to mend.")
    assert all(line[:2] in {"✓ ", "✗ ", "  "} or line in {"", bad.lines[-1]} for line in bad.lines)
    assert not any(secret in "\n".join(bad.lines) for secret in secrets_of(wrong))
