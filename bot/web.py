"""The bot's own port: Slack's requests in HTTP mode, and /healthz, /readyz, /metrics in both modes."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot import metrics

BODY_LIMIT = 1024 * 1024
"""Bytes of a request; Slack's are far smaller."""

_FORM = "application/x-www-form-urlencoded"

log = structlog.get_logger(__name__)

Faults = Callable[[], Awaitable[list[str]]]


def build(faults: Faults, slack: AsyncApp | None, *, near: bool = False) -> web.Application:
    """The application; *faults* says why the bot can't serve, *slack* takes signed requests, None takes none.

    *near*: only those of this computer.
    """
    app = web.Application(client_max_size=BODY_LIMIT)

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        found = await faults()
        metrics.READY.set(0 if found else 1)
        return web.Response(text="\n".join(found or ["ready"]) + "\n", status=503 if found else 200)

    async def measures(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics.REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", measures)
    if slack is not None:
        bolt = slack

        async def events(request: web.Request) -> web.Response:
            if near and not ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104 - it is compared, not bound
                raise web.HTTPNotFound
            if not request.headers.get("X-Slack-Request-Timestamp", "0").isdecimal():  # Bolt would break over it
                return web.json_response({"error": "invalid request"}, status=401)
            try:
                return await to_aiohttp_response(await bolt.async_dispatch(await _read(request)))
            except web.HTTPException:  # too large, say: aiohttp's own answer
                raise
            except Exception as error:  # noqa: BLE001 - listeners never raise: it is Bolt, over a shape unknown to it
                log.warning("request_unreadable", error=type(error).__name__)  # unsigned ones among them: one line each
                return web.Response(status=400, text="not readable\n")

        app.router.add_post("/slack/events", events)
    return app


async def _read(request: web.Request) -> AsyncBoltRequest:
    """*request* as Bolt reads it. Bolt takes every form with `payload` anywhere in it for an interaction, and finds
    nothing in a command with that word (slack_bolt.request.internals, parse_body): there it is written in another way.
    """
    body = await request.text()
    is_command = request.content_type == _FORM and not body.startswith("payload=") and "&payload=" not in body
    readable = body.replace("payload", "%70ayload") if is_command else body
    read = AsyncBoltRequest(body=readable, query=request.query_string, headers=request.headers)  # type: ignore[arg-type]  # as in Bolt's own adapter
    read.raw_body = body  # what was signed
    return read


async def listen(app: web.Application, port: int) -> tuple[web.AppRunner, int]:
    """Serve *app* on all addresses. *port* 0 takes a free one, of this computer alone; which, is returned."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=3)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1" if port == 0 else None, port)
    await site.start()
    taken = runner.addresses[0][1]
    return runner, int(taken)
