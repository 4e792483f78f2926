"""The bot's own port, knocked at as Slack does: signed, and given three seconds."""

import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.errors import BotError
from bot.slack import manifest

SLACK_WAITS = 3.0
"""Seconds (docs.slack.dev, interactivity/handling-user-interaction): a later answer is none to a person."""


class NotAnswered(BotError):
    """The bot did not take a request."""


class Door:
    """*url* is where the bot listens, without a path."""

    def __init__(self, session: aiohttp.ClientSession, url: str, secret: str) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._verifier = SignatureVerifier(secret)

    async def faults(self) -> str:
        """Why the bot can't serve, as it says itself; empty where it can. Raises NotAnswered."""
        status, body = await self._asked("GET", "/readyz")
        if status not in {200, 503}:
            raise NotAnswered(f"{self._url}/readyz answers {status}: is that the bot?")
        return "" if status == 200 else ", ".join(body.split("\n")).strip(", ")

    async def sends(self, form: dict[str, str]) -> str:
        """A slash command, or `payload` alone for a press; the text that answers it. Raises NotAnswered."""
        body, now = urlencode(form), str(int(time.time()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": self._verifier.generate_signature(timestamp=now, body=body) or "",
        }
        status, answer = await self._asked("POST", manifest.PATH, data=body, headers=headers)
        if status == 200:
            return _text(answer)
        hint = {
            401: ": is SLACK_SIGNING_SECRET the one that the bot runs with?",
            404: ": in Socket Mode it takes them where DRILL_USER and SLACK_SIGNING_SECRET are set for the bot, too",
        }.get(status, "")
        raise NotAnswered(f"the bot answers {status}{hint}")

    async def _asked(self, method: str, path: str, **more: Any) -> tuple[int, str]:
        timeout = aiohttp.ClientTimeout(total=SLACK_WAITS)
        try:
            async with self._session.request(method, self._url + path, timeout=timeout, **more) as answer:
                return answer.status, await answer.text()
        except TimeoutError:
            raise NotAnswered(
                f"{self._url} does not answer within {SLACK_WAITS:.0f} s, in which Slack gives up"
            ) from None
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise NotAnswered(
                f"{self._url} does not answer ({type(error).__name__}): does the bot run there?"
            ) from None


def command(team: str, user: str, channel: str, text: str, trigger: str) -> dict[str, str]:
    """`/ecs <text>` as Slack sends it; without a response_url, the bot answers later where it is asked."""
    return {
        "command": manifest.COMMAND,
        "text": text,
        "team_id": team,
        "user_id": user,
        "channel_id": channel,
        "trigger_id": trigger,
    }


def press(team: str, user: str, place: tuple[str, str], button: dict[str, str], trigger: str) -> dict[str, str]:
    """A press of *button* (action_id and value) on the message at *place* (channel, ts)."""
    channel, ts = place
    body = {
        "type": "block_actions",
        "team": {"id": team},
        "user": {"id": user, "team_id": team},
        "channel": {"id": channel},
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
        "trigger_id": trigger,
        "actions": [{"type": "button", "block_id": "drill", "action_ts": f"{time.time():.6f}", **button}],
    }
    return {"payload": json.dumps(body)}


def _text(answer: str) -> str:
    try:
        said = json.loads(answer) if answer else {}
    except ValueError:
        return answer
    return str(said.get("text", "")) if isinstance(said, dict) else answer
