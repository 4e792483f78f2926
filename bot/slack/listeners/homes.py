"""Somebody opens the Home tab."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners.reception import Reception


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen to it. There is nothing to write down: who comes back finds it as it is then."""

    @app.event("app_home_opened")
    async def opened(body: dict[str, Any], event: dict[str, Any]) -> None:
        user = event.get("user")
        if event.get("tab") == "home" and isinstance(user, str) and body.get("team_id") == reception.team:
            reception.at_home(user)
