"""Requests that Bolt itself breaks over: signed, and in a shape that Slack never sends."""

import traceback
from pathlib import Path

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

log = structlog.get_logger(__name__)

_OURS = str(Path(__file__).parents[1])


def register(app: AsyncApp) -> None:
    """Answer 400 to them. What breaks in code of ours is logged in full, and is a 500."""

    @app.error
    async def broken(error: Exception) -> BoltResponse:
        if any(frame.filename.startswith(_OURS) for frame in traceback.extract_tb(error.__traceback__)):
            log.error("request_broken", exc_info=error)
            return BoltResponse(status=500)
        log.warning("request_unreadable", error=type(error).__name__)
        return BoltResponse(status=400, body="not readable\n")
