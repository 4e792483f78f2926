"""The address of a message."""

from collections.abc import Iterable, Mapping

from bot.domain.access import UserId
from bot.domain.invocation import Invocation
from bot.domain.message import Place


def permalink(workspace: str, place: Place) -> str:
    """Where *place* opens, in the workspace at the address *workspace*; empty where it is not known.

    In the form of chat.getPermalink's answers (docs.slack.dev, chat.getPermalink), without a call for each line of a
    list. Who may not see the message is shown nothing there.
    """
    if not workspace.startswith("https://") or place.ts is None or place.channel[:1] not in {"C", "D", "G"}:
        return ""
    address = f"{workspace.rstrip('/')}/archives/{place.channel}/p{place.ts.replace('.', '')}"
    reply = place.thread_ts is not None and place.thread_ts != place.ts
    return f"{address}?thread_ts={place.thread_ts}&cid={place.channel}" if reply else address


def links(workspace: str, user: UserId, seen: Iterable[Invocation], cards: Mapping[str, Place]) -> dict[str, str]:
    """Invocation id → where its card opens for *user*, who may see it: not in other people's direct messages."""
    found: dict[str, str] = {}
    for inv in seen:
        place = cards.get(inv.id)
        if place is None or (place.channel.startswith("D") and user != inv.requester):
            continue
        if address := permalink(workspace, place):
            found[inv.id] = address
    return found
