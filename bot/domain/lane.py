"""Lanes: what goes to Slack in the same way, to the same conversation, waits in one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Way(StrEnum):
    """How a message goes to Slack. Each way has its own of Slack's budgets, but for the two that update."""

    POST = "post"  # chat.postMessage
    RESULT = "result"  # chat.update of results: where that can't be had at once, they can be posted
    UPDATE = "update"  # chat.update of anything else, which can only wait
    WHISPER = "whisper"  # chat.postEphemeral
    FILES = "files"  # files.getUploadURLExternal and files.completeUploadExternal, which posts
    DELETE = "delete"  # chat.delete


class Lane(NamedTuple):
    """*where* is the conversation, as the invocation's home names it: a user id means their direct messages."""

    way: Way
    where: str

    def __str__(self) -> str:
        return "" if self == UNNAMED else f"{self.way} {self.where}"

    @classmethod
    def read(cls, text: str) -> "Lane":
        """What `str` made of it. Raises ValueError."""
        if not text:
            return UNNAMED
        way, _, where = text.partition(" ")
        return cls(Way(way), where)


UNNAMED = Lane(Way.UPDATE, "")
"""Of what a program wrote that knew no lanes yet, while the replicas are brought up one by one."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What to read of *lanes*, which come in this order: those that are final, or those that are not; the oldest *each*
    of one lane, and *most* of all together."""

    lanes: Sequence[Lane]
    final: bool
    each: int
    most: int
