"""What the sentences of refusals are made of."""

from collections.abc import Callable

from bot.domain.refusal import Refusal
from bot.slack.messages.escape import code, escape, mention

Words = Callable[[Refusal], tuple[str, str]]
"""(what is wrong, what to do), as mrkdwn."""


def nearest(why: Refusal, otherwise: str) -> str:
    """What was probably meant; else *otherwise*."""
    return f"Did you mean {either(why.near)}?" if why.near else otherwise


def either(names: tuple[str, ...]) -> str:
    """`a`, `b` or `c`."""
    shown = [code(name, 64) for name in names[:10]]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def people(why: Refusal) -> str:
    """The people that it names, as mentions."""
    if not why.who:
        return ""
    more = f" and {len(why.who) - 8:,} more" if len(why.who) > 8 else ""
    return ", ".join(mention(user) for user in why.who[:8]) + more


def fixed(wrong: str, do: str) -> Words:
    """Sentences that need no more than the refusal's plain fields."""

    def words(why: Refusal) -> tuple[str, str]:
        subject, rule = code(why.subject), escape(why.rule, 160)
        return wrong.format(subject=subject, rule=rule, limit=f"{why.limit:,}", target=code(why.target)), do

    return words
