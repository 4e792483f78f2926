"""The environment, read once: the only reader of it. All faults at once, no secret in any of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.errors import SettingsError

VARIABLES = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_API_URL",
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_ECS_ENDPOINT",
    "DATABASE_URL",
    "COMMANDS_DIR",
    "PORT",
    "BOT_ADMINS",
    "LOG_LEVEL",
    "RETAIN_OUTPUTS_DAYS",
    "RETAIN_EVENTS_DAYS",
    "RECONCILE_MINUTES",
    "ECS_CALLS_PER_MINUTE",
    "DRILL_USER",
    "DRILL_APPROVER",
    "DRILL_CHANNEL",
)
"""Every variable that is read; `.env.example` says what each means."""

LEAST = timedelta(days=30)
"""So long what happened is kept, whatever is set: a slip must not take it from whoever asks next week."""

_LEVELS = ("debug", "info", "warning", "error")
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,20}")
_TOKENS = {"SLACK_BOT_TOKEN": ("xoxb-", "the bot token"), "SLACK_APP_TOKEN": ("xapp-", "the app-level token")}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the bot is started with. An empty access key leaves it to the SDK's default credential chain."""

    slack_bot_token: SecretStr
    slack_signing_secret: SecretStr | None
    slack_app_token: SecretStr | None
    slack_api_url: str
    access_key_id: str | None
    access_key_secret: SecretStr | None
    ecs_endpoint: str | None
    database_url: SecretStr
    commands_dir: Path
    port: int
    admins: tuple[str, ...]
    log_level: str
    retain_outputs: timedelta | None
    retain_events: timedelta | None
    reconcile: timedelta | None
    ecs_calls_per_minute: int
    drill_user: str | None
    drill_approver: str | None
    drill_channel: str | None

    @property
    def socket_mode(self) -> bool:
        """Does Slack reach the bot over a socket that the bot opens, and not over HTTP?"""
        return self.slack_app_token is not None

    @property
    def takes_http(self) -> bool:
        """Are signed requests taken on PORT? In Socket Mode those of a drill alone, where one is set up."""
        return not self.socket_mode or (self.slack_signing_secret is not None and self.drill_user is not None)

    @property
    def alone(self) -> bool:
        """Is this process the only one on its database? An SQLite file is not shared; replicas share a server."""
        return self.database_url.get_secret_value().startswith("sqlite")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read *env*; raises SettingsError with every fault, each naming its variable and what to do."""
        reader = _Reader({name: env.get(name, "").strip() for name in VARIABLES})
        app = reader.token("SLACK_APP_TOKEN", needed=False)
        settings = cls(
            slack_bot_token=reader.token("SLACK_BOT_TOKEN") or SecretStr(""),
            slack_signing_secret=reader.signing_secret(needed=not reader.env["SLACK_APP_TOKEN"]),
            slack_app_token=app,
            slack_api_url=reader.url("SLACK_API_URL") or "https://slack.com/api/",
            access_key_id=reader.env["ALIBABA_CLOUD_ACCESS_KEY_ID"] or None,
            access_key_secret=reader.access_key(),
            ecs_endpoint=reader.url("ALIBABA_CLOUD_ECS_ENDPOINT"),
            database_url=reader.database(),
            commands_dir=reader.folder(),
            port=reader.port(),
            admins=reader.admins(),
            log_level=reader.level(),
            retain_outputs=reader.span("RETAIN_OUTPUTS_DAYS", timedelta(days=90), "days"),
            retain_events=reader.span("RETAIN_EVENTS_DAYS", None, "days"),
            reconcile=reader.span("RECONCILE_MINUTES", timedelta(minutes=5), "minutes"),
            ecs_calls_per_minute=reader.calls(),
            drill_user=reader.id("DRILL_USER", _USER, "a Slack user id such as U012AB3CD"),
            drill_approver=reader.id("DRILL_APPROVER", _USER, "a Slack user id such as U012AB3CD"),
            drill_channel=reader.id("DRILL_CHANNEL", _CHANNEL, "a channel's id such as C012AB3CD, not its name"),
        )
        reader.retention(settings.retain_outputs, settings.retain_events)
        if reader.faults:
            raise SettingsError(reader.faults)
        return settings


_FEWEST_CALLS = 10


def database_url(env: Mapping[str, str]) -> SecretStr:
    """DATABASE_URL alone, for what needs nothing else; raises SettingsError."""
    reader = _Reader({"DATABASE_URL": env.get("DATABASE_URL", "").strip()})
    url = reader.database()
    if reader.faults:
        raise SettingsError(reader.faults)
    return url


@dataclass(slots=True)
class _Reader:
    """One pass over the variables, collecting faults."""

    env: Mapping[str, str] = field(repr=False)
    faults: list[str] = field(default_factory=list)

    def fault(self, name: str, text: str) -> None:
        self.faults.append(f"{name}: {text}")

    def token(self, name: str, *, needed: bool = True) -> SecretStr | None:
        value, (prefix, what) = self.env[name], _TOKENS[name]
        if value in {"", prefix}:
            if needed:
                self.fault(name, f"is missing: {what} of the Slack app, which starts with {prefix}")
            return None
        other = next((o for o, (start, _) in _TOKENS.items() if o != name and value.startswith(start)), None)
        if other:
            self.fault(name, f"holds {_TOKENS[other][1]}: that belongs in {other}, and {what} ({prefix}…) here")
        elif not value.startswith(prefix):
            self.fault(name, f"must be {what}, which starts with {prefix}")
        return SecretStr(value)

    def signing_secret(self, *, needed: bool) -> SecretStr | None:
        value = self.env["SLACK_SIGNING_SECRET"]
        if not value and needed:
            self.fault(
                "SLACK_SIGNING_SECRET",
                "is missing: it is under Basic Information of the Slack app;"
                " or set SLACK_APP_TOKEN for Socket Mode, which needs none",
            )
        elif value.startswith(("xoxb-", "xapp-")):
            self.fault("SLACK_SIGNING_SECRET", "holds a token: the signing secret is under Basic Information")
        return SecretStr(value) if value else None

    def url(self, name: str) -> str | None:
        """An address; plain http only to this very computer."""
        value = self.env[name]
        if not value:
            return None
        host = None if value.startswith("postgresql") else _host(value)
        if host is None:
            self.fault(name, "must be an address such as https://example.com or http://127.0.0.1:9000")
        elif urlsplit(value).scheme == "http" and not _loopback(host):
            self.fault(name, "must be https: plain http is for loopback only (127.0.0.1, ::1, localhost)")
        return value

    def access_key(self) -> SecretStr | None:
        """Both halves or neither."""
        names = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
        given = [name for name in names if self.env[name]]
        if len(given) == 1:
            missing = next(name for name in names if name not in given)
            self.fault(missing, f"is missing, while {given[0]} is set: set both, or neither for a RAM role")
        return SecretStr(self.env[names[1]]) if self.env[names[1]] else None

    def database(self) -> SecretStr:
        value = self.env["DATABASE_URL"] or "sqlite:///bot.db"
        sqlite = value.startswith("sqlite:///") and len(value) > len("sqlite:///")
        # a server's name, or the folder of its socket
        server = value.startswith("postgresql://") and (_host(value) or "host=/" in value)
        if not sqlite and not server:
            self.fault("DATABASE_URL", "must be sqlite:///bot.db or postgresql://user:password@host/name")
        return SecretStr(value)

    def folder(self) -> Path:
        path = Path(self.env["COMMANDS_DIR"] or "commands")
        if not path.is_dir():
            self.fault("COMMANDS_DIR", f"{path} is no folder: the catalogue's *.toml files are read from it")
        return path

    def port(self) -> int:
        """0 takes any free port, which tests do."""
        value = self.env["PORT"] or "3000"
        if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) > 65_535:
            self.fault("PORT", f"must be a port from 1 to 65535, not {value!r}")
            return 0
        return int(value)

    def admins(self) -> tuple[str, ...]:
        users = [user.strip() for user in self.env["BOT_ADMINS"].split(",") if user.strip()]
        wrong = [user for user in users if not _USER.fullmatch(user)]
        if wrong:
            self.fault(
                "BOT_ADMINS",
                f"{', '.join(wrong)}: must be Slack user ids such as U012AB3CD"
                " (in Slack: the profile, ⋮, Copy member ID), with commas between",
            )
        return tuple(dict.fromkeys(users))

    def id(self, name: str, form: re.Pattern[str], what: str) -> str | None:
        """One id of Slack's, or none."""
        value = self.env[name]
        if value and not form.fullmatch(value):
            self.fault(name, f"must be {what}, not {value!r}")
        return value or None

    def retention(self, outputs: timedelta | None, events: timedelta | None) -> None:
        """What was printed goes no later than the invocation that it belongs to."""
        if events is None:
            return
        if events < LEAST:
            self.fault("RETAIN_EVENTS_DAYS", f"must be at least {LEAST.days}, or 0 for never")
        elif outputs is None or events < outputs:
            days = f"{outputs.days} days" if outputs else "for ever"
            self.fault("RETAIN_EVENTS_DAYS", f"is less than RETAIN_OUTPUTS_DAYS, which keeps outputs {days}")

    def span(self, name: str, default: timedelta | None, unit: str) -> timedelta | None:
        """A number of *unit* ("days"); None for 0, which means never."""
        if not (value := self.env[name]):
            return default
        if not re.fullmatch(r"[0-9]{1,5}", value):
            self.fault(name, f"must be a number of {unit}, or 0 for never, not {value!r}")
            return None
        return timedelta(**{unit: int(value)}) or None

    def calls(self) -> int:
        """At least ten: with fewer no end is seen in time."""
        value = self.env["ECS_CALLS_PER_MINUTE"] or "120"
        if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) < _FEWEST_CALLS:
            self.fault("ECS_CALLS_PER_MINUTE", f"must be a number from {_FEWEST_CALLS} to 99999, not {value!r}")
            return _FEWEST_CALLS
        return int(value)

    def level(self) -> str:
        value = self.env["LOG_LEVEL"].lower() or "info"
        if value not in _LEVELS:
            self.fault("LOG_LEVEL", f"must be one of {', '.join(_LEVELS)}, not {value!r}")
        return value


def _host(url: str) -> str | None:
    """The host of an http, https or postgresql address; None where it is no such thing."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https", "postgresql"} else None


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
