"""RunCommand's CommandContent: decoded, its parameters pasted in, its size checked.

The size counts after Base64: 24 KB, or 18 KB with KeepCommand (SDK's parameter docs, help
page on limits). Parameters are pasted as text without quoting, as ECS does: that is why the
bot must never use them. Built-in ``{{ACS::…}}`` and Parameter Store names are left alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.ecs.errors import ApiError

MAX_BASE64 = 24 * 1024
MAX_BASE64_KEPT = 18 * 1024
_NAME = re.compile(r"\{\{\s*([A-Za-z0-9_-]+)\s*\}\}")


@dataclass(frozen=True)
class Content:
    """The script, or the fault that its runs will show (ErrorCode, ErrorInfo)."""

    script: str
    fault: tuple[str, str] | None = None


def command_content(params: dict[str, Any]) -> Content:
    """The script to run; raises ApiError. Content that can't be decoded fails on the machine."""
    sent = params["CommandContent"]
    if params.get("ContentEncoding", "PlainText").lower() == "base64":
        try:
            script = base64.b64decode(sent, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            fault = ("CommandContentDecodeError", "the command content can not be decoded")
            return Content("", fault)
    else:
        script = sent
    script = _substituted(script, params)
    size = len(base64.b64encode(script.encode()))
    if size > (MAX_BASE64_KEPT if params.get("KeepCommand") else MAX_BASE64):
        raise ApiError(403, "CmdContent.ExceedLimit", f"The maximum length of a command is exceeded: {size}.")
    return Content(script)


def _substituted(script: str, params: dict[str, Any]) -> str:
    values = params.get("Parameters") or {}
    if not params.get("EnableParameter"):
        if values:
            message = "Parameters cannot be passed in when the command customization function is disabled."
            raise ApiError(400, "Parameter.Disabled", message)
        return script
    if len(values) > 10:
        raise ApiError(403, "ParameterCount.ExceedLimit", "The maximum number of parameters is exceeded.")
    if any(len(name) > 64 for name in values):
        message = "The maximum length of a parameter name is exceeded."
        raise ApiError(403, "ParameterKey.ExceedLimit", message)
    given = {name.lower(): str(value) for name, value in values.items()}
    defined = {name.lower() for name in _NAME.findall(script)}
    if not set(given) <= defined:
        message = "The passed-in parameters do not match the parameters defined in the command."
        raise ApiError(403, "Parameter.NotMatched", message)
    if defined - set(given):
        raise ApiError(400, "Parameter.MissingValue", "The parameter value of this command is required.")
    return _NAME.sub(lambda match: given[match[1].lower()], script)
