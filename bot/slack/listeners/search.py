"""Looking for something in what machines printed: a form opened under it, and the lines that are found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.refusal import Refusal, Why
from bot.domain.search import Findings
from bot.matching import LONGEST, Unfit, matching
from bot.slack.listeners.passes import Passes, Reader, carried
from bot.slack.listeners.press import not_here, read
from bot.slack.listeners.reception import Reception
from bot.slack.messages import forms, refusals, search
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.search import Query
from bot.usecases import reading
from bot.usecases.desk import Desk


def register(app: AsyncApp, searching: "Searching") -> None:
    """Listen to all that happens in the form, and to the button that opens it."""
    reception = searching.reception

    @app.action(search.SEARCH)
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        made = await reception.bounded(search.SEARCH, searching.open(body, action))
        await ack()
        if isinstance(made, dict):
            reception.show(body, made)
        else:
            reception.tell(body, refusals.refusal(made) if isinstance(made, Refusal) else made)

    @app.options(search.MACHINE)
    async def offered(ack: AsyncAck, body: dict[str, Any]) -> None:
        found = await reception.bounded("search_options", searching.offered(body))
        await ack(options=[] if isinstance(found, Rendered) else found)

    @app.view(search.SEARCH)
    async def sent(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        made = await reception.bounded("search_form", searching.found(body, _filled(view)))
        if isinstance(made, dict):
            await ack(response_action="update", view=made)
        else:
            words = refusals.plain(made) if isinstance(made, Refusal) else refusals.unmarked(made.text)
            await ack(response_action="errors", errors={search.TEXT: words})

    async def turned(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        reception.errand(searching.turn(body, action))

    for name in (search.EARLIER, search.LATER):
        app.action(name)(turned)


@dataclass(frozen=True, slots=True)
class Searching:
    """Opens the form, offers its machines, looks for what is in it, turns its pages."""

    reception: Reception
    passes: Passes

    async def open(self, body: Mapping[str, Any], action: Mapping[str, Any]) -> forms.View | Refusal:
        """The empty form, for whoever stands where the output is shown."""
        desk, press = self.reception.desk, read(self.reception, body, action)
        if isinstance(press, Refusal):
            return press
        if press.home:
            return Refusal(Why.NO_SUCH_BUTTON)
        if (elsewhere := await not_here(desk, press)) is not None:
            return elsewhere
        there = await reading.printed(desk, press.invocation)
        if isinstance(there, Refusal):
            return there
        reader = Reader(press.asker.user, press.invocation, *press.place)
        return search.form(there.invocation, self._given(reader, Query()), Query())

    async def offered(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The machines whose name or id has in it what was typed."""
        reader, typed = self._reader(body), body.get("value")
        there = reader if isinstance(reader, Refusal) else await reading.printed(self.reception.desk, reader.invocation)
        if isinstance(there, Refusal):
            return []
        low = typed.lower() if isinstance(typed, str) else ""
        return search.options([(i, name) for i, name in there.machines if low in f"{name} {i}".lower()])

    async def found(self, body: Mapping[str, Any], query: Query, number: int = 0) -> forms.View | Refusal:
        """The form again, with page *number* of what *query* finds."""
        reader = self._reader(body)
        if isinstance(reader, Refusal):
            return reader
        there = await reading.printed(self.reception.desk, reader.invocation)
        if isinstance(there, Refusal):
            return there
        findings = await look(self.reception.desk, there, query)
        if isinstance(findings, Refusal):
            return findings
        return search.form(there.invocation, self._given(reader, query), query, findings, number)

    async def turn(self, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        """Another page of what was found last, whatever has been typed since."""
        view, number = body.get("view"), action.get("value")
        if not isinstance(view, Mapping) or not isinstance(number, str) or not number.isdecimal():
            return
        said = carried(view.get("private_metadata"))
        text, machine = (word if isinstance(word := said.get(name), str) else "" for name in "qm")
        made = await self.found(body, Query(text, said.get("x") is True, machine), int(number[:6]))
        await self.reception.redraw(view, forms.reply(refusals.refusal(made)) if isinstance(made, Refusal) else made)

    def _reader(self, body: Mapping[str, Any]) -> Reader | Refusal:
        user, view = self.reception.member(body), body.get("view")
        if isinstance(user, Refusal):
            return user
        metadata = view.get("private_metadata") if isinstance(view, Mapping) else None
        return self.passes.reader(user, metadata, self.reception.desk.clock.now()) or Refusal(Why.STALE_FORM)

    def _given(self, reader: Reader, query: Query) -> str:
        now = self.reception.desk.clock.now()
        return self.passes.given(reader, now, q=query.text, x=query.expression, m=query.machine)


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
    text = _state(view, search.TEXT).get("value")
    how = _state(view, search.HOW).get("selected_options")
    option = _state(view, search.MACHINE).get("selected_option")
    machine = option.get("value") if isinstance(option, Mapping) else None
    machine = machine if isinstance(machine, str) and machine != search.EVERYWHERE else ""
    return Query(text if isinstance(text, str) else "", bool(how), machine)


def _state(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Any = view
    for key in ("state", "values", name, name):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
