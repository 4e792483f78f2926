"""Every method of the port, on the real SDK, over real sockets."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.cloud.aliyun import AliyunCloud
from bot.domain.catalog import OsType, Shell
from bot.domain.result import Outcome, Result
from bot.errors import CloudRefused, CloudTryAgain
from bot.ports import Cloud
from bot.sandbox.ecs import CannedRunner, EcsServer, Region
from tests.cloud.world import PLACE, TAG, order, target

MakeCloud = Callable[..., AliyunCloud]


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


# ── what runs ──────────────────────────────────────────────────────────────────


async def test_those_that_run_are_listed(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """By the bot's tag, fifty a page, the newest first; what is over stands there no more."""
    ids = [await cloud.run(order(region, "sleep", "fleet-001", client_token=f"t-{n}")) for n in range(3)]
    for invoke_id in ids:
        await region.settled(invoke_id)
    region.machine("fleet-002").runner = CannedRunner(duration=3600)
    slow = [await cloud.run(order(region, "sleep", "fleet-002", client_token=f"s-{n}")) for n in range(10)]
    await region.wait_for(lambda: all(one.legacy_status == "Running" for one in region.invocations[3:]))
    page = await cloud.running(*PLACE, TAG, None)
    assert sorted(page.ended) == sorted(slow)
    assert page.token is None
    assert len(server.journal.of("DescribeInvocations")) == 1


async def test_more_than_a_page_run(cloud: AliyunCloud, region: Region) -> None:
    """The second page begins where the first ends."""
    machines = [f"fleet-{n:03}" for n in range(1, 7)]
    for name in machines:
        region.machine(name).runner = CannedRunner(duration=3600)
    ids = [await cloud.run(order(region, "s", machines[n // 10], client_token=f"s-{n}")) for n in range(60)]
    await region.wait_for(lambda: all(one.legacy_status == "Running" for one in region.invocations))
    first = await cloud.running(*PLACE, TAG, None)
    assert sorted(first.ended) == sorted(ids[10:])
    second = await cloud.running(*PLACE, TAG, first.token)
    assert sorted(second.ended) == sorted(ids[:10])
    assert second.token is None


async def test_what_runs_is_listed_by_instance(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """Of the other API: a run on several machines takes as many rows, so that the next page can begin with its rest."""
    machines = [f"fleet-{n:03}" for n in range(1, 11)]
    for name in machines:
        region.machine(name).runner = CannedRunner(duration=3600)
    over = await cloud.run(order(region, "true", "fleet-011", client_token="over"))
    ids = [await cloud.run(order(region, "s", *machines[:9], client_token=f"s-{n}")) for n in range(6)]
    await region.settled(over)
    await region.wait_for(lambda: all(one.legacy_status == "Running" for one in region.invocations[1:]))
    first = await cloud.running_rows(*PLACE, TAG, None)
    assert set(first.ended) == set(ids)
    assert set(first.ended.values()) == {frozenset()}
    second = await cloud.running_rows(*PLACE, TAG, first.token)
    assert set(second.ended) == {ids[0]}
    assert second.token is None
    assert len(server.journal.of("DescribeInvocationResults")) == 2


async def test_a_list_that_does_not_move_on(cloud: AliyunCloud, server: EcsServer) -> None:
    """The same token again is not the end of it: who is missing would be taken to have ended."""
    bodies: dict[str, dict[str, object]] = {
        "DescribeInvocations": {"NextToken": "x", "Invocations": {"Invocation": []}},
        "DescribeInvocationResults": {"Invocation": {"NextToken": "x", "InvocationResults": {"InvocationResult": []}}},
    }
    for action, listing in (("DescribeInvocations", cloud.running), ("DescribeInvocationResults", cloud.running_rows)):
        for _ in range(2):
            server.faults.garble(action, status=200, body=json.dumps({"RequestId": "r", **bodies[action]}))
        first = await listing(*PLACE, TAG, None)
        assert first.token == "x"
        with pytest.raises(CloudTryAgain, match="does not end"):
            await listing(*PLACE, TAG, first.token)


async def test_what_stands_before_a_token_that_stays_was_seen(cloud: AliyunCloud, server: EcsServer) -> None:
    """A run that was looked for by its name is found; one that was not there may stand on a page that nobody saw."""
    rows = [{"InvokeId": "t-1", "CommandName": "mine", "InvocationStatus": "Running"}]
    body = json.dumps({"RequestId": "r", "NextToken": "x", "Invocations": {"Invocation": rows}})
    for _ in range(6):
        server.faults.garble("DescribeInvocations", status=200, body=body)
    assert await cloud.find(*PLACE, "mine", TAG) == "t-1"
    with pytest.raises(CloudTryAgain, match="does not end"):
        await cloud.find(*PLACE, "another", TAG)
    assert [one.invoke_id for one in await cloud.listed(*PLACE)] == ["t-1", "t-1"]


async def test_other_tags_are_not_listed(cloud: AliyunCloud, region: Region) -> None:
    """One lane has its own listing."""
    region.machine("fleet-001").runner = CannedRunner(duration=3600)
    fast = await cloud.run(order(region, "s", "fleet-001", client_token="a", tags=(TAG, ("ecs-chatops-pace", "0"))))
    await cloud.run(order(region, "s", "fleet-001", client_token="b", tags=(TAG, ("ecs-chatops-pace", "4"))))
    await region.wait_for(lambda: all(one.legacy_status == "Running" for one in region.invocations))
    assert list((await cloud.running(*PLACE, ("ecs-chatops-pace", "0"), None)).ended) == [fast]
    assert list((await cloud.running_rows(*PLACE, ("ecs-chatops-pace", "0"), None)).ended) == [fast]
    assert list(await cloud.newest(*PLACE, ("ecs-chatops-pace", "0"))) == [fast]


async def test_some_instances_have_ended(cloud: AliyunCloud, region: Region) -> None:
    """How many, of a run that goes on."""
    region.machine("fleet-001").runner = CannedRunner(duration=3600)
    invoke_id = await cloud.run(order(region, "sleep", "fleet-001", "fleet-002"))
    await region.wait_for(lambda: [run.status for run in region.invocations[0].runs] == ["Running", "Success"])
    ended = frozenset({region.machine("fleet-002").instance_id})
    assert (await cloud.running(*PLACE, TAG, None)).ended == {invoke_id: ended}
    report = await cloud.report(*PLACE, invoke_id)
    assert report is not None
    assert [result.outcome for result in report.results] == [Outcome.SUCCEEDED]
    assert [instance for instance, _ in report.going] == [region.machine("fleet-001").instance_id]


async def test_a_new_run_may_not_be_seen_yet(cloud: AliyunCloud, region: Region) -> None:
    """That is no end, and no error."""
    region.hide_new_for = 1
    invoke_id = await cloud.run(order(region))
    assert await cloud.report(*PLACE, invoke_id) is None
    assert await cloud.report(*PLACE, invoke_id) is not None


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


# ── stop, find ─────────────────────────────────────────────────────────────────


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


async def test_a_run_is_found_by_its_very_name_and_tag(cloud: AliyunCloud, region: Region) -> None:
    tag = ("ecs-chatops-id", "inv_1")
    first = await cloud.run(order(region, name="ecs-1-0", tags=(TAG, tag), client_token="a"))
    await cloud.run(order(region, name="ecs-1-01", tags=(TAG, tag), client_token="b"))
    await cloud.run(order(region, name="ecs-1-0", tags=(TAG, ("ecs-chatops-id", "inv_2")), client_token="c"))
    assert await cloud.find(*PLACE, "ecs-1-0", tag) == first
    assert await cloud.find(*PLACE, "ecs-1", tag) is None


# ── listed ─────────────────────────────────────────────────────────────────────


async def test_the_newest_runs_of_the_bot_are_listed_in_two_calls(
    cloud: AliyunCloud, region: Region, server: EcsServer
) -> None:
    """With what their tags tell; runs of others are none of them."""
    tags = (TAG, ("ecs-chatops-id", "i1"), ("ecs-chatops-by", "U1"))

    async def runs(name: str, tags: tuple[tuple[str, str], ...]) -> str:
        return await cloud.run(order(region, "echo", "fleet-001", name=name, client_token=name, tags=tags))

    made = [await runs(f"ecs-i1-{number}", tags) for number in range(101)]
    await runs("another", ())
    before = len(server.journal.of("DescribeInvocations"))
    found = await cloud.listed(*PLACE)
    assert [one.invoke_id for one in found] == made[:0:-1]
    assert (found[0].name, found[0].invocation, found[0].requester) == ("ecs-i1-100", "i1", "U1")
    assert found[0].created_at is not None
    assert len(server.journal.of("DescribeInvocations")) == before + 2
