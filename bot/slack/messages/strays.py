"""Runs in ECS that should not be there: what admins are told of them."""

import json
from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ConfirmObject, PlainTextObject

from bot.domain.strays import Astray, Stray
from bot.slack.messages import kit
from bot.slack.messages.escape import code, escape, mention, shortened
from bot.slack.messages.rendered import Block, Rendered
from bot.slack.messages.words import at, count

SETTLE = "settle_strays"
"""The button's action_id."""

SHOWN = 8

_WHY = {
    Astray.UNHEARD_OF: "the database does not know it",
    Astray.SAID_UNSENT: "the database says that it was never sent",
    Astray.SECOND: "the database knows another run of the same batch",
}

_WHENCE = (
    "They carry the bot's tag. Was the database restored from a backup, or does another bot use this account? "
    "The bot neither follows nor stops them."
)


def warning(strays: Sequence[Stray], now: datetime) -> Rendered:
    """The direct message to an admin, once for each stray."""
    first = f"⁇ *{_title(strays)}*"
    words = f"{first}\n{_WHENCE} Look at them in ECS. They stay on this app's Home tab until you say that you have."
    text = f"{words}\n{_line(strays[0], now)}".replace("*", "")
    return Rendered(shortened(text, 1_000), [kit.section(words), kit.section(_lines(strays, now))])


def stray_blocks(strays: Sequence[Stray], now: datetime) -> list[Block]:
    """On an admin's Home tab, with the button that settles what is shown."""
    if not strays:
        return []
    confirm = ConfirmObject(
        title="Have you looked at them?",
        text=PlainTextObject(text=f"{_title(strays)}. They will be shown no more.", emoji=False),
        confirm="Looked at",
        deny="Not now",
    )
    button = ButtonElement(
        text=PlainTextObject(text="Looked at", emoji=False),
        action_id=SETTLE,
        value=json.dumps({"until": max(stray.found_at for stray in strays).isoformat()}),
        confirm=confirm,
    )
    row = dict(ActionsBlock(elements=[button]).to_dict())
    return [kit.section(f"*{_title(strays)}*\n{_WHENCE}"), kit.section(_lines(strays, now)), row]


def until(carried: object) -> datetime | None:
    """What the button's value says; None where it is not ours."""
    try:
        got = json.loads(carried) if isinstance(carried, str) else None
        found = datetime.fromisoformat(got["until"]) if isinstance(got, dict) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return found if found is not None and found.tzinfo is not None else None


def _title(strays: Sequence[Stray]) -> str:
    return f"{count(len(strays), 'run')} in ECS that should not be there"


def _lines(strays: Sequence[Stray], now: datetime) -> str:
    more = [f"and {len(strays) - SHOWN:,} more"] if len(strays) > SHOWN else []
    return "\n".join([*(_line(stray, now) for stray in strays[:SHOWN]), *more])


def _line(stray: Stray, now: datetime) -> str:
    run = stray.run
    by = [f"by {mention(run.requester)}"] if run.requester else []
    made = [at(run.created_at, now)] if run.created_at is not None else []
    where = f"{escape(stray.account, 40)}/{escape(stray.region, 40)}"
    facts = [code(run.invoke_id, 64), escape(run.name, 64), escape(run.status, 40), where, *made, *by]
    return f"• {' · '.join(fact for fact in facts if fact)}: {_WHY[stray.why]}"
