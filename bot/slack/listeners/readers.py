"""Who reads on in what machines printed: they stood where it is shown, and nobody else has their form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.passes import Passes, Reader
from bot.slack.listeners.press import Press, not_here
from bot.slack.listeners.reception import Reception
from bot.slack.messages import machine
from bot.usecases import reading
from bot.usecases.reading import Printed


@dataclass(frozen=True, slots=True)
class Readers:
    """Lets people in by what they press, and knows them again by what their form carries."""

    reception: Reception
    passes: Passes

    async def enters(self, press: Press | Refusal) -> tuple[Reader, Printed] | Refusal:
        """Whoever stands at the bot's message about it."""
        if isinstance(press, Refusal):
            return press
        if press.home:
            return Refusal(Why.NO_SUCH_BUTTON)
        if (elsewhere := await not_here(self.reception.desk, press)) is not None:
            return elsewhere
        there = await reading.printed(self.reception.desk, press.invocation)
        reader = Reader(press.asker.user, press.invocation, *press.place)
        return there if isinstance(there, Refusal) else (reader, there)

    async def goes_on(self, body: Mapping[str, Any]) -> tuple[Reader, Printed] | Refusal:
        """Whoever has the form that is in *body*."""
        reader = self.known(body)
        if isinstance(reader, Refusal):
            return reader
        there = await reading.printed(self.reception.desk, reader.invocation)
        return there if isinstance(there, Refusal) else (reader, there)

    def known(self, body: Mapping[str, Any]) -> Reader | Refusal:
        """Whoever has the form that is in *body*, whether or not anything was printed yet."""
        user, view = self.reception.member(body), body.get("view")
        if isinstance(user, Refusal):
            return user
        metadata = view.get("private_metadata") if isinstance(view, Mapping) else None
        reader = self.passes.reader(user, metadata, self.reception.desk.clock.now())
        return Refusal(Why.STALE_FORM) if reader is None else reader

    async def machines(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Options of a form's field: those machines whose name or id has in it what was typed."""
        entered = await self.goes_on(body)
        if isinstance(entered, Refusal):
            return []
        return machine.options(called(body, entered[1].machines), every=body.get("action_id") == machine.ANY)

    def given(self, reader: Reader, **more: object) -> str:
        """What *reader*'s form carries."""
        return self.passes.given(reader, self.reception.desk.clock.now(), **more)


def called(body: Mapping[str, Any], machines: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of *machines*, (id, name), whose name or id has in it what was typed in *body*."""
    typed = body.get("value")
    low = typed.lower() if isinstance(typed, str) else ""
    return [(i, name) for i, name in machines if low in f"{name} {i}".lower()]


def field(view: object, name: str) -> Mapping[str, Any]:
    """What stands in the field *name* of a form, block_id and action_id alike; empty where there is nothing."""
    found: Any = view
    for key in ("state", "values", name, name):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def chosen(view: object, name: str) -> str:
    """The machine that is chosen in the field *name*; empty for all of them, and for none."""
    option = field(view, name).get("selected_option")
    found = option.get("value") if isinstance(option, Mapping) else None
    return found if isinstance(found, str) and found != machine.EVERYWHERE else ""
