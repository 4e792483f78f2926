"""One Slack workspace in memory: who and what is in it, and every change told to those who wait.

No I/O, no protocol: the Web API, the people and the renderer all read and change this.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

from bot.sandbox.slack.clock import Clock, SystemClock
from bot.sandbox.slack.feed import PATIENCE, Change, Feed
from bot.sandbox.slack.records import Channel, Edit, File, Json, Message, Team, User, UserGroup
from bot.sandbox.slack.refusal import Refused


@dataclass(frozen=True)
class AppIdentity:
    """The installed app as the workspace knows it."""

    app_id: str = "A0BOT"
    bot_id: str = "B0BOT"
    user_id: str = "U0BOT"
    name: str = "ecs"


class Workspace:
    """The state of a workspace, and the feed of its changes."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.team = Team()
        self.app = AppIdentity()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.files: dict[str, File] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.feed: Feed[Change] = Feed()
        self.edit_window: float | None = None
        """Seconds for which a message can be edited, or None for ever: a setting of real workspaces."""
        self.paid = True
        """Whether user groups exist; without, their methods answer ``plan_upgrade_required``."""
        self._ids = count(1)
        self._last_ts = 0
        self.add_user(User(self.app.user_id, self.app.name, "ECS", is_bot=True))

    # --- who and where

    def add_user(self, user: User) -> User:
        """Let *user* in, or replace the one with this id."""
        self.users[user.id] = user
        return user

    def add_channel(self, channel: Channel) -> Channel:
        """Create *channel*, or replace the one with this id."""
        channel.created = channel.created or int(self.clock.now())
        self.channels[channel.id] = channel
        self.feed.publish(Change("channel", channel=channel.id))
        return channel

    def user(self, user_id: str) -> User:
        """The user with this id; raises ``user_not_found``."""
        try:
            return self.users[user_id]
        except KeyError:
            raise Refused("user_not_found") from None

    def channel(self, name_or_id: str) -> Channel:
        """The conversation with this id or (public) name; raises ``channel_not_found``."""
        if name_or_id in self.channels:
            return self.channels[name_or_id]
        name = name_or_id.removeprefix("#")
        for channel in self.channels.values():
            if channel.kind != "im" and channel.name == name:
                return channel
        raise Refused("channel_not_found")

    def im(self, user_id: str) -> Channel:
        """The direct conversation of the bot and this user, opened if it was not."""
        self.user(user_id)
        channel_id = f"D{user_id[1:]}"
        if channel_id not in self.channels:
            self.add_channel(Channel(channel_id, user_id, "im", [user_id, self.app.user_id]))
        return self.channels[channel_id]

    def is_member(self, channel: Channel, user_id: str | None = None) -> bool:
        """Whether the user (default: the bot) is in the channel."""
        return (user_id or self.app.user_id) in channel.members

    # --- what is said

    def new_id(self, prefix: str) -> str:
        """An id that this workspace has not given out before."""
        return f"{prefix}{next(self._ids):06X}"

    def new_ts(self) -> str:
        """A message timestamp: the clock's, and later than every one before it."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(self, channel: Channel, user: str, text: str, **more: Any) -> Message:
        """Put a message into *channel*; *more* are further fields of `Message`."""
        more["blocks"] = self.identified(more.get("blocks") or [])
        message = Message(channel.id, self.new_ts(), user, text, **more)
        self.messages[message.channel, message.ts] = message
        self.feed.publish(Change("posted", channel=channel.id, message=message))
        return message

    def edit(self, message: Message, text: str, blocks: list[Json], **more: Any) -> Message:
        """Change what *message* says; a change with blocks shows no "(edited)" (DOC chat.update)."""
        message.history.append(Edit(self.clock.now(), message.text, message.blocks))
        message.text, message.blocks = text, self.identified(blocks)
        for name, value in more.items():
            setattr(message, name, value)
        if not blocks:
            message.edited = self.new_ts()
        self.feed.publish(Change("edited", channel=message.channel, message=message))
        return message

    def delete(self, message: Message) -> None:
        """Take *message* away; its record stays, marked."""
        message.deleted = True
        self.feed.publish(Change("deleted", channel=message.channel, message=message))

    def react(self, message: Message, name: str, user: str, on: bool) -> None:
        """Add or take back one person's reaction."""
        people = message.reactions.setdefault(name, [])
        if on:
            people.append(user)
        else:
            people.remove(user)
            if not people:
                del message.reactions[name]
        self.feed.publish(Change("reaction", channel=message.channel, message=message))

    def identified(self, blocks: list[Json]) -> list[Json]:
        """The blocks, each with a block_id; Slack makes up those which are missing."""
        return [block if "block_id" in block else {**block, "block_id": self.new_id("b")} for block in blocks]

    # --- what can be found and seen

    def message(self, channel_id: str, ts: str) -> Message:
        """The standing message at *ts*, never an ephemeral one; raises ``message_not_found``."""
        found = self.messages.get((channel_id, ts))
        if found is None or found.deleted or found.ephemeral_to:
            raise Refused("message_not_found")
        return found

    def sees(self, user_id: str, message: Message) -> bool:
        """Whether this person can see the message now."""
        if message.deleted or (message.ephemeral_to and message.ephemeral_to != user_id):
            return False
        return self.can_look_into(user_id, self.channels[message.channel]) or message.ephemeral_to == user_id

    def can_look_into(self, user_id: str, channel: Channel) -> bool:
        """Whether this person can read along: members can, and everybody but guests in public channels."""
        user = self.users.get(user_id)
        return user_id in channel.members or (
            channel.kind == "public" and user is not None and not user.is_restricted and not user.is_ultra_restricted
        )

    def all_messages(self, channel: str | None = None, seen_by: str | None = None) -> list[Message]:
        """Standing messages, oldest first: of one channel, as one person sees them, or all there are."""
        where = self.channel(channel).id if channel else None
        return [
            m
            for m in self.messages.values()
            if not m.deleted and (where is None or m.channel == where) and (seen_by is None or self.sees(seen_by, m))
        ]

    def thread(self, parent: Message, seen_by: str | None = None) -> list[Message]:
        """The replies under *parent*, oldest first."""
        return [m for m in self.all_messages(parent.channel, seen_by) if m.is_reply and m.thread_ts == parent.ts]

    def files_of(self, message: Message) -> list[File]:
        """The files that a message shows."""
        return [self.files[file_id] for file_id in message.files]

    def permalink(self, message: Message) -> str:
        """The address of a message, in the form that chat.getPermalink answers."""
        address = f"https://{self.team.domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            address += f"?thread_ts={message.thread_ts}&cid={message.channel}"
        return address

    def escaped(self, text: str) -> str:
        """*text* as Slack sends a slash command with ``should_escape``: entities, and names as ids.

        A private channel comes without its name (DOC interactivity/implementing-slash-commands).
        """
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        people = {user.handle: user for user in self.users.values()}
        groups = {group.handle: group for group in self.usergroups.values() if not group.disabled}
        places = {channel.name: channel for channel in self.channels.values() if channel.kind != "im"}

        def entity(found: re.Match[str]) -> str:
            kind, name = found.groups()
            if kind == "@" and name in people:
                return f"<@{people[name].id}|{name}>"
            if kind == "@" and name in groups:
                return f"<!subteam^{groups[name].id}|@{name}>"
            if kind == "#" and name in places:
                place = places[name]
                return f"<#{place.id}|{name if place.kind == 'public' else ''}>"
            return found.group()

        return re.sub(r"(?<!\S)([@#])([\w.-]+)", entity, text)

    # --- waiting

    async def wait_for(
        self,
        predicate: Callable[[Message], bool],
        timeout: float = PATIENCE,  # noqa: ASYNC109 - it is the point of this method
    ) -> Message:
        """The first standing message for which *predicate* holds, now or as soon as one does.

        Raises `NotSeen`, listing what was said instead, after *timeout* seconds.
        """

        def look() -> Message | None:
            return next((m for m in self.all_messages() if predicate(m)), None)

        return cast("Message", await self.feed.until(look, timeout, self.describe))

    async def until(
        self,
        condition: Callable[[], Any],
        timeout: float = PATIENCE,  # noqa: ASYNC109 - whoever waits says how long
    ) -> None:
        """Wait until *condition* holds, looked at again after each change."""
        await self.feed.until(lambda: condition() or None, timeout, self.describe)

    def changes(self) -> AsyncIterator[Change]:
        """Every change from now on."""
        return self.feed.items()

    def describe(self, messages: Iterable[Message] | None = None) -> str:
        """All standing messages, a line each: what a failed wait shows."""
        lines = ["not seen; the workspace says:"]
        for m in self.all_messages() if messages is None else messages:
            place = f"#{self.channels[m.channel].name}" + (" ↳" if m.is_reply else "")
            private = f" (only to {m.ephemeral_to})" if m.ephemeral_to else ""
            said = " | ".join(part for part in m.words.splitlines() if part)
            lines.append(f"  {place} {m.user}{private}: {said[:400]}")
        return "\n".join(lines)
