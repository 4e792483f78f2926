"""A snippet's scripts: [linux] and [windows] → Script."""

import re
from collections.abc import Sequence

from bot.catalog.faults import Faults
from bot.catalog.models import SnippetModel
from bot.domain.catalog import OsType, Param, ParamType, Script, Shell
from bot.domain.plan import CONTENT_LIMIT
from bot.domain.snippet import VALUE_LIMIT, render, too_large

_SUBSTITUTION = re.compile(r"\{\{\s*[A-Za-z0-9_-]+\s*(?::[^{}]*)?\}\}")
_SHEBANG = re.compile(r"#!\s*(?:/usr)?/bin/(?:env +)?(?:bash|sh)(?: +-[A-Za-z]+)?\s*")
_POWER = re.compile(r"\bexit\s*\(?\s*(193|194|3009|3010)\b", re.IGNORECASE)
_PARAM_BLOCK = re.compile(r"(?:\s|#[^\n]*\n)*(?:param\s*\(|\[CmdletBinding|using\s|#requires\s)", re.IGNORECASE)
_WIDEST = {ParamType.STRING: "x" * VALUE_LIMIT, ParamType.INTEGER: "-" + "9" * 18, ParamType.DURATION: "9" * 12}


def read_scripts(model: SnippetModel) -> dict[OsType, Script]:
    """The scripts as they are; `check_scripts` says what is wrong with them."""
    scripts: dict[OsType, Script] = {}
    if model.linux:
        scripts[OsType.LINUX] = Script(Shell.BASH, model.linux.script)
    if model.windows:
        scripts[OsType.WINDOWS] = Script(Shell(model.windows.shell), model.windows.script)
    return scripts


def check_scripts(scripts: dict[OsType, Script], faults: Faults) -> None:
    """Add what would not work, or would not do what it says."""
    for os, script in scripts.items():
        for why in _faults_of(script):
            faults.add(f"{os}.script", why)


def check_room(scripts: dict[OsType, Script], params: Sequence[Param], faults: Faults) -> None:
    """Does each script fit into RunCommand together with the longest values that are to be expected?"""
    values = [(param.name, _widest(param)) for param in params]
    for os, script in scripts.items():
        if size := too_large(render(script, values)):
            faults.add(
                f"{os}.script",
                f"is too long: with its parameters {size:,} bytes after Base64, and RunCommand takes {CONTENT_LIMIT:,}",
            )


def check_use(scripts: dict[OsType, Script], params: Sequence[Param], faults: Faults) -> None:
    """Is every parameter looked at somewhere? One that is not is most likely misspelt."""
    text = "\n".join(script.text for script in scripts.values())
    for param in params:
        if scripts and not re.search(rf"(?<![A-Za-z0-9_]){re.escape(param.name)}(?![A-Za-z0-9_])", text):
            faults.add(f"params.{param.name}", f"no script uses ${param.name}: use it, or leave it out")


def _faults_of(script: Script) -> list[str]:
    text, found = script.text, []
    if not text.strip():
        found.append("must not be empty")
    if "\0" in text:
        found.append("must not hold NUL characters")
    if substitution := _SUBSTITUTION.search(text):
        found.append(f"{substitution.group()} is not substituted: parameters reach a script as variables, ${{name}}")
    if power := _POWER.search(text):
        found.append(f"{power.group()}: the agent takes this code for power off or reboot; say shutdown, or exit 1")
    if script.shell is Shell.BASH and text.startswith("#!") and not _SHEBANG.fullmatch(text.partition("\n")[0]):
        found.append("its first line must be #!/bin/bash or #!/bin/sh: parameters are set in shell lines after it")
    if script.shell is not Shell.BASH and not text.isascii():
        wrong = next(char for char in text if not char.isascii())
        found.append(f"must be ASCII, without {wrong!r}: Windows reads it in the machine's own code page")
    if script.shell is Shell.POWERSHELL and _PARAM_BLOCK.match(text):
        found.append("must not start with param(…), using or #Requires: the parameters' lines come before it")
    return found


def _widest(param: Param) -> str:
    return max(
        [*param.choices, param.default or "", _WIDEST.get(param.type, "false" if not param.choices else "")], key=len
    )
