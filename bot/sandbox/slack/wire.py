"""Records in the JSON that Slack's Web API and payloads carry.

Shapes: java-slack-sdk's samples (json-logs/samples/api). Keys which the records here have no use for are left out.
"""

from bot.sandbox.slack.records import Channel, File, Json, Message, User, UserGroup, View
from bot.sandbox.slack.workspace import Workspace


def bot_profile(workspace: Workspace) -> Json:
    """The app as its messages carry it."""
    app = workspace.app
    return {
        "id": app.bot_id,
        "deleted": False,
        "name": app.name,
        "updated": 0,
        "app_id": app.app_id,
        "icons": {},
        "team_id": workspace.team.id,
    }


def message_json(workspace: Workspace, message: Message) -> Json:
    """A message as chat.postMessage, chat.update and block_actions carry it."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team.id,
    }
    if message.from_bot:
        app = workspace.app
        body |= {"bot_id": app.bot_id, "app_id": app.app_id, "bot_profile": bot_profile(workspace)}
    for name in ("blocks", "attachments", "metadata"):
        if value := getattr(message, name):
            body[name] = value
    if message.files:
        body["files"] = [file_json(workspace, file) for file in workspace.files_of(message)]
    if message.edited:
        body["edited"] = {"user": message.user, "ts": message.edited}
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
        ]
    return body | _thread_json(workspace, message)


def _thread_json(workspace: Workspace, message: Message) -> Json:
    if message.is_reply:
        parent = workspace.messages.get((message.channel, message.thread_ts or ""))
        body: Json = {"thread_ts": message.thread_ts}
        if parent:
            body["parent_user_id"] = parent.user
        if message.reply_broadcast:
            body["subtype"] = "thread_broadcast"
        return body
    replies = [r for r in workspace.thread(message) if not r.ephemeral_to]
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len({r.user for r in replies}),
        "reply_users": sorted({r.user for r in replies}),
        "latest_reply": replies[-1].ts,
        "subscribed": False,
    }


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """A conversation as conversations.info gives it."""
    if channel.kind == "im":
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": workspace.team.id,
            "updated": channel.created * 1000,
            "user": next(m for m in channel.members if m != workspace.app.user_id),
            "last_read": "0000000000.000000",
            "is_open": True,
            "priority": 0,
        }
    private = channel.kind == "private"
    note = {"value": "", "creator": "", "last_set": 0}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_archived": channel.archived,
        "is_general": False,
        "is_shared": channel.connected,
        "is_ext_shared": channel.connected,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": workspace.is_member(channel),
        "created": channel.created,
        "creator": channel.members[0] if channel.members else "",
        "updated": channel.created * 1000,
        "unlinked": 0,
        "topic": note,
        "purpose": note,
        "previous_names": [],
        "pending_shared": [],
        "shared_team_ids": [workspace.team.id],
        "context_team_id": workspace.team.id,
    }


def user_json(workspace: Workspace, user: User) -> Json:
    """A member as users.info gives them; a deactivated one has fewer keys, as at Slack."""
    profile = {
        "title": "",
        "phone": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.handle,
        "display_name_normalized": user.handle,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": "",
        "first_name": user.real_name,
        "team": user.team_id or workspace.team.id,
    }
    if user.email:
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"api_app_id": workspace.app.app_id, "bot_id": workspace.app.bot_id, "always_active": True}
    body: Json = {
        "id": user.id,
        "team_id": user.team_id or workspace.team.id,
        "name": user.handle,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if user.deleted:
        return body
    return body | {
        "color": "9f69e7",
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def usergroup_json(workspace: Workspace, group: UserGroup, *, users: bool, counts: bool) -> Json:
    """A user group as usergroups.list gives it."""
    body: Json = {
        "id": group.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 1 if group.disabled else 0,
        "auto_provision": False,
        "created_by": "",
        "updated_by": "",
        "prefs": {"channels": [], "groups": []},
    }
    if users:
        body["users"] = list(group.users)
    if counts:
        body["user_count"] = len(group.users)
    return body


def file_json(workspace: Workspace, file: File) -> Json:
    """A file as files.info and files.completeUploadExternal give it."""
    address = f"https://files.slack.com/files-pri/{workspace.team.id}-{file.id}/{file.name}"
    kinds = {channel: workspace.channels[channel].kind for channel, _ in file.shares}
    lines = file.text.splitlines()
    body: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": "text/plain",
        "filetype": "text",
        "pretty_type": "Plain Text",
        "user": file.user,
        "user_team": workspace.team.id,
        "editable": True,
        "size": file.length,
        "mode": "snippet",
        "is_external": False,
        "external_type": "",
        "is_public": "public" in kinds.values(),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": address,
        "permalink": f"https://{workspace.team.domain}.slack.com/files/{file.user}/{file.id}/{file.name}",
        "preview": "\n".join(lines[:5]),
        "lines": len(lines),
        "lines_more": max(0, len(lines) - 5),
        "preview_is_truncated": len(lines) > 5,
        "comments_count": 0,
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
        "shares": {},
        "channels": [channel for channel, kind in kinds.items() if kind == "public"],
        "groups": [channel for channel, kind in kinds.items() if kind == "private"],
        "ims": [channel for channel, kind in kinds.items() if kind == "im"],
    }
    for channel, ts in file.shares:
        side = "public" if kinds[channel] == "public" else "private"
        body["shares"].setdefault(side, {}).setdefault(channel, []).append({"ts": ts})
    return body


def view_json(workspace: Workspace, view: View) -> Json:
    """A view as views.* answer it and view payloads carry it."""
    body = view.body
    return {
        "id": view.id,
        "team_id": workspace.team.id,
        "type": view.type,
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "state": {"values": view.state},
        "hash": view.hash,
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "submit_disabled": body.get("submit_disabled", False),
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "app_id": workspace.app.app_id,
        "app_installed_team_id": workspace.team.id,
        "bot_id": workspace.app.bot_id,
    }
