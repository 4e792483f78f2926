"""Values as variables: one assignment line per shell, quoted so that a value stays a value.

What a shell can't be given safely is refused (`Unquotable`), never passed wrongly.
"""

import base64
import re

from bot.domain.catalog import Shell

_PRINTABLE_ASCII = re.compile(r"[ -~]*")
_BAT_SAFE = re.compile(r"[A-Za-z0-9 ._:/\\@,+=~-]*")


class Unquotable(ValueError):
    """This value can't be given to this shell safely."""


def obstacle(shell: Shell, value: str) -> str:
    """What keeps *value* from being given to *shell*, in a few words; empty where nothing does."""
    if "\0" in value:
        return "without NUL characters"
    if any("\ud800" <= char <= "\udfff" for char in value):
        return "without broken Unicode"
    if shell is Shell.BAT and not _BAT_SAFE.fullmatch(value):
        return "for a Windows batch file only ASCII letters, digits, spaces and . _ : / \\ @ , + = ~ -"
    return ""


def assign(shell: Shell, name: str, value: str) -> str:
    """One statement that sets the variable *name* to *value*; raises Unquotable."""
    if why := obstacle(shell, value):
        raise Unquotable(f"{name}: {why}")
    match shell:
        case Shell.BASH:
            return f"{name}={_bash(value)}"
        case Shell.POWERSHELL:
            return f"${name} = {_powershell(value)}"
        case Shell.BAT:
            return f'@set "{name}={value}"'


def _bash(value: str) -> str:
    """Single quotes: nothing inside them means anything; a quote ends them, stands escaped, and opens them again."""
    return "'" + value.replace("'", r"'\''") + "'"


def _powershell(value: str) -> str:
    """A single-quoted literal, or Base64 for anything but printable ASCII.

    Windows PowerShell reads a file in the machine's code page, where bytes of UTF-8 can swallow
    the closing quote, and takes ‘ ’ ‚ ‛ for quotes: so no such character ever stands in a script.
    """
    if _PRINTABLE_ASCII.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    packed = base64.b64encode(value.encode()).decode()
    return f"[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{packed}'))"
