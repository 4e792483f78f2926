"""What the page is told, as JSON: all there is at first, then what changes.

The page can be every person in turn, so it gets everything; ``seen_by`` says who would see a message.
"""

from bot.sandbox.ecs import Call as CloudCall
from bot.sandbox.page.switched import failing
from bot.sandbox.session import Session
from bot.sandbox.slack.feed import Change
from bot.sandbox.slack.journal import Call as SlackCall
from bot.sandbox.slack.records import Channel, Json, Message, View
from bot.sandbox.slack.snapshot import shown_message, snapshot
from bot.sandbox.slack.wire import channel_json, view_json
from bot.slack.manifest import manifest

SHOWN = 80
"""The newest calls, of either side, that the panel lists."""


def everything(session: Session) -> Json:
    """The workspace as a whole, and who has which views open."""
    slack, workspace = session.slack, session.slack.workspace
    people = [user.id for user in workspace.users.values()]
    return {
        "kind": "all",
        **snapshot(workspace, slack.modals),
        "bot": workspace.app.user_id,
        "groups": {group.id: group.handle for group in workspace.usergroups.values()},
        "channels": [channel(session, one) for one in workspace.channels.values()],
        "messages": [message(session, one) for one in workspace.all_messages()],
        "views": {user: views(session, user) for user in people},
        "commands": manifest()["features"]["slash_commands"],
        "shortcuts": manifest()["features"]["shortcuts"],
        "home_tab": "app_home_opened" in slack.events,
    }


def change(session: Session, it: Change) -> Json | None:
    """One change of the workspace; None for what the page has no use for."""
    if it.message is not None:
        return {"kind": "message", "how": it.kind, "message": message(session, it.message)}
    if it.view is not None and it.user is not None:
        return {"kind": "views", "user": it.user, "views": views(session, it.user)}
    if it.kind == "channel" and it.channel is not None:
        return {"kind": "channel", "channel": channel(session, session.slack.workspace.channels[it.channel])}
    if it.kind == "notice":
        return {"kind": "notice", "user": it.user, "text": it.text}
    return None


def message(session: Session, it: Message) -> Json:
    """A message, and who sees it."""
    workspace = session.slack.workspace
    seen_by = [user for user in workspace.users if workspace.sees(user, it)]
    return shown_message(workspace, it) | {"seen_by": seen_by}


def channel(session: Session, it: Channel) -> Json:
    """A conversation with its members."""
    return channel_json(session.slack.workspace, it) | {"members": it.members}


def views(session: Session, user: str) -> Json:
    """The modal and the Home tab that *user* has before them."""
    modals = session.slack.modals
    top, home = modals.top(user), modals.homes.get(user)
    return {"modal": view(session, top) if top else None, "home": view(session, home) if home else None}


def view(session: Session, it: View) -> Json:
    """A view, with what it says is wrong at its inputs."""
    return view_json(session.slack.workspace, it) | {"errors": it.errors}


def panel(session: Session) -> dict[str, Json]:
    """The panel's parts by name, each sent again only when it differs."""
    region, slack = session.region, session.slack
    machines = [one.as_json() | {"failing": failing(one)} for one in region.machines.values()]
    return {
        "machines": {"machines": machines, "invocations": [one.as_json() for one in region.invocations[-12:]]},
        "faults": {"cloud": session.ecs.faults.as_json(), "slack": slack_faults(session), "cut_off": slack.is_cut_off},
        "bot": {**session.bot_json(), "sockets": len(slack.sockets.open), "http": slack.http is not None},
        "cloud_calls": {str(one.number): cloud_call(one) for one in session.ecs.journal.calls[-SHOWN:]},
        "slack_calls": {str(number): slack_call(one) for number, one in list(enumerate(slack.journal.all))[-SHOWN:]},
    }


def slack_faults(session: Session) -> dict[str, int]:
    """What the next calls of the bot, and its next answers, will meet."""
    acks = session.slack.acks_to_lose
    return session.slack.faults.pending() | ({"answers to people": acks} if acks else {})


def cloud_call(it: CloudCall) -> Json:
    """A line of the journal: what was asked, and what came of it."""
    return {"at": it.at.timestamp(), "name": it.action, "status": it.status, "error": it.code, "fault": it.fault}


def slack_call(it: SlackCall) -> Json:
    """The same for a call of Slack's Web API."""
    error = it.error or ("unknown arguments" if it.unknown_args else "")
    return {"at": it.at, "name": it.method, "status": it.status or 0, "error": error, "fault": it.fault or ""}


def detail(session: Session, side: str, number: int) -> Json:
    """All of one call. Raises KeyError where it is no longer kept."""
    if side == "slack":
        if not 0 <= number < len(session.slack.journal.all):
            raise KeyError(number)
        slack = session.slack.journal.all[number]
        asked = {name: value for name, value in slack.args.items() if name != "token"}
        return {"asked": asked, "answer": slack.answer}
    for call in reversed(session.ecs.journal.calls):
        if call.number == number:
            return {"asked": dict(call.params), "answer": call.answer}
    raise KeyError(number)
