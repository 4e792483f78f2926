"""Calls of ECS a second over TLS: the bot's line beside the SDK's own async methods, and how the event loop fares.

The server is a process of its own, with a certificate of its own; it answers DescribeInvocationResults with one row.
"""

import asyncio
import json
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import certifi
from aiohttp import web

from bench.processes import started
from bot import pauses
from bot.cloud import sdk
from bot.cloud.credentials import AccessKey, Credentials
from bot.cloud.line import Line

AT_ONCE = 50
MINE, THEIRS = 2_000, 120

KEY = AccessKey("LTAIbench", "bench")

_ANSWER = {
    "RequestId": "r-1",
    "Invocation": {
        "InvocationResults": {
            "InvocationResult": [
                {"InvokeId": "t-1", "InstanceId": "i-1", "InvocationStatus": "Success", "ExitCode": 0, "Output": "b2sK"}
            ]
        }
    },
}


@dataclass(frozen=True)
class Calls:
    """Calls a second, and the longest that the event loop stood still, in seconds."""

    rate: float
    stall: float


async def measure() -> tuple[Calls, Calls]:
    """The bot's line, and the SDK's async methods, in turns in one process."""
    with tempfile.TemporaryDirectory() as folder:
        cert = f"{folder}/cert.pem"
        _certificate(Path(cert))
        async with (
            started(["-m", "bench.calls", "serve", cert]) as server,
            started(["-m", "bench.calls", "call", cert, server.line]) as client,
        ):
            mine, theirs = json.loads(client.line)
    return Calls(*mine), Calls(*theirs)


async def _call(cert: str, port: str) -> None:
    """Print both, as JSON. The one certificate is all that is trusted here, in the place of a system's many."""
    certifi.where = lambda: cert
    pauses.shorten()  # as the bot does
    endpoint = f"localhost:{port}"
    print(json.dumps([astuple(await _of_the_line(endpoint)), astuple(await _of_the_sdk(endpoint))]), flush=True)


async def _of_the_line(endpoint: str) -> Calls:
    credentials = Credentials({"default": KEY})
    line = Line(credentials, f"https://{endpoint}")
    try:
        return await _timed(
            lambda: line.call("default", "cn-hangzhou", "DescribeInvocationResults", invoke_id="t-1"), MINE
        )
    finally:
        await line.close()


async def _of_the_sdk(endpoint: str) -> Calls:
    loaded = sdk.load()
    config = loaded.config(
        access_key_id=KEY.id,
        access_key_secret=KEY.secret,
        region_id="cn-hangzhou",
        endpoint=endpoint,
        protocol="https",
    )
    client = loaded.client(config)
    request = loaded.models.DescribeInvocationResultsRequest(region_id="cn-hangzhou", invoke_id="t-1")
    runtime = loaded.runtime()
    return await _timed(lambda: client.describe_invocation_results_with_options_async(request, runtime), THEIRS)


async def _timed(call: Callable[[], Awaitable[Any]], number: int) -> Calls:
    await asyncio.gather(*(call() for _ in range(5)))
    left, worst = iter(range(number)), 0.0

    async def caller() -> None:
        for _ in left:
            await call()

    async def watch() -> None:
        nonlocal worst
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            worst = max(worst, time.monotonic() - before - 0.005)

    watching = asyncio.ensure_future(watch())
    began = time.monotonic()
    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
    took = time.monotonic() - began
    watching.cancel()
    return Calls(number / took, worst)


def _certificate(file: Path) -> None:
    """For localhost, with its key, for an hour's bench."""
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            file,
            "-out",
            f"{file}.crt",
        ],
        check=True,
        capture_output=True,
    )
    file.write_text(Path(f"{file}.crt").read_text() + file.read_text())


async def _serve(cert: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(_ANSWER)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[2]) if sys.argv[1] == "serve" else _call(*sys.argv[2:]))
