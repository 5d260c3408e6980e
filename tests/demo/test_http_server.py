"""The server behind the simulated provider, over real sockets."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from engagewatch.demo.exchange import Request, Response, answer
from engagewatch.demo.http_server import LoopbackServer
from engagewatch.demo.server import SimulatedProvider
from tests.demo.simulation import ANCHOR, TOKEN


class Echo:
    """Answers with what it was asked."""

    def respond(self, request: Request, now: int) -> Response:
        if request.path == "/broken":
            raise RuntimeError("secret detail")
        return answer({"path": request.path, "query": dict(request.query), "now": now})


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer({"echo": Echo()}, lambda: ANCHOR) as running:
        yield running


@pytest.fixture
def address(server: LoopbackServer) -> tuple[str, int]:
    parts = urlsplit(server.urls["echo"])
    assert parts.hostname == "127.0.0.1"
    assert parts.port is not None
    return parts.hostname, parts.port


def exchange(address: tuple[str, int], sent: bytes) -> bytes:
    """Send raw bytes and return all that comes back until the server closes."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def test_one_connection_serves_many_requests(address: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*address, timeout=10)
    for number in range(5):
        connection.request("GET", f"/some/path?page%5Bsize%5D={number}")
        response = connection.getresponse()
        assert response.status == 200
        assert response.headers["Date"] == "Mon, 23 Nov 2026 10:30:00 GMT"
        told = f'{{"path":"/some/path","query":{{"page[size]":"{number}"}},"now":{ANCHOR}}}'
        assert response.read().decode() == told
    connection.close()


def test_a_request_with_a_body_leaves_the_next_one_intact(address: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.request("POST", "/first", body=b"x" * 5000)
    assert b"/first" in connection.getresponse().read()
    connection.request("GET", "/second")
    assert b"/second" in connection.getresponse().read()
    connection.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET /half HTTP/1.1\r\nHost: x",
        b"GET no-slash HTTP/1.1\r\n\r\n",
        b"GET / SMTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 40_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: minus\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(address: tuple[str, int], sent: bytes) -> None:
    assert exchange(address, sent).startswith(b"HTTP/1.1 400 ")
    assert exchange(address, b"GET /well HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_a_failing_site_answers_500_and_says_no_more(address: tuple[str, int]) -> None:
    answered = exchange(address, b"GET /broken HTTP/1.0\r\n\r\n")
    assert answered.startswith(b"HTTP/1.1 500 ")
    assert b"secret detail" not in answered


def test_stopping_closes_connections_and_frees_the_port(server: LoopbackServer) -> None:
    port = urlsplit(server.urls["echo"]).port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=10) as idle:
        idle.sendall(b"GET /one HTTP/1.1\r\n\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200 ")
        server.stop()
        assert idle.recv(1) == b""
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port or 0), timeout=10)


def test_a_server_never_started_lets_go_of_its_port() -> None:
    server = LoopbackServer({"echo": Echo()}, lambda: ANCHOR)
    port = urlsplit(server.urls["echo"]).port
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port or 0), timeout=10)


def test_a_taken_port_is_named(server: LoopbackServer) -> None:
    port = urlsplit(server.urls["echo"]).port or 0
    with pytest.raises(OSError, match=f"port {port} is already in use"):
        LoopbackServer({"echo": Echo()}, lambda: ANCHOR, port)


def test_the_provider_serves_every_tool_on_a_port_of_its_own() -> None:
    with SimulatedProvider(anchor=ANCHOR, clock=lambda: ANCHOR, token=TOKEN) as provider:
        assert len(set(provider.urls.values())) == len(provider.urls) == 6
        parts = urlsplit(provider.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        connection.request("GET", "/api/v2/users/me.json", headers=headers)
        assert b'"role":"admin"' in connection.getresponse().read()
        connection.close()
        parts = urlsplit(provider.status_url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        connection.request("GET", "/api/v2/status.json")
        assert b'"indicator":"minor"' in connection.getresponse().read()
        connection.close()
