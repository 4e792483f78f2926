"""Many people at once, as a process of its own that costs next to nothing: `python -m bench.load`.

The first line of stdin says where to and how many at once; each further line is one HTTP request, signed beforehand.
Each connection sends the next request as soon as its last was answered. What came of it is one line of JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial


class _Line(asyncio.Protocol):
    """One connection, and one request on it at a time."""

    def __init__(
        self, requests: Iterator[bytes], answers: list[tuple[float, str, str]], ended: "asyncio.Future[None]"
    ) -> None:
        self._requests = requests
        self._answers = answers
        self._ended = ended
        self._seen = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, blank, body = self._seen.partition(b"\r\n\r\n")
        if not blank or len(body) < _length(head):
            return
        self._answers.append((time.perf_counter() - self._sent, head[9:12].decode(), body.decode()))
        self._seen = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(exc or RuntimeError("the connection was closed before the answer"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._ended.set_result(None)
            self._transport.close()
        else:
            self._sent = time.perf_counter()
            self._transport.write(request)


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])


async def send(port: int, at_once: int, requests: Sequence[bytes]) -> dict[str, object]:
    """All *requests* to *port* of this computer, *at_once* at a time; seconds until each answer, and what it said."""
    loop, left = asyncio.get_running_loop(), iter(requests)
    answers: list[tuple[float, str, str]] = []
    ends = [loop.create_future() for _ in range(at_once)]
    began, worked = time.perf_counter(), time.process_time()
    for end in ends:
        await loop.create_connection(partial(_Line, left, answers, end), "127.0.0.1", port)
    await asyncio.gather(*ends)
    return {
        "answers": answers,
        "seconds": time.perf_counter() - began,
        "worked": time.process_time() - worked,
    }


def main() -> None:
    """Read, send, say what came of it."""
    where = json.loads(sys.stdin.readline())
    requests = [json.loads(line).encode() for line in sys.stdin]
    print(json.dumps(asyncio.run(send(where["port"], where["at_once"], requests))))


if __name__ == "__main__":
    main()
