"""A message as Slack takes it."""

from dataclasses import dataclass
from typing import Any

from bot.slack.messages.escape import shortened

Block = dict[str, Any]

PLAIN = 600
"""Characters of a message said again without blocks, because Slack did not take it with them."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """*text* says everything that matters: screen readers and lock screens know nothing else."""

    text: str
    blocks: list[Block]
    metadata: dict[str, Any] | None = None

    def plainer(self) -> "Rendered":
        """The same outcome in a short text and nothing else."""
        return Rendered(shortened(self.text, PLAIN), [])
