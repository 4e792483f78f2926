"""One process of the bot, from its environment to its exit code."""

import asyncio
import os
import signal
import sys
from urllib.parse import unquote, urlsplit

import structlog

from bot import logs
from bot.errors import StartError
from bot.ports import Clock
from bot.settings import Settings

log = structlog.get_logger(__name__)


def serve(clock: Clock | None = None) -> int:
    """Serve until SIGTERM or SIGINT, by *clock* or the machine's.

    0: stopped as asked; 2: could not start; 1: something broke.
    """
    try:
        settings = Settings.from_env(os.environ)
        logs.configure(settings.log_level, secrets(settings))
        asyncio.run(_serve(settings, clock))
    except Exception as error:
        if (faults := start_faults(error)) is None:
            log.exception("broken")
            return 1
        sys.stderr.write("\n".join(["The bot can't start:", *(f"  {fault}" for fault in faults), ""]))
        return 2
    return 0


def start_faults(error: BaseException) -> list[str] | None:
    """The lines of the StartErrors in *error*, which may be a group of a TaskGroup; None where it holds another."""
    if isinstance(error, StartError):
        return list(error.faults)
    if not isinstance(error, BaseExceptionGroup):
        return None
    parts = [start_faults(inner) for inner in error.exceptions]
    return None if None in parts else [line for part in parts for line in part or []]


def secrets(settings: Settings) -> list[str]:
    """What must never stand in a log."""
    hidden = (
        settings.slack_bot_token,
        settings.slack_signing_secret,
        settings.slack_app_token,
        settings.access_key_secret,
    )
    password = urlsplit(settings.database_url.get_secret_value()).password or ""
    given = [secret.get_secret_value() for secret in hidden if secret is not None]
    return given + sorted({password, unquote(password)} - {""})


async def _serve(settings: Settings, clock: Clock | None) -> None:
    from bot.app import App  # takes the most of a second: a fault in the settings is told before

    app = App(settings, clock)
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.stop)

    def reload() -> None:
        task = loop.create_task(app.reload())
        reloads.add(task)  # the loop itself holds a task only weakly
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    await app.run()
