"""RunCommand's limits on what describes a command: lengths, timeout, tags.

Numbers: the SDK's parameter docs. Codes: error tables of RunCommand and InvokeCommand; those
of Tag are ECS's usual ones for tags, by analogy with the documented ones of ResourceTag.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.ecs.errors import ApiError, invalid

MAX_TAGS = 20
_LENGTHS = (
    ("Name", 128, 403, "CmdName.ExceedLimit"),
    ("Description", 512, 403, "CmdDesc.ExceedLimit"),
    ("Username", 255, 403, "Username.ExceedLimit"),
    ("WindowsPasswordName", 255, 403, "WindowsPasswordName.ExceedLimit"),
    ("WorkingDir", 200, 400, "InvalidParameter.WorkingDir"),
    ("Launcher", 1024, 403, "InvalidLauncher.LengthLimitExceeded"),
)


def check_limits(params: dict[str, Any], min_timeout: int, max_timeout: int) -> None:
    """Raises ApiError for the first limit that is not kept. Timeouts in seconds."""
    for name, longest, status, code in _LENGTHS:
        if len(params.get(name) or "") > longest:
            raise ApiError(status, code, f"{name} has more than {longest} characters.")
    if not min_timeout <= params.get("Timeout", 60) <= max_timeout:
        raise invalid("Timeout", f"{min_timeout} to {max_timeout} seconds are allowed")
    _check_tags(params.get("Tag", []), "Tag", MAX_TAGS)
    _check_tags(params.get("ResourceTag", []), "ResourceTag", MAX_TAGS)
    windows = params["Type"] != "RunShellScript"
    if windows and params.get("Username", "System") not in {"", "System"} and not params.get("WindowsPasswordName"):
        message = "WindowsPasswordName must be specified when you create a Windows task."
        raise ApiError(403, "WindowsPasswordName.Missed", message)


def _check_tags(tags: list[dict[str, str]], name: str, most: int) -> None:
    if len(tags) > most:
        raise ApiError(400, f"NumberExceed.{name}s", f"The maximum number of {name}s is exceeded.")
    seen = set()
    for tag in tags:
        key, value = tag.get("Key", ""), tag.get("Value", "")
        if not key:
            raise ApiError(400, f"MissingParameter.{name}Key", f"You must specify {name}.N.Key.")
        if len(key) > 64 or key.startswith(("aliyun", "acs:")) or _has_link(key):
            raise ApiError(400, f"Invalid{name}Key.Malformed", f"The specified {name} key is not valid.")
        if len(value) > 128 or _has_link(value):
            raise ApiError(400, f"Invalid{name}Value.Malformed", f"The specified {name} value is not valid.")
        if key in seen:
            raise ApiError(400, f"Duplicate.{name}Key", f"The {name} contains duplicate keys.")
        seen.add(key)


def _has_link(text: str) -> bool:
    return "http://" in text or "https://" in text
