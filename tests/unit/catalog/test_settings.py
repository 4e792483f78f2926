"""The environment: what is read, what is refused, and that no secret shows."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import VARIABLES, Settings

HTTP = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "5ecret"}
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """COMMANDS_DIR's default is looked for where the bot is started."""
    monkeypatch.chdir(ROOT)


def faults(**changed: str) -> list[str]:
    """What is wrong with HTTP and *changed*."""
    try:
        Settings.from_env(HTTP | changed)
    except SettingsError as error:
        return list(error.faults)
    return []


def test_defaults() -> None:
    """Two variables are enough for HTTP mode."""
    settings = Settings.from_env(HTTP)
    assert not settings.socket_mode
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url.get_secret_value() == "sqlite:///bot.db"
    assert (settings.port, settings.admins, settings.log_level) == (3000, (), "info")
    assert settings.commands_dir == Path("commands")
    assert settings.access_key_id is None
    assert settings.ecs_endpoint is None


def test_socket_mode_needs_no_signing_secret() -> None:
    """The app-level token decides the mode."""
    settings = Settings.from_env({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"})
    assert settings.socket_mode
    assert settings.slack_signing_secret is None


def test_every_fault_at_once() -> None:
    """One start shows all there is to mend."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PORT": "http", "BOT_ADMINS": "@ann", "DATABASE_URL": "mysql://x/y"})
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "DATABASE_URL", "PORT", "BOT_ADMINS",
    ]  # fmt: skip


def test_swapped_tokens_are_named() -> None:
    """Each says where the token that it holds belongs."""
    assert faults(SLACK_BOT_TOKEN="xapp-1", SLACK_APP_TOKEN="xoxb-1") == [
        "SLACK_APP_TOKEN: holds the bot token: that belongs in SLACK_BOT_TOKEN, and the app-level token (xapp-…) here",
        "SLACK_BOT_TOKEN: holds the app-level token: that belongs in SLACK_APP_TOKEN, and the bot token (xoxb-…) here",
    ]
    assert faults(SLACK_BOT_TOKEN="xoxp-1") == ["SLACK_BOT_TOKEN: must be the bot token, which starts with xoxb-"]
    assert "holds a token" in faults(SLACK_SIGNING_SECRET="xoxb-1")[0]


@pytest.mark.parametrize("name", ["SLACK_API_URL", "ALIBABA_CLOUD_ECS_ENDPOINT"])
def test_plain_http_is_for_loopback_only(name: str) -> None:
    """Tokens and signatures don't travel in the clear."""
    for good in (
        "https://x.example",
        "http://127.0.0.1:9000",
        "http://localhost:1",
        "http://[::1]:1",
        "HTTP://127.0.0.2",
    ):
        assert faults(**{name: good}) == []
    for bad in ("http://x.example", "http://localhost.example", "http://10.0.0.1", "HTTP://x.example"):
        assert "plain http is for loopback only" in faults(**{name: bad})[0]
    for bad in (
        "x.example",
        "127.0.0.1:9000",
        "ftp://x",
        "https://",
        "http://[::1",
        "https://x:99999",
        "postgresql://x",
    ):
        assert "must be an address such as" in faults(**{name: bad})[0]


@pytest.mark.parametrize(
    "value", ["mysql://x", "bot.db", "sqlite:///", "sqlite://bot.db", "postgresql:", "postgresql:///"]
)
def test_databases_of_two_kinds(value: str) -> None:
    """Others are refused, with the two forms, and without the value: it may hold a password."""
    assert faults(DATABASE_URL=value) == [
        "DATABASE_URL: must be sqlite:///bot.db or postgresql://user:password@host/name"
    ]
    assert faults(DATABASE_URL="postgresql://u:p@db:5432/bot") == []


@pytest.mark.parametrize(("value", "port"), [("0", 0), ("1", 1), ("65535", 65535), (" 80 ", 80)])
def test_ports(value: str, port: int) -> None:
    """0 takes any free one."""
    assert Settings.from_env(HTTP | {"PORT": value}).port == port


@pytest.mark.parametrize("value", ["-1", "65536", "３０００", "80a", "1e3"])
def test_no_ports(value: str) -> None:
    """Digits of ASCII up to 65535, and nothing else."""
    assert faults(PORT=value) == [f"PORT: must be a port from 1 to 65535, not {value!r}"]


def test_admins() -> None:
    """Ids, not names; spaces and a last comma are forgiven."""
    assert Settings.from_env(HTTP | {"BOT_ADMINS": "U012AB, W9ZZZ,U012AB, "}).admins == ("U012AB", "W9ZZZ")
    for bad in ("ann", "@ann", "u012ab", "B012AB", "<@U012AB>"):
        assert f"BOT_ADMINS: {bad}: must be Slack user ids" in faults(BOT_ADMINS=f"U012AB,{bad}")[0]


def test_half_an_access_key() -> None:
    """Both halves, or neither for a RAM role."""
    assert faults(ALIBABA_CLOUD_ACCESS_KEY_ID="LTAI1")[0].startswith("ALIBABA_CLOUD_ACCESS_KEY_SECRET: is missing")
    assert faults(ALIBABA_CLOUD_ACCESS_KEY_SECRET="x")[0].startswith("ALIBABA_CLOUD_ACCESS_KEY_ID: is missing")


def test_the_rest(tmp_path: Path) -> None:
    """A folder that is not there, a level that is none."""
    assert faults(COMMANDS_DIR=str(tmp_path)) == []
    assert "is no folder" in faults(COMMANDS_DIR=str(tmp_path / "x"))[0]
    assert faults(LOG_LEVEL="Debug") == []
    assert faults(LOG_LEVEL="loud") == ["LOG_LEVEL: must be one of debug, info, warning, error, not 'loud'"]


def test_no_secret_shows() -> None:
    """Neither in the settings' repr nor in a fault."""
    secrets = {
        "SLACK_BOT_TOKEN": "xoxb-s3cret",
        "SLACK_SIGNING_SECRET": "s3cret",
        "SLACK_APP_TOKEN": "xapp-s3cret",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s3cret",
        "DATABASE_URL": "postgresql://u:s3cret@db/x",
    }
    assert "s3cret" not in repr(Settings.from_env(secrets))
    wrong = {
        name: value.replace("xoxb-", "").replace("xapp-", "").replace("://", ":") for name, value in secrets.items()
    }
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(wrong)
    assert len(caught.value.faults) == 3
    assert "s3cret" not in str(caught.value)


def test_outputs_are_kept_for_days_or_for_ever() -> None:
    """0 is no day at all."""
    assert faults(RETAIN_OUTPUTS_DAYS="7") == faults(RETAIN_OUTPUTS_DAYS="0") == []
    assert faults(RETAIN_OUTPUTS_DAYS="-1") == [
        "RETAIN_OUTPUTS_DAYS: must be a number of days, or 0 for never, not '-1'"
    ]


def test_events_are_kept_for_ever_unless_somebody_says_how_long() -> None:
    """Never for less than a month, and never for less than what was printed."""
    assert Settings.from_env(HTTP).retain_events is None
    assert Settings.from_env(HTTP | {"RETAIN_EVENTS_DAYS": "400"}).retain_events == timedelta(days=400)
    assert faults(RETAIN_EVENTS_DAYS="400", RETAIN_OUTPUTS_DAYS="400") == []
    assert faults(RETAIN_EVENTS_DAYS="29", RETAIN_OUTPUTS_DAYS="7") == [
        "RETAIN_EVENTS_DAYS: must be at least 30, or 0 for never"
    ]
    assert faults(RETAIN_EVENTS_DAYS="89") == [
        "RETAIN_EVENTS_DAYS: is less than RETAIN_OUTPUTS_DAYS, which keeps outputs 90 days"
    ]
    assert faults(RETAIN_EVENTS_DAYS="400", RETAIN_OUTPUTS_DAYS="0") == [
        "RETAIN_EVENTS_DAYS: is less than RETAIN_OUTPUTS_DAYS, which keeps outputs for ever"
    ]


def test_the_example_names_the_variables_that_are_read() -> None:
    """`.env.example` has each once, with a comment before it, and starts the bot once it is filled in."""
    text = (ROOT / ".env.example").read_text()
    names = re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)
    assert sorted(names) == sorted(VARIABLES)
    for name in names:
        if name != "ALIBABA_CLOUD_ACCESS_KEY_SECRET":
            assert re.search(rf"^# .+\n{name}=", text, re.MULTILINE), name
    example = dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z_]+=", line))
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(example)
    assert [fault.split(": ")[:2] for fault in caught.value.faults] == [
        ["SLACK_BOT_TOKEN", "is missing"],
        ["SLACK_SIGNING_SECRET", "is missing"],
    ]
    assert Settings.from_env(example | HTTP)
