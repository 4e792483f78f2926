"""PowerShell and batch files, on a model of how each reads a line.

No such interpreter is here. These tests read the assignment as the shell's documented rules do
(PowerShell: a literal in single quotes ends at the first quote that is not doubled; cmd: percent
signs, quotes, carets and operators are special) and can be no better than those rules.
"""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Script, Shell
from bot.domain.quoting import Unquotable, assign, obstacle
from bot.domain.snippet import render

POWERSHELL_QUOTES = "'‘’‚‛"
BASE64 = re.compile(r"\[Text\.Encoding\]::UTF8\.GetString\(\[Convert\]::FromBase64String\('([A-Za-z0-9+/=]*)'\)\)")
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
QUOTED = st.text(st.sampled_from("'‘’‚‛\"`$(){};\n\r \\a中"))


def powershell_reads(line: str) -> str:
    """The value of `$v = …` as PowerShell's tokenizer reads it; fails where anything else would be left to run."""
    assert line.startswith("$v = ")
    expression = line.removeprefix("$v = ")
    if packed := BASE64.fullmatch(expression):
        return base64.b64decode(packed[1]).decode()
    assert expression[0] == "'"
    value, at = "", 1
    while True:
        if expression[at] in POWERSHELL_QUOTES:
            if expression[at + 1 : at + 2] not in {*POWERSHELL_QUOTES}:
                break
            at += 1
        value += expression[at]
        at += 1
    assert at == len(expression) - 1, "something stands after the literal"
    return value


@given(st.one_of(TEXT, QUOTED))
def test_powershell_reads_the_value_back(value: str) -> None:
    """One literal, one line, and the value in it."""
    line = assign(Shell.POWERSHELL, "v", value)
    assert line.isascii()
    assert line.isprintable()
    assert powershell_reads(line) == value


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("", "$v = ''"),
        ("it's", "$v = 'it''s'"),
        ("$(calc)`n", "$v = '$(calc)`n'"),
        ("’; calc; ’", "$v = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('4oCZOyBjYWxjOyDigJk='))"),
        ("a\nb", "$v = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('YQpi'))"),
    ],
)
def test_powershell_forms(value: str, line: str) -> None:
    """ASCII is readable for an approver; the rest is packed, whatever code page the machine reads files in."""
    assert assign(Shell.POWERSHELL, "v", value) == line


@given(TEXT)
def test_a_batch_file_gets_nothing_that_cmd_takes_for_its_own(value: str) -> None:
    """Either refused, or made of characters that mean nothing within `set "…"`."""
    if obstacle(Shell.BAT, value):
        with pytest.raises(Unquotable):
            assign(Shell.BAT, "v", value)
        return
    line = assign(Shell.BAT, "v", value)
    assert line == f'@set "v={value}"'
    assert not set("%!^&|<>\"'`();*?\r\n") & set(value)
    assert value.isascii()


@pytest.mark.parametrize("value", ["%PATH%", "!x!", "a^b", "a&b", 'a"b', "a\nb", "(a)", "é", "a|b", "<a", "*"])
def test_batch_refuses(value: str) -> None:
    """Each could change what cmd runs."""
    with pytest.raises(Unquotable, match="for a Windows batch file only"):
        assign(Shell.BAT, "v", value)


@pytest.mark.parametrize(
    "value", ["", "nginx", "C:\\logs\\app.log", "a b", "10.0.0.1:80", "x@y.z", "a=b", "-5", "PROGRA~1"]
)
def test_batch_takes(value: str) -> None:
    """What names, paths and addresses are made of."""
    assert assign(Shell.BAT, "v", value) == f'@set "v={value}"'


def test_batch_files_have_crlf() -> None:
    """cmd loses its labels without."""
    assert render(Script(Shell.BAT, "@echo off\necho %v%\n"), [("v", "x")]) == '@set "v=x"\r\n@echo off\r\necho %v%\r\n'


def test_powershell_lines_come_first() -> None:
    """Before the script, one each, in the snippet's order."""
    assert render(Script(Shell.POWERSHELL, "$a\n"), [("a", "1"), ("b", "")]) == "$a = '1'\n$b = ''\n$a\n"
