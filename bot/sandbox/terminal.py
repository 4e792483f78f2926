"""The sandbox in a terminal: one command with `say`, or a prompt at which one is every person in turn."""

import asyncio
import sys
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from bot.sandbox import form
from bot.sandbox.session import NotStarted, Session
from bot.sandbox.slack import CannotDo, Message, NotSeen, Person, Seen
from bot.sandbox.slack.feed import Change
from bot.sandbox.slack.render import render_channel, render_message, render_thread
from bot.slack.manifest import manifest

PATIENCE = 180.0
"""Seconds that `say` waits for the end."""

ESCAPED: bool = manifest()["features"]["slash_commands"][0]["should_escape"]
"""So Slack sends `@ben` as his id."""

_ENDS = {"succeeded", "partly_failed", "failed", "timed_out", "cancelled", "denied", "expired", "refused", "unknown"}
_NEVER_RAN = {"cancelled", "denied", "expired", "refused"}

HELP = """\
  /ecs …                 a slash command, as the person you are
  press <button>         the newest button of that name, such as: press approve
  fill <text>            the form that stands open, filled in and sent off
  as <person>            be olga (on call), ben or carla (approvers), ada (admin), sam (a stranger)
  in <channel>           go to ops, incident-42, quiet, or dm
  show                   the channel as you see it
  quit"""


async def say(line: str, *, person: str, channel: str, http: bool, commands: Path, console: Console) -> int:
    """Give one command, print the thread as *person* sees it at the end; 0 where it succeeded."""
    try:
        async with Session(http=http, commands=commands) as session:
            who = _person(session, person)
            console.print(Text.assemble((f"{who.user.real_name} in #{channel}: ", "bold"), line))
            seen = await who.types(line, channel=channel, escape=ESCAPED)
            if seen.message is not None:
                console.print(render_message(seen.message, session.slack.workspace, who.id))
            if seen.error is not None:
                console.print(Text(seen.text, "bold red"))
            if seen.message is None and seen.error is None:
                console.print(Text("The bot asks for more in a form: type the whole line here.", "yellow"))
                return 1
            if line.split(maxsplit=2)[1:2] != ["run"] or _refused(seen):
                return 1 if seen.error is not None or _refused(seen) else 0
            card = await session.slack.workspace.wait_for(lambda m: _ended(session, m, who), PATIENCE)
            await session.stop_bot()  # it delivers what it still owes
            console.print(Rule(style="dim"))
            console.print(render_thread(_root(session, card), session.slack.workspace, who.id))
            return 0 if state_of(card) == "succeeded" else 1
    except NotStarted as error:
        console.print(Text(f"The bot did not start:\n{error}", "red"))
    except (CannotDo, NotSeen) as error:
        console.print(Text(str(error), "red"))
    return 1


def state_of(message: Message) -> str:
    """The invocation's state, which every message about one carries in its metadata; else empty."""
    payload = (message.metadata or {}).get("event_payload", {})
    return str(payload.get("state", ""))


def _ended(session: Session, message: Message, who: Person) -> bool:
    """Is this the last word: the thread's results, a card of something that never ran, or a private refusal?"""
    if message.ephemeral_to == who.id and message.via == "response_url":
        return message.text.startswith("✋")
    state = state_of(message)
    if state == "awaiting_approval":
        return True
    if state not in _ENDS:
        return False
    return message.is_reply or (state in _NEVER_RAN and not session.slack.workspace.thread(message))


def _refused(seen: Seen) -> bool:
    return seen.text.startswith("✋")


def _root(session: Session, message: Message) -> Message:
    if not message.is_reply:
        return message
    return session.slack.workspace.message(message.channel, message.thread_ts or message.ts)


def _person(session: Session, name: str) -> Person:
    for user in session.slack.workspace.users.values():
        if name.lower() in {user.id.lower(), user.handle.lower(), user.real_name.split()[0].lower()}:
            return session.slack.person(user.id)
    raise CannotDo(f"there is no {name} here")


class Prompt:
    """Somebody at the terminal, who can be any of the people."""

    def __init__(self, session: Session, console: Console) -> None:
        self._session = session
        self._console = console
        self._who = session.slack.person("U0ONCALL")
        self._channel = "ops"

    async def run(self) -> None:
        """Until `quit` or the end of input."""
        self._console.print(Text(HELP, "dim"))
        watch = asyncio.create_task(self._watch())
        try:
            while (line := await self._line()) is not None:
                if line in {"quit", "exit", "q"}:
                    return
                try:
                    await self._do(line)
                except (CannotDo, KeyError) as error:
                    self._console.print(Text(str(error), "red"))
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _line(self) -> str | None:
        self._console.print(Text(f"{self._who.user.real_name} #{self._channel} ❯ ", "bold green"), end="")
        self._console.file.flush()
        line = await asyncio.to_thread(sys.stdin.readline)
        return line.strip() if line else None

    async def _do(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        match word.lower():
            case "":
                return
            case "as":
                self._who = _person(self._session, rest.strip())
            case "in":
                self._channel = rest.strip().lstrip("#")
            case "show":
                self._console.print(render_channel(self._place(), self._session.slack.workspace, self._who.id))
            case "press":
                await self._press(rest.strip())
            case "fill":
                await self._fill(rest.strip())
            case _ if word.startswith("/"):
                await self._who.types(line, channel=self._place(), escape=ESCAPED)
            case _:
                self._console.print(Text(HELP, "dim"))

    def _place(self) -> str:
        return self._who.dm.id if self._channel == "dm" else self._channel

    async def _press(self, button: str) -> None:
        for message in reversed(self._who.sees(self._session.slack.workspace.channel(self._place()).id)):
            name = next((b for b in message.buttons if b.lower() == button.lower()), None)
            if name is not None:
                seen = await self._who.presses(message, name)
                if seen.confirm:
                    self._console.print(Text(f"(confirmed: {seen.confirm['text']['text']})", "dim"))
                return
        raise CannotDo(f"no message here has a button {button!r}")

    async def _fill(self, text: str) -> None:
        seen = await self._who.submits(*form.filled(self._who.modal, text))
        for words in (seen.errors or {}).values():
            self._console.print(Text(words, "red"))

    async def _watch(self) -> None:
        workspace = self._session.slack.workspace
        async for change in workspace.changes():
            if (message := self._visible(change)) is not None:
                sign = "changed" if change.kind == "edited" else "new"
                where = workspace.channels[message.channel]
                self._console.print(
                    Rule(Text(f"{sign} in {where.name}{' (thread)' if message.is_reply else ''}", "dim"))
                )
                self._console.print(render_message(message, workspace, self._who.id))
            elif change.view is not None and change.view is self._who.modal:
                self._console.print(Text(form.told(change.view), "yellow"))
            elif change.kind == "notice" and change.user == self._who.id:
                self._console.print(Text(change.text, "red"))

    def _visible(self, change: Change) -> Message | None:
        message = change.message
        if change.kind not in {"posted", "edited"} or message is None:
            return None
        return message if self._session.slack.workspace.sees(self._who.id, message) else None


async def prompt(*, http: bool, commands: Path, console: Console) -> int:
    """The interactive sandbox."""
    try:
        async with Session(http=http, commands=commands) as session:
            console.print(Text(f"The bot serves on 127.0.0.1:{session.port}; its log: {session.log}", "dim"))
            await Prompt(session, console).run()
    except NotStarted as error:
        console.print(Text(f"The bot did not start:\n{error}", "red"))
        return 1
    return 0
