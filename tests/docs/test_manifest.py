"""The Slack app that is made from `python -m bot manifest` is the one that the code needs: no less, no more."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.sandbox.slack.methods import all_methods
from bot.slack import manifest
from bot.slack.messages import builder
from tests.docs import calls
from tests.scenarios.world import World

SCHEMA = calls.ROOT.parent / "shared/reference/data/slack/manifest.schema.1.0.0.json"
APP_LEVEL = {"apps.connections.open"}
"""Called with the app-level token, whose scope no manifest has."""

POLICY = """\
[roles.oncall]
run = [{ snippets = ["*"], targets = ["*"] }]
[roles.approver]
approve = [{ snippets = ["*"], targets = ["*"] }]
[roles.admin]
manage_roles = true
[[approvals]]
risk = ["high"]
targets = ["*"]
needed = 1
expires = "15m"
"""

MANY_LINES = """\
summary = "Counts"
risk = "low"
timeout = "60s"
targets = ["*"]
[linux]
script = "seq 1 9000"
"""


def called() -> set[str]:
    """The methods that the code calls, by Slack's names for them."""
    known = {name.replace(".", "_"): name for name in all_methods()}
    found: set[str] = set()
    for name in calls.methods():
        found |= set(calls.UPLOAD) if name == "files_upload_v2" else {known[name]}
    return found - APP_LEVEL


def test_methods_are_those_that_are_called() -> None:
    """A new call needs its line in manifest.METHODS; one that is gone takes its line with it."""
    assert called() == set(manifest.METHODS)


@pytest.mark.parametrize("method", sorted(manifest.METHODS))
def test_a_method_has_a_scope_that_slack_accepts(method: str) -> None:
    """The emulator knows which scopes will do for each."""
    scope, accepted = manifest.METHODS[method], all_methods()[method].scopes
    assert scope in accepted if accepted else scope is None


def test_every_scope_has_its_reason() -> None:
    """And no reason stands for a scope that is not asked for."""
    assert set(manifest.scopes()) == set(manifest.WHY)


def test_what_is_listened_to() -> None:
    """Commands, events and shortcuts reach the bot only if the manifest has them."""
    assert calls.listened_to("command") in ([manifest.COMMAND], ["COMMAND"])
    events = {name.partition(".")[0] for name in manifest.EVENTS}  # of message.im, the type is message
    assert set(calls.listened_to("event")) == events
    assert calls.listened_to("shortcut") == ["builder.SHORTCUT", "builder.ABOUT"]
    assert [shortcut["callback_id"] for shortcut in manifest.SHORTCUTS] == [builder.SHORTCUT, builder.ABOUT]


@pytest.mark.parametrize("url", [None, "https://bot.example.com/slack/events"])
def test_slack_would_take_it(url: str | None) -> None:
    """Checked against Slack's own schema of manifests."""
    if not SCHEMA.exists():
        pytest.skip(f"the schema of manifests is not at {SCHEMA}")
    jsonschema.validate(manifest.manifest(url), json.loads(SCHEMA.read_text()))


def test_people_and_channels_arrive_as_ids() -> None:
    """Without should_escape, Slack sends names, and whoever takes a name takes a role."""
    (command,) = manifest.manifest()["features"]["slash_commands"]
    assert command["should_escape"] is True
    assert command["usage_hint"]


def test_socket_mode_needs_no_address() -> None:
    """And HTTP has the same one everywhere."""
    assert "http" not in json.dumps(manifest.manifest())
    http = manifest.manifest(manifest.request_url("https://bot.example.com"))
    assert json.dumps(http).count('"https://bot.example.com/slack/events"') == 3
    assert not http["settings"]["socket_mode_enabled"]


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://bot.example.com", "https://bot.example.com/slack/events"),
        ("https://bot.example.com/", "https://bot.example.com/slack/events"),
        ("https://example.com/bot/slack/events", "https://example.com/bot/slack/events"),
    ],
)
def test_request_urls(given: str, url: str) -> None:
    """The bot's address is enough."""
    assert manifest.request_url(given) == url


@pytest.mark.parametrize("given", ["bot.example.com", "http://bot.example.com", "https://", "https://[", "ftp://x"])
def test_addresses_that_slack_can_not_send_to(given: str) -> None:
    """Refused here, and not by Slack after the copying."""
    with pytest.raises(ValueError, match="no address that Slack can send to"):
        manifest.request_url(given)


def printed(*words: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot` with *words*."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=calls.ROOT, capture_output=True, text=True, check=False
    )


def test_as_it_is_printed() -> None:
    """JSON on stdout, and nothing else."""
    found = printed("manifest", "--http", "https://bot.example.com")
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout) == manifest.manifest("https://bot.example.com/slack/events")
    refused = printed("manifest", "--http", "bot.example.com")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Traceback" not in refused.stderr


def test_the_ram_policy_as_it_is_printed(tmp_path: Path) -> None:
    """JSON on stdout; a catalogue that can't be read is told plainly."""
    policy: dict[str, Any] = json.loads(printed("ram-policy").stdout)
    assert [statement["Effect"] for statement in policy["Statement"]] == ["Allow", "Allow"]
    refused = printed("ram-policy", "--commands", str(tmp_path))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("The catalogue can't be read:\n  ")
    assert printed("ram-policy", "--account", "nobody").returncode == 2


async def test_its_scopes_are_enough(tmp_path: Path) -> None:
    """Approval, direct messages, private answers, a long output as a file: Slack misses no scope."""
    folder = tmp_path / "commands"
    folder.mkdir()
    for name in ("targets", "restart"):
        (folder / f"{name}.toml").write_text((calls.ROOT / f"commands/{name}.toml").read_text())
    (folder / "policy.toml").write_text(POLICY)
    (folder / "count.toml").write_text(MANY_LINES)
    world = World(tmp_path, commands=folder)
    world.slack.tokens.all[world.slack.bot_token].scopes = set(manifest.scopes())
    async with world:
        await world.olga.types("/ecs run count web-prod", channel="C0OPS")
        await world.thread(state="succeeded")
        await world.slack.journal.wait_for("files.completeUploadExternal")
        await world.olga.types("/ecs run restart web-prod --service nginx --reason wedged", channel="C0QUIET")
        await world.see(lambda m: m.channel == world.ben.dm.id)
        await world.see(lambda m: m.channel == world.olga.dm.id)
    assert [call.method for call in world.slack.journal.all if call.error == "missing_scope"] == []
    assert {call.method for call in world.slack.journal.all} <= set(manifest.METHODS) | APP_LEVEL | {
        "files.upload",
        "response_url",
    }
