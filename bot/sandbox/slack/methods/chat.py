"""chat.postMessage, postEphemeral, update, delete, getPermalink.

The errors' names are those on each method's page and in the 2021 OpenAPI description.
"""

from bot.sandbox.slack import limits
from bot.sandbox.slack.backend import Call, Method
from bot.sandbox.slack.methods.content import Content, check_size, content, metadata
from bot.sandbox.slack.methods.places import known_channel, posting_channel, thread
from bot.sandbox.slack.records import Json, Message
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.wire import message_json


def post_message(call: Call) -> Json:
    """Post to a channel, a thread or a person; text past 40,000 characters is cut off."""
    channel = posting_channel(call)
    said, about = _content(call), metadata(call.args)
    if not said.says_something:
        raise Refused("no_text")
    thread_ts = thread(call, channel)
    call.backend.rate.post(channel.id)
    message = call.workspace.post(
        channel,
        call.workspace.app.user_id,
        (said.text or "")[: limits.POST_TEXT],
        blocks=said.blocks,
        attachments=said.attachments or [],
        thread_ts=thread_ts,
        reply_broadcast=thread_ts is not None and call.args.flag("reply_broadcast"),
        metadata=about or None,
    )
    return {"channel": channel.id, "ts": message.ts, "message": message_json(call.workspace, message)}


def post_ephemeral(call: Call) -> Json:
    """Show one member of a channel something that nobody else sees."""
    channel = posting_channel(call)
    said = _content(call)
    if not said.says_something:
        raise Refused("no_text")
    person = call.args.required("user")
    if person not in call.workspace.users or not call.workspace.is_member(channel, person):
        raise Refused("user_not_in_channel")
    thread_ts = thread(call, channel)
    call.backend.rate.post(channel.id)
    message = call.workspace.post(
        channel,
        call.workspace.app.user_id,
        (said.text or "")[: limits.POST_TEXT],
        blocks=said.blocks,
        attachments=said.attachments or [],
        thread_ts=thread_ts,
        ephemeral_to=person,
    )
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """Change a message of the bot's own.

    ``text`` without ``blocks`` removes the blocks; ``blocks`` without ``text`` empties the text (*guess*);
    attachments and metadata that are not mentioned stay.
    """
    message = _own_message(call, "cant_update_message")
    said, about = _content(call), metadata(call.args)
    if len(said.text or "") > limits.UPDATE_TEXT:
        raise Refused("msg_too_long")
    if not said.says_something and not (said.attachments is None and message.attachments and said.text is None):
        raise Refused("no_text")
    if call.workspace.channels[message.channel].archived:
        raise Refused("is_inactive")
    window = call.workspace.edit_window
    if window is not None and call.workspace.clock.now() - float(message.ts) > window:
        raise Refused("edit_window_closed")
    call.workspace.edit(
        message,
        said.text or "",
        said.blocks or [],
        attachments=message.attachments if said.attachments is None else said.attachments,
        metadata=message.metadata if about is None else about or None,
    )
    body = message_json(call.workspace, message)
    for name in ("ts", "thread_ts", "parent_user_id"):  # absent from java-slack-sdk's sample of this answer
        body.pop(name, None)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": body}


def delete(call: Call) -> Json:
    """Take back a message of the bot's own."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """The address of a message."""
    channel = known_channel(call)
    message = call.workspace.message(channel.id, call.args.required("message_ts"))
    return {"channel": channel.id, "permalink": call.workspace.permalink(message)}


def _content(call: Call) -> Content:
    said = content(call.args)
    check_size(said)
    return said


def _own_message(call: Call, otherwise: str) -> Message:
    message = call.workspace.message(known_channel(call).id, call.args.required("ts"))
    if not message.from_bot:
        raise Refused(otherwise)
    return message


_SAID = "channel text blocks attachments as_user link_names parse markdown_text"
_LOOKS = "icon_emoji icon_url username"
_WRITE = ("chat:write",)

METHODS = (
    Method(
        "chat.postMessage",
        post_message,
        f"{_SAID} {_LOOKS} thread_ts reply_broadcast unfurl_links unfurl_media mrkdwn metadata"
        " container_id client_msg_id",
        _WRITE,
    ),
    Method("chat.postEphemeral", post_ephemeral, f"{_SAID} {_LOOKS} user thread_ts", _WRITE),
    Method("chat.update", update, f"{_SAID} ts file_ids reply_broadcast metadata", _WRITE),
    Method("chat.delete", delete, "channel ts as_user", _WRITE),
    Method("chat.getPermalink", get_permalink, "channel message_ts"),
)
