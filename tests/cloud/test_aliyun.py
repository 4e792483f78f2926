"""The methods of the port, on the real SDK, over real sockets. What is listed by tag has a file of its own."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.cloud.aliyun import AliyunCloud
from bot.domain.catalog import OsType, Shell
from bot.domain.result import Outcome, Result
from bot.errors import CloudRefused, CloudTryAgain
from bot.ports import Cloud
from bot.sandbox.ecs import CannedRunner, EcsServer, Region
from tests.cloud.world import PLACE, TAG, order, target


def test_it_is_the_port(cloud: AliyunCloud) -> None:
    """mypy holds the adapter to the Protocol here."""
    port: Cloud = cloud
    assert port is cloud


# ── instances ──────────────────────────────────────────────────────────────────


async def test_a_target_by_tags_is_all_its_machines_with_their_state(cloud: AliyunCloud) -> None:
    found = await cloud.instances(target())
    assert [i.name for i in found] == ["web-1", "web-2", "web-3", "web-8", "web-9", "web-win"]
    assert [i.obstacle for i in found] == ["", "", "", "AgentOffline", "Stopped", ""]
    assert [i.os for i in found][-1] is OsType.WINDOWS


async def test_all_tags_must_match(cloud: AliyunCloud, region: Region) -> None:
    region.machine("web-2").tags["env"] = "prod"
    found = await cloud.instances(target(tags=(("app", "web"), ("env", "prod"))))
    assert [i.name for i in found] == ["web-2"]


async def test_ids_that_ecs_denies_are_not_found(cloud: AliyunCloud, region: Region) -> None:
    known = region.machine("web-1").instance_id
    found = await cloud.instances(target(instances=("i-gone", known, known)))
    assert [(i.id, i.obstacle) for i in found] == [("i-gone", "NotFound"), (known, "")]


async def test_more_than_a_hundred_machines_by_tag_and_by_id(cloud: AliyunCloud, server: EcsServer) -> None:
    by_tag = await cloud.instances(target(tags=(("app", "fleet"),)))
    assert len(by_tag) == 120
    assert len(server.journal.of("DescribeInstances")) == 2
    by_id = await cloud.instances(target(instances=tuple(i.id for i in reversed(by_tag))))
    assert by_id == by_tag
    assert all(i.agent_online for i in by_id)


async def test_only_running_machines_are_asked_for_their_agent(cloud: AliyunCloud, server: EcsServer) -> None:
    await cloud.instances(target())
    (call,) = server.journal.of("DescribeCloudAssistantStatus")
    asked = [value for name, value in call.params.items() if name.startswith("InstanceId.")]
    assert len(asked) == 5


async def test_a_target_of_nothing_asks_nothing(cloud: AliyunCloud, server: EcsServer) -> None:
    """Without tags and ids DescribeInstances would list the whole account."""
    assert await cloud.instances(target(tags=())) == ()
    assert server.journal.calls == []


async def results(cloud: AliyunCloud, invoke_id: str) -> tuple[Result, ...]:
    """Of a run that is over."""
    report = await cloud.report(*PLACE, invoke_id)
    assert report is not None
    assert report.going == ()
    return report.results


# ── run ────────────────────────────────────────────────────────────────────────


async def test_a_script_runs_and_its_output_comes_back(cloud: AliyunCloud, region: Region) -> None:
    invoke_id = await cloud.run(order(region, "echo 你好; exit 3", "web-1", "web-2"))
    await region.settled(invoke_id)
    first, second = await results(cloud, invoke_id)
    assert first.output == "你好\n"
    assert first.outcome is second.outcome is Outcome.FAILED
    assert (first.exit_code, first.error_code) == (3, "ExitCodeNonzero")
    assert first.started_at is not None
    assert first.finished_at is not None
    assert first.started_at <= first.finished_at
    assert datetime.now(UTC) - first.finished_at < timedelta(minutes=1)


async def test_what_is_sent(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """No parameter substitution, nothing kept, all children killed, and both ways to find it again."""
    await cloud.run(order(region, "true", client_token="token-9", tags=(TAG, ("ecs-chatops-id", "inv_1"))))
    (call,) = server.journal.of("RunCommand")
    sent = dict(call.params)
    assert sent["EnableParameter"] == "False"
    assert sent["KeepCommand"] == "False"
    assert sent["RepeatMode"] == "Once"
    assert sent["TerminationMode"] == "ProcessTree"
    assert sent["ClientToken"] == "token-9"
    assert sent["ContentEncoding"] == "Base64"
    assert (sent["Tag.2.Key"], sent["Tag.2.Value"]) == ("ecs-chatops-id", "inv_1")
    assert "Username" not in sent
    assert "Parameters" not in sent


@pytest.mark.parametrize("script", ["printf 'a\\r\\nb'\r\n", "echo '{{ACS::InstanceId}} %2B+&=#'", "# 中文 🙂\n\ttrue"])
async def test_a_script_arrives_byte_for_byte(cloud: AliyunCloud, region: Region, script: str) -> None:
    await cloud.run(order(region, script))
    assert region.invocations[-1].script == script


async def test_a_script_of_24_kb_in_base64_passes(cloud: AliyunCloud, region: Region) -> None:
    """The whole of it travels in the URL."""
    script = "#" * (24 * 1024 // 4 * 3)
    await cloud.run(order(region, script))
    with pytest.raises(CloudRefused) as refusal:
        await cloud.run(order(region, script + "#", client_token="token-2"))
    assert refusal.value.code == "CmdContent.ExceedLimit"


async def test_the_user_and_the_shell_are_passed_on(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    await cloud.run(order(region, "dir", "web-win", shell=Shell.POWERSHELL))
    await cloud.run(order(region, "id", user="root", client_token="token-2"))
    windows, linux = server.journal.of("RunCommand")
    assert windows.params["Type"] == "RunPowerShellScript"
    assert "Username" not in windows.params
    assert (linux.params["Type"], linux.params["Username"]) == ("RunShellScript", "root")


async def test_a_dry_run_runs_nothing(cloud: AliyunCloud, region: Region) -> None:
    await cloud.run(order(region, "touch ran", dry_run=True))
    assert region.machine("web-1").ran("touch ran") == 0


async def test_no_token_no_run(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    with pytest.raises(CloudRefused):
        await cloud.run(order(region, client_token=""))
    assert server.journal.calls == []


async def test_the_same_token_is_the_same_run(cloud: AliyunCloud, region: Region) -> None:
    first = await cloud.run(order(region))
    assert await cloud.run(order(region)) == first
    await region.settled(first)
    assert region.machine("web-1").ran("echo hello") == 1
    with pytest.raises(CloudRefused) as refusal:
        await cloud.run(order(region, "echo other"))
    assert refusal.value.code == "IdempotentParameterMismatch"


async def test_a_token_that_is_in_flight_is_tried_again(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    hold = server.faults.hold("RunCommand", in_flight=True)
    first = asyncio.create_task(cloud.run(order(region)))
    await hold.reached.wait()
    with pytest.raises(CloudTryAgain) as again:
        await cloud.run(order(region))
    assert again.value.code == "IdempotentProcessing"
    hold.release()
    assert await first == await cloud.run(order(region))


async def test_a_cancelled_caller_does_not_end_its_call(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """Whoever sends the same token again gets the run that went on."""
    hold = server.faults.hold("RunCommand", in_flight=True)
    sending = asyncio.create_task(cloud.run(order(region)))
    await hold.reached.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    hold.release()
    await server.journal.wait_for("RunCommand", 1)
    assert await cloud.run(order(region)) == region.invocations[0].invoke_id
    assert len(region.invocations) == 1


# ── results ────────────────────────────────────────────────────────────────────


async def test_results_of_a_hundred_machines(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    names = [f"fleet-{n:03}" for n in range(1, 101)]
    invoke_id = await cloud.run(order(region, "echo", *names))
    await region.settled(invoke_id)
    found = await results(cloud, invoke_id)
    assert len({r.instance for r in found}) == 100
    assert {r.outcome for r in found} == {Outcome.SUCCEEDED}
    assert len(server.journal.of("DescribeInvocationResults")) == 2


async def test_what_a_machine_prints_meanwhile(cloud: AliyunCloud, region: Region) -> None:
    """It is no result, and can be read."""
    invoke_id = await cloud.run(order(region, "echo begun; sleep 600"))
    run = region.invocations[0].runs[0]
    await region.wait_for(lambda: run.process is not None)
    assert run.process is not None
    await run.process.output.grown()
    report = await cloud.report(*PLACE, invoke_id)
    assert report is not None
    assert (report.results, [text for _, text in report.going]) == ((), ["begun\n"])
    await cloud.stop(*PLACE, invoke_id, [region.machine("web-1").instance_id])
    await region.settled(invoke_id)


async def test_the_newest_with_their_results(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """One call for as many runs as fifty rows hold."""
    ids = [await cloud.run(order(region, "echo", "fleet-001", "fleet-002", client_token=f"t-{n}")) for n in range(30)]
    for invoke_id in ids:
        await region.settled(invoke_id)
    reports = await cloud.newest(*PLACE, TAG)
    assert sorted(reports) == sorted(ids[5:])
    assert {len(report.results) for report in reports.values()} == {2}
    assert len(server.journal.of("DescribeInvocationResults")) == 1


async def test_results_of_no_run_are_nobodys(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """ECS answers an empty InvokeId with everybody's output."""
    await cloud.run(order(region))
    with pytest.raises(CloudRefused):
        await cloud.report(*PLACE, "")
    assert server.journal.of("DescribeInvocationResults") == []


async def test_a_cut_output_says_so(cloud: AliyunCloud, region: Region) -> None:
    """ECS cuts at a byte: half a character is replaced, never an error."""
    region.machine("fleet-001").runner = CannedRunner(output="你" * 20_000)
    invoke_id = await cloud.run(order(region, "cat", "fleet-001"))
    await region.settled(invoke_id)
    (result,) = await results(cloud, invoke_id)
    assert result.dropped > 0
    assert set(result.output) <= {"你", "\ufffd"}


# ── stop ───────────────────────────────────────────────────────────────────────


async def test_a_stopped_run_is_cancelled_and_has_no_exit_code(cloud: AliyunCloud, region: Region) -> None:
    invoke_id = await cloud.run(order(region, "sleep 600"))
    await region.wait_for(lambda: region.invocations[0].runs[0].status == "Running")
    await cloud.stop(*PLACE, invoke_id, [region.machine("web-1").instance_id])
    await region.settled(invoke_id)
    (result,) = await results(cloud, invoke_id)
    assert (result.outcome, result.status, result.exit_code) == (Outcome.CANCELLED, "Terminated", None)


async def test_stop_goes_in_portions_of_fifty(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    names = [f"fleet-{n:03}" for n in range(1, 101)]
    asked = order(region, "echo", *names)
    invoke_id = await cloud.run(asked)
    await region.settled(invoke_id)
    await cloud.stop(*PLACE, invoke_id, asked.instances)
    assert len(server.journal.of("StopInvocation")) == 2


async def test_that_it_is_over_is_no_error_of_stop(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    invoke_id = await cloud.run(order(region))
    server.faults.fail("StopInvocation", status=403, code="InvalidInvokeStatus.Finished")
    await cloud.stop(*PLACE, invoke_id, [region.machine("web-1").instance_id])
    with pytest.raises(CloudRefused) as refusal:
        await cloud.stop(*PLACE, "t-none", ["i-1"])
    assert refusal.value.code == "InvalidInvokeId.NotFound"
