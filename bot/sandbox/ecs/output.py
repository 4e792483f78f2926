"""What the Cloud Assistant agent keeps of a script's output.

One merged buffer of stdout and stderr. While the script runs, the head (about 6,000 bytes)
is streamed to the region; at the end the tail follows, together at most 24 KB; what lies
between is dropped and counted. Cuts are at byte offsets, even within a character.

Source: the open-source agent (2024), and "24 KB" of the SDK's parameter docs. Simplified:
the real agent streams a head only of runs longer than its report interval; here a run that
fits is whole, and one that does not always loses its middle.
"""

from __future__ import annotations

import asyncio
from collections import deque

HEAD = 6_000
LIMIT = 24 * 1024


class Output:
    """Takes bytes for as long as a script writes, in bounded memory."""

    def __init__(self, head: int = HEAD, limit: int = LIMIT) -> None:
        self._head = bytearray()
        self._head_size = head
        self._tail: deque[bytes] = deque()
        self._tail_size = limit - head
        self._tail_held = 0
        self._grown = asyncio.Event()
        self.written = 0

    def write(self, data: bytes) -> None:
        self.written += len(data)
        self._grown.set()
        room = self._head_size - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail.append(data)
            self._tail_held += len(data)
            while self._tail_held - len(self._tail[0]) >= self._tail_size:
                self._tail_held -= len(self._tail.popleft())

    async def grown(self) -> None:
        """Returns once anything has been written."""
        await self._grown.wait()

    def head(self) -> bytes:
        """What a running script has shown so far."""
        return bytes(self._head)

    def result(self) -> tuple[bytes, int]:
        """The output as ECS keeps it, and how many bytes were dropped."""
        tail = b"".join(self._tail)[-self._tail_size :]
        kept = bytes(self._head) + tail
        return kept, self.written - len(kept)
