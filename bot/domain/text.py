"""What Slack sends for what was typed, turned back into what was typed, on one line."""

import re
import unicodedata

from bot.domain.refusal import Refusal, Why

LENGTH_LIMIT = 4_000
"""Characters of what follows `/ecs`, as Slack sends it."""

_MARKUP = re.compile(r"<([^<>]*)>|&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_ENTITY = re.compile(r"&(amp|lt|gt);")
_REFERENCE = re.compile(r"(?:[@#]|!subteam\^)([A-Z0-9]+)(?:\|.*)?")
_SCHEME = re.compile(r"(?:mailto|tel):")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NEWLINES = "\t\n\r"
_PICTURES = 0x2400
_FENCE = "```"


def clean(raw: str) -> str | Refusal:
    """One line of plain text: markup read, entities decoded once, spaces made plain, invisible characters gone.

    Quotes and dashes stay as they are: what they mean depends on where they stand (`bot.domain.words`).
    A refused control character is shown in *text* by its picture, so that the text can be shown.
    """
    if len(raw) > LENGTH_LIMIT:
        return Refusal(Why.TOO_LONG, limit=LENGTH_LIMIT, size=len(raw))
    text = _unfenced(tidy(_MARKUP.sub(_plain, raw)).strip())
    if text.isprintable():
        return text
    shown = "".join(_picture(char) if _is_control(char) else char for char in text)
    if shown != text:
        at = next(i for i, char in enumerate(text) if _is_control(char))
        return Refusal(Why.CONTROL_CHARACTER, text=shown, at=at, value=f"U+{ord(text[at]):04X}")
    return text


def tidy(value: str) -> str:
    """*value* with every space and line break as a plain space, and without invisible characters.

    Those are zero-width ones and the ones that change the direction of writing: what an approver
    sees must be what is sent. For fields of forms too, which come without Slack's markup.
    """
    if value.isascii() and value.isprintable():
        return value
    spaced = (" " if char in _NEWLINES or unicodedata.category(char) in {"Zs", "Zl", "Zp"} else char for char in value)
    return "".join(char for char in spaced if unicodedata.category(char) != "Cf")


def _plain(found: re.Match[str]) -> str:
    """What was typed where Slack put an entity or something in angle brackets."""
    if found[2]:
        return _ENTITIES[found[2]]
    inner = _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], found[1])
    if reference := _REFERENCE.fullmatch(inner):
        return reference[1]
    address, _, label = inner.partition("|")
    if address.startswith("!"):
        return label or "@" + address[1:].partition("^")[0]
    if _LINK.match(address):
        return label or _SCHEME.sub("", address, count=1)
    return f"<{inner}>"


def _unfenced(text: str) -> str:
    """*text* without the backticks around all of it, as it is when it was pasted as code."""
    if len(text) > 2 * len(_FENCE) and text.startswith(_FENCE) and text.endswith(_FENCE):
        return text[len(_FENCE) : -len(_FENCE)].strip()
    if text.startswith("`") and text.endswith("`") and text.count("`") == 2:
        return text[1:-1].strip()
    return text


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"}


def _picture(char: str) -> str:
    return chr(_PICTURES + ord(char)) if ord(char) < 0x20 else "\ufffd"
