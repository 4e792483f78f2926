"""A person in the workspace: types commands, presses buttons, fills in modals, and sees what comes of it.

Each method returns when the app has answered or the time for it is over. What a person can't do in Slack
raises `CannotDo`, and nothing is sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bot.sandbox.slack import inputs, payloads
from bot.sandbox.slack.args import Args
from bot.sandbox.slack.envelope import Ack, Envelope
from bot.sandbox.slack.feed import Change
from bot.sandbox.slack.methods.content import content
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.records import Channel, Json, Message, User, View
from bot.sandbox.slack.refusal import CannotDo, Refused
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.wire import view_json
from bot.sandbox.slack.workspace import Workspace


class Surroundings(Protocol):
    """What a person needs of the server around them."""

    workspace: Workspace
    modals: Modals
    triggers: Triggers
    commands: set[str]
    events: set[str]

    async def deliver(self, envelope: Envelope) -> Ack:
        """Send *envelope* to the app."""

    def response_url(self, user: str, channel: str, original: Message | None = None) -> str:
        """A new response_url."""


@dataclass(frozen=True)
class Seen:
    """What came of it, as the person sees it.

    ``text`` is what is shown to them at once: the acknowledgement's text, or Slack's error. ``message`` is the
    acknowledgement as a message, ``view`` the modal that stands open afterwards, ``errors`` what a modal says at
    its inputs, ``confirm`` the dialog that was accepted first, ``options`` what an external select offered.
    """

    envelope: Envelope
    ack: Ack
    text: str = ""
    error: str | None = None
    message: Message | None = None
    view: View | None = None
    errors: dict[str, str] | None = None
    confirm: Json | None = None
    options: tuple[Json, ...] = ()


class Person:
    """Somebody at their keyboard."""

    def __init__(self, surroundings: Surroundings, user_id: str) -> None:
        self._all = surroundings
        self._workspace = surroundings.workspace
        self._filled: dict[tuple[str, str], Json] = {}
        self.user: User = self._workspace.user(user_id)
        self.id = user_id

    # --- what they see

    def sees(self, channel: str) -> list[Message]:
        """The messages of a channel and of its threads that they can see, oldest first."""
        return self._workspace.all_messages(channel, self.id)

    @property
    def dm(self) -> Channel:
        """Their direct conversation with the bot."""
        return self._workspace.im(self.id)

    @property
    def modal(self) -> View | None:
        """The modal that stands open before them."""
        return self._all.modals.top(self.id)

    @property
    def home(self) -> View | None:
        """The bot's Home tab as it was last published for them."""
        return self._all.modals.homes.get(self.id)

    # --- what they write

    async def types(self, line: str, channel: str, *, escape: bool = False) -> Seen:
        """A slash command, such as ``/ecs run mem web-prod``.

        *escape* sends it as with ``should_escape``. There is no way to name a thread: Slack has none.
        """
        place = self._place(channel)
        command, _, text = line.partition(" ")
        if command not in self._all.commands:
            raise CannotDo(f"{command} is not a valid command here")
        text = self._workspace.escaped(text) if escape else text
        payload = payloads.slash_command(
            self._workspace,
            self.user,
            place,
            command,
            text.strip(),
            response_url=self._all.response_url(self.id, place.id),
            trigger_id=self._all.triggers.issue(self.id),
        )
        envelope = Envelope("slash_commands", payload)
        return self._shown(envelope, await self._all.deliver(envelope), place, command)

    def says(self, text: str, channel: str, thread: Message | None = None) -> Message:
        """A plain message; ``@handle`` becomes a mention. The app is not told."""
        place = self._place(channel)
        for user in self._workspace.users.values():
            text = text.replace(f"@{user.handle}", f"<@{user.id}>")
        thread_ts = (thread.thread_ts or thread.ts) if thread else None
        return self._workspace.post(place, self.id, text, thread_ts=thread_ts, from_bot=False, via="person")

    async def mentions(self, text: str, channel: str, thread: Message | None = None) -> Seen:
        """A message that names the bot, as in ``@ecs run mem web-prod``: an app_mention event.

        In a channel without the bot the message stands there, and the app learns nothing: `CannotDo`.
        """
        message = self.says(text, channel, thread)
        me = self._workspace.app.user_id
        if f"<@{me}>" not in message.text or not self._workspace.is_member(self._place(channel)):
            raise CannotDo("the bot is not named, or not in this channel")
        inner: Json = {
            "type": "app_mention",
            "user": self.id,
            "text": message.text,
            "ts": message.ts,
            "team": self._workspace.team.id,
            "channel": message.channel,
            "event_ts": message.ts,
        }
        if message.thread_ts:
            inner["thread_ts"] = message.thread_ts
        return await self._event(inner)

    async def opens_home(self, tab: str = "home") -> Seen:
        """The bot's page: an app_home_opened event."""
        inner: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm.id,
            "tab": tab,
            "event_ts": self._workspace.new_ts(),
        }
        if self.home and tab == "home":
            inner["view"] = view_json(self._workspace, self.home)
        return await self._event(inner)

    # --- what they press

    async def presses(self, where: Message | View, button: str, *, confirm: bool = True) -> Seen:
        """A button, by its action_id or by what it says.

        With *confirm* False the dialog that a button may have is declined, and nothing is sent: `CannotDo`.
        """
        block_id, element = self._element(where, button, lambda e: e["type"] in {"button", "workflow_button"})
        if element.get("confirm") and not confirm:
            raise CannotDo(f"declined: {element['confirm']['text']['text']}")
        action = {"type": "button", "action_id": element["action_id"], "block_id": block_id}
        action |= {name: element[name] for name in ("text", "value", "style", "url", "confirm") if name in element}
        return await self._acts(where, action, element.get("confirm"))

    async def chooses(self, where: Message | View, action_id: str, value: Any) -> Seen:
        """A value in a select, a menu or another input that reports each change."""
        block_id, element = self._element(where, action_id, lambda e: e["type"] != "button")
        offered: list[Json] = []
        if "external_select" in element["type"]:
            offered = list((await self.looks_up(where, action_id, str(value))).options)
        state = inputs.filled(element, value, offered)
        if inputs.keeps_state(element):
            self._keep(where, block_id, element["action_id"], state)
        action = {**state, "action_id": element["action_id"], "block_id": block_id}
        return await self._acts(where, action, element.get("confirm"))

    async def looks_up(self, where: Message | View, action_id: str, typed: str = "") -> Seen:
        """The options that an external select offers for what was typed: a block_suggestion."""
        block_id, element = self._element(where, action_id, lambda e: "external" in e["type"])
        payload = payloads.suggestion(self._workspace, self.user, where, block_id, element, typed=typed)
        envelope = Envelope("interactive", payload)
        ack = await self._all.deliver(envelope)
        body = ack.payload or {}
        options = [*body.get("options", [])]
        options += [option for group in body.get("option_groups", []) for option in group["options"]]
        if len(options) > 100:
            return Seen(envelope, ack, "No results", "too_many_options")
        return Seen(envelope, ack, ack.error or "", ack.error, options=tuple(options))

    async def uses_shortcut(self, callback_id: str, on: Message | None = None) -> Seen:
        """A shortcut of the app: a global one, or one in the menu of the message *on*."""
        trigger_id = self._all.triggers.issue(self.id)
        if on is None:
            payload = payloads.shortcut(self._workspace, self.user, callback_id, trigger_id)
        else:
            self._check_visible(on)
            payload = payloads.message_shortcut(
                self._workspace,
                self.user,
                callback_id,
                on,
                trigger_id=trigger_id,
                response_url=self._all.response_url(self.id, on.channel, on),
            )
        return await self._interacts(Envelope("interactive", payload))

    # --- how it is done

    async def _acts(self, where: Message | View, action: Json, confirm: Json | None) -> Seen:
        action["action_ts"] = self._workspace.new_ts()
        if isinstance(where, View):
            trigger_id = self._all.triggers.issue(self.id, where.id)
            payload = payloads.view_action(self._workspace, self.user, where, action, trigger_id)
        else:
            payload = payloads.message_action(
                self._workspace,
                self.user,
                where,
                action,
                self._state(where),
                trigger_id=self._all.triggers.issue(self.id),
                response_url=self._all.response_url(self.id, where.channel, where),
            )
        return await self._interacts(Envelope("interactive", payload), confirm)

    async def _interacts(self, envelope: Envelope, confirm: Json | None = None) -> Seen:
        ack = await self._all.deliver(envelope)
        if ack.error:
            self._notice(f"⚠ {ack.error}")
        return Seen(envelope, ack, ack.error or "", ack.error, view=self.modal, confirm=confirm)

    async def _event(self, inner: Json) -> Seen:
        if inner["type"] not in self._all.events:
            raise CannotDo(f"the app is not subscribed to {inner['type']}")
        envelope = Envelope("events_api", payloads.event(self._workspace, inner))
        ack = await self._all.deliver(envelope)
        return Seen(envelope, ack, ack.error or "", ack.error)

    def _shown(self, envelope: Envelope, ack: Ack, place: Channel, command: str) -> Seen:
        """A command's answer becomes a message: to them alone unless it says ``in_channel``."""
        if ack.error:
            return self._failed(envelope, ack, command, ack.error)
        if not ack.payload:
            return Seen(envelope, ack, view=self.modal)
        args = Args(ack.payload)
        try:
            said = content(args)
        except Refused as refusal:
            return self._failed(envelope, ack, command, refusal.error)
        if not said.says_something:
            return Seen(envelope, ack, view=self.modal)
        message = self._workspace.post(
            place,
            self._workspace.app.user_id,
            said.text or "",
            blocks=said.blocks,
            attachments=said.attachments or [],
            ephemeral_to=None if args.text("response_type") == "in_channel" else self.id,
            via="ack",
        )
        return Seen(envelope, ack, message.words.strip(), message=message, view=self.modal)

    def _failed(self, envelope: Envelope, ack: Ack, command: str, error: str) -> Seen:
        text = f'{command} failed with the error "{error}"'
        self._notice(text)
        return Seen(envelope, ack, text, error)

    def _notice(self, text: str) -> None:
        self._workspace.feed.publish(Change("notice", user=self.id, text=text))

    def _place(self, channel: str) -> Channel:
        place = self._workspace.channels.get(channel) or self._by_name(channel)
        if place.kind != "public" and self.id not in place.members:
            raise CannotDo(f"{self.user.real_name} is not in {channel}")
        if place.archived:
            raise CannotDo(f"{channel} is archived")
        if self.user.deleted:
            raise CannotDo(f"{self.user.real_name} can't sign in any more")
        return place

    def _by_name(self, channel: str) -> Channel:
        if channel == self.dm.id:
            return self.dm
        return self._workspace.channel(channel)

    def _check_visible(self, message: Message) -> None:
        if not self._workspace.sees(self.id, message):
            raise CannotDo(f"{self.user.real_name} can't see this message (any more)")

    def _element(self, where: Message | View, name: str, wanted: Callable[[Json], bool]) -> tuple[str, Json]:
        if isinstance(where, Message):
            self._check_visible(where)
        elif where not in (self.modal, self.home):
            raise CannotDo("this view is not open before them")
        for block_id, element in where.elements:
            text = element.get("text", {}).get("text")
            if wanted(element) and name in (element["action_id"], text):
                return block_id, element
        there = [e.get("text", {}).get("text") or e["action_id"] for _, e in where.elements]
        raise CannotDo(f"there is no {name!r}; there are {there}")

    def _keep(self, where: Message | View, block_id: str, action_id: str, state: Json) -> None:
        if isinstance(where, View):
            where.state.setdefault(block_id, {})[action_id] = state
        else:
            self._filled.setdefault((where.channel, where.ts), {}).setdefault(block_id, {})[action_id] = state

    def _state(self, message: Message) -> Json:
        kept = self._filled.get((message.channel, message.ts), {})
        state: Json = {}
        for block_id, element in message.elements:
            if inputs.keeps_state(element):
                name = element["action_id"]
                value = kept.get(block_id, {}).get(name) or inputs.untouched(element)
                state.setdefault(block_id, {})[name] = value
        return state
