"""A small HTTP server on a real socket whose every byte a test decides."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

DATE = "Mon, 02 Mar 2026 09:00:00 GMT"
SERVER_TIME = 1_772_442_000


@dataclass(frozen=True)
class Request:
    """What a client asked for."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """What it gets."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    hang: bool = False
    """Never finish the body."""
    announced: int | None = None
    """The ``Content-Length`` to claim, if not the true one."""


Handler = Callable[[Request], Response | Awaitable[Response]]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Loopback:
    """The server: its address, what it was asked, and what it answers."""

    def __init__(self, handler: Handler, *, scheme: str = "http") -> None:
        self.handler = handler
        self.seen: list[Request] = []
        self.scheme = scheme
        self.port = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader)) is not None:
                self.seen.append(request)
                answered = self.handler(request)
                response = answered if isinstance(answered, Response) else await answered
                await self._write(writer, response)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either end is gone
        finally:
            writer.close()

    async def _write(self, writer: asyncio.StreamWriter, response: Response) -> None:
        length = len(response.body) if response.announced is None else response.announced
        headers = {"Date": DATE, "Content-Length": str(length + response.hang), **response.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        writer.write(f"HTTP/1.1 {response.status} Said\r\n{head}\r\n".encode() + response.body)
        await writer.drain()
        if response.hang:
            await asyncio.Event().wait()
        if length > len(response.body):
            raise ConnectionError


async def _read(reader: asyncio.StreamReader) -> Request | None:
    line = (await reader.readline()).decode("latin-1").split()
    if len(line) != 3:
        return None
    headers = {}
    while (header := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    target = urlsplit(line[1])
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(line[0], target.path, dict(parse_qsl(target.query)), headers, body)


@asynccontextmanager
async def loopback(
    handler: Handler, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Loopback]:
    """Run a server on a free port of this machine."""
    running = Loopback(handler, scheme="http" if tls is None else "https")
    async with listening(running.serve, tls=tls) as running.port:
        yield running


@asynccontextmanager
async def listening(serve: Serve, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve connections on a free port of this machine, and cut those off that are left."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
