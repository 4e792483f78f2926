"""Bolt with next to nothing in it: what the bot is compared with. `python -m bench.plain_bolt SECRET [DATABASE]`.

It answers `/ecs` over HTTP; with a database it commits one row first, as durably as the bot does.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult


async def serve(secret: str, database: str | None) -> None:
    """Say which port on the first line, and serve until the process is ended."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T", bot_user_id="U", bot_id="B", bot_token="xoxb-none")

    app = AsyncApp(authorize=authorize, signing_secret=secret)
    async with AsyncExitStack() as stack:
        commit = await stack.enter_async_context(_Rows(database)) if database else None

        @app.command("/ecs")
        async def ecs(ack: AsyncAck, body: dict[str, Any]) -> None:
            if commit is not None:
                await commit.add(json.dumps(body))
            await ack(text="done")

        async def events(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

        site = web.Application()
        site.router.add_post("/slack/events", events)
        runner = web.AppRunner(site, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


class _Rows:
    """One table on one connection; each row is a transaction of its own."""

    def __init__(self, path: str) -> None:
        import aiosqlite

        self._opening = aiosqlite.connect(path, isolation_level=None)
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> "_Rows":
        self._db = await self._opening
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE asked (body TEXT)"):
            await self._db.execute(statement)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._db.close()

    async def add(self, body: str) -> None:
        async with self._turn:  # without BEGIN each statement is committed by itself
            await self._db.execute("INSERT INTO asked VALUES (?)", (body,))


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
