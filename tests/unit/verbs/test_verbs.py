"""The verbs besides `run`."""

from datetime import timedelta

import pytest

from bot.domain.refusal import Refusal, Why
from bot.domain.verb import (
    Can,
    Help,
    History,
    ListAll,
    RoleGrant,
    RoleList,
    RoleRevoke,
    Run,
    Search,
    Status,
    Stop,
    Verb,
    Whoami,
)
from bot.domain.verbs import VERBS, parse


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("", Help()),
        (" \u00a0\n", Help()),
        ("help", Help()),
        ("?", Help()),
        ("--help", Help()),
        ("—help", Help()),
        ("help Run", Help("run")),
        ("help role grant", Help("role grant")),
        ("role grant --help", Help("role grant")),
        ("list", ListAll()),
        ("LS", ListAll()),
        ("status", Status()),
        ("ps", Status()),
        ("status 7f3a", Status("7f3a")),
        ("status `7f3a`", Status("7f3a")),
        ("run mem web-prod --private", Run("mem", "web-prod", private=True)),
        ("run --private mem web-prod --break-glass", Run("mem", "web-prod", (), "", True, True)),
        ("stop 7f3a", Stop("7f3a")),
        ("kill 7f3a", Stop("7f3a")),
        ("Cancel 7f3a", Stop("7f3a")),
        ("search 7f3a connection  refused", Search("7f3a", "connection refused")),
        ('search 7f3a "a  --b"', Search("7f3a", "a  --b")),
        ("grep 7f3a --regex '^a b' --on web-1", Search("7f3a", "^a b", True, "web-1")),
        ("history", History()),
        ("whoami", Whoami()),
        ("can <@U1|ann> run restart web-prod", Can("U1", "run", "restart", "web-prod")),
        ("can run restart web-prod <@U1|ann>", Can("U1", "run", "restart", "web-prod")),
        ("can U1 Approve Restart Web-Prod", Can("U1", "approve", "restart", "web-prod")),
        ("can run restart web-prod", Can(None, "run", "restart", "web-prod")),
        ("can I run restart web-prod?", Can(None, "run", "restart", "web-prod")),
        ("can me approve restart web-prod", Can(None, "approve", "restart", "web-prod")),
        ("role grant <@U1|ann> oncall", RoleGrant("U1", "oncall")),
        ("role grant <!subteam^S1|@oncall> oncall", RoleGrant("S1", "oncall")),
        ("role revoke <!subteam^S0A2|@oncall> oncall", RoleRevoke("S0A2", "oncall")),
        ("roles grant &lt;@U1&gt; Oncall", RoleGrant("U1", "oncall")),
        (
            "role grant <@W1> oncall --for 8h --reason cover for “bob”",
            RoleGrant("W1", "oncall", timedelta(hours=8), None, "cover for “bob”"),
        ),
        (
            "role grant U1 oncall —on web-*,DB-prod --on web-* on=cache",
            RoleGrant("U1", "oncall", None, ("web-*", "db-prod", "cache")),
        ),
        ("role revoke <@U1> Oncall", RoleRevoke("U1", "oncall")),
        ("role list", RoleList()),
        ("roles", RoleList()),
        ("role", RoleList()),
    ],
)
def test_verbs(line: str, verb: Verb) -> None:
    """A line and what it means."""
    assert parse(line) == verb


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("8h", timedelta(hours=8)),
        ("8H", timedelta(hours=8)),
        ("30m", timedelta(minutes=30)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        ("1w2d", timedelta(days=9)),
        ("366d", timedelta(days=366)),
    ],
)
def test_durations_of_grants(written: str, span: timedelta) -> None:
    """Weeks besides the units that snippets have."""
    assert parse(f"role grant U1 oncall --for {written}") == RoleGrant("U1", "oncall", span)


@pytest.mark.parametrize("written", ["8", "8x", "h", "-8h", "0m", "0w", "1.5h", "8h8h", "eight", "٨h"])
def test_what_is_no_duration(written: str) -> None:
    """Nothing, less than nothing, and what is not understood."""
    refusal = parse(f"role grant U1 oncall --for={written}")
    assert isinstance(refusal, Refusal)
    assert (refusal.why, refusal.subject) == (Why.BAD_DURATION, written)


@pytest.mark.parametrize("written", ["367d", "53w", "999w999999d", "999999d999999h999999m999999s"])
def test_a_grant_with_an_end_lasts_a_year_at_most(written: str) -> None:
    """*limit* says how many days."""
    line = f"role grant U1 oncall --for {written}"
    assert parse(line) == Refusal(Why.BAD_DURATION, subject=written, limit=366)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("mem web-prod", Refusal(Why.UNKNOWN_VERB, subject="mem")),
        ("Rnu mem web-prod", Refusal(Why.UNKNOWN_VERB, subject="Rnu", near=("run",))),
        ("stats", Refusal(Why.UNKNOWN_VERB, subject="stats", near=("status",))),
        ("--lines 5", Refusal(Why.MISSING_ARGUMENT, subject="verb", near=VERBS)),
        ("--reason x", Refusal(Why.MISSING_ARGUMENT, subject="verb", near=VERBS)),
        ("stop", Refusal(Why.MISSING_ARGUMENT, subject="invocation")),
        ("stop a b", Refusal(Why.TOO_MANY_ARGUMENTS, subject="b")),
        ("status a b", Refusal(Why.TOO_MANY_ARGUMENTS, subject="b")),
        ("search", Refusal(Why.MISSING_ARGUMENT, subject="invocation")),
        ("search 7f3a", Refusal(Why.MISSING_ARGUMENT, subject="what to look for")),
        ("search 7f3a --regex", Refusal(Why.MISSING_ARGUMENT, subject="regex")),
        ("search 7f3a a --regex b", Refusal(Why.TOO_MANY_ARGUMENTS, subject="a")),
        ("search 7f3a --regex a --regex b", Refusal(Why.REPEATED_PARAM, subject="regex")),
        ("search 7f3a a --in web-1", Refusal(Why.UNKNOWN_PARAM, subject="in", near=("regex", "on"))),
        ("search 7f3a a --reason b", Refusal(Why.UNKNOWN_PARAM, subject="reason", near=("regex", "on"))),
        ("list all", Refusal(Why.TOO_MANY_ARGUMENTS, subject="all")),
        ("list --all", Refusal(Why.UNKNOWN_PARAM, subject="all")),
        ("whoami --reason x", Refusal(Why.UNKNOWN_PARAM, subject="reason")),
        ("can", Refusal(Why.MISSING_ARGUMENT, subject="verb")),
        ("can <@U1>", Refusal(Why.MISSING_ARGUMENT, subject="verb")),
        ("can run", Refusal(Why.MISSING_ARGUMENT, subject="snippet", value="run")),
        ("can run mem", Refusal(Why.MISSING_ARGUMENT, subject="target", value="mem")),
        ("can run mem web-prod now", Refusal(Why.TOO_MANY_ARGUMENTS, subject="now")),
        ("can @ann run mem web-prod", Refusal(Why.NOT_A_USER, subject="@ann")),
        ("can rum mem web-prod", Refusal(Why.UNKNOWN_VERB, subject="rum", near=("run",))),
        ("can U1 stop mem web-prod", Refusal(Why.UNKNOWN_VERB, subject="stop", near=("run", "approve"))),
        ("role grnt U1 oncall", Refusal(Why.UNKNOWN_VERB, subject="role grnt", near=("role grant",))),
        ("role list U1", Refusal(Why.TOO_MANY_ARGUMENTS, subject="U1")),
        ("role grant", Refusal(Why.MISSING_ARGUMENT, subject="user")),
        ("role grant <@U1>", Refusal(Why.MISSING_ARGUMENT, subject="role", value="u1")),
        ("role grant @ann oncall", Refusal(Why.NOT_A_USER, subject="@ann")),
        ("role grant @U1 oncall", Refusal(Why.NOT_A_USER, subject="@U1")),
        ("role grant u1 oncall", Refusal(Why.NOT_A_USER, subject="u1")),
        ("role grant SAM oncall", Refusal(Why.NOT_A_USER, subject="SAM")),
        ("can <!subteam^S1|@oncall> run mem web", Refusal(Why.NOT_A_USER, subject="S1")),
        ("role grant oncall", Refusal(Why.NOT_A_USER, subject="oncall")),
        ("role grant U1 oncall now", Refusal(Why.TOO_MANY_ARGUMENTS, subject="now")),
        ("role grant U1 oncall --for", Refusal(Why.MISSING_ARGUMENT, subject="for")),
        ("role grant U1 oncall --for 1h --for 2h", Refusal(Why.REPEATED_PARAM, subject="for")),
        ("role grant U1 oncall --on", Refusal(Why.MISSING_ARGUMENT, subject="on")),
        ("role grant U1 oncall --on ,", Refusal(Why.MISSING_ARGUMENT, subject="on")),
        (
            "role grant U1 oncall --on web[1]",
            Refusal(Why.BAD_VALUE, subject="on", value="web[1]", hint="a target or a pattern such as web-*"),
        ),
        (
            "role grant U1 oncall --until 8h",
            Refusal(Why.UNKNOWN_PARAM, subject="until", near=("for", "on", "reason")),
        ),
        ("role revoke U1 oncall --reason left", Refusal(Why.UNKNOWN_PARAM, subject="reason")),
        ("role revoke @ann oncall", Refusal(Why.NOT_A_USER, subject="@ann")),
    ],
)
def test_refusals(line: str, refusal: Refusal) -> None:
    """Each says what is wrong, and what may have been meant."""
    assert parse(line) == refusal
