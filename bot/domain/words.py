"""A cleaned line cut into words and options.

    run logs web-prod --service nginx -lines=200 since=today --follow --reason the rest of the line

An option is a dash or more and a letter, or `name=`. Its value follows the `=`, or is the next
word unless that is an option with dashes itself; otherwise it has none. `--` ends the options.
`--reason` takes the rest of the line as it stands; where that begins with a quoted text and
options follow it, the quoted text alone.

Quotes count at the start of a word or of a value, and end before a space: an apostrophe within
a word is a letter. Phones put typographic quotes and dashes in the place of plain ones.
"""

import re
from dataclasses import dataclass

from bot.domain.refusal import Refusal, Why

DASHES = "-‐‑‒–—―−﹣－"
_OPTION = re.compile(rf"[{DASHES}]+([^\W\d_][^\s=]*)(=?)")
_PAIR = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)(=)")
_END = re.compile(rf"(?:--|[{DASHES[1:]}]+)(?=\s|$)")
_NEGATIVE = re.compile(rf"[{DASHES}](?=[.0-9])")
_BARE = re.compile(r"\S*")
_SPACE = re.compile(r"\s*")

_DOUBLE, _SINGLE, _ANGLED = "“”„‟", "‘’‚‛", "«»"
QUOTES = '"' + "'`" + _DOUBLE + _SINGLE + _ANGLED
"""What opens a quoted text. Of a typographic pair either may open and either may close."""

_FLAGS = frozenset({"help", "break-glass", "break_glass", "private"})
_REASON = "reason"


@dataclass(frozen=True, slots=True)
class Line:
    """Its *words* that belong to no option, its *options* (None: without a value), its *reason*."""

    words: tuple[str, ...] = ()
    options: tuple[tuple[str, str | None], ...] = ()
    reason: str | None = None


def cut_words(text: str) -> Line | Refusal:
    """Cut *text*, which `clean` has cleaned."""
    reader = _Reader(text)
    while reader.more():
        if refusal := reader.step():
            return refusal
    return reader.line()


def read_quoted(text: str, at: int) -> tuple[str, int] | None:
    """What the quote at *at* encloses and the index after it; None: there is none, or nothing closes it."""
    if at >= len(text) or text[at] not in QUOTES:
        return None
    if text[at] == '"':
        return _read_escaped(text, at)
    family = next((f for f in (_DOUBLE, _SINGLE, _ANGLED) if text[at] in f), text[at])
    for index in range(at + 1, len(text)):
        if text[index] in family and _ends_word(text, index + 1):
            inner = text[at + 1 : index]
            return (inner.strip() if family == _ANGLED else inner), index + 1
    return None


def _read_escaped(text: str, at: int) -> tuple[str, int] | None:
    """Within plain double quotes a backslash takes back the meaning of `"` and of itself."""
    value, index = "", at + 1
    while index < len(text):
        if text[index] == "\\" and text[index + 1 : index + 2] in {'"', "\\"}:
            index += 1
        elif text[index] == '"':
            return (value, index + 1) if _ends_word(text, index + 1) else None
        value += text[index]
        index += 1
    return None


def _ends_word(text: str, index: int) -> bool:
    return index >= len(text) or text[index].isspace()


class _Reader:
    """Goes through one text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.words: list[str] = []
        self.options: list[tuple[str, str | None]] = []
        self.reason: str | None = None
        self.waiting: str | None = None  # an option that the next word may belong to
        self.ended = False  # `--` was seen

    def more(self) -> bool:
        self.at = self._skip(self.at)
        return self.at < len(self.text)

    def line(self) -> Line:
        self._settle(None)
        return Line(tuple(self.words), tuple(self.options), self.reason)

    def step(self) -> Refusal | None:
        """Take the next word, whatever it is."""
        if not self.ended:
            if end := _END.match(self.text, self.at):
                self._settle(None)
                self.at, self.ended = end.end(), True
                return None
            found = _OPTION.match(self.text, self.at)
            if found is None and self.waiting is None:
                found = _PAIR.match(self.text, self.at)
            if found is not None:
                return self._option(found)
        value = self._value()
        if isinstance(value, Refusal):
            return value
        if self.waiting is None:
            self.words.append(value)
        else:
            self._settle(value)
        return None

    def _option(self, found: re.Match[str]) -> Refusal | None:
        self._settle(None)
        name, self.at = found[1], found.end()
        if name.lower() == _REASON:
            return self._rest()
        if not found[2]:
            self.waiting = name
            if name.lower() in _FLAGS:
                self._settle(None)
            return None
        value = self._value()
        if isinstance(value, Refusal):
            return value
        self.options.append((name, value))
        return None

    def _rest(self) -> Refusal | None:
        """The reason: the rest of the line, or a quoted text before the end or before options."""
        if self.reason is not None:
            return Refusal(Why.REPEATED_PARAM, subject=_REASON)
        start = self._skip(self.at)
        if quoted := read_quoted(self.text, start):
            after = self._skip(quoted[1])
            if after >= len(self.text) or _OPTION.match(self.text, after):
                self.reason, self.at = quoted[0], after
                return None
        self.reason, self.at = self.text[start:].rstrip(), len(self.text)
        return None

    def _value(self) -> str | Refusal:
        """The quoted or bare text that starts here; empty at a space or at the end."""
        if self.at < len(self.text) and self.text[self.at] in QUOTES:
            quoted = read_quoted(self.text, self.at)
            if quoted is None:
                return Refusal(Why.UNBALANCED_QUOTE, text=self.text, at=self.at)
            value, self.at = quoted
            return value
        bare = _BARE.match(self.text, self.at)
        assert bare is not None
        self.at = bare.end()
        return _NEGATIVE.sub("-", bare[0], count=1) if _NEGATIVE.match(bare[0]) else bare[0]

    def _settle(self, value: str | None) -> None:
        """Give *value* to the option that waits for one."""
        if self.waiting is not None:
            self.options.append((self.waiting, value))
        self.waiting = None

    def _skip(self, at: int) -> int:
        space = _SPACE.match(self.text, at)
        assert space is not None
        return space.end()
