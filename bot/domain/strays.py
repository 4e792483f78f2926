"""Runs in ECS that carry the bot's tag, held against what its database knows: what should not be there is a stray."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.invocation import BatchState


class Astray(StrEnum):
    """What is wrong with a run."""

    UNHEARD_OF = "unheard_of"  # the database has no such batch: restored from a backup, or another bot's
    SAID_UNSENT = "said_unsent"  # the database says that its batch was never sent
    SECOND = "second"  # its batch is known to run under another InvokeId


@dataclass(frozen=True, slots=True)
class Listed:
    """A run as ECS lists it: its name, the invocation and the requester that its tags tell of (empty: none)."""

    invoke_id: str
    name: str
    invocation: str
    requester: str
    status: str
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch as the database has it; *name* is what its RunCommand carries."""

    name: str
    invoke_id: str
    state: BatchState


@dataclass(frozen=True, slots=True)
class Stray:
    """A run that should not be there. The bot tells of it once, and never touches it. *told*: who was written to."""

    account: str
    region: str
    run: Listed
    why: Astray
    found_at: datetime
    told: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others."""
        return (self.account, self.region, self.run.invoke_id)


_UNSENT = frozenset({BatchState.WAITING, BatchState.REFUSED, BatchState.DONE})
"""Without an InvokeId: waiting, refused by ECS, or stopped before it was sent."""


def astray(run: Listed, sent: Iterable[Sent]) -> Astray | None:
    """What is wrong with *run*, given the batches *sent* of its invocation, read after ECS had listed it.

    A batch that is being sent has no InvokeId yet, and an unknown one may have none for ever: for these there is an
    alert of their own.
    """
    batch = next((one for one in sent if one.name == run.name), None)
    if batch is None:
        return Astray.UNHEARD_OF
    if batch.invoke_id:
        return None if batch.invoke_id == run.invoke_id else Astray.SECOND
    return Astray.SAID_UNSENT if batch.state in _UNSENT else None
