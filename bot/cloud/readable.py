"""The last fence of the adapter: an answer in a shape that nobody foresaw is one of the port's errors, too."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import structlog

from bot.errors import CloudError, CloudNotKnown, CloudTryAgain

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger(__name__)


def read(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """A call without effect: what can't be read is read again."""
    return _fenced(method, CloudTryAgain)


def write(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """A call with an effect: it may have had it."""
    return _fenced(method, CloudNotKnown)


def _fenced(method: Callable[P, Coroutine[Any, Any, T]], kind: type[CloudError]) -> Callable[P, Coroutine[Any, Any, T]]:
    @functools.wraps(method)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await method(*args, **kwargs)
        except CloudError:
            raise
        except Exception as error:  # noqa: BLE001 - the port promises three kinds of error
            broken = type(error).__name__
        log.warning("answer_unreadable", call=method.__name__, error=broken)
        raise kind(f"an answer of ECS that can't be read ({broken})")

    return call
