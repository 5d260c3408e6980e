"""What the HTTP client makes of every way in which a server can misbehave."""

from __future__ import annotations

import asyncio
import ssl
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from engagewatch.model.engagement import Reach
from engagewatch.model.freshness import Failure
from engagewatch.net import usage
from engagewatch.net.budget import FAILURES_TO_OPEN, RETRY_QUOTA, budget
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from tests.fault import server as faults
from tests.fault.server import Fault, FaultServer, fault_server, status
from tests.provider.loopback import Request, Response

SECRET = "s3cr3t-t0ken"
GOOD = Response(200, b'{"tickets": [' + b'"x", ' * 400 + b"1]}")


@asynccontextmanager
async def client_of(
    server: FaultServer, *, within: float = 0.4, per_minute: int = 10_000, token: str = SECRET
) -> AsyncIterator[Client]:
    client = Client(
        server.url, Limits(per_minute, timeout=within, pause=0), authorization=f"Bearer {token}"
    )
    try:
        yield client
    finally:
        await client.aclose()


def site(_: Request) -> Response:
    return GOOD


BROKEN = [
    faults.hang,
    faults.hang_in_body,
    faults.drip,
    faults.reset,
    faults.reset_in_body,
    faults.close_early,
    faults.garbage,
    faults.bad_chunks,
    faults.announces(100),
    status(500),
    status(502),
    status(503),
    status(504),
    status(408),
    status(425),
    status(522),
    status(101),
]


@pytest.mark.parametrize("fault", BROKEN)
async def test_trouble_that_passes_is_outlived(fault: Fault) -> None:
    async with fault_server(site) as server, client_of(server) as client:
        server.then(fault, faults.latency)
        assert (await client.get("x.json")).body == GOOD.body
        assert len(server.seen) == 2


@pytest.mark.parametrize("fault", BROKEN)
async def test_trouble_that_stays_ends_within_a_few_attempts(fault: Fault) -> None:
    async with fault_server(site) as server, client_of(server, within=0.4) as client:
        server.always = fault
        with pytest.raises(SourceError) as caught:
            await client.get("x.json")
        assert caught.value.failure is Failure.TRANSIENT
        assert len(server.seen) == 4
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (faults.gzip_bomb, Failure.CONTRACT),
        (faults.endless_body, Failure.CONTRACT),
        (faults.zipped_wrongly, Failure.CONTRACT),
        (faults.login_page, Failure.AUTHENTICATION),
        (status(401), Failure.AUTHENTICATION),
        (status(403), Failure.AUTHENTICATION),
        (status(404), Failure.CONTRACT),
        (status(410), Failure.CONTRACT),
        (status(422), Failure.CONTRACT),
        (status(429), Failure.RATE_LIMITED),
        (status(403, X_RateLimit_Remaining="0"), Failure.RATE_LIMITED),
        (status(503, Retry_After="9"), Failure.RATE_LIMITED),
        (status(302, Location="https://elsewhere.example/login"), Failure.TRUST),
        (status(302, Location="//169.254.169.254/latest/meta-data"), Failure.TRUST),
        (status(302, Location="file:///etc/passwd"), Failure.TRUST),
        (status(302), Failure.CONTRACT),
    ],
)
async def test_what_needs_somebody_is_asked_once(fault: Fault, failure: Failure) -> None:
    async with fault_server(site) as server, client_of(server, within=20) as client:
        server.always = fault
        with pytest.raises(SourceError) as caught:
            await client.get("x.json")
        assert caught.value.failure is failure
        assert len(server.seen) == 1
        assert SECRET not in f"{caught.value!r}"


async def test_headers_without_end_are_not_read_to_theirs() -> None:
    async with fault_server(site) as server, client_of(server, within=5) as client:
        server.always = faults.endless_headers
        with pytest.raises(SourceError) as caught:
            await client.get("x.json")
        assert caught.value.failure is Failure.TRANSIENT


@pytest.mark.parametrize("fault", [faults.gzip_bomb, faults.endless_body])
async def test_a_bomb_costs_no_more_memory_than_the_cap(fault: Fault) -> None:
    async with fault_server(site) as server, client_of(server, within=20) as client:
        server.always = fault
        tracemalloc.start()
        try:
            with pytest.raises(SourceError):
                await client.get("x.json")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 100 << 20


async def test_an_outage_is_not_answered_with_a_multiple_of_the_traffic() -> None:
    async with fault_server(site) as server, client_of(server) as client:
        server.always = status(503)
        for _ in range(20):
            with pytest.raises(SourceError):
                await client.get("x.json")
    assert len(server.seen) <= FAILURES_TO_OPEN + 1


async def test_second_attempts_are_paid_for_by_first_ones_that_went_well() -> None:
    async with fault_server(site) as server, client_of(server) as client:
        await client.get("x.json")
        shared = next(budget(server.url, credential, 10_000) for credential in _credentials(client))
        for _ in range(RETRY_QUOTA):
            assert shared.may_retry()
        assert not shared.may_retry()
        server.then(status(500))
        with pytest.raises(SourceError):
            await client.get("x.json")
        await client.get("x.json")
        assert shared.may_retry()


def _credentials(client: Client) -> list[str]:
    import hashlib

    return [hashlib.sha256(f"Bearer {SECRET}".encode()).hexdigest()]


async def test_a_rate_limit_holds_for_everybody_with_the_same_credential() -> None:
    async with (
        fault_server(site) as server,
        client_of(server) as one,
        client_of(server) as other,
        client_of(server, token="another") as stranger,
    ):
        server.then(status(429, Retry_After="120"))
        with pytest.raises(SourceError):
            await one.get("x.json")
        with pytest.raises(SourceError) as caught:
            await other.get("y.json")
        assert caught.value.failure is Failure.RATE_LIMITED
        assert caught.value.retry_after is not None
        assert 118 <= caught.value.retry_after <= 120
        assert (other.requests, len(server.seen)) == (0, 1)
        await stranger.get("z.json")


async def test_a_refused_credential_is_not_tried_again_by_anybody_until_it_changes() -> None:
    async with (
        fault_server(site) as server,
        client_of(server) as one,
        client_of(server) as other,
        client_of(server, token="new") as mended,
    ):
        server.then(status(401))
        for client in (one, one, other, other):
            with pytest.raises(SourceError) as caught:
                await client.get("x.json")
            assert caught.value.failure is Failure.AUTHENTICATION
        assert len(server.seen) == 1
        assert (await mended.get("x.json")).body == GOOD.body


async def test_after_a_rate_limit_the_pace_is_halved_and_recovers_slowly() -> None:
    async with fault_server(site) as server, client_of(server, per_minute=600) as client:
        server.then(status(429, Retry_After="0"))
        with pytest.raises(SourceError):
            await client.get("x.json")
        shared = budget(server.url, _credentials(client)[0], 600)
        assert shared.per_minute == 300
        shared._held_until = 0
        for _ in range(20):
            await client.get("x.json")
        assert shared.per_minute == 360


async def test_one_poll_does_not_read_without_end() -> None:
    async with fault_server(site) as server, client_of(server) as client:
        with usage.metered(limit=5 * len(GOOD.body)) as used:
            for _ in range(5):
                await client.get("x.json")
            with pytest.raises(SourceError, match="goes on from where"):
                await client.get("x.json")
        assert (used.requests, used.received) == (6, 6 * len(GOOD.body))
        await client.get("x.json")


async def test_a_server_that_lies_about_the_date_is_quoted_not_believed() -> None:
    async with fault_server(site) as server, client_of(server) as client:
        server.then(
            faults.dated("Fri, 31 Dec 9999 23:59:59 GMT"),
            faults.dated("yesterday"),
            faults.dated("Mon, 02 Mar 2026 25:61:61 GMT"),
            faults.dated(""),
        )
        assert (await client.get("x.json")).server_time == 253_402_300_799
        for _ in range(3):
            assert (await client.get("x.json")).server_time is None


def expired(authority: trustme.CA) -> ssl.SSLContext:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    return _context(authority.issue_cert("127.0.0.1", not_after=long_ago))


def other_host(authority: trustme.CA) -> ssl.SSLContext:
    return _context(authority.issue_cert("192.0.2.1"))


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.mark.parametrize("certificate", [expired, other_host])
async def test_bad_certificates_are_not_accepted(certificate, tmp_path: Path) -> None:
    authority = trustme.CA()
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    async with fault_server(site, tls=certificate(authority)) as server:
        client = Client(
            server.url,
            Limits(1000, pause=0),
            authorization=f"Bearer {SECRET}",
            reach=Reach(ca_file=file),
        )
        with pytest.raises(SourceError) as caught:
            await client.get("x.json")
        await client.aclose()
        assert caught.value.failure is Failure.TRUST
        assert server.seen == []


async def test_plain_http_where_tls_is_expected_may_pass() -> None:
    sent = b""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        sent += await reader.read(65536)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Client(f"https://127.0.0.1:{port}", Limits(1000, pause=0))
    async with server:
        with pytest.raises(SourceError, match="cannot be reached") as caught:
            await client.get("x.json")
        await client.aclose()
    assert caught.value.failure is Failure.TRANSIENT
    assert sent
    assert b"GET /" not in sent
