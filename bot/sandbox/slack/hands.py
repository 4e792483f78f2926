"""What every doing of a person rests on: where they are, what they can touch, how it goes out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.sandbox.slack import inputs, payloads
from bot.sandbox.slack.args import Args
from bot.sandbox.slack.envelope import Ack, Envelope
from bot.sandbox.slack.feed import Change
from bot.sandbox.slack.methods.content import content
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.records import Channel, Json, Message, User, View
from bot.sandbox.slack.refusal import CannotDo, Refused
from bot.sandbox.slack.triggers import Triggers
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


class Hands:
    """A person's means; `Person` has what they do with them."""

    def __init__(self, surroundings: Surroundings, user_id: str) -> None:
        self._all = surroundings
        self._workspace = surroundings.workspace
        self._filled: dict[tuple[str, str], Json] = {}
        self.user: User = self._workspace.user(user_id)
        self.id = user_id

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

    async def _event(self, inner: Json, name: str = "") -> Seen:
        """*name* is what the app subscribes to, where that is not the event's type."""
        if (name or inner["type"]) not in self._all.events:
            raise CannotDo(f"the app is not subscribed to {name or inner['type']}")
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
        if self.user.deleted:
            raise CannotDo(f"{self.user.real_name} can't sign in any more")
        place = self._by_name(channel)
        if self.id not in place.members:
            raise CannotDo(f"{self.user.real_name} is not in {channel}")
        if place.archived:
            raise CannotDo(f"{channel} is archived")
        return place

    def _by_name(self, channel: str) -> Channel:
        if channel == self.dm.id:
            return self.dm
        try:
            return self._workspace.channel(channel)
        except Refused:
            raise CannotDo(f"there is no channel {channel}") from None

    def _check_visible(self, message: Message) -> None:
        if not self._workspace.sees(self.id, message):
            raise CannotDo(f"{self.user.real_name} can't see this message (any more)")

    def _element(
        self, where: Message | View, name: str, wanted: Callable[[Json], bool], block: str | None = None
    ) -> tuple[str, Json]:
        if isinstance(where, Message):
            self._check_visible(where)
        elif where not in (self.modal, self.home):
            raise CannotDo("this view is not open before them")
        # whoever says which block has it before them, though it may be changing right now: Slack sends such a press on
        for block_id, element in where.elements if block is None else where.elements + where.passed:
            text = element.get("text", {}).get("text")
            if block in (None, block_id) and wanted(element) and name in (element["action_id"], text):
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
