"""Leases as short as a test's patience. Also a replica: `python -m tests.replicas.quick`."""

import sys
from collections.abc import Callable
from datetime import timedelta

import bot.store.leases
import bot.usecases.dispatch
import bot.workers.budget
import bot.workers.looper
from bot.domain.message import MessageKind


def hasten(put: Callable[[object, str, object], None] = setattr) -> None:
    """What a dead replica had is free after seconds; messages go out as fast as they come."""
    put(bot.store.leases, "LEASE", timedelta(seconds=4))
    put(bot.usecases.dispatch, "CLAIM", timedelta(seconds=8))
    put(MessageKind, "longest", property(lambda _: timedelta(seconds=8)))
    put(bot.workers.looper, "IDLE", timedelta(seconds=1))
    for name in ("UPDATES", "POSTS", "POSTING"):
        put(bot.workers.budget, name, (1000.0, 1000.0, 0.0))


if __name__ == "__main__":
    from bot.serve import serve

    hasten()
    sys.exit(serve())
