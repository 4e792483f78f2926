"""The one place where text of people and machines is made harmless for Slack.

Slack's mrkdwn knows three characters to escape, `&`, `<` and `>` (docs.slack.dev,
messaging/formatting-message-text): without `<` nothing can ping or link. `@channel` typed out
pings only where a client asks for it, and is broken up all the same. Longer things go into
rich text, which is not parsed at all: `kit.py`.
"""

import re

from bot.domain.output import clean

_BROADCAST = re.compile(r"@(?=channel|here|everyone|group)", re.IGNORECASE)
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,30}")
_TOKEN_END = re.compile(r"(?:&[a-z]{0,4}|<[^<>]*)$")
_SPACE = re.compile(r"\s+")

ELLIPSIS = "…"


def one_line(text: str, limit: int = 300) -> str:
    """*text* on one line, without control characters, cut to *limit* characters; not escaped yet."""
    text = _SPACE.sub(" ", clean(text)).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def escape(text: str, limit: int = 300) -> str:
    """*text* for mrkdwn, on one line: it can neither ping nor link nor open code. *limit* counts before escaping.

    Backticks become look-alikes: what has to be copied stands in rich text.
    """
    text = one_line(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "ˋ")
    return _BROADCAST.sub("@\u2060", text)


def code(text: str, limit: int = 120) -> str:
    """*text* as inline code in mrkdwn."""
    return f"`{escape(text, limit) or ' '}`"


def mention(user: str) -> str:
    """The person, as Slack shows their name to each reader; anything but a user id is only text."""
    return f"<@{user}>" if _USER.fullmatch(user) else escape(user, 40) or "somebody"


def place(channel: str) -> str:
    """The channel, as Slack shows its name to those who may know it."""
    return f"<#{channel}>" if _CHANNEL.fullmatch(channel) else "that channel"


def linked(address: str, words: str) -> str:
    """*words* that open *address*, which the bot made itself; nothing where there is none."""
    return f"<{address}|{escape(words, 60)}>" if address else ""


def shortened(text: str, limit: int) -> str:
    """Escaped *text* cut to *limit* characters and as many bytes, never within an entity or a `<…>` token."""
    if len(text) <= limit and len(text.encode()) <= limit:
        return text
    cut = text.encode()[: limit - 3].decode(errors="ignore")
    return _TOKEN_END.sub("", cut).rstrip() + ELLIPSIS
