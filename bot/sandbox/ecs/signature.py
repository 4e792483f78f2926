"""ACS3-HMAC-SHA256: is this request really from the holder of a key?

The canonical request is the one of ``alibabacloud_tea_openapi.utils.get_authorization``:
method, path, sorted query, headers, their names and the body's digest, joined by line
feeds. Header values are those received, so a proxy that rewrites one breaks the signature,
as it does with ECS.

Statuses come from the gateway's common error codes. The order of the checks is a guess.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from bot.sandbox.ecs.errors import ApiError, forbidden

ALGORITHM = "ACS3-HMAC-SHA256"
MAX_AGE = timedelta(minutes=15)  # common error codes: InvalidTimeStamp.Expired
DEFAULT_ACCOUNT = "1234567890123456"
_AUTHORIZATION = re.compile(
    r"^(?P<algorithm>[A-Z0-9-]+) Credential=(?P<key>[^,]+),SignedHeaders=(?P<signed>[^,]+),"
    r"Signature=(?P<signature>[0-9a-f]+)$"
)
_MUST_BE_SIGNED = frozenset(
    {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
)


@dataclass(frozen=True)
class AccessKey:
    """A key that the gateway knows.

    *security_token* is set for an STS key, *expires* where it ends. *actions* are the actions that its RAM policy
    allows, None for all. *account_id* is the account that pays, whose machines it sees.
    """

    id: str
    secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    actions: frozenset[str] | None = None
    account_id: str = DEFAULT_ACCOUNT
    expires: datetime | None = None

    def check_may(self, action: str) -> None:
        """Raises Forbidden.RAM."""
        if self.actions is not None and action not in self.actions:
            raise forbidden(action, self.account_id)


@dataclass(frozen=True)
class Received:
    """A request as it came: *query* decoded, *headers* with lower-case names."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


def canonical_request(request: Received, signed_headers: list[str]) -> str:
    """The text whose digest is signed."""
    query = "&".join(f"{name}={quote(request.query[name], safe='~')}" for name in sorted(request.query))
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in signed_headers)
    digest = request.headers["x-acs-content-sha256"]
    return "\n".join([request.method, request.path, query, headers, ";".join(signed_headers), digest])


def sign(request: Received, signed_headers: list[str], secret: str) -> str:
    """The signature, in hex."""
    digest = hashlib.sha256(canonical_request(request, signed_headers).encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()


class Verifier:
    """Knows the keys and the nonces already seen."""

    def __init__(self, keys: list[AccessKey]) -> None:
        self._keys = {key.id: key for key in keys}
        self._nonces: dict[str, datetime] = {}

    def add(self, key: AccessKey) -> None:
        """Know *key* from now on; a key of the same id is replaced."""
        self._keys[key.id] = key

    def remove(self, key_id: str) -> None:
        """Forget a key: its next call is InvalidAccessKeyId.NotFound."""
        self._keys.pop(key_id, None)

    def verify(self, request: Received, now: datetime) -> AccessKey:
        """The key that signed *request*; raises ApiError."""
        match = _AUTHORIZATION.match(request.headers.get("authorization", ""))
        if match is None or match["algorithm"] != ALGORITHM:
            raise ApiError(400, "IncompleteSignature", f"An Authorization header of {ALGORITHM} is needed.")
        signed = match["signed"].split(";")
        absent = [name for name in signed if name not in request.headers]
        if absent or not set(signed) >= _MUST_BE_SIGNED:
            raise ApiError(400, "IncompleteSignature", "A header that must be signed is not.")
        key = self._keys.get(match["key"])
        if key is None:
            raise ApiError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        self._check_date(request.headers["x-acs-date"], now)
        self._check_signature(request, signed, match["signature"], key)
        _check_token(request, key, now)
        self._check_nonce(request.headers["x-acs-signature-nonce"], now)
        return key

    def _check_date(self, text: str, now: datetime) -> None:
        try:
            sent = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            message = "Specified time stamp or date value is not well formatted."
            raise ApiError(400, "InvalidTimeStamp.Format", message) from None
        if abs(now - sent) > MAX_AGE:
            message = "Specified time stamp or date value is expired."
            raise ApiError(400, "InvalidTimeStamp.Expired", message)

    def _check_signature(self, request: Received, signed: list[str], signature: str, key: AccessKey) -> None:
        body_fits = hashlib.sha256(request.body).hexdigest() == request.headers["x-acs-content-sha256"]
        if not body_fits or not hmac.compare_digest(sign(request, signed, key.secret), signature):
            message = "Specified signature is not matched with our calculation."
            raise ApiError(400, "SignatureDoesNotMatch", message)

    def _check_nonce(self, nonce: str, now: datetime) -> None:
        for old in [seen for seen, at in self._nonces.items() if now - at > 2 * MAX_AGE][:1000]:
            del self._nonces[old]
        if nonce in self._nonces:
            raise ApiError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._nonces[nonce] = now


def _check_token(request: Received, key: AccessKey, now: datetime) -> None:
    """The codes are the gateway's, as other SDKs list them; their status, 400, is a guess."""
    token = request.headers.get("x-acs-security-token")
    if key.security_token is None and token is None:
        return
    if token is None:
        raise ApiError(400, "MissingSecurityToken", "The STS key needs its SecurityToken.")
    if token != key.security_token:
        raise ApiError(400, "InvalidSecurityToken.MismatchWithAccessKey", "The token is not this key's.")
    if key.expires is not None and now >= key.expires:
        raise ApiError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
