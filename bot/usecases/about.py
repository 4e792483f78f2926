"""Which invocation it is that something is done for: every line that is logged meanwhile, by whomever, has its id."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from structlog.contextvars import bound_contextvars

P = ParamSpec("P")
T = TypeVar("T")

Step = Callable[P, Coroutine[Any, Any, T]]


def about(invocation: Callable[..., str]) -> Callable[[Step[P, T]], Step[P, T]]:
    """Of a use case whose arguments *invocation* knows the id from."""

    def named(step: Step[P, T]) -> Step[P, T]:
        @functools.wraps(step)
        async def done(*args: P.args, **kwargs: P.kwargs) -> T:
            with bound_contextvars(invocation=invocation(*args, **kwargs)):
                return await step(*args, **kwargs)

        return done

    return named
