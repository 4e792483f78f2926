"""Tokens, and what each may do."""

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.slack.refusal import Refused

BOT_TOKEN = "xoxb-sandbox-bot"  # noqa: S105 - opens nothing but this emulator
APP_TOKEN = "xapp-1-sandbox"  # noqa: S105 - the same
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - the same

DEFAULT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:read",
        "im:history",
        "users:read",
        "usergroups:read",
    }
)
"""What this bot needs at the least; a test that needs more says so."""


@dataclass
class Token:
    """A token of the app: a bot token, or an app-level one for Socket Mode."""

    value: str
    kind: Literal["bot", "app"]
    scopes: set[str] = field(default_factory=set)
    revoked: str | None = None
    """The error it gets instead of an answer: ``token_revoked``, ``account_inactive``, …"""


class Tokens:
    """The tokens that are known."""

    def __init__(self, *tokens: Token) -> None:
        self.all = {token.value: token for token in tokens}

    def checked(self, value: str | None, kind: Literal["bot", "app"]) -> Token:
        """The token of this kind.

        Raises ``not_authed`` (none given), ``invalid_auth`` (unknown), ``not_allowed_token_type`` or the error
        that it was revoked with.
        """
        if not value:
            raise Refused("not_authed")
        token = self.all.get(value)
        if token is None:
            raise Refused("invalid_auth")
        if token.revoked:
            raise Refused(token.revoked)
        if token.kind != kind:
            raise Refused("not_allowed_token_type")
        return token


def check_scope(token: Token, needed: tuple[str, ...]) -> None:
    """Raise ``missing_scope`` unless the token has one of the scopes that would do."""
    if needed and not token.scopes.intersection(needed):
        raise Refused("missing_scope", needed=",".join(needed), provided=",".join(sorted(token.scopes)))
