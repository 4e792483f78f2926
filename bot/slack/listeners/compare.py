"""Two machines' outputs compared: the odd one against the many, or those that are chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.compare import odd_one
from bot.domain.output import Group
from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.passes import Reader
from bot.slack.listeners.press import Press
from bot.slack.listeners.readers import Readers, chosen
from bot.slack.listeners.sent import answered
from bot.slack.messages import compare, forms, machine
from bot.slack.messages.rendered import Rendered
from bot.usecases import reading


@dataclass(frozen=True, slots=True)
class Comparing:
    """Opens the form, and compares what is chosen in it."""

    readers: Readers

    async def open(self, press: Press) -> forms.View | Refusal:
        """The biggest group against the odd one."""
        entered = await self.readers.enters(press)
        if isinstance(entered, Refusal):
            return entered
        reader, there = entered
        pair = odd_one(there.groups)
        return (
            Refusal(Why.ALL_AGREE, subject=press.invocation) if pair is None else await self._view(reader, there, pair)
        )

    async def chosen(self, body: Mapping[str, Any]) -> forms.View | Refusal:
        """The two that are chosen."""
        entered = await self.readers.goes_on(body)
        if isinstance(entered, Refusal):
            return entered
        reader, there = entered
        sides = [there.of(chosen(body.get("view"), name)) for name in (machine.ONE, machine.OTHER)]
        if not all(sides):
            return Refusal(Why.MISSING_ARGUMENT, subject="two machines")
        return await self._view(reader, there, (sides[0][0], sides[1][0]))

    async def _view(self, reader: Reader, there: reading.Printed, pair: tuple[Group, Group]) -> forms.View:
        one, other = (reading.alone(group) for group in pair)
        difference = await reading.compare(one, other)
        return compare.form(there.invocation, self.readers.given(reader), one, other, difference)


def register(app: AsyncApp, comparing: Comparing) -> None:
    """Listen to the form; the menu under the results opens it."""
    reception = comparing.readers.reception

    @app.view(compare.COMPARE)
    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        await answered(ack, machine.ONE, await reception.bounded("compare_form", comparing.chosen(body)))

    async def offered(ack: AsyncAck, body: dict[str, Any]) -> None:
        found = await reception.bounded("machines", comparing.readers.machines(body))
        await ack(options=[] if isinstance(found, Rendered) else found)

    for name in (machine.ANY, machine.ONE, machine.OTHER):
        app.options(name)(offered)
