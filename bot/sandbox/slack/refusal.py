"""How this emulator says no: as Slack does, by name."""

from typing import Any


class Refused(Exception):
    """Slack's ``{"ok": false, "error": name}``, with whatever else stands beside it."""

    def __init__(self, error: str, *messages: str, **extra: Any) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = messages
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        """The body of the answer; messages go to ``response_metadata`` as Slack's ``[ERROR] …`` lines."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body


class CannotDo(AssertionError):
    """A person can't do that in Slack: the button isn't there, the message is not theirs to see, …"""


class NotSeen(AssertionError):
    """What was waited for did not happen in time; the message says what is there instead."""
