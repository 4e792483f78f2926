"""What RunCommand does on machines that really run bash."""

from __future__ import annotations

import asyncio
import base64
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.ecs import CannedRunner, EcsServer, ManualClock, Region, Run, fleet, linux, sandbox_region, slow
from tests.sandbox.ecs.sdk import gone, invocations, refusal, results, run, sdk_client

WEB_1, WEB_2, WIN_1 = "i-bp1web1", "i-bp1web2", "i-bp1win1"


async def test_a_script_runs_once_on_each_machine(region: Region, ecs: Any) -> None:
    """Output is the machine's own, stdout and stderr in one."""
    script = "echo out; echo err >&2; hostname"
    invoke_id = await run(ecs, [WEB_1, WEB_2], script)
    invocation = await region.settled(invoke_id)
    first, second = await results(ecs, invoke_id)
    assert (first.output, second.output) == ("out\nerr\nweb-1\n", "out\nerr\nweb-2\n")
    assert [first.exit_code, second.exit_code] == [0, 0]
    assert first.invocation_status == "Success"
    assert first.invoke_record_status == "Finished"
    assert invocation.status == "Success"
    for name in ("web-1", "web-2"):
        machine = region.machine(name)
        assert machine.ran(script) == machine.runs == machine.runs_by_invocation[invoke_id] == 1


async def test_output_is_base64_unless_plain_text_is_asked_for(region: Region, ecs: Any) -> None:
    """Both Describe calls."""
    invoke_id = await run(ecs, WEB_1, "echo grüße")
    await region.settled(invoke_id)
    coded = base64.b64encode("grüße\n".encode()).decode()
    (row,) = await results(ecs, invoke_id, content_encoding=None)
    assert row.output == coded
    (told,) = await invocations(ecs, invoke_id=invoke_id, include_output=True)
    assert told.invoke_instances.invoke_instance[0].output == coded
    assert base64.b64decode(told.command_content).decode() == "echo grüße"
    (plain,) = await invocations(ecs, invoke_id=invoke_id, include_output=True, content_encoding="PlainText")
    assert plain.invoke_instances.invoke_instance[0].output == "grüße\n"
    (silent,) = await invocations(ecs, invoke_id=invoke_id)
    assert silent.invoke_instances.invoke_instance[0].output is None


async def test_content_may_come_as_base64(region: Region, ecs: Any) -> None:
    """Content that can't be decoded is Invalid on the machine."""
    coded = base64.b64encode(b"echo decoded").decode()
    invoke_id = await run(ecs, WEB_1, coded, content_encoding="Base64")
    await region.settled(invoke_id)
    assert (await results(ecs, invoke_id))[0].output == "decoded\n"
    broken = await run(ecs, WEB_1, "no base64!", content_encoding="Base64")
    await region.settled(broken)
    (row,) = await results(ecs, broken)
    assert (row.invocation_status, row.error_code) == ("Invalid", "CommandContentDecodeError")


async def test_a_failing_script_keeps_its_output(region: Region, ecs: Any) -> None:
    """The legacy field says Finished, the new one Failed."""
    invoke_id = await run(ecs, WEB_1, "echo no; exit 7")
    await region.settled(invoke_id)
    (row,) = await results(ecs, invoke_id)
    assert (row.invocation_status, row.invoke_record_status) == ("Failed", "Finished")
    assert (row.exit_code, row.error_code, row.output) == (7, "ExitCodeNonzero", "no\n")


async def test_long_output_loses_its_middle(region: Region, ecs: Any) -> None:
    """Head and tail stay, together 24 KB; Dropped is what is gone."""
    invoke_id = await run(ecs, WEB_1, "seq 1 20000")
    await region.settled(invoke_id)
    (row,) = await results(ecs, invoke_id)
    whole = "".join(f"{number}\n" for number in range(1, 20001))
    assert len(row.output) == 24 * 1024
    assert row.output[:6000] == whole[:6000]
    assert row.output.endswith("\n19999\n20000\n")
    assert row.dropped == len(whole) - 24 * 1024


async def test_timeout_ends_the_script(region: Region, ecs: Any, clock: ManualClock) -> None:
    """What was written until then is kept."""
    invoke_id = await run(ecs, WEB_1, "echo begun; sleep 1000", timeout=30)
    run_ = region.invocation(invoke_id).runs[0]
    await region.wait_for(lambda: run_.status == "Running")
    assert (await invocations(ecs, invoke_id=invoke_id))[0].invocation_status == "Running"
    await clock.advance(29)
    assert run_.status == "Running"
    await clock.advance(1)
    await region.settled(invoke_id)
    (row,) = await results(ecs, invoke_id)
    assert (row.invocation_status, row.error_code) == ("Timeout", "ExecutionTimeout")
    assert row.invoke_record_status == "Failed"


@pytest.mark.parametrize(("mode", "survives"), [("Process", True), ("ProcessTree", False)])
async def test_termination_mode_decides_about_children(
    region: Region, ecs: Any, clock: ManualClock, tmp_path: Path, mode: str, *, survives: bool
) -> None:
    """Process kills the script alone, ProcessTree what it started too."""
    pid_file = tmp_path / "pid"
    os.mkfifo(pid_file)
    script = f"sleep 1000 & echo $! > {pid_file}; wait"
    invoke_id = await run(ecs, WEB_1, script, termination_mode=mode)
    pid = int(await read_text(pid_file))
    await clock.advance(60)
    await region.settled(invoke_id)
    if survives:
        os.kill(pid, 0)
    else:
        await gone(pid)


async def test_a_child_left_behind_does_not_hold_the_run(region: Region, ecs: Any) -> None:
    """The script's end counts, not the end of its output."""
    invoke_id = await run(ecs, WEB_1, "sleep 1000 & echo started")
    await region.settled(invoke_id)
    (row,) = await results(ecs, invoke_id)
    assert (row.invocation_status, row.output) == ("Success", "started\n")


async def test_an_agent_offline_aborts_after_the_delivery_minute(region: Region, ecs: Any, clock: ManualClock) -> None:
    """Nothing ran; the others are not held up."""
    region.machine("web-2").set(agent_online=False)
    invoke_id = await run(ecs, [WEB_1, WEB_2], "echo here")
    invocation = region.invocation(invoke_id)
    await region.wait_for(lambda: invocation.run_on(WEB_1).final)
    assert invocation.status == "Pending"
    await clock.advance(60)
    await region.settled(invoke_id)
    row = (await results(ecs, invoke_id))[1]
    assert (row.invocation_status, row.error_code, row.exit_code) == ("Aborted", "ClientNotOnline", None)
    assert region.machine("web-2").runs == 0
    assert invocation.status == "PartialFailed"


async def test_an_agent_that_comes_back_in_time_runs_the_script(region: Region, ecs: Any, clock: ManualClock) -> None:
    """Within the minute."""
    machine = region.machine("web-1")
    machine.set(agent_online=False)
    invoke_id = await run(ecs, WEB_1)
    await clock.advance(59)
    machine.set(agent_online=True)
    assert (await region.settled(invoke_id)).status == "Success"


async def test_an_agent_lost_under_a_script_reports_late_or_never(
    region: Region, ecs: Any, clock: ManualClock, tmp_path: Path
) -> None:
    """It still runs once; the region gives it up a minute after Timeout."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    machine = region.machine("web-1")
    invoke_id = await run(ecs, WEB_1, f"cat {gate}", timeout=30)
    run_ = region.invocation(invoke_id).runs[0]
    await region.wait_for(lambda: run_.status == "Running")
    machine.set(agent_online=False)
    await write_text(gate, "done\n")
    await clock.advance(89)
    assert run_.status == "Running"
    await clock.advance(1)
    await region.settled(invoke_id)
    assert (run_.status, run_.error_code, machine.runs) == ("Error", "ClientNotResponse", 1)


async def test_a_slow_machine_starts_late(ecs: Any, region: Region, clock: ManualClock) -> None:
    """Pending until then; stopped before, it never starts."""
    machine = region.add(slow("slow-1", seconds=20))
    first, second = await run(ecs, machine.instance_id), await run(ecs, machine.instance_id)
    await clock.advance(19)
    assert region.invocation(first).status == "Pending"
    region.stop(region.invocation(second).runs[0])
    assert (await region.settled(second)).runs[0].status == "Cancelled"
    await clock.advance(1)
    assert (await region.settled(first)).status == "Success"
    assert machine.runs == 1


async def test_exit_code_193_powers_the_machine_off(ecs: Any, region: Region) -> None:
    """What the real agent does, and no script should."""
    invoke_id = await run(ecs, WEB_1, "exit 193")
    await region.settled(invoke_id)
    assert region.machine("web-1").status == "Stopped"
    assert await refusal(run(ecs, WEB_1)) == (400, "InvalidInstance.NotMatch")


async def test_a_machine_stopped_under_a_script(region: Region, ecs: Any) -> None:
    """The script dies with it."""
    invoke_id = await run(ecs, WEB_1, "sleep 1000")
    run_ = region.invocation(invoke_id).runs[0]
    await region.wait_for(lambda: run_.status == "Running")
    region.machine("web-1").set(status="Stopped")
    await region.settled(invoke_id)
    assert (run_.status, run_.error_code, run_.exit_code) == ("Error", "InstanceNotRunning", None)


async def test_unknown_account_and_directory_fail_on_the_machine(region: Region, ecs: Any) -> None:
    """Accepted, then refused by the agent."""
    account = await run(ecs, WEB_1, username="nosuchuser")
    directory = await run(ecs, WEB_1, working_dir="/no/such/dir")
    for invoke_id, code in ((account, "AccountNotExists"), (directory, "DirectoryNotExists")):
        await region.settled(invoke_id)
        (row,) = await results(ecs, invoke_id)
        assert (row.invocation_status, row.error_code) == ("Failed", code)
    assert region.machine("web-1").runs == 0


async def test_windows_says_honestly_that_nothing_ran(region: Region, ecs: Any) -> None:
    """Its output begins with what it is."""
    invoke_id = await run(ecs, WIN_1, "Get-Process\nGet-Service", type="RunPowerShellScript")
    await region.settled(invoke_id)
    (row,) = await results(ecs, invoke_id)
    assert row.output.startswith("sandbox: Windows scripts are not executed; this is what was sent:")
    assert "Get-Service" in row.output
    assert row.exit_code == 0


async def test_dry_run_checks_and_runs_nothing(region: Region, ecs: Any) -> None:
    """A guess at what ECS answers."""
    invoke_id = await run(ecs, WEB_1, repeat_mode="DryRun")
    await region.settled(invoke_id)
    (row,) = await results(ecs, invoke_id)
    assert (row.invocation_status, row.exit_code, row.start_time) == ("Success", None, "")
    assert region.machine("web-1").runs == 0


async def test_the_agent_runs_ten_and_queues_fifty(clock: ManualClock) -> None:
    """The sixty-first is TaskConcurrencyLimit; the others all run in the end."""
    machine = linux("busy")
    machine.runner = CannedRunner(duration=5.0)
    region = Region(machines=[machine], clock=clock)
    async with EcsServer(region) as server:
        ecs = sdk_client(server)
        ids = [await run(ecs, machine.instance_id) for _ in range(61)]
        await region.wait_for(lambda: region.invocation(ids[-1]).final)
        assert (machine.active, machine.queued) == (10, 50)
        assert region.invocation(ids[-1]).runs[0].error_code == "TaskConcurrencyLimit"
        await clock.advance(60)
        assert [region.invocation(one).status for one in ids[:60]] == ["Success"] * 60
        assert machine.runs == 60


async def test_a_fleet_of_100_is_cheap(clock: ManualClock) -> None:
    """One call for 100; the 101st is too many."""
    region = Region(machines=fleet(250, {"app": "big"}, CannedRunner("up 3 days\n")), clock=clock)
    async with EcsServer(region) as server:
        ecs = sdk_client(server)
        ids = list(region.machines)
        invoke_id = await run(ecs, ids[:100])
        await region.settled(invoke_id)
        assert {row.output for row in await results(ecs, invoke_id)} == {"up 3 days\n"}
        assert await refusal(run(ecs, ids[:101])) == (403, "InstanceIds.ExceedLimit")
        assert sum(machine.runs for machine in region.machines.values()) == 100


async def test_the_sandbox_has_something_wrong_on_purpose(clock: ManualClock) -> None:
    """web-staging: one well, one offline, one that fails every second run."""
    region = sandbox_region(clock)
    staging = [one.instance_id for one in region.machines.values() if one.tags["env"] == "staging"]
    async with EcsServer(region) as server:
        ecs = sdk_client(server)
        seen = []
        for _ in range(2):
            invoke_id = await run(ecs, staging)
            runs = region.invocation(invoke_id).runs
            await region.wait_for(partial(two_final, runs))
            await clock.advance(60)
            await region.settled(invoke_id)
            seen.append([run.status for run in runs])
    assert seen == [["Success", "Aborted", "Success"], ["Success", "Aborted", "Failed"]]


def two_final(runs: list[Run]) -> bool:
    return sum(run.final for run in runs) == 2


async def read_text(path: Path) -> str:
    return await asyncio.to_thread(path.read_text)


async def write_text(path: Path, text: str) -> None:
    await asyncio.to_thread(path.write_text, text)
