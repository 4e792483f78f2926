"""The menu under what the machines said: each choice is checked as a press of a button is, and then made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.compare import Comparing
from bot.slack.listeners.halt import Halting
from bot.slack.listeners.press import Press, not_here, read
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.share import Sharing
from bot.slack.messages import more, refusals
from bot.slack.messages.forms import View
from bot.slack.messages.reading import on_its_way
from bot.slack.messages.rendered import Rendered
from bot.usecases import reading as usecase

After = Callable[[Mapping[str, Any]], None]
"""What is done with the press once it is acknowledged."""

Made = View | Rendered | Refusal | After | None

Choose = Callable[[Press], Awaitable[Made]]
"""A modal to open, words for who chose alone, what comes after, or nothing where a message shows it. Who chooses stands
where the output is shown; what else it takes is asked there."""


def register(app: AsyncApp, reception: Reception, choices: Mapping[str, Choose]) -> None:
    """Listen to it; *choices* by the names that `messages.more` has for them."""

    @app.action(more.MORE)
    async def chosen(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        option = action.get("selected_option")
        name, invocation = more.chosen(option.get("value") if isinstance(option, Mapping) else None)
        made = await reception.bounded(
            name or more.MORE, _choose(reception, body, action, choices.get(name), invocation)
        )
        await ack()
        if isinstance(made, Refusal):
            reception.tell(body, refusals.refusal(made))
        elif isinstance(made, Rendered):
            reception.tell(body, made)
        elif callable(made):
            made(body)
        elif made is not None:
            reception.show(body, made)


async def _choose(
    reception: Reception,
    body: Mapping[str, Any],
    action: Mapping[str, Any],
    choose: Choose | None,
    invocation: str,
) -> Made:
    press = read(reception, body, action, about=(invocation, ""))
    if isinstance(press, Refusal):
        return press
    if choose is None or press.home:
        return Refusal(Why.NO_SUCH_BUTTON)
    return await not_here(reception.desk, press) or await choose(press)


def reading(reception: Reception, comparing: Comparing) -> dict[str, Choose]:
    """The choices that are about reading."""

    async def download(press: Press) -> Rendered | Refusal:
        taken = await usecase.take(reception.desk, press.asker.user, press.invocation)
        return taken if isinstance(taken, Refusal) else on_its_way(taken)

    return {more.COMPARE: comparing.open, more.DOWNLOAD: download}


def acting(halting: Halting, sharing: Sharing) -> dict[str, Choose]:
    """The choices that open a form to act with."""
    return {more.STOP_SOME: halting.open, more.SHARE: sharing.open}
