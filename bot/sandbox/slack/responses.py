"""response_urls: five uses in thirty minutes (DOC interactivity/handling-user-interaction)."""

import secrets
from dataclasses import dataclass

from bot.sandbox.slack import limits
from bot.sandbox.slack.args import Args
from bot.sandbox.slack.line import Answer
from bot.sandbox.slack.methods.content import Content, content
from bot.sandbox.slack.records import Json, Message
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.workspace import Workspace

_KNOWN = frozenset(
    {
        "attachments",
        "blocks",
        "delete_original",
        "markdown_text",
        "metadata",
        "mrkdwn",
        "replace_original",
        "response_type",
        "text",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
    }
)


@dataclass
class Handle:
    """What one response_url is good for; ``original`` is the message whose button was pressed."""

    user: str
    channel: str
    at: float
    original: Message | None = None
    uses: int = 0


class ResponseUrls:
    """All that were given out."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._handles: dict[str, Handle] = {}

    def issue(self, user: str, channel: str, original: Message | None = None) -> str:
        """The path of a new one, under the server's own address."""
        side = "actions" if original else "commands"
        path = f"/{side}/{self._workspace.team.id}/{self._workspace.new_id('')}/{secrets.token_urlsafe(16)}"
        self._handles[path] = Handle(user, channel, self._workspace.clock.now(), original)
        return path

    def answer(self, path: str, body: Json) -> Answer:
        """Do what *body* says.

        A command has no message that ``replace_original`` could mean, so that one posts anew (*guess*; bolt-python
        issue 1268 has Slack saying only that it can't be changed this way).

        404 with ``used_url`` or ``expired_url`` when it is worn out. What can't be shown is answered with status
        400 and the error's name (*guess*: the status is not documented).
        """
        handle = self._handles.get(path)
        if handle is None or self._workspace.clock.now() - handle.at > limits.RESPONSE_URL_SECONDS:
            return _no("expired_url", 404)
        if handle.uses >= limits.RESPONSE_URL_USES:
            return _no("used_url", 404)
        try:
            self._act(handle, body)
        except Refused as refusal:
            return Answer(refusal.answer(), 400, took_effect=False)
        handle.uses += 1
        return Answer("ok")

    def _act(self, handle: Handle, body: Json) -> None:
        if unknown := sorted(set(body) - _KNOWN):
            raise Refused("invalid_payload", *(f"unknown field: {name}" for name in unknown))
        args = Args(body)
        if args.flag("delete_original"):
            self._workspace.delete(_own(handle))
            return
        said = content(args)
        if not said.says_something:
            raise Refused("no_text")
        if args.flag("replace_original") and handle.original:
            original = _own(handle)
            self._workspace.edit(original, said.text or "", said.blocks or [], attachments=said.attachments or [])
            return
        self._post(handle, args, said)

    def _post(self, handle: Handle, args: Args, said: Content) -> None:
        public = args.text("response_type", "ephemeral") == "in_channel"
        thread_ts = args.text("thread_ts") or None
        if thread_ts and (not public or args.flag("replace_original", True)):
            thread_ts = None  # DOC: a thread needs in_channel and replace_original false
        self._workspace.post(
            self._workspace.channels[handle.channel],
            self._workspace.app.user_id,
            said.text or "",
            blocks=said.blocks,
            attachments=said.attachments or [],
            thread_ts=thread_ts,
            ephemeral_to=None if public else handle.user,
            via="response_url",
        )


def _own(handle: Handle) -> Message:
    if handle.original is None or handle.original.deleted or not handle.original.from_bot:
        raise Refused("message_not_found")
    return handle.original


def _no(error: str, status: int) -> Answer:
    return Answer({"ok": False, "error": error}, status, took_effect=False)
