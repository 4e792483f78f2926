"""Who the bot is to Alibaba Cloud: the SDK's own credential chain.

The chain: environment, OIDC, ~/.aliyun/config.json, ~/.alibabacloud/credentials.ini, the RAM
role of the ECS machine, ALIBABA_CLOUD_CREDENTIALS_URI. `alibabacloud_credentials` reads its
variables when it is imported. It is imported here on first use and nowhere sooner:
`bot.__main__` loads `.env` before it builds anything, and that is what makes `.env` count.

Refreshing is left to the SDK's *sync* client, called in the worker threads of `bot.cloud.line`.
Its async refresh holds a thread lock across an await and can freeze the event loop.
"""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import CloudRefused, StartError

DEFAULT_ACCOUNT = "default"

_CAN_BE_SET = (
    "no Alibaba Cloud credentials were found; set one of:",
    "  ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (in the environment or in .env)",
    "  ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    "  a profile in ~/.aliyun/config.json or in ~/.alibabacloud/credentials.ini",
    "  a RAM role on the ECS machine that the bot runs on, or ALIBABA_CLOUD_CREDENTIALS_URI",
)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key given outright. *token* is set for an STS key."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which provider of the chain answered, and the access key's id with its middle hidden."""

    provider: str
    access_key: str


class Credentials:
    """The SDK's credential client of each account, made once and shared by all regions.

    Without *keys* there is the account `default`, on the chain; any other account is the profile
    of that name in ~/.aliyun/config.json. With *keys*, the accounts are those of *keys* alone.
    """

    def __init__(self, keys: Mapping[str, AccessKey] | None = None) -> None:
        self._keys = keys
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    def client(self, account: str) -> Any:
        """The `alibabacloud_credentials` client of *account*. Blocks: call it in a thread."""
        with self._lock:
            if account not in self._clients:
                self._clients[account] = self._make(account)
            return self._clients[account]

    def _make(self, account: str) -> Any:
        from alibabacloud_credentials.client import Client

        if self._keys is None:
            if account == DEFAULT_ACCOUNT:
                return Client()
            from alibabacloud_credentials.provider import CLIProfileCredentialsProvider

            return Client(provider=CLIProfileCredentialsProvider(profile_name=account))
        if account not in self._keys:
            raise CloudRefused(f"there are no credentials for the account {account!r}")
        from alibabacloud_credentials.models import Config

        key = self._keys[account]
        return Client(
            Config(
                type="sts" if key.token else "access_key",
                access_key_id=key.id,
                access_key_secret=key.secret,
                security_token=key.token,
            )
        )

    async def resolve(self, account: str = DEFAULT_ACCOUNT) -> Identity:
        """Ask the chain once, in a thread. Raises StartError, which says what can be set."""
        found = await asyncio.to_thread(self._ask, account)
        if isinstance(found, Identity):
            return found
        raise StartError(found)

    def _ask(self, account: str) -> Identity | tuple[str, ...]:
        """Who answered, or the lines that say what to set. The chain's own text can hold file contents."""
        try:
            model = self.client(account).get_credential()
        except CloudRefused as error:
            return (str(error),)
        except Exception:  # noqa: BLE001 - the chain raises whatever its providers do
            return _what_to_set(account)
        if not model.access_key_id or not model.access_key_secret:
            return _what_to_set(account)
        return Identity(provider=model.provider_name or "given", access_key=masked(model.access_key_id))


def _what_to_set(account: str) -> tuple[str, ...]:
    from alibabacloud_credentials.utils import auth_util

    if account != DEFAULT_ACCOUNT:
        return (f"the account {account!r} needs a profile of that name in ~/.aliyun/config.json",)
    key, secret = auth_util.environment_access_key_id, auth_util.environment_access_key_secret
    if bool(key) != bool(secret):
        there, absent = ("ID", "SECRET") if key else ("SECRET", "ID")
        half = f"ALIBABA_CLOUD_ACCESS_KEY_{there} is set, ALIBABA_CLOUD_ACCESS_KEY_{absent} is not: set both"
        return (half, *_CAN_BE_SET)
    return _CAN_BE_SET


def masked(access_key_id: str) -> str:
    """Its first and last 4 characters where it is long enough to leave 8 hidden, else none."""
    if len(access_key_id) < 16:
        return "…"
    return f"{access_key_id[:4]}…{access_key_id[-4:]}"
