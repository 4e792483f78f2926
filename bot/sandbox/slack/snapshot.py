"""The whole workspace as JSON, for a page that shows it; `change_json` is what happens next."""

from bot.sandbox.slack.feed import Change
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.records import Json, Message
from bot.sandbox.slack.wire import channel_json, file_json, message_json, user_json, view_json
from bot.sandbox.slack.workspace import Workspace


def snapshot(workspace: Workspace, modals: Modals, viewer: str | None = None) -> Json:
    """All that *viewer* sees (or all there is): team, users, channels, messages, their modal and Home tab."""
    modal = modals.top(viewer) if viewer else None
    home = modals.homes.get(viewer) if viewer else None
    return {
        "team": {"id": workspace.team.id, "name": workspace.team.name},
        "users": [user_json(workspace, user) for user in workspace.users.values()],
        "channels": [
            channel_json(workspace, channel)
            for channel in workspace.channels.values()
            if viewer is None or workspace.can_look_into(viewer, channel)
        ],
        "messages": [shown_message(workspace, m) for m in workspace.all_messages(seen_by=viewer)],
        "modal": view_json(workspace, modal) if modal else None,
        "home": view_json(workspace, home) if home else None,
    }


def change_json(workspace: Workspace, change: Change) -> Json:
    """One change, with what it concerns as it stands now."""
    return {
        "kind": change.kind,
        "channel": change.channel,
        "user": change.user,
        "text": change.text,
        "message": shown_message(workspace, change.message) if change.message else None,
        "file": file_json(workspace, change.file) if change.file else None,
        "view": view_json(workspace, change.view) if change.view else None,
    }


def shown_message(workspace: Workspace, message: Message) -> Json:
    """A message with what Slack's API leaves out: its channel, who alone sees it, whether it is gone."""
    return message_json(workspace, message) | {
        "channel": message.channel,
        "ephemeral_to": message.ephemeral_to,
        "deleted": message.deleted,
    }
