"""What all listeners share: the desk, who may come in, and how long an answer may take."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import metrics
from bot.domain.access import UserId
from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal, Why
from bot.errors import StoreError
from bot.slack.links import links
from bot.slack.messages import forms, refusals
from bot.slack.messages.rendered import Rendered
from bot.slack.rooms import Rooms
from bot.urgency import Urgency
from bot.usecases.desk import Asker, Desk

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds in which a request must be recorded; Slack waits 3."""

Answer = TypeVar("Answer")

Errand = Callable[[Coroutine[Any, Any, None]], object]


@dataclass(frozen=True, slots=True)
class Reception:
    """*team* is the workspace that the bot belongs to, *bot* its user id there; *errand* starts a task of the app's;
    *at_home* is told who looks at their Home tab right now; *rooms* asks Slack about conversations; *address* is where
    the workspace opens in a browser; *urgency* knows how many wait for an answer."""

    desk: Desk
    client: AsyncWebClient
    team: str
    bot: UserId
    errand: Errand
    at_home: Callable[[UserId], None]
    rooms: Rooms
    address: str = ""
    urgency: Urgency = field(default_factory=Urgency)

    async def links(self, user: UserId, *seen: Invocation) -> dict[str, str]:
        """Where the cards of what *user* may see open."""
        return links(self.address, user, seen, await self.desk.store.cards([inv.id for inv in seen]))

    async def bounded(self, kind: str, work: Awaitable[Answer]) -> Answer | Rendered:
        """*work*'s answer; never raises, never takes longer than PATIENCE.

        What is cut off here may have been recorded all the same: the answer says so, and the
        card then shows it.
        """
        start = time.perf_counter()
        outcome = "answered"
        try:
            with self.urgency.answering():
                async with asyncio.timeout(PATIENCE):
                    return await work
        except TimeoutError:
            outcome = "late"
            log.error("answer_late", kind=kind)  # noqa: TRY400 - where it was cut off says nothing
            return refusals.refusal(Refusal(Why.BUSY))
        except StoreError as error:
            outcome = "failed"
            log.error("answer_failed", kind=kind, fault=str(error))  # noqa: TRY400 - nothing here is at fault
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
        user, channel = self.member(body), _member(body, "channel")
        if isinstance(user, Refusal):
            return user
        if not channel or not request_key:
            return Refusal(Why.NOT_ENTITLED, subject="a request without a channel or a trigger")
        url = body.get("response_url")
        return Asker(user, self.team, channel, request_key, url if isinstance(url, str) else "")

    def member(self, body: Mapping[str, Any]) -> UserId | Refusal:
        """The id of who sent *body*; refused where they are of another workspace, or *body* does not say."""
        user = _member(body, "user")
        if not user:
            return Refusal(Why.NOT_ENTITLED, subject="a request without a user")
        mine = _member(body, "team") == self.team and _home(body) in {"", self.team}
        return user if mine else Refusal(Why.NOT_ENTITLED, subject=f"<@{user}>")

    def whisper(self, asker: Asker, words: Rendered) -> None:
        """Say *words* to *asker* where they wrote, for their eyes; direct messages are private as they are."""
        self.errand(self._whisper(asker, words))

    async def _whisper(self, asker: Asker, words: Rendered) -> None:
        what: dict[str, Any] = {"text": words.text, "blocks": words.blocks or None, "thread_ts": asker.thread or None}
        try:
            if asker.channel.startswith("D"):
                await self.client.chat_postMessage(channel=asker.channel, **what)
            else:
                await self.client.chat_postEphemeral(channel=asker.channel, user=asker.user, **what)
        except Exception:  # what was decided stands, only its echo is lost: the card shows what is
            log.warning("echo_lost", exc_info=True)

    def show(self, body: Mapping[str, Any], view: forms.View) -> None:
        """Open *view* before whoever pressed a button, after the acknowledgement."""
        self.errand(self._show(body, view))

    async def _show(self, body: Mapping[str, Any], view: forms.View) -> None:
        try:
            await self.client.views_open(trigger_id=str(body.get("trigger_id") or ""), view=view)
        except Exception:  # nothing was done yet: they press once more
            log.warning("form_not_opened", exc_info=True)
            await self._tell(body, forms.NOT_OPENED)

    async def redraw(self, shown: Mapping[str, Any], view: forms.View) -> object:
        """Put *view* in the place of one that is *shown*; what Slack says that it is now, or None where the person
        was faster, or has closed it."""
        try:
            answer = await self.client.views_update(
                view_id=str(shown.get("id")), hash=str(shown.get("hash") or ""), view=view
            )
        except SlackApiError as error:
            log.info("form_not_followed", code=str(error.response.get("error")))
        except Exception:  # the form goes on without
            log.warning("form_not_followed", exc_info=True)
        else:
            return answer.get("view")
        return None

    def tell(self, body: Mapping[str, Any], words: Rendered) -> None:
        """Say *words* to whoever pressed a button, privately, after the acknowledgement."""
        self.errand(self._tell(body, words))

    async def _tell(self, body: Mapping[str, Any], words: Rendered) -> None:
        url = body.get("response_url")
        try:
            if isinstance(url, str) and url:
                hook = AsyncWebhookClient(url, timeout=10)
                answer = await hook.send(
                    text=words.text, blocks=words.blocks or None, response_type="ephemeral", replace_original=False
                )
                if answer.status_code == 200:
                    return
            user, channel = _member(body, "user"), _member(body, "channel")
            if not channel:  # on the Home tab, or a shortcut: there is no place to say it in
                await self.client.views_open(trigger_id=str(body.get("trigger_id") or ""), view=forms.reply(words))
                return
            await self.client.chat_postEphemeral(
                channel=channel, user=user, text=words.text, blocks=words.blocks or None
            )
        except Exception:  # the decision stands, only its echo is lost: the card shows what is
            log.warning("echo_lost", exc_info=True)


def _home(body: Mapping[str, Any]) -> str:
    """The workspace that an interaction's user belongs to, which in a shared channel may be another; empty where it
    does not say."""
    user = body.get("user")
    found = user.get("team_id") if isinstance(user, Mapping) else None
    return found if isinstance(found, str) else ""


def _member(body: Mapping[str, Any], name: str) -> str:
    """`user_id` of a slash command, or `user.id` of an interaction; empty where there is neither."""
    flat = body.get(f"{name}_id")
    if isinstance(flat, str):
        return flat
    nested = body.get(name)
    found = nested.get("id") if isinstance(nested, Mapping) else None
    return found if isinstance(found, str) else ""
