"""`python -m bot drill`: it walks as people do, and names the step in which it did not get on."""

import asyncio
import json
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.drill import command, run
from bot.drill.report import Report, Step, verdict
from bot.drill.trail import Trail
from bot.errors import SettingsError, StartError
from bot.sandbox.ecs import CannedRunner
from bot.sandbox.slack.faults import Hold
from bot.settings import Settings
from tests.running.process import BotProcess
from tests.scenarios.world import COMMANDS, World, id_of

PATIENCE = timedelta(seconds=30)


class Drilled(World):
    """A bot that is set up for drills: Olga asks, Ben approves."""

    @property
    def settings(self) -> Settings:
        """In Socket Mode the signing secret is there as well."""
        return replace(
            super().settings,
            slack_signing_secret=SecretStr(self.slack.signing_secret),
            drill_user="U0ONCALL",
            drill_approver="U0APPROVE",
            drill_channel="C0OPS",
        )

    async def drill(self, line: str = "drill web-prod", patience: timedelta = PATIENCE, **other: str | None) -> Report:
        """One drill, with *other* settings."""
        settings = replace(self.settings, port=self.app.port, **other)  # type: ignore[arg-type]  # ids alone
        return await run.once(settings, line, patience)


@pytest.fixture(params=["socket", "http"])
async def world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Drilled]:
    """In both modes."""
    async with Drilled(tmp_path, http=request.param == "http") as world:
        yield world


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[Drilled]:
    """Over HTTP alone."""
    async with Drilled(tmp_path, http=True) as world:
        yield world


def failing(report: Report) -> tuple[Step, str]:
    """The step that failed; all before it passed, none after it was reached."""
    assert report.failed is not None
    at = report.steps.index(report.failed)
    assert [took.ok for took in report.steps] == [True] * at + [False] + [None] * (len(report.steps) - at - 1)
    assert f"in the step `{report.failed.step}`" in verdict(report)
    return report.failed.step, report.failed.note


async def test_the_whole_path(world: Drilled) -> None:
    """Asked, approved, run on every machine, readable; the card and the trail say that it was a drill."""
    report = await world.drill()
    assert report.failed is None, verdict(report)
    assert [took.step for took in report.steps] == list(Step)
    notes = {took.step: took.note for took in report.steps}
    assert (notes[Step.MACHINES], notes[Step.RUN]) == ("3 ready", "3 of 3 succeeded")
    assert notes[Step.APPROVAL] == "by U0APPROVE"
    card = await world.card("drill on web-prod", f"drill {report.mark}", state="succeeded")
    assert id_of(card) == report.invocation
    assert notes[Step.RESULT].startswith("https://")
    trail = await world.asks(world.olga, f"/ecs audit {report.invocation}")
    assert f"drill {report.mark}" in trail
    assert "<@U0APPROVE>" in trail
    assert world.runs == 1


async def test_what_needs_no_approval_is_not_approved(http: Drilled) -> None:
    """Then nobody is needed for it."""
    report = await http.drill("uptime web-prod", drill_approver=None)
    assert report.failed is None, verdict(report)
    assert report.steps[list(Step).index(Step.APPROVAL)].note == "policy asks for none"


async def test_each_step_that_fails_is_named(http: Drilled) -> None:
    """What is missing, and where; nothing is left waiting."""
    machine, faults = http.region.machine("web-prod-2"), http.slack.faults
    faults.error("auth.test", "token_revoked")
    assert failing(await http.drill()) == (Step.SLACK, "Slack says token_revoked")
    step, note = failing(await http.drill("drill web-nowhere"))
    assert (step, "web-nowhere" in note) == (Step.REQUEST, True)
    step, note = failing(await http.drill(drill_user="U0STRANGER"))
    assert (step, "may not run" in note or "not allowed" in note.lower()) == (Step.REQUEST, True), note
    machine.agent_online = False
    assert failing(await http.drill()) == (Step.MACHINES, "2 of 3 ready; web-prod-2: AgentOffline")
    machine.agent_online = True
    none = await http.drill(drill_approver=None)
    assert failing(none)[0] is Step.APPROVAL
    assert "DRILL_APPROVER" in failing(none)[1]
    assert none.left == "It was stopped."
    await http.card(none.mark, state="cancelled")
    step, note = failing(await http.drill(drill_approver="U0STRANGER"))
    assert (step, note) == (Step.APPROVAL, "U0STRANGER may not approve it: give them a role for it")
    faults.error("chat.getPermalink", "message_not_found")
    assert failing(await http.drill("uptime web-prod")) == (Step.RESULT, "Slack says message_not_found")
    machine.runner = CannedRunner("no", 7)
    step, note = failing(await http.drill("uptime web-prod"))
    assert (step, "web-prod-2: failed" in note) == (Step.RUN, True)
    await http.stop()
    step, note = failing(await http.drill())
    assert (step, "does the bot run there?" in note) == (Step.READY, True)


async def test_a_card_that_does_not_come(http: Drilled) -> None:
    """Slack is silent: the step ends with its time. On a slow machine an earlier one may."""
    hold = Hold("hold")
    http.slack.faults.add("chat.postMessage", hold, times=20)  # whatever it posts first
    report = await http.drill(patience=timedelta(seconds=2))
    hold.release()
    step, note = failing(report)
    assert list(Step).index(step) <= list(Step).index(Step.CARD)
    assert "within" in note


def locks(folder: Path) -> int:
    """How many drills hold one there."""
    return len(list(folder.glob("*drill*.lock")))


async def test_never_two(http: Drilled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is under way is not joined by another, from here or from elsewhere. Nothing of that is left over."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    hold = http.ecs.faults.hold("DescribeInstances")
    first = asyncio.create_task(http.drill())
    await hold.reached.wait()
    with pytest.raises(StartError, match="another drill is under way on this computer"):
        await http.drill()
    trail = Trail(http.settings.database_url.get_secret_value())
    assert await trail.under_way("U0ONCALL")
    assert await trail.under_way("U0APPROVE") is None
    assert locks(tmp_path) == 1
    hold.release()
    assert (await first).failed is None
    assert locks(tmp_path) == 0
    assert await trail.under_way("U0ONCALL") is None


async def test_its_way_in_is_no_other_than_slack_s(world: Drilled) -> None:
    """What is not signed is refused, in Socket Mode as well."""
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{world.app.port}/slack/events"
        async with session.post(url, data=b"command=%2Fecs&text=whoami&user_id=U0ONCALL") as answer:
            assert answer.status == 401
    other = replace(world.settings, port=world.app.port, slack_signing_secret=SecretStr("another"))
    step, note = failing(await run.once(other, "drill web-prod", PATIENCE))
    assert (step, note) == (
        Step.REQUEST,
        "the bot answers 401: is SLACK_SIGNING_SECRET the one that the bot runs with?",
    )


async def test_what_is_missing_is_named_before_anything_is_asked(http: Drilled) -> None:
    """All at once."""
    bare = replace(http.settings, drill_user=None, drill_channel=None, slack_signing_secret=None)
    with pytest.raises(SettingsError) as caught:
        await run.once(bare, "restart", PATIENCE)
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "DRILL_USER",
        "DRILL_CHANNEL",
        "SLACK_SIGNING_SECRET",
        "--run",
    ]
    with pytest.raises(SettingsError, match="another person"):
        await http.drill(drill_approver="U0ONCALL")


async def test_on_a_schedule(http: Drilled, tmp_path: Path) -> None:
    """A line for each step and one for the drill; SIGTERM ends it with 0."""
    env = {
        "SLACK_BOT_TOKEN": http.slack.bot_token,
        "SLACK_SIGNING_SECRET": http.slack.signing_secret,
        "SLACK_API_URL": http.slack.base_url,
        "DATABASE_URL": http.settings.database_url.get_secret_value(),
        "COMMANDS_DIR": str(http.settings.commands_dir),
        "PORT": str(http.app.port),
        "DRILL_USER": "U0ONCALL",
        "DRILL_APPROVER": "U0APPROVE",
        "DRILL_CHANNEL": "C0OPS",
    }
    async with BotProcess(env, tmp_path, "drill", "--every", "1h") as process:
        over = await process.logs("drill_over")
        process.told(signal.SIGTERM)
        assert (await process.ended(), process.errors) == (0, "")
    assert (over["ok"], over["failed"], over["level"]) == (True, None, "info")
    steps = [line for line in process.log if line["event"] == "drill_step"]
    assert [(line["step"], line["ok"]) for line in steps] == [(step.value, True) for step in Step]
    assert {line["drill"] for line in steps} == {over["drill"]}
    assert not any(http.slack.signing_secret in line for line in process.lines)


async def test_half_of_the_settings_means_no_sandbox(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody meant their workspace: what is missing is said, with 2."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    call = command.Call("drill web-prod", PATIENCE)
    assert await command.drill(call, sandbox=False, as_json=False, commands=COMMANDS) == 2
    assert "SLACK_SIGNING_SECRET: is missing" in capsys.readouterr().err


async def test_as_it_is_called_without_settings(tmp_path: Path) -> None:
    """It brings a sandbox, and prints one object; its exit code says how it went."""
    async with BotProcess({}, tmp_path, "drill", "--json", "--commands", str(COMMANDS)) as process:
        assert (await process.ended(), process.errors) == (0, "")
    (line,) = process.lines
    said = json.loads(line)
    assert (said["ok"], said["sandbox"], len(said["steps"])) == (True, True, len(Step))
