"""Stopping one machine: a form opened under what runs, and the stop when it is sent off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.passes import Reader
from bot.slack.listeners.press import Press
from bot.slack.listeners.readers import Readers, called, chosen
from bot.slack.listeners.sent import answered
from bot.slack.messages import forms, halt, machine
from bot.slack.messages.rendered import Rendered
from bot.usecases import control


def register(app: AsyncApp, halting: "Halting") -> None:
    """Listen to the form; the menu under what runs opens it."""
    reception = halting.readers.reception

    @app.view(halt.FORM)
    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        await answered(ack, machine.HALT, await reception.bounded("stop_some_form", halting.submit(body)))

    @app.options(machine.HALT)
    async def offered(ack: AsyncAck, body: dict[str, Any]) -> None:
        found = await reception.bounded("stop_some_options", halting.offered(body))
        await ack(options=[] if isinstance(found, Rendered) else found)


@dataclass(frozen=True, slots=True)
class Halting:
    """Opens the form, knows which machines there are, and stops the one that is chosen."""

    readers: Readers

    async def open(self, press: Press) -> forms.View | Refusal:
        """The form, for whoever may stop it."""
        inv = await control.would_stop(self.readers.reception.desk, press.asker.user, press.invocation)
        if isinstance(inv, Refusal):
            return inv
        return halt.form(inv, self.readers.given(Reader(press.asker.user, inv.id, *press.place)))

    async def offered(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The machines that it runs on, by what was typed of their names or ids."""
        reader = self.readers.known(body)
        if isinstance(reader, Refusal):
            return []
        inv = await self.readers.reception.desk.store.load(reader.invocation)
        there = [m for part in inv.plan.parts for m in part.instances] if inv is not None and inv.plan else []
        return machine.options(called(body, there), every=False)

    async def submit(self, body: Mapping[str, Any]) -> Invocation | Refusal:
        """Stop it there, if whoever sent it may at this moment."""
        reader = self.readers.known(body)
        if isinstance(reader, Refusal):
            return reader
        if not (instance := chosen(body.get("view"), machine.HALT)):
            return Refusal(Why.MISSING_ARGUMENT, subject="a machine")
        return await control.stop(self.readers.reception.desk, reader.user, reader.invocation, (instance,))
