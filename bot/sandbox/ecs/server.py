"""The region's endpoint: HTTP on loopback, RPC style, as the SDK calls ECS.

``POST /?<parameters>`` with an empty body; action and version in headers; answers and errors
in JSON. The order is the gateway's as far as it is known: action and version, signature,
RAM, throttling, parameters.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

from bot.sandbox.ecs.actions import ACTIONS, Context
from bot.sandbox.ecs.clock import Clock, SystemClock
from bot.sandbox.ecs.errors import ApiError, missing, region_not_found, throttled
from bot.sandbox.ecs.faults import Fault, Faults, distort
from bot.sandbox.ecs.feed import Feed
from bot.sandbox.ecs.journal import Call, Journal
from bot.sandbox.ecs.params import SCHEMAS, parse
from bot.sandbox.ecs.region import Region
from bot.sandbox.ecs.signature import AccessKey, Received, Verifier

VERSION = "2014-05-26"
MAX_LINE = 256 * 1024  # 24 KB of Base64 content, percent-encoded, and 20 tags, with room to spare
SANDBOX_KEY = AccessKey("LTAI5tSandboxKeyForTests", "sandbox-secret-not-a-real-one")


class EcsServer:
    """Serves one or several regions on one address, as ``async with``.

    *keys* are the access keys it knows (default: SANDBOX_KEY). *wall* is the clock that
    x-acs-date is held against: the real one unless told otherwise, because the SDK signs
    with the real one. *faults*, *journal* and *verifier* may be used at any time.
    """

    def __init__(
        self,
        *regions: Region,
        keys: Iterable[AccessKey] = (SANDBOX_KEY,),
        port: int = 0,
        wall: Clock | None = None,
    ) -> None:
        self.regions = {region.region_id: region for region in regions}
        self.feed = Feed()
        self.faults = Faults()
        self.journal = Journal(self.feed)
        self.verifier = Verifier(list(keys))
        self._wall = wall or SystemClock()
        self._asked_port = port
        self._port: int | None = None
        self._runner: web.AppRunner | None = None

    @property
    def endpoint(self) -> str:
        """``127.0.0.1:port``: what the SDK's Config takes as endpoint, with protocol http."""
        if self._port is None:
            raise RuntimeError("the server has not been started")
        return f"127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """``http://127.0.0.1:port``: what ALIBABA_CLOUD_ECS_ENDPOINT takes."""
        return f"http://{self.endpoint}"

    async def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(
            app, max_line_size=MAX_LINE, max_field_size=MAX_LINE, shutdown_timeout=0.1, access_log=None
        )
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, "127.0.0.1", self._asked_port)
        await site.start()
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the address, then every region with its processes and folders."""
        runner, self._runner, self._port = self._runner, None, None
        try:
            if runner is not None:
                await runner.cleanup()
        finally:
            for region in self.regions.values():
                await region.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def as_json(self) -> dict[str, Any]:
        """All regions, the queued faults and the last calls, as a page would show them."""
        return {
            "regions": [region.as_json() for region in self.regions.values()],
            "faults": self.faults.as_json(),
            "calls": [call.as_json() for call in self.journal.calls[-50:]],
        }

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        received = await _received(request)
        action = received.headers.get("x-acs-action", "")
        call = Call(self._clock_of(received).now(), action, received.query)
        self.journal.add(call)
        request_id = str(uuid.uuid4()).upper()
        headers = {"x-acs-request-id": request_id}
        fault: Fault | None = None
        try:
            key = self._admit(received, action, call)
            fault = self.faults.take(action)
            call.fault = fault.kind if fault else ""
            spoiled = self._spoil(request, fault)
            if spoiled is not None:
                return self._sent(call, spoiled)
            call.answer = await self._perform(received, action, key, fault)
            call.answer["RequestId"] = request_id
        except ApiError as error:
            call.code = error.code
            call.answer = _error_body(error, request_id, received.headers.get("host", ""))
            if error.retry_after_ms is not None:
                headers["x-acs-retry-after"] = str(error.retry_after_ms)
            return self._sent(call, web.json_response(call.answer, status=error.status, headers=headers))
        if fault is not None:
            await self._delay(fault, received)
            if fault.kind == "cut_after":
                return _cut(request)
            call.answer = distort(fault, call.answer)
        return self._sent(call, web.json_response(call.answer, headers=headers))

    def _admit(self, received: Received, action: str, call: Call) -> AccessKey:
        """Is it a call that we know, from somebody who may? Raises ApiError."""
        if received.method not in {"POST", "GET"} or received.path != "/":
            raise ApiError(404, "InvalidAction.NotFound", "Specified api is not found.")
        if action not in SCHEMAS:
            message = "Specified api is not found, please check your url and method."
            raise ApiError(404, "InvalidAction.NotFound", message)
        if received.headers.get("x-acs-version") != VERSION:
            raise ApiError(400, "InvalidVersion", "Specified parameter Version is not valid.")
        key = self.verifier.verify(received, self._wall.now())
        call.access_key_id = key.id
        key.check_may(action)
        return key

    def _spoil(self, request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
        """The answer of a fault that keeps the call from being handled at all."""
        if fault is None:
            return None
        if fault.kind == "throttle":
            raise throttled(fault.retry_after_ms)
        if fault.kind == "fail":
            raise ApiError(fault.status, fault.code, "The request processing has failed due to some unknown error.")
        if fault.kind == "garble":
            return web.Response(status=fault.status, text=fault.body, content_type="text/html")
        return _cut(request) if fault.kind == "cut_before" else None

    async def _perform(self, received: Received, action: str, key: AccessKey, fault: Fault | None) -> dict[str, Any]:
        if action == "DescribeRegions":
            parse(action, received.query)
            return self._describe_regions()
        region = self._region(received)
        region.throttle.count(action, key.account_id, region.clock.now())

        async def midway() -> None:
            if fault is not None and fault.hold is not None and fault.hold.in_flight:
                await fault.hold.wait()

        context = Context(region, key.account_id, parse(action, received.query), midway)
        return await ACTIONS[action](context)

    async def _delay(self, fault: Fault, received: Received) -> None:
        if fault.kind == "slow":
            await self._clock_of(received).sleep(fault.seconds)
        elif fault.hold is not None and not fault.hold.in_flight:
            await fault.hold.wait()

    def _clock_of(self, received: Received) -> Clock:
        """The clock of the region that is asked for."""
        region = self.regions.get(received.query.get("RegionId", ""))
        return region.clock if region is not None else self._wall

    def _region(self, received: Received) -> Region:
        region_id = received.query.get("RegionId", "")
        if not region_id:
            raise missing("RegionId")
        if region_id not in self.regions:
            raise region_not_found(region_id)
        return self.regions[region_id]

    def _describe_regions(self) -> dict[str, Any]:
        rows = [
            {
                "RegionId": region_id,
                "LocalName": region_id,
                "RegionEndpoint": f"ecs.{region_id}.aliyuncs.com",
                "Status": "available",
            }
            for region_id in self.regions
        ]
        return {"Regions": {"Region": rows}}

    def _sent(self, call: Call, response: web.StreamResponse) -> web.StreamResponse:
        call.status = response.status if call.fault != "cut_before" else 0
        self.journal.changed()
        return response


async def _received(request: web.Request) -> Received:
    """The request, its query decoded from the raw line as it was sent."""
    path, _, query = request.raw_path.partition("?")
    names: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        names.setdefault(name.lower(), []).append(value.strip())
    return Received(
        method=request.method,
        path=path,
        query=_query(query),
        headers={name: ",".join(sorted(values)) for name, values in names.items()},
        body=await request.read(),
    )


def _query(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=1000))


def _cut(request: web.Request) -> web.Response:
    """Break the connection without a word; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _error_body(error: ApiError, request_id: str, host: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "RequestId": request_id,
        "HostId": host,
        "Code": error.code,
        "Message": error.message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}&product=Ecs",
    }
    if error.denied is not None:
        body["AccessDeniedDetail"] = error.denied
    return body
