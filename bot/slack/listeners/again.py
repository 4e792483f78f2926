"""Running again otherwise than as it was: with other parameters, or only where it did not succeed."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.domain.access import UserId
from bot.domain.draft import Draft
from bot.domain.refusal import Refusal
from bot.slack.listeners.builder import Building
from bot.slack.listeners.more import After, Choose
from bot.slack.listeners.press import Press
from bot.slack.listeners.seal import Origin
from bot.slack.messages import builder, more
from bot.usecases import control


def again(building: Building) -> dict[str, Choose]:
    """The choices of the menu."""
    desk = building.reception.desk

    async def failed(press: Press) -> Refusal | None:
        asked = await control.again(desk, press.asker, press.invocation, failed=True)
        return asked if isinstance(asked, Refusal) else None

    async def changed(press: Press) -> After | Refusal:
        found = await control.to_change(desk, press.asker.user, press.invocation)
        if isinstance(found, Refusal):
            return found
        inv, run = found
        origin = Origin(press.asker.channel, inv.thread if press.asker.channel == inv.home else "")
        drafted = await building.draft(press.asker.user, run, origin)
        return drafted if isinstance(drafted, Refusal) else partial(_open, building, press.asker.user, drafted, origin)

    return {more.AGAIN_FAILED: failed, more.AGAIN_CHANGED: changed}


def _open(building: Building, user: UserId, drafted: Draft, origin: Origin, body: Mapping[str, Any]) -> None:
    building.open(body, user, drafted, origin, builder.NOT_OPENED)
