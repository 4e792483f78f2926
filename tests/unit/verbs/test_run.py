"""`/ecs run …` as people type it and Slack sends it."""

import pytest

from bot.domain.refusal import Refusal, Why
from bot.domain.verb import Help, Run
from bot.domain.verbs import parse


def run(*params: tuple[str, str], reason: str = "", break_glass: bool = False) -> Run:
    return Run("logs", "web-prod", params, reason, break_glass)


@pytest.mark.parametrize(
    "line",
    [
        "run logs web-prod",
        "  run   logs  web-prod ",
        "Run Logs Web-Prod",
        "RUN logs web-prod",
        "run\u00a0logs\u00a0web-prod",
        "run logs “web-prod”",
        "run `logs` `web-prod`",
        "`run logs web-prod`",
        "`/ecs run logs web-prod`",
        "/ecs run logs web-prod",
        "run logs <http://web-prod|web-prod>",
        "run logs -- web-prod",
        "run\nlogs\nweb-prod",
    ],
)
def test_one_line_many_phones(line: str) -> None:
    """Capitals, spaces and quotes that clients put in change nothing."""
    assert parse(line) == run()


@pytest.mark.parametrize(
    ("options", "params"),
    [
        ("--service nginx --lines 200", (("service", "nginx"), ("lines", "200"))),
        ("--service=nginx --lines=200", (("service", "nginx"), ("lines", "200"))),
        ("service=nginx lines=200", (("service", "nginx"), ("lines", "200"))),
        ("-service nginx -lines=200", (("service", "nginx"), ("lines", "200"))),
        ("—service nginx –lines 200", (("service", "nginx"), ("lines", "200"))),
        ("–-service nginx ——lines 200", (("service", "nginx"), ("lines", "200"))),
        ("−service=nginx －lines=200", (("service", "nginx"), ("lines", "200"))),
        ("--follow", (("follow", "true"),)),
        ("--follow --lines 5", (("follow", "true"), ("lines", "5"))),
        ("--follow --", (("follow", "true"),)),
        ("--follow -lines 5", (("follow", "true"), ("lines", "5"))),
        ("--filter status=500", (("filter", "status=500"),)),
        ("--filter=a=b", (("filter", "a=b"),)),
        ("service=nginx --follow", (("service", "nginx"), ("follow", "true"))),
        ("--offset -5 --to –7 -by -.5", (("offset", "-5"), ("to", "-7"), ("by", "-.5"))),
        ("--since=-1h", (("since", "-1h"),)),
        ("--empty= --lines 5", (("empty", ""), ("lines", "5"))),
        ('--empty ""', (("empty", ""),)),
        ('--since "2 hours ago"', (("since", "2 hours ago"),)),
        ("--since “2 hours ago”", (("since", "2 hours ago"),)),
        ("--since=„2 hours ago“", (("since", "2 hours ago"),)),
        ("--since «\u00a02 hours ago\u00a0»", (("since", "2 hours ago"),)),
        ("since='2 hours ago'", (("since", "2 hours ago"),)),
        ("since=‘2 hours ago’", (("since", "2 hours ago"),)),
        ("--since `2 hours ago`", (("since", "2 hours ago"),)),
        ('--grep "say “hi” — don’t"', (("grep", "say “hi” — don’t"),)),
        ("--grep 'it's “so”'", (("grep", "it's “so”"),)),
        ('--grep “a "b" c”', (("grep", 'a "b" c'),)),
        (r'--grep "a \"b\" c:\\d \n"', (("grep", r'a "b" c:\d \n'),)),
        (r"--path C:\Temp", (("path", r"C:\Temp"),)),
        ("--grep don’t", (("grep", "don’t"),)),
        ('--grep "--lines"', (("grep", "--lines"),)),
        ("--url <http://a.b/?x=1&amp;y=2>", (("url", "http://a.b/?x=1&y=2"),)),
        ("--expr a&lt;b", (("expr", "a<b"),)),
        ("--lines 1 --lines 2", (("lines", "1"), ("lines", "2"))),
        ("--Lines 1", (("Lines", "1"),)),
        ("--max-lines 1", (("max-lines", "1"),)),
        ("--lines.x=1", (("lines.x", "1"),)),
    ],
)
def test_parameters(options: str, params: tuple[tuple[str, str], ...]) -> None:
    """Every way of writing an option; which of them the snippet has is not the parser's business."""
    assert parse(f"run logs web-prod {options}") == run(*params)


def test_options_may_stand_before_the_target() -> None:
    """`=` ties the value to its option; without, the next word is the value."""
    assert parse("run logs --lines=5 web-prod") == run(("lines", "5"))
    assert parse("run --lines 5 logs web-prod") == run(("lines", "5"))
    assert parse("run logs --follow web-prod") == Refusal(Why.MISSING_ARGUMENT, subject="target", value="logs")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("--reason workers are wedged since 03:10", "workers are wedged since 03:10"),
        ("—reason workers don’t answer", "workers don’t answer"),
        ("--reason=workers wedged", "workers wedged"),
        ("reason=workers wedged", "workers wedged"),
        ("--Reason workers wedged", "workers wedged"),
        ('--reason "workers wedged"', "workers wedged"),
        ("--reason “workers wedged”", "workers wedged"),
        ("--reason ‘workers don’t answer’", "workers don’t answer"),
        ('--reason "a" and "b"', '"a" and "b"'),
        ('--reason say "hi', 'say "hi'),
        ("--reason 'tis wedged", "'tis wedged"),
        ("--reason wedged — see –x and --lines 5", "wedged — see –x and --lines 5"),
        ("--reason two  spaces", "two  spaces"),
        ("--reason asked by <@U1|ann> &amp; co\nin a hurry", "asked by U1 & co in a hurry"),
        ("--reason", ""),
        ("--reason  ", ""),
    ],
)
def test_a_reason_is_the_rest_of_the_line(options: str, reason: str) -> None:
    """As it was typed; quotes go where they enclose all of it."""
    assert parse(f"run logs web-prod {options}") == run(reason=reason)


def test_options_may_follow_a_quoted_reason() -> None:
    """Who quotes the reason has said where it ends."""
    line = 'run logs web-prod --reason "wedged since 03:10" --lines 5 --break-glass'
    assert parse(line) == run(("lines", "5"), reason="wedged since 03:10", break_glass=True)
    twice = 'run logs web-prod --reason "one" --reason two'
    assert parse(twice) == Refusal(Why.REPEATED_PARAM, subject="reason")


@pytest.mark.parametrize(
    ("option", "break_glass"),
    [
        ("--break-glass", True),
        ("—break-glass", True),
        ("--break_glass", True),
        ("--Break-Glass", True),
        ("--break-glass=true", True),
        ("--break-glass=false", False),
    ],
)
def test_break_glass_is_no_parameter(option: str, break_glass: bool) -> None:
    """It takes no word after it."""
    assert parse(f"run logs {option} web-prod") == run(break_glass=break_glass)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("run", Refusal(Why.MISSING_ARGUMENT, subject="snippet")),
        ('run "" web-prod', Refusal(Why.MISSING_ARGUMENT, subject="snippet")),
        ("run Logs", Refusal(Why.MISSING_ARGUMENT, subject="target", value="logs")),
        ("run logs --lines 5", Refusal(Why.MISSING_ARGUMENT, subject="target", value="logs")),
        ("run logs web-prod now", Refusal(Why.TOO_MANY_ARGUMENTS, subject="now")),
        ("run logs web-prod - slow", Refusal(Why.TOO_MANY_ARGUMENTS, subject="-")),
        ("run logs -- --lines web-prod", Refusal(Why.TOO_MANY_ARGUMENTS, subject="web-prod")),
        (
            "run logs web-prod --break-glass=maybe",
            Refusal(Why.BAD_VALUE, subject="break-glass", value="maybe", hint="true or false"),
        ),
        ('run logs "web-prod', Refusal(Why.UNBALANCED_QUOTE, text='run logs "web-prod', at=9)),
        ("run logs ‘web-prod", Refusal(Why.UNBALANCED_QUOTE, text="run logs ‘web-prod", at=9)),
        ('run logs "web-prod”', Refusal(Why.UNBALANCED_QUOTE, text='run logs "web-prod”', at=9)),
        ('run logs x --a="b"c', Refusal(Why.UNBALANCED_QUOTE, text='run logs x --a="b"c', at=15)),
        (" run &amp; “x", Refusal(Why.UNBALANCED_QUOTE, text="run & “x", at=6)),
    ],
)
def test_refusals(line: str, refusal: Refusal) -> None:
    """Each points at the word, or at the character in the cleaned line."""
    assert parse(line) == refusal


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("run --help", "run"),
        ("run logs --help", "logs"),
        ("run logs web-prod —help", "logs"),
        ("run --help logs", "logs"),
    ],
)
def test_help_is_an_option_too(line: str, topic: str) -> None:
    """Nothing runs by a line that asks for help."""
    assert parse(line) == Help(topic)
