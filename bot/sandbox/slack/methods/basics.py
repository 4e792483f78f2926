"""auth.test, api.test, apps.connections.open, team.info, bots.info."""

from bot.sandbox.slack.backend import Call, Method
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.wire import bot_profile


def api_test(call: Call) -> Json:
    """Say back what was said; ``error`` asks for a refusal of that name."""
    if error := call.args.text("error"):
        raise Refused(error, args=call.args.values)
    return {"args": call.args.values}


def auth_test(call: Call) -> Json:
    """Whose token this is."""
    workspace = call.workspace
    return {
        "url": f"https://{workspace.team.domain}.slack.com/",
        "team": workspace.team.name,
        "user": workspace.app.name,
        "team_id": workspace.team.id,
        "user_id": workspace.app.user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """A websocket address with a ticket for one connection."""
    return {"url": call.backend.new_socket_url()}


def team_info(call: Call) -> Json:
    """The workspace's name and domain."""
    team = call.workspace.team
    return {
        "team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}},
    }


def bots_info(call: Call) -> Json:
    """The app's own bot, the only one here."""
    app = call.workspace.app
    if call.args.text("bot", app.bot_id) != app.bot_id:
        raise Refused("bot_not_found")
    return {"bot": {**bot_profile(call.workspace), "user_id": app.user_id}}


METHODS = (
    Method("api.test", api_test, "error foo", token=None),
    Method("auth.test", auth_test),
    Method("apps.connections.open", connections_open, scopes=("connections:write",), token="app"),  # noqa: S106 - a kind of token
    Method("team.info", team_info, "team domain", scopes=("team:read",)),
    Method("bots.info", bots_info, "bot team_id", scopes=("users:read",)),
)
