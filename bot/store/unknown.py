"""What a newer program owes to Slack and this one knows nothing of: it stays owed, and newer replicas bring it."""

from collections.abc import Iterable

import structlog

from bot.domain.lane import Lane, Way
from bot.domain.message import MessageKind

log = structlog.get_logger(__name__)

_KINDS = frozenset(map(str, MessageKind))
_WAYS = frozenset(map(str, Way))


class Unknown:
    """The *kinds* of messages, and the ways to Slack, that were met and are not known; each is in the log once."""

    def __init__(self) -> None:
        self.kinds: frozenset[str] = frozenset()
        self._ways: frozenset[str] = frozenset()

    def meets(self, kinds: Iterable[str]) -> bool:
        """Is any of *kinds* unknown? It is in `kinds` from now on."""
        new = frozenset(kinds) - _KINDS
        for kind in sorted(new - self.kinds):
            log.warning("unknown_message", kind=kind)
        self.kinds |= new
        return bool(new)

    def lane(self, text: str) -> Lane | None:
        """The lane that *text* names; None where its way is unknown."""
        way = text.partition(" ")[0]
        if not text or way in _WAYS:
            return Lane.read(text)
        if way not in self._ways:
            log.warning("unknown_message", way=way)
        self._ways |= {way}
        return None
