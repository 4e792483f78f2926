"""The line to ECS: one SDK client per account and region, its sync calls in bounded threads.

The SDK's async methods build a TLS context and a connection per call (36 calls a second,
and the event loop stands still for a second); its sync ones keep connections alive.

A cancelled caller doesn't stop a call that a thread has begun: it goes on, and its answer is
dropped. For RunCommand that means "it may have happened", as with a lost answer: only the
same ClientToken may be sent again. A call that still waits for a thread is never made.
"""

import asyncio
import threading
import traceback
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog

from bot.cloud import sdk
from bot.cloud.credentials import Credentials
from bot.cloud.mapping import translate
from bot.cloud.threads import Stopped, Threads
from bot.errors import CloudError, CloudRefused, CloudTryAgain

METHODS = {
    "DescribeInstances": "describe_instances",
    "DescribeCloudAssistantStatus": "describe_cloud_assistant_status",
    "RunCommand": "run_command",
    "DescribeInvocations": "describe_invocations",
    "DescribeInvocationResults": "describe_invocation_results",
    "StopInvocation": "stop_invocation",
}
"""Every action that the bot calls, and the SDK's method for it."""

MAX_PAGES = 400
_ENDLESS = "the list does not end"

_T = TypeVar("_T")

logger = structlog.get_logger(__name__)


def on_the_wall() -> datetime:
    """Now, in UTC, by the machine's clock: it goes on while the process, or the machine, stands still."""
    return datetime.now(UTC)


class Line:
    """Calls actions of ECS. *concurrency* is how many reads at once, and how many writes.

    Each kind has threads of its own: a region that does not answer takes all that read, and what
    is to be sent or stopped elsewhere goes out all the same. They are started as they are needed.
    """

    def __init__(
        self,
        credentials: Credentials,
        endpoint: str | None = None,
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 15.0,
        concurrency: int = 16,
        now: Callable[[], datetime] = on_the_wall,
    ) -> None:
        self._credentials = credentials
        self._endpoint = sdk.Endpoint.parse(endpoint)
        self._timeouts = (connect_timeout, read_timeout)
        self._concurrency = concurrency
        self._now = now
        self._readers = Threads("ecs-read", concurrency)
        self._writers = Threads("ecs-write", concurrency)
        self._clients: dict[tuple[str, str], Future[Any]] = {}
        self._lock = threading.Lock()

    async def warm_up(self) -> None:
        """Import the SDK, so that the first command doesn't wait for it."""
        await self._readers.run(sdk.load)

    async def close(self) -> None:
        """Take no more calls and wait for those under way: a read timeout at most."""
        for threads in (self._writers, self._readers):
            threads.stop()
        for threads in (self._writers, self._readers):
            await threads.ended()

    async def call(
        self, account: str, region: str, action: str, *, not_after: datetime | None = None, **fields: Any
    ) -> Any:
        """The body of ECS's answer (the SDK's model). *fields* are the request's, `tag` as pairs.

        A call whose thread gets to it after *not_after* is not made: it waited for the thread, or
        the process stood still.

        Raises CloudTryAgain, CloudNotKnown or CloudRefused, and no other error.
        """
        threads = self._readers if _is_read(action) else self._writers
        try:
            answer = await threads.run(self._attempt, account, region, action, fields, not_after)
        except Stopped:
            raise CloudTryAgain(f"{action} was not sent: the bot is stopping", sent=False) from None
        except RuntimeError as error:
            raise translate(error, action, read=_is_read(action)) from None
        if isinstance(answer, CloudError):
            raise answer
        return answer

    async def pages(self, account: str, region: str, action: str, *, inside: str = "", **fields: Any) -> list[Any]:
        """The bodies of all pages, by NextToken. *inside* names the part of a body that carries the token."""
        bodies: list[Any] = []
        token: str | None = None
        for _ in range(MAX_PAGES):
            body = await self.call(account, region, action, next_token=token, **fields)
            bodies.append(body)
            following = getattr(getattr(body, inside, None) if inside else body, "next_token", None)
            token = onward(following, token)
            if token is None:
                return bodies
        raise CloudTryAgain(_ENDLESS)

    def _attempt(
        self, account: str, region: str, action: str, fields: dict[str, Any], not_after: datetime | None
    ) -> Any:
        """One call, in a thread: the body, or the error as a value.

        The error is raised by the caller, outside the `except`, so that no exception of the
        SDK hangs on it as its context.
        """
        read = _is_read(action)
        try:
            request = _request(action, region, fields)
            method = getattr(self._client(account, region), f"{METHODS[action]}_with_options")
            runtime = sdk.load().runtime()
        except CloudError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the port promises three kinds of error, whatever the SDK raises
            return _not_made(action, error)
        if not_after is not None and self._now() > not_after:
            return CloudTryAgain(f"{action} was not sent: its time is over", sent=False)
        try:
            body = method(request, runtime).body
        except Exception as error:  # noqa: BLE001 - as above
            return translate(error, action, read=read)
        if not getattr(body, "request_id", None):  # every answer of ECS has one; without it, `{}` is an empty list
            return translate(ValueError(), action, read=read)
        return body

    def _client(self, account: str, region: str) -> Any:
        """The client for *account* and *region*; of several first callers one makes it, the others wait."""
        with self._lock:
            made = self._clients.get((account, region))
            mine = made is None
            if made is None:
                made = self._clients[(account, region)] = Future()
        if mine:
            try:
                made.set_result(self._make(account, region))
            except BaseException as error:
                with self._lock:
                    del self._clients[(account, region)]
                made.set_exception(error)
                raise
        return made.result()

    def _make(self, account: str, region: str) -> Any:
        connect_timeout, read_timeout = self._timeouts
        return sdk.make_client(
            self._credentials.client(account),
            region,
            self._endpoint,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            connections=2 * self._concurrency,
        )


def _is_read(action: str) -> bool:
    return action.startswith("Describe")


def _request(action: str, region: str, fields: dict[str, Any]) -> Any:
    models = sdk.load().models
    given = {name: value for name, value in fields.items() if value is not None}
    if "tag" in given:
        tag = getattr(models, f"{action}RequestTag")
        given["tag"] = [tag(key=key, value=value) for key, value in given["tag"]]
    return getattr(models, f"{action}Request")(region_id=region, **given)


def _not_made(action: str, error: Exception) -> CloudRefused:
    """A call that failed before it was sent: ours to mend. Its own text may hold what no log may."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    logger.error("cloud_call_not_made", action=action, error=type(error).__name__, at=at)
    return CloudRefused(f"{action} could not be made ready ({type(error).__name__}): nothing was sent")


def portions(ids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    """*ids* in order, at most *size* at a time."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def onward(token: str | None, asked: str | None) -> str | None:
    """The *token* of the next page, after that which was *asked* for; None: there is none. One that doesn't move on is
    CloudTryAgain: half a list is not taken for a whole one."""
    if token and token == asked:
        raise CloudTryAgain(_ENDLESS)
    return token or None


def rows(body: Any, *path: str) -> list[Any]:
    """The list at *path* in an answer; empty where a part of the path is absent."""
    for name in path:
        body = getattr(body, name, None)
    return body if isinstance(body, list) else []


async def together(calls: Iterable[Coroutine[Any, Any, _T]]) -> list[_T]:
    """The results of *calls*, made at once, in order. The first error ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except* CloudError as errors:
        failed = errors
    else:
        return [task.result() for task in tasks]
    raise next(iter(failed.exceptions))
