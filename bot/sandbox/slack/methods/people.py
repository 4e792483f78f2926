"""users.info, users.list, users.lookupByEmail, usergroups.list, usergroups.users.list."""

from bot.sandbox.slack.backend import Call, Method
from bot.sandbox.slack.methods.conversations import paged
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.wire import user_json, usergroup_json

_READ = ("users:read",)
_GROUPS = ("usergroups:read",)


def info(call: Call) -> Json:
    """One member; their address only with ``users:read.email``."""
    return {"user": _body(call, call.args.required("user"))}


def list_users(call: Call) -> Json:
    """All members, page by page."""
    page, cursor = paged(call, list(call.workspace.users))
    members = [_body(call, user_id) for user_id in page]
    now = int(call.workspace.clock.now())
    return {"members": members, "cache_ts": now, "response_metadata": {"next_cursor": cursor}}


def lookup_by_email(call: Call) -> Json:
    """The active member with this address."""
    email = call.args.required("email").lower()
    for user in call.workspace.users.values():
        if user.email.lower() == email and not user.deleted:
            return {"user": _body(call, user.id)}
    raise Refused("users_not_found")


def list_groups(call: Call) -> Json:
    """The user groups; raises ``plan_upgrade_required`` where the plan has none."""
    _check_plan(call)
    users, counts = call.args.flag("include_users"), call.args.flag("include_count")
    shown = [g for g in call.workspace.usergroups.values() if call.args.flag("include_disabled") or not g.disabled]
    return {"usergroups": [usergroup_json(call.workspace, g, users=users, counts=counts) for g in shown]}


def list_group_users(call: Call) -> Json:
    """The members of one user group."""
    _check_plan(call)
    group = call.workspace.usergroups.get(call.args.required("usergroup"))
    if group is None or (group.disabled and not call.args.flag("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}


def _body(call: Call, user_id: str) -> Json:
    body = user_json(call.workspace, call.workspace.user(user_id))
    if "users:read.email" not in call.token.scopes:
        body["profile"].pop("email", None)
    return body


def _check_plan(call: Call) -> None:
    if not call.workspace.paid:
        raise Refused("plan_upgrade_required")


METHODS = (
    Method("users.info", info, "user include_locale", _READ),
    Method("users.list", list_users, "cursor include_locale limit team_id", _READ),
    Method("users.lookupByEmail", lookup_by_email, "email", ("users:read.email",)),
    Method("usergroups.list", list_groups, "include_count include_disabled include_users team_id", _GROUPS),
    Method("usergroups.users.list", list_group_users, "usergroup include_disabled team_id", _GROUPS),
)
