"""files.getUploadURLExternal, files.completeUploadExternal, files.info (DOC messaging/working-with-files)."""

from bot.sandbox.slack import limits
from bot.sandbox.slack.backend import Call, Method
from bot.sandbox.slack.feed import Change
from bot.sandbox.slack.methods.content import content
from bot.sandbox.slack.methods.places import posting_channel, thread
from bot.sandbox.slack.records import Channel, File, Json
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.wire import file_json


def get_upload_url(call: Call) -> Json:
    """An address to send the bytes to, for one file of exactly this length."""
    length = call.args.number("length", 0)
    name = call.args.required("filename")
    if length <= 0:
        raise Refused("invalid_arguments", "length must be more than 0 [json-pointer:/length]")
    if length > limits.FILE_BYTES:
        raise Refused("file_upload_size_restricted")
    workspace = call.workspace
    file = File(workspace.new_id("F"), name, length, workspace.app.user_id, int(workspace.clock.now()))
    file.title = name
    file.alt_txt, file.snippet_type = call.args.text("alt_txt"), call.args.text("snippet_type")
    workspace.files[file.id] = file
    return {"upload_url": call.backend.new_upload_url(file.id), "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """Make uploaded files real, and show them in channels.

    One message holds all of them, with ``initial_comment`` or ``blocks`` above. Without a channel they belong to
    the app alone. Raises ``file_not_found``, ``file_update_failed`` and what posting raises.
    """
    done = [_uploaded(call, entry) for entry in _entries(call)]
    wanted = call.args.listed("channels") or ([call.args.text("channel_id")] if "channel_id" in call.args else [])
    channels = [_target(call, name) for name in wanted]
    threads = [thread(call, channel) for channel in channels]
    for file, title in done:
        file.complete, file.title = True, title or file.title
        call.workspace.feed.publish(Change("file", file=file))
    for channel, thread_ts in zip(channels, threads, strict=True):
        _share(call, [file for file, _ in done], channel, thread_ts)
    return {"files": [file_json(call.workspace, file) for file, _ in done]}


def info(call: Call) -> Json:
    """One file, as far as the app has it."""
    file = call.workspace.files.get(call.args.required("file"))
    if file is None or not file.complete:
        raise Refused("file_not_found")
    return {"file": file_json(call.workspace, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def _entries(call: Call) -> list[Json]:
    entries = call.args.structure("files", "invalid_arguments")
    if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) and "id" in e for e in entries):
        raise Refused("invalid_arguments", "files must be a list of objects with an id [json-pointer:/files]")
    return entries


def _uploaded(call: Call, entry: Json) -> tuple[File, str]:
    file = call.workspace.files.get(str(entry["id"]))
    if file is None or file.content is None:
        raise Refused("file_not_found")
    if file.complete:
        raise Refused("file_update_failed")  # guess: the name for completing a file twice
    return file, str(entry.get("title", ""))


def _target(call: Call, name: str) -> Channel:
    call.args.values["channel_id"] = name
    return posting_channel(call, "channel_id")


def _share(call: Call, files: list[File], channel: Channel, thread_ts: str | None) -> None:
    said = content(call.args)
    call.backend.rate.post(channel.id)
    message = call.workspace.post(
        channel,
        call.workspace.app.user_id,
        call.args.text("initial_comment"),
        blocks=said.blocks,
        files=[file.id for file in files],
        thread_ts=thread_ts,
    )
    for file in files:
        file.shares.append((channel.id, message.ts))


METHODS = (
    Method(
        "files.getUploadURLExternal",
        get_upload_url,
        "filename length alt_txt snippet_type",
        ("files:write",),
    ),
    Method(
        "files.completeUploadExternal",
        complete_upload,
        "files channel_id channels initial_comment thread_ts blocks",
        ("files:write",),
    ),
    Method("files.info", info, "file count cursor limit page", ("files:read",)),
)
