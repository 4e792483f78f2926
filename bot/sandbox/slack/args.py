"""Arguments of a Web API call, however they came: query string, form or JSON body.

slack_sdk mixes them: chat.postMessage sends JSON, users.info a GET, chat.delete a POST with a query string
(slack_sdk/web/async_client.py).
"""

import json
from typing import Any

from aiohttp import web

from bot.sandbox.slack.records import Json
from bot.sandbox.slack.refusal import Refused


class Args:
    """The arguments of one call. Reading one that must be there and isn't raises ``invalid_arguments``."""

    def __init__(self, values: Json) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are written out, as Slack's form parser does."""
        value = self.values.get(name, default)
        if isinstance(value, dict | list):
            raise Refused("invalid_arguments", f"{name} must be a string [json-pointer:/{name}]")
        return str(value)

    def required(self, name: str) -> str:
        """A string that must be given and not be empty."""
        if not (value := self.text(name)):
            raise Refused("invalid_arguments", f"missing required field: {name}")
        return value

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        try:
            return int(self.text(name, str(default)))
        except ValueError:
            raise Refused("invalid_arguments", f"{name} must be an integer [json-pointer:/{name}]") from None

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean; the SDK sends 0 and 1 in query strings."""
        if name not in self.values:
            return default
        return self.text(name).lower() in {"1", "true"}

    def listed(self, name: str) -> list[str]:
        """Comma-separated values."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def structure(self, name: str, error: str) -> Any:
        """A JSON value, or a string that holds one; anything else raises *error*. None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(error) from None


async def read(request: web.Request) -> Args:
    """All arguments of *request*; the body wins over the query string.

    Raises ``invalid_json``, ``json_not_object``, ``invalid_post_type`` and ``invalid_form_data``.
    """
    values: Json = dict(request.query)
    if request.method == "GET" or not request.can_read_body:
        return Args(values)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        return Args(values | body)
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        try:
            form = await request.post()
        except ValueError:
            raise Refused("invalid_form_data") from None
        return Args(values | {name: value for name, value in form.items() if isinstance(value, str)})
    raise Refused("invalid_post_type")
