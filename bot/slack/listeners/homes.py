"""Somebody opens the Home tab, or says there that they have looked at what should not be in ECS."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.press import at_home
from bot.slack.listeners.reception import Reception
from bot.slack.messages import refusals
from bot.slack.messages import strays as words_of_strays
from bot.slack.messages.rendered import Rendered
from bot.usecases.reconcile import Strays, settle


def register(app: AsyncApp, reception: Reception, strays: Strays) -> None:
    """Listen to both. Of who opens it nothing is written down: who comes back finds it as it is then."""

    @app.event("app_home_opened")
    async def opened(body: dict[str, Any], event: dict[str, Any]) -> None:
        user = event.get("user")
        if event.get("tab") == "home" and isinstance(user, str) and body.get("team_id") == reception.team:
            reception.at_home(user)

    @app.action(words_of_strays.SETTLE)
    async def looked_at(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        words = await reception.bounded("settle_strays", _settle(reception, strays, body, action))
        await ack()
        if words is not None:
            reception.tell(body, words)
        if at_home(body) and isinstance(user := reception.member(body), str):
            reception.at_home(user)


async def _settle(
    reception: Reception, strays: Strays, body: Mapping[str, Any], action: Mapping[str, Any]
) -> Rendered | None:
    """Nothing where it worked: the tab shows it."""
    user, until = reception.member(body), words_of_strays.until(action.get("value"))
    if isinstance(user, Refusal):
        return refusals.refusal(user)
    if until is None or not at_home(body):
        return refusals.refusal(Refusal(Why.NO_SUCH_BUTTON))
    outcome = await settle(reception.desk, strays, user, until)
    return refusals.refusal(outcome) if isinstance(outcome, Refusal) else None
