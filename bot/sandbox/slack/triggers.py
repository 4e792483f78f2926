"""trigger_ids: three seconds, one use (DOC interactivity/handling-user-interaction).

The errors' names are those of views.open's page.
"""

import secrets
from dataclasses import dataclass

from bot.sandbox.slack import limits
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.refusal import Refused


@dataclass
class Trigger:
    """What a person did that lets the app open a modal for them; ``view`` is the modal it was done in."""

    id: str
    user: str
    at: float
    view: str | None = None
    used: bool = False


class Triggers:
    """All triggers given out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, Trigger] = {}

    def issue(self, user: str, view: str | None = None) -> str:
        """A new trigger_id for something that *user* has just done."""
        now = self._clock.now()
        trigger_id = f"{int(now * 1000)}.{len(self._all) + 1}.{secrets.token_hex(16)}"
        self._all[trigger_id] = Trigger(trigger_id, user, now, view)
        return trigger_id

    def use(self, trigger_id: str) -> Trigger:
        """Exchange it; raises ``invalid_trigger_id``, ``exchanged_trigger_id`` or ``expired_trigger_id``."""
        trigger = self._all.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._clock.now() - trigger.at > limits.TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger
