"""Looking for something in what machines printed: a form opened under it, and the lines that are found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.refusal import Refusal, Why
from bot.domain.search import Findings
from bot.matching import LONGEST, Unfit, matching
from bot.slack.listeners.passes import Reader, carried
from bot.slack.listeners.press import Press, read
from bot.slack.listeners.readers import Readers, chosen, field
from bot.slack.listeners.sent import answered
from bot.slack.messages import forms, refusals, search
from bot.slack.messages.search import Query
from bot.usecases import reading
from bot.usecases.desk import Desk


def register(app: AsyncApp, searching: "Searching") -> None:
    """Listen to all that happens in the form, and to the button that opens it."""
    reception = searching.readers.reception

    @app.action(search.SEARCH)
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        made = await reception.bounded(search.SEARCH, searching.open(read(reception, body, action)))
        await ack()
        if isinstance(made, dict):
            reception.show(body, made)
        else:
            reception.tell(body, refusals.refusal(made) if isinstance(made, Refusal) else made)

    @app.view(search.SEARCH)
    async def sent(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        await answered(ack, search.TEXT, await reception.bounded("search_form", searching.found(body, _filled(view))))

    async def turned(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        reception.errand(searching.turn(body, action))

    for name in (search.EARLIER, search.LATER):
        app.action(name)(turned)


@dataclass(frozen=True, slots=True)
class Searching:
    """Opens the form, looks for what is in it, turns its pages."""

    readers: Readers

    async def open(self, press: Press | Refusal) -> forms.View | Refusal:
        """The empty form."""
        entered = await self.readers.enters(press)
        if isinstance(entered, Refusal):
            return entered
        reader, there = entered
        return search.form(there.invocation, self._given(reader, Query()), Query())

    async def found(self, body: Mapping[str, Any], query: Query, number: int = 0) -> forms.View | Refusal:
        """The form again, with page *number* of what *query* finds."""
        entered = await self.readers.goes_on(body)
        if isinstance(entered, Refusal):
            return entered
        reader, there = entered
        findings = await look(self.readers.reception.desk, there, query)
        if isinstance(findings, Refusal):
            return findings
        return search.form(there.invocation, self._given(reader, query), query, findings, number)

    async def turn(self, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        """Another page of what was found last, whatever has been typed since."""
        view, number = body.get("view"), action.get("value")
        if not isinstance(view, Mapping) or not isinstance(number, str) or not number.isdecimal():
            return
        said = carried(view.get("private_metadata"))
        text, only = (word if isinstance(word := said.get(name), str) else "" for name in "qm")
        made = await self.found(body, Query(text, said.get("x") is True, only), int(number[:6]))
        made = forms.reply(refusals.refusal(made)) if isinstance(made, Refusal) else made
        await self.readers.reception.redraw(view, made)

    def _given(self, reader: Reader, query: Query) -> str:
        return self.readers.given(reader, q=query.text, x=query.expression, m=query.machine)


async def look(desk: Desk, there: reading.Printed, query: Query) -> Findings | Refusal:
    """What *query* finds in it; a refusal where its machine is not there, or nothing can be looked for with it."""
    if not query.text.strip():
        return Refusal(Why.MISSING_ARGUMENT, subject="what to look for")
    if len(query.text) > LONGEST:
        return Refusal(Why.TOO_LONG, limit=LONGEST, size=len(query.text))
    groups = there.of(query.machine) if query.machine else there.groups
    if not groups:
        names = ", ".join([name or i for i, name in there.machines][:20])
        return Refusal(Why.BAD_VALUE, subject="on", value=query.machine, hint=f"one of {names}")
    match = matching(query.text, expression=query.expression)
    if isinstance(match, Unfit):
        return Refusal(Why.UNFIT_EXPRESSION, value=query.text, hint=match.why)
    return await reading.find(desk, groups, match)


def _filled(view: Mapping[str, Any]) -> Query:
    text = field(view, search.TEXT).get("value")
    how = field(view, search.HOW).get("selected_options")
    return Query(text if isinstance(text, str) else "", bool(how), chosen(view, search.MACHINE))
