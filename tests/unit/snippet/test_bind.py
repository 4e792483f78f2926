"""Parameters: which values are taken, in which form, and how the others are refused."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import OsType, Param, ParamType, Risk, Script, Shell, Snippet
from bot.domain.duration import parse_duration, say_duration
from bot.domain.refusal import Refusal, Why
from bot.domain.snippet import VALUE_LIMIT, bind, describe, too_large

SERVICE = Param("service", ParamType.CHOICE, choices=("nginx", "app"))
LINES = Param("lines", ParamType.INTEGER, default="100", min=1, max=2000)
SINCE = Param("since", ParamType.DURATION, optional=True, min=60, max=86_400)
ALL = Param("all_units", ParamType.BOOLEAN, default="false")
UNIT = Param("unit", ParamType.STRING, optional=True, pattern="^[a-z ]+$")
ANY = Param("text", ParamType.STRING, pattern=r"\A(?s:.*)\Z")


def snippet(*params: Param, shell: Shell = Shell.BASH) -> Snippet:
    """A snippet with *params* and one script."""
    os = OsType.LINUX if shell is Shell.BASH else OsType.WINDOWS
    return Snippet("logs", "", Risk.LOW, timedelta(minutes=1), params=params, scripts={os: Script(shell, "x")})


def value(param: Param, text: str, shell: Shell = Shell.BASH) -> str | Refusal:
    """What *param* makes of *text*."""
    bound = bind(snippet(param, shell=shell), [(param.name, text)])
    return bound if isinstance(bound, Refusal) else bound[0][1]


def test_every_parameter_has_a_value_in_the_snippets_order() -> None:
    """Defaults are filled in; what is optional and not given is empty, so that `set -u` holds."""
    bound = bind(snippet(SERVICE, LINES, SINCE, ALL), [("lines", "20"), ("service", "nginx")])
    assert bound == (("service", "nginx"), ("lines", "20"), ("since", ""), ("all_units", "false"))


def test_names_as_phones_write_them() -> None:
    """A capital at the start, a dash for the underscore."""
    assert bind(snippet(ALL), [("All-Units", "yes")]) == (("all_units", "true"),)


def test_unknown_parameter() -> None:
    """Refused with what was meant and what there is."""
    assert bind(snippet(SERVICE, LINES), [("servce", "nginx")]) == Refusal(
        Why.UNKNOWN_PARAM, subject="servce", near=("service",), hint="service, lines"
    )
    refused = bind(snippet(), [("lines", "1")])
    assert refused == Refusal(Why.UNKNOWN_PARAM, subject="lines", hint="none")


def test_repeated_parameter() -> None:
    """Which of the two was meant is not guessed, not even where they agree."""
    assert bind(snippet(LINES), [("lines", "1"), ("LINES", "1")]) == Refusal(Why.REPEATED_PARAM, subject="lines")


def test_missing_parameter() -> None:
    """Refused with what it may be."""
    assert bind(snippet(SERVICE), []) == Refusal(Why.MISSING_PARAM, subject="service", hint="one of nginx, app")


@pytest.mark.parametrize(
    ("param", "text", "expected"),
    [
        (LINES, "1", "1"),
        (LINES, "007", "7"),
        (LINES, "2000", "2000"),
        (Param("n", ParamType.INTEGER), "-0", "0"),
        (Param("n", ParamType.INTEGER), "-08", "-8"),
        (ALL, "Yes", "true"),
        (ALL, "on", "true"),
        (ALL, "TRUE", "true"),
        (ALL, "no", "false"),
        (ALL, "Off", "false"),
        (SINCE, "90s", "90"),
        (SINCE, "1H30m", "5400"),
        (SINCE, "1d", "86400"),
        (SERVICE, "nginx", "nginx"),
        (UNIT, "a b", "a b"),
        (ANY, "$(x) 'é' 🙂", "$(x) 'é' 🙂"),
    ],
)
def test_one_form(param: Param, text: str, expected: str) -> None:
    """Integers without leading zeros (octal to bash), booleans as words, durations as whole seconds."""
    assert value(param, text) == expected


@pytest.mark.parametrize(
    ("param", "text", "hint"),
    [
        (LINES, "0", "a whole number from 1 to 2000"),
        (LINES, "2001", "a whole number from 1 to 2000"),
        (LINES, " 7", "a whole number from 1 to 2000"),
        (LINES, "+7", "a whole number from 1 to 2000"),
        (LINES, "7.0", "a whole number from 1 to 2000"),
        (LINES, "0x7", "a whole number from 1 to 2000"),
        (LINES, "1_000", "a whole number from 1 to 2000"),
        (LINES, "٣", "a whole number from 1 to 2000"),
        (LINES, "７", "a whole number from 1 to 2000"),
        (LINES, "", "a whole number from 1 to 2000"),
        (Param("n", ParamType.INTEGER), "9" * 19, "a whole number"),
        (ALL, "1", "true or false"),
        (ALL, "", "true or false"),
        (SINCE, "90", "a duration such as 90s, 15m or 1h30m, from 1m to 1d"),
        (SINCE, "30s", "a duration such as 90s, 15m or 1h30m, from 1m to 1d"),
        (SINCE, "30m1h", "a duration such as 90s, 15m or 1h30m, from 1m to 1d"),
        (SINCE, "１h", "a duration such as 90s, 15m or 1h30m, from 1m to 1d"),
        (SERVICE, "Nginx", "one of nginx, app"),
        (UNIT, "a1", "text that matches ^[a-z ]+$"),
        (UNIT, "xa1", "text that matches ^[a-z ]+$"),
        (ANY, "a\nb", "one line, without control or invisible characters"),
        (ANY, "a\0b", "one line, without control or invisible characters"),
        (ANY, "a\x1bb", "one line, without control or invisible characters"),
        (ANY, "a\u202eb", "one line, without control or invisible characters"),
        (ANY, "a\u2028b", "one line, without control or invisible characters"),
        (ANY, "a\ud800b", "one line, without control or invisible characters"),
        (ANY, "{{oos-secret:x}}", "without {{, which Cloud Assistant could take for a secret's name"),
    ],
)
def test_refused_values(param: Param, text: str, hint: str) -> None:
    """Each with what it may be."""
    refused = value(param, text)
    assert isinstance(refused, Refusal)
    assert (refused.why, refused.subject, refused.value, refused.hint) == (Why.BAD_VALUE, param.name, text, hint)


def test_a_choice_that_was_nearly_right() -> None:
    """Not guessed, only named."""
    refused = value(SERVICE, "ngnix")
    assert isinstance(refused, Refusal)
    assert refused.near == ("nginx",)


def test_a_long_value_is_cut_in_the_refusal() -> None:
    """What the refusal shows stays short."""
    assert value(ANY, "x" * VALUE_LIMIT) == "x" * VALUE_LIMIT
    refused = value(ANY, "x" * (VALUE_LIMIT + 1))
    assert isinstance(refused, Refusal)
    assert (len(refused.value), refused.hint) == (61, "at most 1,000 characters")


def test_what_a_batch_file_can_not_be_given_is_refused_in_time() -> None:
    """Before anything is recorded or asked for, not when the plan is made."""
    refused = value(ANY, "50%", Shell.BAT)
    assert isinstance(refused, Refusal)
    assert refused.hint.startswith("for a Windows batch file only ASCII letters")
    assert value(ANY, "50%", Shell.POWERSHELL) == "50%"


@pytest.mark.parametrize(
    ("param", "said"),
    [
        (SERVICE, "one of nginx, app"),
        (Param("n", ParamType.INTEGER), "a whole number"),
        (Param("n", ParamType.INTEGER, min=1), "a whole number of at least 1"),
        (Param("n", ParamType.INTEGER, max=9), "a whole number of at most 9"),
        (Param("d", ParamType.DURATION), "a duration such as 90s, 15m or 1h30m"),
        (Param("d", ParamType.DURATION, min=90), "a duration such as 90s, 15m or 1h30m, of at least 1m30s"),
        (ALL, "true or false"),
    ],
)
def test_describe(param: Param, said: str) -> None:
    """It follows the words "it must be"."""
    assert describe(param) == said


@given(st.text(), st.sampled_from([SERVICE, LINES, SINCE, ALL, UNIT, ANY]))
def test_any_text_is_bound_or_refused(text: str, param: Param) -> None:
    """No text is an error, and what is bound can be bound again to the same."""
    bound = value(param, text)
    if not isinstance(bound, Refusal) and param.type is not ParamType.DURATION:
        assert value(param, bound) == bound


@given(st.integers(0, 10**9))
def test_durations_are_said_as_they_are_read(seconds: int) -> None:
    """`1h30m` and back."""
    span = timedelta(seconds=seconds)
    assert parse_duration(say_duration(span)) == span


@pytest.mark.parametrize("text", ["", "5", "m", "1m1h", "1h 30m", "-5m", "1.5h", "5min", "５m", "9999999s"])
def test_no_durations(text: str) -> None:
    """A bare number has no unit; nothing is guessed."""
    assert parse_duration(text) is None


def test_too_large() -> None:
    """RunCommand's limit counts Base64: 18 KB of text are 24 KB."""
    assert too_large("x" * 18_432) is None
    assert too_large("x" * 18_433) == 24_580
    assert too_large("é" * 9_217) == 24_580
