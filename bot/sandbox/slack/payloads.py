"""The payloads that a person's doings become; shapes of java-slack-sdk's json-logs/samples/app-backend."""

from typing import Any

from bot.sandbox.slack.records import Channel, Json, Message, User, View
from bot.sandbox.slack.wire import message_json, view_json
from bot.sandbox.slack.workspace import Workspace

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - deprecated at Slack, and never to be relied on


def slash_command(workspace: Workspace, user: User, channel: Channel, command: str, text: str, **urls: str) -> Json:
    """A slash command; *urls* are its response_url and trigger_id."""
    names = {"im": "directmessage", "private": "privategroup", "public": channel.name}
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": names[channel.kind],
        "user_id": user.id,
        "user_name": user.handle,
        "command": command,
        "text": text,
        "api_app_id": workspace.app.app_id,
        "is_enterprise_install": "false",
        **urls,
    }


def _interaction(workspace: Workspace, kind: str, user: User) -> Json:
    team = workspace.team
    who = {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team_id or team.id}
    return {
        "type": kind,
        "user": who,
        "api_app_id": workspace.app.app_id,
        "token": VERIFICATION_TOKEN,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_action(workspace: Workspace, user: User, message: Message, action: Json, state: Json, **urls: str) -> Json:
    """block_actions on a message; an ephemeral one is not repeated in the payload (*from memory*)."""
    channel = workspace.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    body = _interaction(workspace, "block_actions", user) | {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name},
        "state": {"values": state},
        "actions": [action],
        **urls,
    }
    if message.ephemeral_to is None:
        body["message"] = message_json(workspace, message)
    return body


def view_action(workspace: Workspace, user: User, view: View, action: Json, trigger_id: str) -> Json:
    """block_actions in a modal or on the Home tab."""
    return _interaction(workspace, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger_id,
        "view": view_json(workspace, view),
        "actions": [action],
    }


def view_submission(workspace: Workspace, user: User, view: View, trigger_id: str) -> Json:
    """A modal sent off."""
    return _interaction(workspace, "view_submission", user) | {
        "trigger_id": trigger_id,
        "view": view_json(workspace, view),
        "response_urls": [],
    }


def view_closed(workspace: Workspace, user: User, view: View, *, cleared: bool) -> Json:
    """A modal put away, where it asked to be told."""
    return _interaction(workspace, "view_closed", user) | {
        "view": view_json(workspace, view),
        "is_cleared": cleared,
    }


def _shortcut(workspace: Workspace, kind: str, user: User, unnamed: str) -> Json:
    """Shortcuts do not name the app, and *unnamed* is not said of the person (bolt-js, src/types/shortcuts)."""
    body = _interaction(workspace, kind, user)
    del body["api_app_id"], body["user"][unnamed]
    return body


def shortcut(workspace: Workspace, user: User, callback_id: str, trigger_id: str) -> Json:
    """A global shortcut."""
    return _shortcut(workspace, "shortcut", user, "name") | {
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "action_ts": workspace.new_ts(),
    }


def message_shortcut(workspace: Workspace, user: User, callback_id: str, message: Message, **urls: str) -> Json:
    """A shortcut in a message's menu."""
    channel = workspace.channels[message.channel]
    return _shortcut(workspace, "message_action", user, "username") | {
        "callback_id": callback_id,
        "action_ts": workspace.new_ts(),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.name},
        "message": message_json(workspace, message),
        **urls,
    }


def suggestion(
    workspace: Workspace, user: User, where: Message | View, block_id: str, element: Json, *, typed: str
) -> Json:
    """The question for the options of an external select."""
    body = _interaction(workspace, "block_suggestion", user) | {
        "action_id": element["action_id"],
        "block_id": block_id,
        "value": typed,
    }
    if isinstance(where, View):
        return body | {
            "container": {"type": "view", "view_id": where.id},
            "view": view_json(workspace, where),
        }
    channel = workspace.channels[where.channel]
    return body | {
        "container": {"type": "message", "message_ts": where.ts, "channel_id": channel.id, "is_ephemeral": False},
        "channel": {"id": channel.id, "name": channel.name},
        "message": message_json(workspace, where),
    }


def event(workspace: Workspace, inner: dict[str, Any]) -> Json:
    """An Events API callback around *inner*."""
    team, app = workspace.team, workspace.app
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team.id,
        "api_app_id": app.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": app.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
