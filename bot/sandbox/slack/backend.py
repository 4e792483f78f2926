"""What a method of the Web API works on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.ratelimit import RateLimits
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.tokens import Token
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.workspace import Workspace


@dataclass
class Backend:
    """The workspace with all that surrounds it."""

    workspace: Workspace
    modals: Modals
    triggers: Triggers
    rate: RateLimits
    new_socket_url: Callable[[], str]
    new_upload_url: Callable[[str], str]


@dataclass(frozen=True)
class Call:
    """One checked call: whose token, which arguments."""

    backend: Backend
    token: Token
    args: Args

    @property
    def workspace(self) -> Workspace:
        """The workspace it is about."""
        return self.backend.workspace


@dataclass(frozen=True)
class Method:
    """A method of the Web API. ``scopes``: any one of them will do; none are needed when empty.

    ``known`` are the names of its arguments, as slack_sdk/web/async_client.py has them.
    """

    name: str
    run: Callable[[Call], Json]
    known: str = ""
    scopes: tuple[str, ...] = ()
    token: Literal["bot", "app"] | None = "bot"  # noqa: S105 - a kind, not a token

    @property
    def arguments(self) -> frozenset[str]:
        """All argument names that it knows.

        Every method takes ``token``, and ``team_id``, which Bolt's per-request client adds to each call.
        """
        return frozenset([*self.known.split(), "token", "team_id"])
