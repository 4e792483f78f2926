"""conversations.open, info, members, join, list."""

from collections.abc import Sequence

from bot.sandbox.slack.backend import Call, Method
from bot.sandbox.slack.methods.places import known_channel
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.tokens import check_scope
from bot.sandbox.slack.wire import channel_json

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_OF_KIND = {"public": "channels:read", "private": "groups:read", "im": "im:read"}
_KINDS = {"public_channel": "public", "private_channel": "private", "im": "im"}


def open_conversation(call: Call) -> Json:
    """The direct conversation with one person; several at once are not built here."""
    if "users" not in call.args:
        return {"channel": channel_json(call.workspace, known_channel(call)), "no_op": True, "already_open": True}
    people = call.args.listed("users")
    if not people:
        raise Refused("users_list_not_supplied")
    if len(people) > 1:
        raise Refused("method_not_supported_for_channel_type")
    if call.workspace.user(people[0]).deleted:
        raise Refused("user_disabled")
    known = f"D{people[0][1:]}" in call.workspace.channels
    channel = call.workspace.im(people[0])
    body = channel_json(call.workspace, channel) if call.args.flag("return_im") else {"id": channel.id}
    return {"channel": body, "no_op": known, "already_open": known}


def info(call: Call) -> Json:
    """A channel; ``num_members`` where it is asked for. Each kind of conversation takes a scope of its own."""
    channel = known_channel(call)
    check_scope(call.token, (_OF_KIND[channel.kind],))
    body = channel_json(call.workspace, channel)
    if call.args.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def members(call: Call) -> Json:
    """The ids of a channel's members, page by page."""
    page, cursor = paged(call, known_channel(call).members)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def join(call: Call) -> Json:
    """Enter a public channel."""
    channel = known_channel(call)
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    already = call.workspace.is_member(channel)
    if not already:
        channel.members.append(call.workspace.app.user_id)
    body: Json = {"channel": channel_json(call.workspace, channel)}
    if already:
        body |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return body


def list_conversations(call: Call) -> Json:
    """The channels that the bot can know of, page by page."""
    asked = call.args.listed("types") or ["public_channel"]
    if unknown := set(asked) - {*_KINDS, "mpim"}:
        raise Refused("invalid_types", f"unknown type: {unknown.pop()}")
    kinds = {_KINDS[name] for name in asked if name in _KINDS}
    found = [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or call.workspace.is_member(channel))
        and not (channel.archived and call.args.flag("exclude_archived"))
    ]
    page, cursor = paged(call, [channel.id for channel in found])
    bodies = [channel_json(call.workspace, call.workspace.channels[channel_id]) for channel_id in page]
    return {"channels": bodies, "response_metadata": {"next_cursor": cursor}}


def paged(call: Call, ids: Sequence[str]) -> tuple[list[str], str]:
    """One page of *ids* and the cursor of the next, empty at the end; raises ``invalid_cursor``."""
    limit, cursor = call.args.number("limit", 100), call.args.text("cursor")
    if not 1 <= limit <= 1000:
        raise Refused("invalid_limit")
    start = 0
    if cursor:
        if not cursor.startswith("after:") or cursor[6:] not in ids:
            raise Refused("invalid_cursor")
        start = ids.index(cursor[6:]) + 1
    page = list(ids[start : start + limit])
    return page, f"after:{page[-1]}" if start + limit < len(ids) else ""


METHODS = (
    Method("conversations.open", open_conversation, "channel return_im users prevent_creation", ("im:write",)),
    Method("conversations.info", info, "channel include_locale include_num_members", _READ),
    Method("conversations.members", members, "channel cursor limit", _READ),
    Method("conversations.join", join, "channel", ("channels:join",)),
    Method("conversations.list", list_conversations, "cursor exclude_archived limit team_id types", _READ),
)
