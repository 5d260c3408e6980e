"""A server on a raw socket that answers well, except where its script says how to misbehave.

Behind it stands any site (something that turns a request into a response); in front of it a plan of
faults, one for each request in turn. A fault gets the bytes of the good answer and decides what
becomes of them on the wire, below HTTP if it likes.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit

from engagewatch.testing.loopback import listening
from tests.provider.loopback import SERVER_TIME, Request, Response

Site = Callable[[Request], Response]
Fault = Callable[["Wire", Request, Response], Awaitable[None]]
"""Sends whatever it likes; what it leaves open is closed afterwards."""

HTML = {"Content-Type": "text/html; charset=utf-8"}


class Wire:
    """The connection a fault plays with."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.keep = False

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def reset(self) -> None:
        """Close with a reset instead of a farewell."""
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


class FaultServer:
    """The server: what it was asked, and what it will do wrong next."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.plan: list[Fault | None] = []
        self.always: Fault | None = None
        self.seen: list[Request] = []
        self.server_time = SERVER_TIME
        self.scheme = "http"
        self.port = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def then(self, *faults: Fault | None) -> None:
        """Misbehave in these ways, one request each; ``None`` behaves."""
        self.plan.extend(faults)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read_request(reader)) is not None:
                self.seen.append(request)
                fault = (self.plan.pop(0) if self.plan else None) or self.always
                wire = Wire(writer)
                good = self.site(request)
                headers = {"Date": formatdate(self.server_time, usegmt=True), **good.headers}
                good = replace(good, headers=headers)
                if fault is None:
                    await wire.send(encoded(good))
                    continue
                await fault(wire, request, good)
                if not wire.keep:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either end is gone
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
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


def encoded(response: Response, *, length: int | None = None) -> bytes:
    """Return the bytes of a response."""
    size = len(response.body) if length is None else length
    headers = {"Content-Length": str(size), **response.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {response.status} Said\r\n{head}\r\n".encode() + response.body


# Faults of the connection


async def hang(wire: Wire, request: Request, good: Response) -> None:
    """Take the request and say nothing."""
    await asyncio.Event().wait()


async def hang_in_body(wire: Wire, request: Request, good: Response) -> None:
    """Say half of it and no more."""
    data = encoded(good)
    await wire.send(data[: len(data) // 2])
    await asyncio.Event().wait()


async def drip(wire: Wire, request: Request, good: Response) -> None:
    """Send a byte at a time, often enough that no pause ever looks too long."""
    for byte in encoded(good):
        await wire.send(bytes([byte]))
        await asyncio.sleep(0.02)


async def latency(wire: Wire, request: Request, good: Response) -> None:
    """Answer well, a little late."""
    await asyncio.sleep(0.05)
    await wire.send(encoded(good))


async def reset(wire: Wire, request: Request, good: Response) -> None:
    """Reset the connection at once."""
    wire.reset()


async def reset_in_body(wire: Wire, request: Request, good: Response) -> None:
    """Reset the connection in the middle of the body."""
    data = encoded(good)
    await wire.send(data[: -max(len(good.body) // 2, 1)])
    wire.reset()


async def close_early(wire: Wire, request: Request, good: Response) -> None:
    """Close politely in the middle of the body."""
    await wire.send(encoded(good)[: -max(len(good.body) // 2, 1)])


async def garbage(wire: Wire, request: Request, good: Response) -> None:
    """Answer with what is no HTTP at all."""
    await wire.send(b"\x00\x16SSH-2.0-OpenSSH_9.6\r\n\xff\xff")


async def bad_chunks(wire: Wire, request: Request, good: Response) -> None:
    """Announce chunks and send none."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    await wire.send(head + b"zz\r\n{}\r\n0\r\n\r\n")


async def endless_headers(wire: Wire, request: Request, good: Response) -> None:
    """Send headers for as long as somebody listens."""
    await wire.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await wire.send(b"X-More: " + b"a" * 4000 + b"\r\n")


async def endless_body(wire: Wire, request: Request, good: Response) -> None:
    """Send a body for as long as somebody listens."""
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while True:
        await wire.send(b"0," * 32768)


async def gzip_bomb(wire: Wire, request: Request, good: Response) -> None:
    """Send a few kilobytes that unpack to a gigabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    await wire.send(encoded(Response(200, body, {"Content-Encoding": "gzip"})))


# Faults of the answer


def says(response: Response) -> Fault:
    """Answer with ``response`` instead."""

    async def fault(wire: Wire, request: Request, good: Response) -> None:
        kept = {"Date": good.headers["Date"]}
        await wire.send(encoded(replace(response, headers={**kept, **response.headers})))
        wire.keep = True

    return fault


def status(code: int, **headers: str) -> Fault:
    """Answer with a status and a short JSON body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return says(Response(code, b'{"error": "no"}', {"Content-Type": "application/json", **named}))


def changes(mutate: Callable[[bytes], bytes]) -> Fault:
    """Answer well, but for what ``mutate`` does to the body."""

    async def fault(wire: Wire, request: Request, good: Response) -> None:
        await wire.send(encoded(replace(good, body=mutate(good.body))))
        wire.keep = True

    return fault


def announces(extra: int) -> Fault:
    """Announce a body longer (or shorter) by ``extra`` bytes than what is sent."""

    async def fault(wire: Wire, request: Request, good: Response) -> None:
        await wire.send(encoded(good, length=len(good.body) + extra))

    return fault


def dated(at: str) -> Fault:
    """Answer well under another date."""

    async def fault(wire: Wire, request: Request, good: Response) -> None:
        await wire.send(encoded(replace(good, headers={**good.headers, "Date": at})))
        wire.keep = True

    return fault


async def zipped_wrongly(wire: Wire, request: Request, good: Response) -> None:
    """Say that the body is packed, pack it, and damage it."""
    packed = bytearray(gzip.compress(good.body))
    packed[len(packed) // 2] ^= 0xFF
    headers = {**good.headers, "Content-Encoding": "gzip"}
    await wire.send(encoded(replace(good, body=bytes(packed), headers=headers)))


login_page = says(Response(200, b"<!doctype html><title>Sign in</title>", HTML))
truncated_json = changes(lambda body: body[: len(body) // 2])
no_json = changes(lambda body: b"not json" + body)
empty_body = changes(lambda body: b"")
wrong_shape = changes(lambda body: b'["a", "list"]')


@asynccontextmanager
async def fault_server(
    site: Site, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[FaultServer]:
    """Run a server on a free port of this machine."""
    running = FaultServer(site)
    running.scheme = "http" if tls is None else "https"
    async with listening(running.serve, tls=tls) as running.port:
        yield running


def forever(fault: Fault, times: int = 50) -> Iterable[Fault]:
    """Return a plan that misbehaves in one way for as long as any test asks."""
    return [fault] * times
