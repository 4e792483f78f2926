"""The network between a replica and PostgreSQL, which a test can cut."""

import asyncio
from types import TracebackType
from typing import Self


class Wire:
    """A TCP port that leads to the server's socket at *path*, until it is cut."""

    def __init__(self, path: str) -> None:
        self.port = 0
        self.is_cut = False
        self._path = path
        self._server: asyncio.Server
        self._ends: set[asyncio.StreamWriter] = set()
        self._heard = asyncio.Event()
        self._heard.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._server.close()

    def cut(self) -> None:
        """End every connection; new ones end at once."""
        self.is_cut = True
        for end in list(self._ends):
            end.transport.abort()

    def silence(self) -> None:
        """Swallow what comes from either side; nobody is told."""
        self._heard.clear()

    def mend(self) -> None:
        """Lead to the server again."""
        self.is_cut = False
        self._heard.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        there, back = await asyncio.open_unix_connection(self._path)
        self._ends |= {writer, back}
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            self._ends -= {writer, back}

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._heard.wait()
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass
        finally:
            sink.transport.abort()
