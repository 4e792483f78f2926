"""Why not, as a message to the one person who asked."""

import re

from bot.domain.refusal import Refusal, Why
from bot.slack.messages import kit
from bot.slack.messages.caret import caret
from bot.slack.messages.escape import shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.whys import WORDS
from bot.slack.messages.words import REFUSED

_PLACE = re.compile(r"<#[^<>]*>")
_TOKEN = re.compile(r"<[^<>]*>")

TEXT = 1_500
"""Characters of a refusal's text."""


def refusal(why: Refusal) -> Rendered:
    """The refusal as a message to the one person who asked."""
    return _rendered(why, *sentences(why))


def not_run(why: Refusal) -> Rendered:
    """The same of what was recorded before it was refused."""
    return _rendered(why, *unrun(why))


def _rendered(why: Refusal, wrong: str, do: str) -> Rendered:
    blocks = [kit.section(f"{REFUSED} {wrong}")]
    text = f"{REFUSED} {wrong} {do}".rstrip()
    if why.why in {Why.UNBALANCED_QUOTE, Why.CONTROL_CHARACTER} and why.text:
        pointed = caret(why.text, why.at)
        blocks.append(kit.preformatted(pointed))
    if do:
        blocks.append(kit.section(do))
    return Rendered(shortened(text, TEXT), blocks)


def plain(why: Refusal) -> str:
    """The refusal beside the field of a form, where nothing is read as markup: neither people nor channels can be
    named there."""
    wrong, do = sentences(why)
    return unmarked(wrong if why.who or _TOKEN.search(do) else f"{wrong} {do}")


def unmarked(mrkdwn: str) -> str:
    """*mrkdwn* as plain text."""
    text = _TOKEN.sub("", _PLACE.sub("that channel", mrkdwn)).replace("`", "").replace("*", "")
    return shortened(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip(), TEXT)


def unrun(why: Refusal) -> tuple[str, str]:
    """The sentences for what was recorded before it was refused: they say that nothing ran."""
    wrong, do = sentences(why)
    return (wrong if "Nothing ran." in wrong else f"{wrong} Nothing ran."), do


def sentences(why: Refusal) -> tuple[str, str]:
    """(what is wrong, what to do), as mrkdwn."""
    return WORDS[why.why](why)
