"""Which channel a call means, and whether the bot may post there."""

import re

from bot.sandbox.slack.backend import Call
from bot.sandbox.slack.records import Channel
from bot.sandbox.slack.refusal import Refused

TIMESTAMP = re.compile(r"\d{10}\.\d{6}")


def known_channel(call: Call, name: str = "channel") -> Channel:
    """The channel by its id, as far as the bot can know it: private ones only from the inside.

    Raises ``channel_not_found``.
    """
    wanted = call.args.required(name)
    channel = call.workspace.channels.get(wanted)
    if channel is None or (channel.kind != "public" and not call.workspace.is_member(channel)):
        raise Refused("channel_not_found")
    return channel


def posting_channel(call: Call, name: str = "channel") -> Channel:
    """Where a message goes: a channel id or name, or a user id for the direct conversation.

    Raises ``channel_not_found``, ``not_in_channel`` and ``is_archived``. A deactivated user has no conversation
    any more: ``channel_not_found`` (*guess*).
    """
    workspace, wanted = call.workspace, call.args.required(name)
    if wanted[:1] in {"U", "W"} and wanted not in workspace.channels:
        if wanted not in workspace.users or workspace.users[wanted].deleted or wanted == workspace.app.user_id:
            raise Refused("channel_not_found")
        return workspace.im(wanted)
    channel = workspace.channel(wanted)
    if not workspace.is_member(channel):
        if channel.kind != "public":
            raise Refused("channel_not_found")
        if "chat:write.public" not in call.token.scopes:
            raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    return channel


def thread(call: Call, channel: Channel, name: str = "thread_ts") -> str | None:
    """The thread that a message goes to, or None.

    Raises ``invalid_thread_ts`` for what is no timestamp, and ``thread_not_found`` where no message stands.
    The second is *stricter than Slack*, which takes such a message and shows it nowhere
    (python-slack-sdk issue 840).
    """
    if not (ts := call.args.text(name)):
        return None
    if not TIMESTAMP.fullmatch(ts):
        raise Refused("invalid_thread_ts", f"{ts} is not a valid thread_ts")
    parent = call.workspace.messages.get((channel.id, ts))
    if parent is None or parent.deleted or parent.is_reply or parent.ephemeral_to:
        raise Refused("thread_not_found")
    return ts
