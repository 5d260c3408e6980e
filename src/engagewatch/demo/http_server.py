"""A small HTTP/1.1 server on the loopback interface, in a thread of its own.

It knows nothing of what it serves: each port has a :class:`~engagewatch.demo.exchange.Site`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from http import HTTPStatus
from threading import Thread
from types import TracebackType
from typing import Final

from engagewatch.demo.exchange import Request, Response, Site, answer
from engagewatch.model.instants import TimeSource

HOST: Final = "127.0.0.1"
_HEAD_LIMIT = 16 * 1024
_BODY_LIMIT = 64 * 1024
_IDLE = 75.0
"""Seconds a connection may stay open between requests."""


class MalformedRequestError(Exception):
    """What came in is not an HTTP request."""


class LoopbackServer:
    """Serves sites until it is stopped. A context manager; may be stopped from any thread."""

    def __init__(self, sites: Mapping[str, Site], clock: TimeSource, port: int = 0) -> None:
        """Listen for every site, on ``port`` and the ones that follow, or on free ones if 0.

        Raises:
            OSError: a port is taken.
        """
        self._clock = clock
        self._connections: set[asyncio.Task[None]] = set()
        self._listeners: list[tuple[socket.socket, Site]] = []
        self.urls: dict[str, str] = {}
        """Where each site is, by name."""
        try:
            for number, (name, site) in enumerate(sites.items()):
                listener = _listen(port and port + number)
                self._listeners.append((listener, site))
                self.urls[name] = f"http://{HOST}:{listener.getsockname()[1]}"
        except OSError:
            self._close_listeners()
            raise
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = Thread(target=self._run, name="simulated-provider", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering, close every connection and free the ports. May be called again."""
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it ended by itself in this very moment
                self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        elif not self._loop.is_closed():
            self._loop.close()
            self._close_listeners()

    def __enter__(self) -> LoopbackServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve())

    def _close_listeners(self) -> None:
        for listener, _ in self._listeners:
            listener.close()

    async def _serve(self) -> None:
        servers = [await self._server(listener, site) for listener, site in self._listeners]
        await self._stopping.wait()
        for server in servers:
            server.close()
        open_connections = list(self._connections)
        for connection in open_connections:
            connection.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)
        for server in servers:
            await server.wait_closed()

    async def _server(self, listener: socket.socket, site: Site) -> asyncio.Server:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._connections.add(task)
                task.add_done_callback(self._connections.discard)
            await self._converse(reader, writer, site)

        return await asyncio.start_server(connected, sock=listener, limit=_HEAD_LIMIT)

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, site: Site
    ) -> None:
        """Answer the requests of one connection until either side has had enough."""
        try:
            while not self._stopping.is_set():
                try:
                    request, keep = await asyncio.wait_for(_read(reader), _IDLE)
                except MalformedRequestError:
                    await self._send(writer, answer({"error": "BadRequest"}, 400), keep=False)
                    return
                if request is None:
                    return
                await self._send(writer, self._answer(site, request), keep=keep)
                if not keep:
                    return
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            return
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    def _answer(self, site: Site, request: Request) -> Response:
        try:
            return site.respond(request, self._clock())
        except Exception as error:  # noqa: BLE001 - the client is told, as by a real server
            return answer({"error": "InternalError", "description": type(error).__name__}, 500)

    async def _send(self, writer: asyncio.StreamWriter, response: Response, *, keep: bool) -> None:
        headers = {
            "Date": formatdate(self._clock(), usegmt=True),
            **response.headers,
            "Connection": "keep-alive" if keep else "close",
        }
        if response.status != HTTPStatus.NOT_MODIFIED:
            headers["Content-Length"] = str(len(response.body))
        lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + response.body)
        await writer.drain()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OSError(error.errno, f"port {port} is already in use") from None
        raise


async def _read(reader: asyncio.StreamReader) -> tuple[Request | None, bool]:
    """Return the next request, ``None`` at the end, and whether the client wants to go on."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise MalformedRequestError from None
        return None, False
    except asyncio.LimitOverrunError:
        raise MalformedRequestError from None
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[1].startswith("/"):
        raise MalformedRequestError
    headers = _headers(rest)
    await _skip_body(reader, headers)
    keep = words[2] != "HTTP/1.0" and headers.get("connection", "").lower() != "close"
    try:
        return Request.parse(words[0], words[1], headers), keep
    except ValueError:
        raise MalformedRequestError from None


def _headers(lines: Sequence[str]) -> dict[str, str]:
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers


async def _skip_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> None:
    """Read what a request carries, so that the next one is found behind it."""
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal() or int(length) > _BODY_LIMIT:
        raise MalformedRequestError
    await reader.readexactly(int(length))
