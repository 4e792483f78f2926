"""A person in the workspace: types commands, presses buttons, fills in modals, and sees what comes of it.

Each method returns when the app has answered or the time for it is over. What a person can't do in Slack
raises `CannotDo`, and nothing is sent.
"""

from collections.abc import Callable
from typing import Any

from bot.sandbox.slack import forms, inputs, payloads
from bot.sandbox.slack.elements import check_options
from bot.sandbox.slack.envelope import Envelope
from bot.sandbox.slack.feed import PATIENCE, Change
from bot.sandbox.slack.hands import Hands, Seen
from bot.sandbox.slack.offered import check_conversations
from bot.sandbox.slack.records import Json, Message, View
from bot.sandbox.slack.refusal import CannotDo
from bot.sandbox.slack.wire import view_json

_BUTTONS = frozenset({"button", "workflow_button"})


class Person(Hands):
    """Somebody at their keyboard."""

    # --- what they see

    def sees(self, channel: str) -> list[Message]:
        """The messages of a channel and of its threads that they can see, oldest first."""
        return self._workspace.all_messages(channel, self.id)

    async def reads(self, predicate: Callable[[Message], bool], timeout: float = PATIENCE) -> Message:  # noqa: ASYNC109 - whoever waits says how long
        """The first message for which *predicate* holds that they can see, now or as soon as there is one."""
        return await self._workspace.wait_for(lambda m: self._workspace.sees(self.id, m) and predicate(m), timeout)

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
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for user in self._workspace.users.values():
            text = text.replace(f"@{user.handle}", f"<@{user.id}>")
        for group in self._workspace.usergroups.values():
            text = text.replace(f"@{group.handle}", f"<!subteam^{group.id}>")
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

    async def writes(self, text: str, thread: Message | None = None) -> Seen:
        """A direct message to the bot: a message.im event."""
        message = self.says(text, self.dm.id, thread)
        inner: Json = {
            "type": "message",
            "channel_type": "im",
            "user": self.id,
            "text": message.text,
            "ts": message.ts,
            "team": self._workspace.team.id,
            "channel": message.channel,
            "event_ts": message.ts,
        }
        if message.thread_ts:
            inner["thread_ts"] = message.thread_ts
        return await self._event(inner, "message.im")

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

    def invites(self, handle: str, channel: str) -> None:
        """Somebody, or the bot, into a channel, as with Slack's own ``/invite @ecs``."""
        place = self._place(channel)
        user = next((one for one in self._workspace.users.values() if one.handle == handle), None)
        if user is None or user.deleted:
            raise CannotDo(f"there is no @{handle}")
        if user.id in place.members:
            raise CannotDo(f"@{handle} is in {place.name} already")
        place.members.append(user.id)
        self._workspace.feed.publish(Change("channel", channel=place.id))

    # --- what they press

    async def presses(
        self, where: Message | View, button: str, *, confirm: bool = True, block: str | None = None
    ) -> Seen:
        """A button, by its action_id or by what it says; the one in *block*, where several are alike.

        With *confirm* False the dialog that a button may have is declined, and nothing is sent: `CannotDo`.
        """
        block_id, element = self._element(where, button, lambda e: e["type"] in _BUTTONS, block)
        if element.get("confirm") and not confirm:
            raise CannotDo(f"declined: {element['confirm']['text']['text']}")
        action = {"type": "button", "action_id": element["action_id"], "block_id": block_id}
        action |= {name: element[name] for name in ("text", "value", "style", "url", "confirm") if name in element}
        return await self._acts(where, action, element.get("confirm"))

    async def chooses(self, where: Message | View, action_id: str, value: Any, *, block: str | None = None) -> Seen:
        """A value in a select, a menu or another input that reports each change."""
        block_id, element = self._element(where, action_id, lambda e: e["type"] != "button", block)
        offered: list[Json] = []
        if "external_select" in element["type"]:
            offered = list((await self.looks_up(where, action_id, str(value), block=block)).options)
        state = inputs.filled(element, value, offered)
        if inputs.keeps_state(element):
            self._keep(where, block_id, element["action_id"], state)
        action = {**state, "action_id": element["action_id"], "block_id": block_id}
        return await self._acts(where, action, element.get("confirm"))

    async def looks_up(
        self, where: Message | View, action_id: str, typed: str = "", *, block: str | None = None
    ) -> Seen:
        """The options that an external select offers for what was typed: a block_suggestion."""
        block_id, element = self._element(where, action_id, lambda e: "external" in e["type"], block)
        payload = payloads.suggestion(self._workspace, self.user, where, block_id, element, typed=typed)
        envelope = Envelope("interactive", payload)
        ack = await self._all.deliver(envelope)
        body = ack.payload or {}
        options = [*body.get("options", [])]
        options += [option for group in body.get("option_groups", []) for option in group["options"]]
        if faults := check_options(options):
            return Seen(envelope, ack, "No results", faults[0])
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

    # --- what they do with a modal

    async def submits(self, view: View, values: forms.Values | None = None) -> Seen:
        """A modal, filled in with ``{block_id: {action_id: value}}`` and sent off.

        `Seen.errors` is what it says at its inputs if the app found fault; `Seen.view` is what stands open then.
        """
        if self.modal is not view:
            raise CannotDo("this view is not the one on top")
        if "submit" not in view.body or view.body.get("submit_disabled"):
            raise CannotDo("this view has no button to send it")
        check_conversations(self._workspace, self.id, view, values or {})
        forms.fill(view, values or {}, await self._offers(view, values or {}))
        trigger_id = self._all.triggers.issue(self.id, view.id)
        envelope = Envelope("interactive", payloads.view_submission(self._workspace, self.user, view, trigger_id))
        ack = await self._all.deliver(envelope)
        text = forms.settle(self._all.modals, view, ack)
        if text == forms.TROUBLE:
            self._notice(text)
        return Seen(envelope, ack, text, ack.error, view=self.modal, errors=view.errors or None)

    async def closes(self, view: View, *, everything: bool = False) -> Seen | None:
        """Put a modal away with its ✕ or Cancel, or (*everything*) the whole stack; the app hears if it asked to."""
        if self.modal is not view:
            raise CannotDo("this view is not the one on top")
        self._all.modals.close(self.id, everything=everything or bool(view.body.get("clear_on_close")))
        if not view.body.get("notify_on_close"):
            return None
        payload = payloads.view_closed(self._workspace, self.user, view, cleared=everything)
        return await self._interacts(Envelope("interactive", payload))

    async def _offers(self, view: View, values: forms.Values) -> dict[str, list[Json]]:
        """Asks the app for the options of each external select that gets a value."""
        offers: dict[str, list[Json]] = {}
        for block_id, element in view.elements:
            if "external_select" in element["type"] and element["action_id"] in values.get(block_id, {}):
                value = values[block_id][element["action_id"]]
                typed = value if isinstance(value, str) else ""
                seen = await self.looks_up(view, element["action_id"], typed)
                offers[element["action_id"]] = list(seen.options)
        return offers
