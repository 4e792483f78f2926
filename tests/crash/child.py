"""Bots that are real processes and cost no imports: `python -m tests.crash.child` has it all loaded, and forks.

It reads orders from stdin, one JSON object per line, and writes what becomes of them to stdout. No thread runs
in it, so that a fork is whole.
"""

import asyncio
import json
import os
import random
import select
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401 - what a start imports late is here before the fork
import sqlalchemy.dialects.postgresql.asyncpg
import sqlalchemy.dialects.sqlite  # noqa: F401 - loaded once, for all children
from alibabacloud_ecs20140526 import client as _ecs  # noqa: F401 - loaded once, for all children
from alibabacloud_tea_openapi import client as _openapi  # noqa: F401 - loaded once, for all children

from bot import logs
from bot.app import App
from bot.catalog import read_catalog
from bot.serve import secrets
from bot.settings import Settings
from tests.crash.nursery import ROOT
from tests.crash.walk import Walk
from tests.replicas.quick import hasten


def _say(**what: Any) -> None:
    """One line; short enough for the pipe not to mix it with another's."""
    os.write(_OUT, (json.dumps(what) + "\n").encode())


_OUT = os.dup(1)


async def _serve(order: dict[str, Any]) -> None:
    """The bot as `bot.serve` runs it, with a walk around its ports."""
    number = order["id"]
    if order.get("hasten"):
        hasten()
    walk = Walk(lambda site: _say(id=number, step=site))
    settings = Settings.from_env(os.environ)
    logs.configure(settings.log_level, secrets(settings))
    app = App(settings, wrap=walk.around)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, app.stop)

    def arm() -> None:
        walk.arm(**json.loads(Path(order["aim"]).read_text()))
        _say(id=number, armed=True)

    loop.add_signal_handler(signal.SIGUSR1, arm)

    async def tell() -> None:
        await app.ready.wait()
        _say(id=number, port=app.port)

    telling = asyncio.create_task(tell())
    try:
        await app.run()
    finally:
        telling.cancel()


def _live(order: dict[str, Any]) -> None:
    """The life of one child; does not return."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        random.seed()
        log = os.open(order["log"], os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for here, there in ((null, 0), (log, 1), (log, 2)):
            os.dup2(here, there)
        os.chdir(order["folder"])
        os.environ.update(order["env"])
        asyncio.run(_serve(order))
        code = 0
    except BaseException:  # noqa: BLE001 - it is a process that ends here, and says why
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Fork as ordered until stdin ends; then end every child."""
    read_catalog(ROOT / "commands")  # compiles what all children compile
    assert threading.active_count() == 1
    children: dict[int, int] = {}
    ears, mouth = os.pipe()
    for end in (ears, mouth):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(mouth)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _say(ready=True)
    rest = b""
    while True:
        readable, _, _ = select.select([0, ears], [], [])
        if ears in readable:
            os.read(ears, 4096)
            _bury(children)
        if 0 in readable:
            got = os.read(0, 65536)
            if not got:
                break
            *lines, rest = (rest + got).split(b"\n")
            for line in lines:
                order = json.loads(line)
                if (pid := os.fork()) == 0:
                    _live(order)
                children[pid] = order["id"]
                _say(id=order["id"], pid=pid)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _bury(children: dict[int, int]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        if pid in children:
            _say(id=children.pop(pid), exit=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
