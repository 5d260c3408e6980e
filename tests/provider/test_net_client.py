"""The HTTP client on real sockets: what it sends, what it refuses, what it makes of trouble."""

from __future__ import annotations

import gzip
import ssl
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from engagewatch.model.engagement import Reach
from engagewatch.model.freshness import Failure
from engagewatch.net.budget import budget
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from tests.provider.loopback import SERVER_TIME, Loopback, Request, Response, loopback

SECRET = "s3cr3t-t0ken"
JSON = {"Content-Type": "application/json"}


@asynccontextmanager
async def client_of(
    server: Loopback, *, secret: bool = True, within: float = 5.0, reach: Reach | None = None
) -> AsyncIterator[Client]:
    client = Client(
        f"{server.url}/api/v2",
        Limits(per_minute=1000, timeout=within, pause=0),
        authorization=f"Bearer {SECRET}" if secret else None,
        reach=reach,
        forbidden_advice="ask for the scope read",
    )
    try:
        yield client
    finally:
        await client.aclose()


async def failure_of(response: Response, *, secret: bool = True) -> tuple[SourceError, Loopback]:
    async with loopback(lambda _: response) as server, client_of(server, secret=secret) as client:
        with pytest.raises(SourceError) as caught:
            await client.get("tickets.json")
        assert client.requests == len(server.seen)
    return caught.value, server


async def test_a_request_is_a_get_below_the_base_address_with_the_credential() -> None:
    async with (
        loopback(lambda _: Response(body=b'{"ok": 1}')) as server,
        client_of(server) as client,
    ):
        answer = await client.get("tickets.json", {"start_time": 5, "include": "a,b"})
    assert answer.body == b'{"ok": 1}'
    assert answer.server_time == SERVER_TIME
    (request,) = server.seen
    assert (request.method, request.path) == ("GET", "/api/v2/tickets.json")
    assert request.query == {"start_time": "5", "include": "a,b"}
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.headers["accept-encoding"] == "gzip, deflate"


async def test_a_full_link_within_the_origin_is_followed() -> None:
    async with loopback(lambda _: Response()) as server, client_of(server) as client:
        await client.get(f"{server.url}/api/v2/next.json?cursor=abc")
    assert server.seen[0].path == "/api/v2/next.json"
    assert server.seen[0].query == {"cursor": "abc"}


async def test_a_hostile_link_is_not_followed_and_sees_no_credential() -> None:
    async with (
        loopback(lambda _: Response()) as server,
        loopback(lambda _: Response()) as thief,
        client_of(server) as client,
    ):
        for link in (
            f"{thief.url}/api/v2/next.json",
            f"http://127.0.0.1:{server.port}@127.0.0.1:{thief.port}/next.json",
            f"//127.0.0.1:{thief.port}/next.json",
            f"https://127.0.0.1:{server.port}/next.json",
            "file:///etc/passwd",
        ):
            with pytest.raises(SourceError) as caught:
                await client.get(link)
            assert caught.value.failure is Failure.TRUST
    assert not thief.seen
    assert not server.seen


async def test_user_data_in_a_link_does_not_replace_the_credential() -> None:
    async with loopback(lambda _: Response()) as server, client_of(server) as client:
        await client.get(f"http://other:password@127.0.0.1:{server.port}/next.json")
    assert server.seen[0].headers["authorization"] == f"Bearer {SECRET}"


async def test_a_redirect_to_another_origin_is_refused() -> None:
    async with loopback(lambda _: Response()) as thief:
        moved = Response(302, b"", {"Location": f"{thief.url}/login"})
        error, _ = await failure_of(moved)
    assert error.failure is Failure.TRUST
    assert "change url" in error.message
    assert not thief.seen


async def test_a_redirect_within_the_origin_is_followed_but_not_in_circles() -> None:
    def handler(request: Request) -> Response:
        if request.path.endswith("old.json"):
            return Response(301, b"", {"Location": "new.json"})
        if request.path.endswith("circle.json"):
            return Response(307, b"", {"Location": "circle.json"})
        return Response(body=b'{"new": 1}')

    async with loopback(handler) as server, client_of(server) as client:
        assert (await client.get("old.json")).body == b'{"new": 1}'
        with pytest.raises(SourceError, match="circles"):
            await client.get("circle.json")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("37", 37),
        ("0", 1),
        ("86400", 3600),
        ("9" * 400, 3600),
        ("Mon, 02 Mar 2026 09:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 1),
        ("soon", None),
        ("-5", None),
    ],
)
async def test_a_rate_limit_is_not_retried_and_says_when(header: str, seconds: int | None) -> None:
    error, server = await failure_of(Response(429, b"{}", {**JSON, "Retry-After": header}))
    assert error.failure is Failure.RATE_LIMITED
    assert error.retry_after == seconds
    assert len(server.seen) == 1


async def test_a_server_that_is_busy_until_a_named_time_is_left_alone() -> None:
    error, server = await failure_of(Response(503, b"{}", {"Retry-After": "120"}))
    assert (error.failure, error.retry_after) == (Failure.RATE_LIMITED, 120)
    assert len(server.seen) == 1


async def test_trouble_that_may_pass_is_tried_four_times_in_all() -> None:
    error, server = await failure_of(Response(503))
    assert error.failure is Failure.TRANSIENT
    assert len(server.seen) == 4


async def test_trouble_that_passes_is_not_noticed() -> None:
    statuses = iter((500, 502, 200))
    async with (
        loopback(lambda _: Response(next(statuses), b'{"good": 1}')) as server,
        client_of(server) as client,
    ):
        assert (await client.get("x.json")).body == b'{"good": 1}'
        assert client.requests == 3


@pytest.mark.parametrize(("status", "advice"), [(401, "check user"), (403, "scope read")])
async def test_a_refused_credential_is_tried_once_and_kept_out_of_messages(
    status: int, advice: str
) -> None:
    error, server = await failure_of(Response(status, f"no: {SECRET}".encode()))
    assert error.failure is Failure.AUTHENTICATION
    assert advice in error.message
    assert SECRET not in f"{error} {error!r} {error.message}"
    assert len(server.seen) == 1


def test_the_credential_does_not_show_in_the_client_itself() -> None:
    client = Client("https://desk.example", Limits(5), authorization=f"Bearer {SECRET}")
    assert SECRET not in repr(client)


@pytest.mark.parametrize(
    "page",
    [
        Response(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"}),
        Response(200, b"  \n<html>", JSON),
    ],
)
async def test_a_login_page_is_no_data(page: Response) -> None:
    error, _ = await failure_of(page)
    assert error.failure is Failure.AUTHENTICATION
    assert "login page" in error.message
    public, _ = await failure_of(page, secret=False)
    assert public.failure is Failure.CONTRACT


async def test_an_address_with_nothing_there_says_to_check_it() -> None:
    error, server = await failure_of(Response(404, b"{}"))
    assert (error.failure, error.status) == (Failure.CONTRACT, 404)
    assert "check url" in error.message
    assert len(server.seen) == 1


async def test_a_refusal_is_quoted_without_what_a_terminal_would_obey() -> None:
    error, _ = await failure_of(Response(422, b'{"error": "\x1b]0;owned\x07start_time"}'))
    assert "start_time" in error.message
    assert "\x1b" not in error.message
    assert "\x07" not in error.message


def _gzip(data: bytes) -> Response:
    return Response(body=gzip.compress(data), headers={**JSON, "Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("identity", bytes),
    ],
)
async def test_packed_answers_are_unpacked(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    body = b'{"tickets": [' + b"1," * 50_000 + b"1]}"
    response = Response(body=pack(body), headers={**JSON, "Content-Encoding": encoding})
    async with loopback(lambda _: response) as server, client_of(server) as client:
        assert (await client.get("x.json")).body == body


async def test_a_gzip_bomb_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    assert len(bomb) < 1 << 18
    error, server = await failure_of(
        Response(body=bomb, headers={**JSON, "Content-Encoding": "gzip"})
    )
    assert error.failure is Failure.CONTRACT
    assert "larger than 32 MiB" in error.message
    assert len(server.seen) == 1


async def test_an_answer_beyond_the_cap_is_not_read_on() -> None:
    error, _ = await failure_of(Response(body=bytes((32 << 20) + 1)))
    assert "larger than 32 MiB" in error.message


async def test_a_packing_nobody_asked_for_is_refused() -> None:
    error, _ = await failure_of(Response(body=b"x", headers={"Content-Encoding": "br"}))
    assert error.failure is Failure.CONTRACT


@pytest.mark.parametrize(
    "response",
    [
        Response(body=gzip.compress(b"{}" * 99)[:-9], headers={"Content-Encoding": "gzip"}),
        Response(body=b'{"half":', announced=99),
    ],
)
async def test_an_answer_that_breaks_off_may_pass(response: Response) -> None:
    error, server = await failure_of(response)
    assert error.failure is Failure.TRANSIENT
    assert len(server.seen) == 4


async def test_a_server_that_never_finishes_is_given_up() -> None:
    async with (
        loopback(lambda _: Response(body=b"{", hang=True)) as server,
        client_of(server, within=0.05) as client,
    ):
        with pytest.raises(SourceError, match="took longer") as caught:
            await client.get("x.json")
    assert caught.value.failure is Failure.TRANSIENT


async def test_nobody_listening_may_pass() -> None:
    async with loopback(lambda _: Response()) as server:
        pass
    async with client_of(server) as client:
        with pytest.raises(SourceError, match="cannot be reached") as caught:
            await client.get("x.json")
    assert caught.value.failure is Failure.TRANSIENT
    assert caught.value.message == (
        f"127.0.0.1:{server.port} cannot be reached: nothing listens there; check url or "
        "proxy, and that the service runs"
    )


async def test_a_host_whose_name_is_not_found_is_told_with_what_to_check() -> None:
    client = Client("https://desk.invalid", Limits(600, pause=0), reach=Reach(proxy="direct"))
    with pytest.raises(SourceError, match=r"desk\.invalid:443 cannot be reached: its name"):
        await client.get("x.json")
    await client.aclose()


async def test_what_did_not_change_comes_without_a_body() -> None:
    def handler(request: Request) -> Response:
        if request.headers.get("if-none-match") == '"v1"':
            return Response(304, b"", {"ETag": '"v1"'})
        return Response(headers={**JSON, "ETag": '"v1"'})

    async with loopback(handler) as server, client_of(server) as client:
        first = await client.get("summary.json")
        again = await client.get("summary.json", etag=first.etag)
    assert (first.etag, first.unchanged) == ('"v1"', False)
    assert again.unchanged
    assert again.etag == '"v1"'


def _tls(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, file


async def test_a_company_authority_is_trusted_when_it_is_named(tmp_path: Path) -> None:
    tls, ca_file = _tls(tmp_path)
    async with loopback(lambda _: Response(), tls=tls) as server:
        async with client_of(server, reach=Reach(ca_file=ca_file)) as client:
            assert (await client.get("x.json")).body == b"{}"
        async with client_of(server) as stranger:
            with pytest.raises(SourceError, match="ca_file") as caught:
                await stranger.get("x.json")
    assert caught.value.failure is Failure.TRUST
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://desk.example", "unencrypted"),
        ("https://me:hunter2@desk.example", "put them in user and token"),
        ("ftp://desk.example", "no web address"),
        ("desk.example", "no web address"),
        ("https://", "no web address"),
    ],
)
async def test_an_address_that_cannot_work_is_a_configuration_error(url: str, message: str) -> None:
    client = Client(url, Limits(5), authorization=f"Bearer {SECRET}")
    with pytest.raises(SourceError, match=message) as caught:
        await client.get("x.json")
    assert caught.value.failure is Failure.CONFIGURATION
    assert "hunter2" not in caught.value.message
    assert client.requests == 0


async def test_a_credential_with_a_line_break_is_not_sent() -> None:
    client = Client("https://desk.example", Limits(5), authorization=f"Bearer {SECRET}\nX: y")
    with pytest.raises(SourceError, match="line breaks") as caught:
        await client.get("x.json")
    assert SECRET not in caught.value.message


async def test_one_credential_on_one_host_has_one_budget() -> None:
    mine = budget("https://desk.example:443", "a", 5)
    assert budget("https://desk.example:443", "a", 9) is mine
    assert mine.per_minute == 5
    assert budget("https://desk.example:443", "a", 3).per_minute == 3
    assert budget("https://desk.example:443", "b", 5) is not mine
    assert budget("https://other.example:443", "a", 5) is not mine


async def test_a_question_is_posted_to_declared_paths_and_nowhere_else() -> None:
    async with loopback(lambda _: Response(body=b'{"issues": []}')) as server:
        client = Client(f"{server.url}/api", Limits(1000), searches=["3/search/jql"])
        answer = await client.search("3/search/jql", {"jql": "project = A"})
        for path in (
            "3/issue",
            "3/search/jql/../../issue",
            "/api/3/search/jql",
            f"{server.url}/api/3/search/jql",
            "3/search/jql?x=1",
            "",
        ):
            with pytest.raises(ValueError, match="not declared"):
                await client.search(path, {})
        await client.aclose()
    assert answer.body == b'{"issues": []}'
    (request,) = server.seen
    assert (request.method, request.path) == ("POST", "/api/3/search/jql")
    assert request.headers["content-type"] == "application/json"
    assert request.body == b'{"jql": "project = A"}'


async def test_a_client_that_declares_no_search_posts_nothing() -> None:
    async with loopback(lambda _: Response()) as server, client_of(server) as client:
        with pytest.raises(ValueError, match="not declared"):
            await client.search("tickets.json", {})
    assert server.seen == []


async def test_a_question_is_not_carried_to_where_a_redirect_leads() -> None:
    moved = Response(307, b"", {"Location": "/api/elsewhere"})
    async with loopback(lambda _: moved) as server:
        client = Client(f"{server.url}/api", Limits(1000, pause=0), searches=["find"])
        with pytest.raises(SourceError, match="answered 307"):
            await client.search("find", {})
        await client.aclose()
    assert len(server.seen) == 1


async def test_an_answer_carries_its_headers() -> None:
    linked = Response(200, b"{}", {"Link": '<https://x>; rel="next"'})
    async with loopback(lambda _: linked) as server, client_of(server) as client:
        answer = await client.get("tickets.json")
    assert answer.headers["link"] == '<https://x>; rel="next"'
