"""What all listeners share: the desk, who may come in, and how long an answer may take."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import metrics
from bot.domain.refusal import Refusal, Why
from bot.slack.messages import refusals
from bot.slack.messages.rendered import Rendered
from bot.usecases.desk import Asker, Desk

log = structlog.get_logger()

PATIENCE = 2.0
"""Seconds in which a request must be recorded; Slack waits 3."""

Errand = Callable[[Coroutine[Any, Any, None]], object]


@dataclass(frozen=True, slots=True)
class Reception:
    """*team* is the workspace that the bot belongs to; *errand* starts a task that the app owns."""

    desk: Desk
    client: AsyncWebClient
    team: str
    errand: Errand

    async def bounded(self, kind: str, work: Awaitable[Rendered | None]) -> Rendered | None:
        """*work*'s answer; never raises, never takes longer than PATIENCE.

        What is cut off here may have been recorded all the same: the answer says so, and the
        card then shows it.
        """
        start = time.perf_counter()
        outcome = "answered"
        try:
            async with asyncio.timeout(PATIENCE):
                return await work
        except TimeoutError:
            outcome = "late"
            log.error("answer_late", kind=kind)  # noqa: TRY400 - where it was cut off says nothing
            return refusals.refusal(Refusal(Why.BUSY))
        except Exception:
            outcome = "failed"
            log.exception("answer_failed", kind=kind)
            return refusals.refusal(Refusal(Why.BUSY))
        finally:
            metrics.ANSWERS.labels(kind, outcome).inc()
            metrics.ANSWER_SECONDS.labels(kind).observe(time.perf_counter() - start)

    def asker(self, body: Mapping[str, Any], request_key: str) -> Asker | Refusal:
        """Who sent *body*; refused where they are of another workspace, or *body* does not say."""
        user, team, channel = _member(body, "user"), _member(body, "team"), _member(body, "channel")
        if not user or not channel or not request_key:
            return Refusal(Why.NOT_ENTITLED, subject="a request without a user, a channel or a trigger")
        if team != self.team:
            return Refusal(Why.NOT_ENTITLED, subject=f"<@{user}>")
        url = body.get("response_url")
        return Asker(user, team, channel, request_key, url if isinstance(url, str) else "")

    def tell(self, body: Mapping[str, Any], words: Rendered) -> None:
        """Say *words* to whoever pressed a button, privately, after the acknowledgement."""
        self.errand(self._tell(body, words))

    async def _tell(self, body: Mapping[str, Any], words: Rendered) -> None:
        url = body.get("response_url")
        try:
            if isinstance(url, str) and url:
                hook = AsyncWebhookClient(url, timeout=10)
                answer = await hook.send(
                    text=words.text, blocks=words.blocks, response_type="ephemeral", replace_original=False
                )
                if answer.status_code == 200:
                    return
            user, channel = _member(body, "user"), _member(body, "channel")
            await self.client.chat_postEphemeral(channel=channel, user=user, text=words.text, blocks=words.blocks)
        except Exception:  # the decision stands, only its echo is lost: the card shows what is
            log.warning("echo_lost", exc_info=True)


def _member(body: Mapping[str, Any], name: str) -> str:
    """`user_id` of a slash command, or `user.id` of an interaction; empty where there is neither."""
    flat = body.get(f"{name}_id")
    if isinstance(flat, str):
        return flat
    nested = body.get(name)
    found = nested.get("id") if isinstance(nested, Mapping) else None
    return found if isinstance(found, str) else ""
