"""The parsers, each as a function of bytes: what comes in is read or refused in words, and nothing else happens."""

import json
import shlex
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bot.catalog import read_catalog
from bot.catalog.patterns import fault_of, redaction_fault
from bot.cloud import results, status
from bot.domain.arguments import grant_span
from bot.domain.catalog import Catalog, Shell
from bot.domain.duration import parse_duration, say_duration
from bot.domain.output import fold
from bot.domain.quoting import Unquotable, assign
from bot.domain.refusal import Refusal
from bot.domain.result import Outcome, Result
from bot.domain.search import search
from bot.domain.snippet import bind, render
from bot.domain.verbs import parse, started
from bot.errors import CatalogError
from bot.matching import LONGEST, Unfit, matching
from bot.redaction import redact
from bot.slack.listeners import filled
from bot.slack.listeners.passes import Passes
from bot.slack.listeners.readers import chosen, field
from bot.slack.listeners.seal import Seal, snippet_of
from bot.slack.messages import actions, refusals

COMMANDS = Path(__file__).parents[2] / "commands"
NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
TEXTS = ("GET / 200\nGET /x 500\npassword=hunter2\n", "ünïcödé 🔥\n" * 3, "")


class Target(NamedTuple):
    """*read* takes anything; *seeds* are what it is meant for."""

    read: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def text_of(data: bytes) -> str:
    """Any text: also one with halves of surrogate pairs, which JSON can bring."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def json_of(data: bytes) -> Any:
    """What *data* is as JSON; as a text where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return text_of(data)


@cache
def catalogue() -> Catalog:
    """The shipped one."""
    return read_catalog(COMMANDS)


def said(why: Refusal) -> None:
    """A refusal helps: it has words, in a message and beside a field."""
    assert len(refusals.refusal(why).text) > 10
    assert refusals.plain(why)


def line(data: bytes) -> None:
    """What follows `/ecs`."""
    text = text_of(data)
    read = parse(text)
    if isinstance(read, Refusal):
        said(read)
    started(text)


def params(data: bytes) -> None:
    """`snippet NUL name NUL value …`: bound, and set as variables that are what was said, for every shell."""
    snippets = catalogue().snippets
    name, *rest = text_of(data).split("\0")
    snippet = snippets.get(name) or sorted(snippets.items())[len(data) % len(snippets)][1]
    bound = bind(snippet, list(zip(rest[::2], rest[1::2], strict=False)))
    if isinstance(bound, Refusal):
        said(bound)
        return
    for script in snippet.scripts.values():
        render(script, bound)


def quoting(data: bytes) -> None:
    """Any value is quoted so that it stays that value, or refused."""
    value = text_of(data)
    for shell in Shell:
        try:
            statement = assign(shell, "value", value)
        except Unquotable:
            continue
        if shell is Shell.BASH:
            assert shlex.split(statement) == [f"value={value}"]
        else:
            assert "\n" not in statement or shell is not Shell.BAT


def toml(data: bytes) -> None:
    """`name LF lines`: a catalogue of which one file is anything; its faults are named, each with its file."""
    stem, _, rest = data.partition(b"\n")
    name = {b"policy": "policy", b"targets": "targets"}.get(stem, "extra")
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        for file in ("policy", "targets"):
            Path(folder, f"{file}.toml").write_text(SMALL[file])
        Path(folder, "mem.toml").write_bytes((COMMANDS / "mem.toml").read_bytes())
        Path(folder, f"{name}.toml").write_bytes(rest)
        faults: tuple[str, ...] | None = None
        try:
            read_catalog(Path(folder))
        except CatalogError as error:
            faults = tuple(error.faults)
        assert faults is None or (faults and all(".toml" in fault for fault in faults)), faults


SMALL = {
    "policy": '[roles.oncall]\nrun = [{ snippets = ["*"], targets = ["*"] }]\n',
    "targets": '[web]\nenv = "prod"\nregion = "cn-hangzhou"\ntags = { app = "web" }\n',
}


def carried(data: bytes) -> None:
    """The value of a button, a view's private_metadata: read as ours, or as nothing; an id can be looked up."""
    text = text_of(data)
    for word in actions.read(text):
        word.encode()
    snippet_of(text)
    assert Seal("xoxb-1").opened("U1", text) is None
    assert Passes("xoxb-1").reader("U1", text, NOW) is None


def view(data: bytes) -> None:
    """The state and the blocks of a form, in any shape."""
    body = json_of(data)
    read = filled.read(body if isinstance(body, dict) else {"state": body, "blocks": body})
    snippet = catalogue().snippets.get(read.run.snippet)
    filled.told(snippet, read.run)
    if snippet is not None and isinstance(bound := bind(snippet, read.run.params), Refusal):
        said(bound)
    for name in ("text", "machine"):
        field(body, name)
        chosen(body, name)


def answers(data: bytes) -> None:
    """`output NUL time NUL status NUL error code`, as ECS has them: text, a moment or none, an outcome or none."""
    output, at, word, code, *_ = [*text_of(data).split("\0"), "", "", "", ""]
    read = results.decode(output)
    redact(read, ["password=.*"]).encode()
    (group,) = fold([Result("i-1", Outcome.FAILED, output=read, error_info=code)])
    group.output.encode()
    moment = results.moment(at)
    assert moment is None or moment.tzinfo is UTC
    for exit_code in (None, 0, 1):
        status.outcome(word, code, exit_code, began=bool(output))
    status.over(word)


def durations(data: bytes) -> None:
    """A span, which is said so that it is read back, if it is no more than people mean."""
    text = text_of(data)
    span = parse_duration(text)
    assert span is None or span >= timedelta(days=1_000_000) or parse_duration(say_duration(span)) == span
    granted = grant_span(text)
    assert isinstance(granted, Refusal) or granted > timedelta()


def expressions(data: bytes) -> None:
    """What is looked for in outputs: found, or not fit, in words."""
    wanted = text_of(data)[:LONGEST]
    for expression in (False, True):
        match = matching(wanted, expression=expression)
        if isinstance(match, Unfit):
            match.why.encode()
            continue
        search(fold([Result(f"i-{n}", Outcome.SUCCEEDED, output=text) for n, text in enumerate(TEXTS)]), match, bool)


def patterns(data: bytes) -> None:
    """The catalogue's own expressions: a parameter's, a redaction's."""
    pattern = text_of(data)
    fault_of(pattern)
    if not redaction_fault(pattern):
        for text in TEXTS:
            redact(text, [pattern])


TARGETS = {
    "slash text": Target(
        line,
        (
            b"run mem web-prod",
            b'run logs web-prod --service nginx --lines 200 --reason "wedged since 03:10"',
            b"role grant <@U0ONCALL|olga> oncall --for 1d8h --on web-*,db-?",
            "run logs web-prod —service “nginx” lines=20".encode(),
            b"can <@U0ONCALL> run restart web-prod",
            b"search abc1234 'a b' --regex --on web-1",
            b"lock web-prod --for 2h --reason deploy",
            b"resolve abc1234 failed --reason looked",
            b"/ecs help run",
        ),
    ),
    "parameters": Target(
        params,
        (
            b"logs\0service\0nginx\0lines\x0020",
            b"restart\0service\0app",
            b"logs\0since\x001h30m\0lines\0-1",
        ),
    ),
    "quoting": Target(quoting, (b"it's", b'a "b" $(c) `d` %PATH% !x!', "‘ü’".encode(), b"a\nb\\")),
    "catalogue": Target(
        toml,
        (
            b"extra\n" + (COMMANDS / "restart.toml").read_bytes(),
            b"extra\n" + (COMMANDS / "logs.toml").read_bytes(),
            b"policy\n" + (COMMANDS / "policy.toml").read_bytes(),
            b"targets\n" + (COMMANDS / "targets.toml").read_bytes(),
        ),
    ),
    "button and metadata": Target(
        carried,
        (
            b'{"i": "abc1234", "d": "0123"}',
            b'{"c": "C0OPS", "t": "1.2", "s": "mem", "k": "00ff"}',
            b'{"i": "abc1234", "c": "C0OPS", "t": "1.2", "u": 1795000000, "k": "00ff", "q": "x"}',
            b'{"k": "\\ud800"}',
            b'{"i": "\\ud800"}',
        ),
    ),
    "view state": Target(
        view,
        (
            b'{"state": {"values": {"snippet": {"snippet": {"selected_option": {"value": "mem"}}}}}, "blocks": []}',
            b'{"blocks": [{"block_id": "b", "element": {"action_id": "a", "initial_value": "x"}}]}',
            b'{"state": {"values": {"text": {"text": {"value": "x"}}}}}',
            b'{"state": {"values": {"b": {"b": {"selected_options": [{"value": 1}]}}}}}',
        ),
    ),
    "answers of ECS": Target(
        answers,
        (
            b"aGVsbG8=\x002026-11-23T03:10:00Z\0Success\0",
            b"\x000001-01-01T00:00:00+23:59\0Failed\0ExitCodeNonzero",
            b"G1szMW1yZWQbWzBt\0\0Aborted\0ClientNotRunning",
            b"\xed\xa0\x80\0\0\0",
        ),
    ),
    "durations": Target(durations, (b"90s", b"1d2h3m4s", b"2w", b"999999d999999h")),
    "search": Target(
        expressions,
        (b"error", b"^GET .* 5[0-9]{2}$", b"(?i)password=(\\S+)", b"(a|b)*?c\\b", b"\\pL+", b"\xed\xb1\x85;cc"),
    ),
    "patterns": Target(patterns, (b"^[a-z.-]{1,40}$", b"password=(?P<secret>\\S+)", b"(a+)+$", b"[^]]*\\Z", b"x{2,}?")),
}
