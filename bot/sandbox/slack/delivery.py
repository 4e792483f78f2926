"""HTTP mode: requests to the bot, signed as Slack signs them (DOC authentication/verifying-requests-from-slack)."""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack import limits
from bot.sandbox.slack.clock import Clock, SystemClock
from bot.sandbox.slack.envelope import Ack, Envelope
from bot.sandbox.slack.records import Json

USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True)
class Signing:
    """How a request is signed; the defaults are an honest one.

    ``secret`` forges with another secret, ``age`` (seconds) makes it stale, ``signature`` replaces the result,
    and ``unsigned`` leaves both headers out.
    """

    secret: str | None = None
    age: float = 0.0
    signature: str | None = None
    unsigned: bool = False


@dataclass(frozen=True)
class Sent:
    """A request as it went out, to be sent again to the byte."""

    body: bytes
    headers: dict[str, str]


class HttpDelivery:
    """Posts to the bot's request URL. The signature carries the machine's time, whatever the workspace's is."""

    def __init__(self, url: str, secret: str, timeout: float = limits.ACK_SECONDS, clock: Clock | None = None) -> None:
        self.url = url
        self.timeout = timeout
        self.sent: list[Sent] = []
        self._secret = secret
        self._clock = clock or SystemClock()

    async def send(self, envelope: Envelope, signing: Signing | None = None) -> Ack:
        """Deliver *envelope*; other signings are for refusals."""
        headers = {}
        if envelope.retry_attempt:
            headers = {
                "x-slack-retry-num": str(envelope.retry_attempt),
                "x-slack-retry-reason": envelope.retry_reason,
            }
        kind, body = encoded(envelope)
        return await self.resend(self.signed(body, kind, signing or Signing(), headers))

    async def verify_url(self, challenge: str = "challenge-of-the-sandbox") -> Ack:
        """Ask the bot to prove that the URL is its own; it must answer with the challenge."""
        body = json.dumps({"token": "", "challenge": challenge, "type": "url_verification"}).encode()
        return await self.resend(self.signed(body, "application/json", Signing(), {}))

    async def resend(self, sent: Sent) -> Ack:
        """Post the very same bytes and headers (again)."""
        self.sent.append(sent)
        try:
            async with (
                asyncio.timeout(self.timeout),
                aiohttp.ClientSession() as session,
                session.post(self.url, data=sent.body, headers=sent.headers) as response,
            ):
                return _read(response, await response.text())
        except TimeoutError:
            return Ack(error="operation_timeout")
        except aiohttp.ClientError:
            return Ack(error="dispatch_failed")

    def signed(self, body: bytes, kind: str, signing: Signing, headers: dict[str, str]) -> Sent:
        """The request for *body*, with its signature headers."""
        all_headers = {"Content-Type": kind, "User-Agent": USER_AGENT, "Accept": "application/json,*/*", **headers}
        if not signing.unsigned:
            stamp = str(int(self._clock.now() - signing.age))
            secret = self._secret if signing.secret is None else signing.secret
            digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
            all_headers["X-Slack-Request-Timestamp"] = stamp
            all_headers["X-Slack-Signature"] = signing.signature or f"v0={digest}"
        return Sent(body, all_headers)


def encoded(envelope: Envelope) -> tuple[str, bytes]:
    """Content type and body: commands as a form, interactivity as ``payload=`` in one, events as JSON."""
    if envelope.type == "events_api":
        return "application/json", json.dumps(envelope.payload).encode()
    form = envelope.payload if envelope.type == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def _read(response: aiohttp.ClientResponse, body: str) -> Ack:
    """The acknowledgement; the errors' names are those that people report seeing (dispatch issue 495)."""
    error = None
    if response.status >= 500:
        error = "http_service_error"
    elif not 200 <= response.status < 300:
        error = "http_client_error"
    return Ack(_payload(body) if error is None else None, error, response.status, body, dict(response.headers))


def _payload(body: str) -> Json | None:
    if not body:
        return None
    try:
        value = json.loads(body)
    except ValueError:
        return {"text": body}
    return value if isinstance(value, dict) else {"text": body}
