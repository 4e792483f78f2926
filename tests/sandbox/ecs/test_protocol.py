"""The protocol as the SDK speaks it: signatures, versions, errors, shapes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from alibabacloud_ecs20140526 import models
from alibabacloud_tea_openapi.exceptions import ClientException, ThrottlingException
from alibabacloud_tea_openapi.utils import Utils

from bot.sandbox.ecs import SANDBOX_KEY, AccessKey, EcsServer, ManualClock, Region, Throttle, linux
from bot.sandbox.ecs.params import SCHEMAS
from bot.sandbox.ecs.server import VERSION
from tests.sandbox.ecs.sdk import REGION, invocations, refusal, results, run, sdk_client

WEB_1 = "i-bp1web1"


def signed(server: EcsServer, query: dict[str, str], **headers: str) -> dict[str, str]:
    """Headers as the SDK signs them, by the SDK's own function."""
    from alibabacloud_tea_openapi.utils_models import OpenApiRequest
    from darabonba.request import DaraRequest

    request = DaraRequest()
    request.method, request.pathname = "POST", "/"
    request.query = OpenApiRequest(query=query).query
    empty = Utils.hash(b"", "ACS3-HMAC-SHA256").hex()
    request.headers = {
        "host": server.endpoint,
        "x-acs-version": VERSION,
        "x-acs-action": "DescribeRegions",
        "x-acs-date": Utils.get_timestamp(),
        "x-acs-signature-nonce": Utils.get_nonce(),
        "x-acs-content-sha256": empty,
        **headers,
    }
    key = SANDBOX_KEY
    signature = Utils.get_authorization(request, "ACS3-HMAC-SHA256", empty, key.id, key.secret)
    return {**request.headers, "Authorization": signature}


async def post(server: EcsServer, query: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/", params=query, headers=headers) as answer,
    ):
        return answer.status, json.loads(await answer.text())


async def test_an_error_has_the_fields_of_the_gateway(server: EcsServer) -> None:
    """And a request id that is in the header too."""
    status, body = await post(server, {}, signed(server, {}, **{"x-acs-action": "DescribeMoonPhases"}))
    assert (status, body["Code"]) == (404, "InvalidAction.NotFound")
    assert set(body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}


async def test_the_same_nonce_twice_is_refused(server: EcsServer) -> None:
    """A recorded request can't be sent again."""
    headers = signed(server, {})
    assert (await post(server, {}, headers))[0] == 200
    status, body = await post(server, {}, headers)
    assert (status, body["Code"]) == (400, "SignatureNonceUsed")


async def test_what_was_signed_is_what_must_come(server: EcsServer) -> None:
    """A changed parameter, an unsigned header, another body: all refused."""
    changed = await post(server, {"ResourceType": "disk"}, signed(server, {"ResourceType": "instance"}))
    assert (changed[0], changed[1]["Code"]) == (400, "SignatureDoesNotMatch")
    unsigned = await post(server, {}, {**signed(server, {}), "Authorization": "Basic abc"})
    assert (unsigned[0], unsigned[1]["Code"]) == (400, "IncompleteSignature")
    body = signed(server, {}, **{"x-acs-content-sha256": "0" * 64})
    assert (await post(server, {}, body))[1]["Code"] == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("x-acs-version", "2016-03-14", "InvalidVersion"),
        ("x-acs-date", "yesterday", "InvalidTimeStamp.Format"),
        ("x-acs-date", "2020-01-01T00:00:00Z", "InvalidTimeStamp.Expired"),
    ],
)
async def test_bad_version_and_dates(server: EcsServer, header: str, value: str, code: str) -> None:
    """400 each."""
    status, body = await post(server, {}, signed(server, {}, **{header: value}))
    assert (status, body["Code"]) == (400, code)


async def test_unknown_keys_and_wrong_secrets(server: EcsServer) -> None:
    """Through the real SDK."""
    stranger = sdk_client(server, AccessKey("LTAI5tStranger", "x"))
    assert await refusal(run(stranger, WEB_1)) == (404, "InvalidAccessKeyId.NotFound")
    liar = sdk_client(server, AccessKey(SANDBOX_KEY.id, "wrong"))
    assert await refusal(run(liar, WEB_1)) == (400, "SignatureDoesNotMatch")


async def test_a_key_without_the_right_is_forbidden(server: EcsServer, region: Region) -> None:
    """It may look and not run."""
    reader = AccessKey("LTAI5tReader", "reader", actions=frozenset({"DescribeInvocations"}))
    server.verifier.add(reader)
    ecs = sdk_client(server, reader)
    with pytest.raises(ClientException) as caught:
        await run(ecs, WEB_1)
    assert (caught.value.status_code, caught.value.code) == (403, "Forbidden.RAM")
    assert caught.value.access_denied_detail["AuthAction"] == "ecs:RunCommand"
    assert await invocations(ecs) == []
    assert not region.invocations


async def test_an_sts_key_needs_its_token(server: EcsServer, region: Region) -> None:
    """The SDK sends it in a signed header."""
    sts = AccessKey("STS.NTemp", "temporary", security_token="token-1")
    server.verifier.add(sts)
    invoke_id = await run(sdk_client(server, sts), WEB_1)
    await region.settled(invoke_id)
    bare, other = AccessKey(sts.id, sts.secret), AccessKey(sts.id, sts.secret, security_token="token-2")
    assert await refusal(run(sdk_client(server, bare), WEB_1)) == (400, "MissingSecurityToken")
    code = "InvalidSecurityToken.MismatchWithAccessKey"
    assert await refusal(run(sdk_client(server, other), WEB_1)) == (400, code)
    server.verifier.add(replace(sts, expires=datetime.now(UTC)))
    assert await refusal(run(sdk_client(server, sts), WEB_1)) == (400, "InvalidSecurityToken.Expired")


async def test_accounts_do_not_see_each_other(server: EcsServer, region: Region) -> None:
    """Neither machines nor runs."""
    other = AccessKey("LTAI5tOther", "other", account_id="99")
    server.verifier.add(other)
    mine, theirs = sdk_client(server), sdk_client(server, other)
    invoke_id = await run(mine, WEB_1)
    await region.settled(invoke_id)
    assert await results(theirs, invoke_id) == []
    assert await refusal(run(theirs, WEB_1)) == (404, "InvalidInstance.NotFound")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"InstanceIDs.1": "i-1"}, "InvalidParameter.Unknown"),
        ({"InstanceId": "i-1"}, "InvalidParameter.Unknown"),
        ({"Tag.1.Name": "a"}, "InvalidParameter.Unknown"),
        ({"Timeout": "a minute"}, "InvalidParameter.Timeout"),
        ({"EnableParameter": "yes"}, "InvalidParameter.EnableParameter"),
        ({"Parameters": "[]"}, "InvalidParameter.Parameters"),
        ({"RegionId": ""}, "MissingParameter.RegionId"),
    ],
)
async def test_unknown_and_mistyped_parameters(server: EcsServer, query: dict[str, str], code: str) -> None:
    """Refused, and in the journal."""
    query = {"RegionId": REGION, "Type": "RunShellScript", "CommandContent": "true", **query}
    status, body = await post(server, query, signed(server, query, **{"x-acs-action": "RunCommand"}))
    assert (status, body["Code"]) == (400, code)
    assert server.journal.of("RunCommand")[0].code == code


async def test_another_region_is_not_found(ecs: Any) -> None:
    """One address serves its regions only."""
    assert await refusal(run(ecs, WEB_1, region_id="cn-mars")) == (404, "InvalidRegionId.NotFound")


async def test_two_regions_on_one_address(clock: ManualClock) -> None:
    """Told apart by RegionId; DescribeRegions lists them."""
    regions = [Region("cn-hangzhou", [linux("a")], clock=clock), Region("eu-central-1", [linux("b")], clock=clock)]
    async with EcsServer(*regions) as server:
        ecs = sdk_client(server)
        answer = await ecs.describe_regions_async(models.DescribeRegionsRequest())
        assert [one.region_id for one in answer.body.regions.region] == ["cn-hangzhou", "eu-central-1"]
        await run(ecs, "i-bp1b", region_id="eu-central-1")
        assert await refusal(run(ecs, "i-bp1b")) == (404, "InvalidInstance.NotFound")


async def test_the_sync_client_speaks_the_same(server: EcsServer, region: Region, ecs: Any) -> None:
    """Long content, odd characters and tags in the query string, in a thread."""
    script = "cat <<'X'\n" + "ü ~*+%&=?/ \n" * 900 + "X"
    tag = models.RunCommandRequestTag(key="bot", value="a b+c/ü")
    request = models.RunCommandRequest(
        region_id=REGION, type="RunShellScript", command_content=script, instance_id=[WEB_1], tag=[tag]
    )
    answer = await asyncio.to_thread(ecs.run_command, request)
    await region.settled(answer.body.invoke_id)
    assert region.machine("web-1").ran(script) == 1
    (row,) = await results(ecs, answer.body.invoke_id)
    assert row.tags.tag[0].tag_value == "a b+c/ü"


@pytest.mark.parametrize("action", sorted(SCHEMAS))
def test_parameters_are_those_of_the_sdk(action: str) -> None:
    """Every name of the request model, with its type, and no other."""
    import inspect

    model = getattr(models, f"{action}Request")
    schema = SCHEMAS[action]
    kinds = {"str": schema.strings, "int": schema.integers, "bool": schema.booleans, "List[str]": schema.lists}
    always, seen = set(model().to_map()), set(model().to_map())
    assert always == schema.pairs
    for name, parameter in inspect.signature(model.__init__).parameters.items():
        if name == "self" or "main_models" in parameter.annotation:
            continue
        value: Any = [] if parameter.annotation.startswith("List") else "x"
        (wire,) = set(model(**{name: value}).to_map()) - always
        assert wire in kinds.get(parameter.annotation, schema.json)
        seen.add(wire)
    assert seen == schema.names


async def test_answers_have_only_fields_that_the_sdk_knows(server: EcsServer, region: Region, ecs: Any) -> None:
    """What the SDK's model gives back is what was sent, to the last key."""
    invoke_id = await run(ecs, [WEB_1, "i-bp1web2"], "echo a", tag=[models.RunCommandRequestTag(key="k", value="v")])
    await region.settled(invoke_id)
    await results(ecs, invoke_id)
    await invocations(ecs, invoke_id=invoke_id, include_output=True)
    await ecs.describe_instances_async(models.DescribeInstancesRequest(region_id=REGION))
    await ecs.describe_cloud_assistant_status_async(models.DescribeCloudAssistantStatusRequest(region_id=REGION))
    await ecs.stop_invocation_async(models.StopInvocationRequest(region_id=REGION, invoke_id=invoke_id))
    await ecs.describe_regions_async(models.DescribeRegionsRequest())
    assert {call.action for call in server.journal.calls} == set(SCHEMAS)
    for call in server.journal.calls:
        parsed = getattr(models, f"{call.action}ResponseBody")().from_map(call.answer)
        assert parsed.to_map() == call.answer


@pytest.fixture
async def throttled(clock: ManualClock) -> AsyncIterator[EcsServer]:
    throttle = Throttle({"RunCommand": 2}, tell_retry_after=True)
    region = Region(machines=[linux("web-1")], clock=clock, throttle=throttle)
    async with EcsServer(region) as server:
        yield server


async def test_throttling_per_minute(throttled: EcsServer, clock: ManualClock) -> None:
    """The third call of a minute is refused, the first of the next is not."""
    ecs = sdk_client(throttled)
    await clock.advance(60 - clock.now().second)
    for _ in range(2):
        await run(ecs, WEB_1)
    with pytest.raises(ThrottlingException) as caught:
        await run(ecs, WEB_1)
    assert (caught.value.status_code, caught.value.code) == (400, "Throttling.User")
    assert 58_000 <= caught.value.retry_after <= 60_000
    assert await invocations(ecs)
    await clock.advance(60)
    await run(ecs, WEB_1)


async def test_dates_are_held_against_the_wall(region: Region) -> None:
    """Sixteen minutes are too many."""
    wall = ManualClock()
    async with EcsServer(region, wall=wall) as server:
        ecs = sdk_client(server)
        await run(ecs, WEB_1)
        await wall.advance(timedelta(minutes=16).total_seconds())
        assert await refusal(run(ecs, WEB_1)) == (400, "InvalidTimeStamp.Expired")
