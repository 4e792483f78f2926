"""The small checks that all of Block Kit is made of. Faults are worded as Slack words them, with JSON pointers."""

from typing import Any

from bot.sandbox.slack.records import Json

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


class Checker:
    """Collects what is wrong; nothing here raises."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, at: str, message: str) -> None:
        """Note a fault at this JSON pointer."""
        self.faults.append(f"{message} [json-pointer:{at}]")

    def keys(self, node: Json, at: str, required: str, optional: str = "") -> bool:
        """Whether all that is needed is there and nothing else is; notes what isn't so."""
        before = len(self.faults)
        needed, allowed = set(required.split()), {"type", *required.split(), *optional.split()}
        for name in sorted(needed - set(node)):
            self.fault(at, f"missing required field: {name}")
        for name in sorted(set(node) - allowed):
            self.fault(at, f"invalid additional property: {name}")
        for name in sorted(name for name, value in node.items() if value is None):
            self.fault(f"{at}/{name}", "must not be null")
        return len(self.faults) == before

    def string(self, value: Any, at: str, longest: int, shortest: int = 1) -> None:
        """A string of so many characters."""
        if not isinstance(value, str):
            self.fault(at, "must be a string")
        elif len(value) > longest:
            self.fault(at, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            self.fault(at, f"must be more than {shortest - 1} characters")

    def text(self, value: Any, at: str, longest: int, kinds: tuple[str, ...] = PLAIN) -> None:
        """A text object of one of these kinds."""
        if not isinstance(value, dict):
            self.fault(at, "must be a text object")
            return
        if value.get("type") not in kinds:
            self.fault(f"{at}/type", f"must be one of: {', '.join(kinds)}")
            return
        if self.keys(value, at, "text", "emoji" if value["type"] == "plain_text" else "verbatim"):
            self.string(value["text"], f"{at}/text", longest)

    def items(self, value: Any, at: str, most: int, least: int = 1) -> list[tuple[str, Json]]:
        """The objects of a list, each with its pointer; an empty list where it is none."""
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(at, "must be an array of objects")
            return []
        if len(value) > most:
            self.fault(at, f"no more than {most} items allowed")
        if len(value) < least:
            self.fault(at, f"no fewer than {least} items allowed")
        return [(f"{at}/{number}", item) for number, item in enumerate(value)]

    def ids(self, node: Json, at: str, *names: str) -> None:
        """The identifiers among *names* that are given."""
        for name in names:
            if name in node:
                self.string(node[name], f"{at}/{name}", 255)

    def one_of(self, node: Json, name: str, at: str, *allowed: str) -> None:
        """A word out of a few, where it is given."""
        if name in node and node[name] not in allowed:
            self.fault(f"{at}/{name}", f"must be one of: {', '.join(allowed)}")

    def unique(self, values: list[tuple[str, str]], what: str) -> None:
        """No value twice; *values* are (pointer, value) pairs."""
        seen: set[str] = set()
        for at, value in values:
            if value in seen:
                self.fault(at, f"`{what}` {value!r} already exists")
            seen.add(value)
