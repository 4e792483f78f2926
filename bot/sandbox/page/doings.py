"""What a person does on the page: `Person` does it, and says what can't be done."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox.session import Session
from bot.sandbox.slack import CannotDo, Message, Person, Seen, View
from bot.sandbox.slack.records import Json
from bot.slack.manifest import manifest

_ESCAPED = {
    command["command"]: bool(command.get("should_escape")) for command in manifest()["features"]["slash_commands"]
}

Doing = Callable[[Session, Person, Mapping[str, Any]], Awaitable[Seen | None]]


async def do(session: Session, user: str, doing: str, given: Mapping[str, Any]) -> Json:
    """Let *user* do it; what they see at once. Raises CannotDo, and KeyError for what there is not."""
    seen = await DOINGS[doing](session, session.slack.person(user), given)
    if seen is None:
        return {}
    return {"text": seen.text, "error": seen.error, "errors": seen.errors, "options": list(seen.options)}


async def _types(session: Session, who: Person, given: Mapping[str, Any]) -> Seen | None:
    """A slash command, a mention of the bot, or words; the bot hears of the first two, but not of Slack's /invite."""
    line, channel = str(given["line"]).strip(), str(given["channel"])
    thread = _message(session, channel, str(given["thread"])) if given.get("thread") else None
    if line.startswith("/invite @"):
        who.invites(line.removeprefix("/invite @"), channel)
        return None
    if line.startswith("/"):
        if thread is not None:
            raise CannotDo("Slash commands don't work in threads: that is so in Slack")
        return await who.types(line, channel, escape=_ESCAPED.get(line.split()[0], False))
    workspace = session.slack.workspace
    if channel == who.dm.id and "message.im" in session.slack.events:
        return await who.writes(line, thread)
    bot = workspace.users[workspace.app.user_id].handle
    heard = "app_mention" in session.slack.events and workspace.is_member(workspace.channel(channel))
    if f"@{bot}" in line and heard:
        return await who.mentions(line, channel, thread)
    who.says(line, channel, thread)
    return None


async def _presses(session: Session, who: Person, given: Mapping[str, Any]) -> Seen | None:
    return await who.presses(_where(session, who, given), str(given["action"]), block=given.get("block"))


async def _chooses(session: Session, who: Person, given: Mapping[str, Any]) -> Seen | None:
    where = _where(session, who, given)
    return await who.chooses(where, str(given["action"]), given["value"], block=given.get("block"))


async def _looks_up(session: Session, who: Person, given: Mapping[str, Any]) -> Seen | None:
    where = _where(session, who, given)
    return await who.looks_up(where, str(given["action"]), str(given.get("typed", "")), block=given.get("block"))


async def _uses_shortcut(session: Session, who: Person, given: Mapping[str, Any]) -> Seen | None:
    on = _message(session, str(given["channel"]), str(given["ts"])) if "ts" in given else None
    return await who.uses_shortcut(str(given["shortcut"]), on)


async def _submits(session: Session, who: Person, given: Mapping[str, Any]) -> Seen | None:
    return await who.submits(_view(who, str(given["view"])), given.get("values"))


async def _closes(session: Session, who: Person, given: Mapping[str, Any]) -> Seen | None:
    return await who.closes(_view(who, str(given["view"])))


async def _opens_home(session: Session, who: Person, given: Mapping[str, Any]) -> Seen | None:
    return await who.opens_home(str(given.get("tab", "home")))


DOINGS: Mapping[str, Doing] = {
    "types": _types,
    "presses": _presses,
    "chooses": _chooses,
    "looks-up": _looks_up,
    "uses-shortcut": _uses_shortcut,
    "submits": _submits,
    "closes": _closes,
    "opens-home": _opens_home,
}


def _where(session: Session, who: Person, given: Mapping[str, Any]) -> Message | View:
    if "view" in given:
        return _view(who, str(given["view"]))
    return _message(session, str(given["channel"]), str(given["ts"]))


def _message(session: Session, channel: str, ts: str) -> Message:
    """Ephemeral ones as well: they have buttons, too."""
    found = session.slack.workspace.messages.get((channel, ts))
    if found is None or found.deleted:
        raise CannotDo("this message is gone")
    return found


def _view(who: Person, view_id: str) -> View:
    for view in (who.modal, who.home):
        if view is not None and view.id == view_id:
            return view
    raise CannotDo("this view is not open any more")
