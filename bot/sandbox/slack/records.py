"""What a workspace is made of: plain records, changed only by `Workspace`."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["public", "private", "im"]


@dataclass(frozen=True)
class Team:
    """A workspace's own data."""

    id: str = "T0SANDBOX"
    name: str = "Sandbox"
    domain: str = "sandbox"


@dataclass
class User:
    """A member, a guest or a bot. ``handle`` is the name after the @."""

    id: str
    handle: str
    real_name: str
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False
    team_id: str | None = None
    email: str = ""
    tz: str = "Asia/Shanghai"
    tz_offset: int = 28_800


@dataclass
class Channel:
    """A conversation; ``members`` are user ids, the bot's among them where it was invited. ``shared``: with another
    company, or about to be."""

    id: str
    name: str
    kind: ChannelKind = "public"
    members: list[str] = field(default_factory=list)
    archived: bool = False
    created: int = 0
    shared: Literal["", "pending", "connected"] = ""


@dataclass(frozen=True)
class Edit:
    """What a message said before it was changed."""

    at: float
    text: str
    blocks: list[Json]


@dataclass
class Message:
    """One message as it stands now; its object stays the same through edits, so a test may hold on to it.

    ``ephemeral_to`` is the only person who sees it, or None. ``via`` says how it came: ``api``, ``ack``,
    ``response_url`` or ``person``.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    ephemeral_to: str | None = None
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    reply_broadcast: bool = False
    from_bot: bool = True
    via: str = "api"
    edited: str | None = None
    deleted: bool = False
    history: list[Edit] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def words(self) -> str:
        """All that it says, text and blocks together, to search in."""
        return "\n".join([self.text, *_words(self.blocks), *_words(self.attachments)])

    @property
    def elements(self) -> list[tuple[str, Json]]:
        """Every interactive element, with the block_id that it stands in."""
        return interactive_elements(self.blocks)

    @property
    def passed(self) -> list[tuple[str, Json]]:
        """Those of the version before, which somebody may be pressing while it changes."""
        return interactive_elements(self.history[-1].blocks) if self.history else []

    @property
    def buttons(self) -> list[str]:
        """The texts of its buttons, in reading order."""
        return [e["text"]["text"] for _, e in self.elements if e.get("type") == "button"]


@dataclass
class File:
    """An uploaded file; ``content`` is None until the bytes have come, ``shares`` is (channel, ts) pairs."""

    id: str
    name: str
    length: int
    user: str
    created: int
    content: bytes | None = None
    title: str = ""
    complete: bool = False
    alt_txt: str = ""
    snippet_type: str = ""
    shares: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The content as UTF-8 text, faults replaced."""
        return (self.content or b"").decode("utf-8", "replace")


@dataclass
class View:
    """A modal or a Home tab; ``body`` is what the app sent, ``state`` what the person has filled in, ``passed`` every
    interactive element of the version before, which they may be pressing while it changes."""

    id: str
    user: str
    type: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    passed: list[tuple[str, Json]] = field(default_factory=list)

    @property
    def blocks(self) -> list[Json]:
        """The blocks as the app sent them, with the block_ids that were missing."""
        blocks: list[Json] = self.body["blocks"]
        return blocks

    @property
    def elements(self) -> list[tuple[str, Json]]:
        """Every interactive element, with the block_id that it stands in."""
        return interactive_elements(self.blocks)

    @property
    def words(self) -> str:
        """All that it says, to search in."""
        return "\n".join([self.body.get("title", {}).get("text", ""), *_words(self.blocks)])


@dataclass
class UserGroup:
    """A group of users with a handle."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False


def interactive_elements(blocks: list[Json]) -> list[tuple[str, Json]]:
    """Every element with an ``action_id``, paired with its block's id."""
    found: list[tuple[str, Json]] = []
    for block in blocks:
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        elements = [e for e in inside if isinstance(e, dict) and "action_id" in e]
        found += [(block.get("block_id", ""), element) for element in elements]
        found += interactive_elements(block.get("child_blocks", []))
    return found


_READABLE = ("text", "fallback", "alt_text", "user_id", "channel_id", "usergroup_id")


def _words(node: Any) -> list[str]:
    if isinstance(node, list):
        return [word for item in node for word in _words(item)]
    if not isinstance(node, dict):
        return []
    words = [node[key] for key in _READABLE if isinstance(node.get(key), str)]
    for key, value in node.items():
        if key not in {"text", "confirm"} or isinstance(value, dict):
            words += _words(value)
    return words
