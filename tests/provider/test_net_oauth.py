"""Access tokens that a client asks for itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest

from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.net.oauth import ClientCredentials
from engagewatch.providers.registry import open_adapter
from tests.provider.loopback import Loopback, Request, Response, loopback
from tests.provider.samples import engagement_of, read
from tests.provider.servicenow_instance import Instance, incident

SECRET = "s3cret"
JSON = {"Content-Type": "application/json"}


@dataclass
class Server:
    """Gives tokens that are numbered, and answers those that are good."""

    life: object = 1800
    withdrawn: set[str] = field(default_factory=set)
    given: int = 0
    answers: list[Response] = field(default_factory=list)
    """Answers to requests for a token that come first."""

    def __call__(self, request: Request) -> Response:
        if request.path == "/oauth_token.do":
            if self.answers:
                return self.answers.pop(0)
            form = parse_qs(request.body.decode())
            assert request.method == "POST"
            assert request.headers["content-type"] == "application/x-www-form-urlencoded"
            assert form["grant_type"] == ["client_credentials"]
            if (form["client_id"], form["client_secret"]) != (["monitor"], [SECRET]):
                return Response(401, b'{"error": "invalid_client"}', JSON)
            self.given += 1
            told = {"access_token": f"t{self.given}", "expires_in": self.life}
            return Response(200, json.dumps(told).encode(), JSON)
        assert request.method == "GET"
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        good = shown == f"t{self.given}" and shown not in self.withdrawn
        return Response(200 if good else 401, b"{}", JSON)


def client_of(server: Loopback, secret: str = SECRET) -> Client:
    oauth = ClientCredentials("/oauth_token.do", "monitor", secret)
    return Client(f"{server.url}/api", Limits(10_000, pause=0.0), oauth=oauth)


def paths(running: Loopback) -> list[str]:
    return [request.path for request in running.seen]


async def test_a_token_is_asked_for_once_and_used_for_all() -> None:
    async with loopback(Server()) as running:
        client = client_of(running)
        for _ in range(3):
            await client.get("table")
        assert client.requests == 4
        await client.aclose()
    assert paths(running) == ["/oauth_token.do", *["/api/table"] * 3]


async def test_a_token_is_replaced_before_it_ends() -> None:
    # It is taken for ended a minute before it is.
    server = Server(life=61)
    async with loopback(server) as running:
        client = client_of(running)
        tokens = client._tokens
        assert tokens is not None
        await client.get("table")
        tokens._ends_at -= 1.0
        await client.get("table")
        await client.aclose()
    assert server.given == 2
    assert paths(running) == ["/oauth_token.do", "/api/table"] * 2


async def test_a_token_withdrawn_before_its_time_is_replaced_once() -> None:
    server = Server()
    async with loopback(server) as running:
        client = client_of(running)
        await client.get("table")
        server.withdrawn = {"t1"}
        await client.get("table")
        assert server.given == 2
        server.withdrawn = {"t2", "t3"}
        with pytest.raises(SourceError) as caught:
            await client.get("table")
        assert server.given == 3
        assert caught.value.failure is Failure.AUTHENTICATION
        seen = len(running.seen)
        with pytest.raises(SourceError):
            await client.get("table")
        assert len(running.seen) == seen  # a refused credential is left alone for a while
        await client.aclose()


async def test_a_client_that_is_refused_says_what_to_check_and_not_its_secret() -> None:
    async with loopback(Server()) as running:
        client = client_of(running, "wr0ng")
        with pytest.raises(SourceError, match="check client_id and its secret") as caught:
            await client.get("table")
        assert caught.value.failure is Failure.AUTHENTICATION
        assert "wr0ng" not in repr((caught.value, client, client._tokens))
        with pytest.raises(SourceError):
            await client.get("table")
        await client.aclose()
    assert paths(running) == ["/oauth_token.do"]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Response(200, b"no json", JSON), Failure.CONTRACT),
        (Response(200, b"[]", JSON), Failure.CONTRACT),
        (Response(200, b'{"access_token": 5}', JSON), Failure.CONTRACT),
        (Response(200, b'{"access_token": "a\\nb"}', JSON), Failure.CONTRACT),
        (Response(200, b'{"access_token": "a", "expires_in": "x"}', JSON), Failure.CONTRACT),
        (Response(429, b"{}", {**JSON, "Retry-After": "9"}), Failure.RATE_LIMITED),
        (Response(400, b'{"error": "unsupported_grant_type"}', JSON), Failure.AUTHENTICATION),
        (Response(200, b"<html>Log in", {"Content-Type": "text/html"}), Failure.AUTHENTICATION),
    ],
)
async def test_an_answer_without_a_token_is_an_error(answer: Response, failure: Failure) -> None:
    async with loopback(Server(answers=[answer])) as running:
        client = client_of(running)
        with pytest.raises(SourceError) as caught:
            await client.get("table")
        await client.aclose()
    assert caught.value.failure is failure


async def test_a_life_that_is_not_told_is_short_and_one_that_is_odd_does_no_harm() -> None:
    for life in (None, 0, -5, 10**9):
        server = Server(life=life)
        async with loopback(server) as running:
            client = client_of(running)
            await client.get("table")
            await client.aclose()
        assert server.given == 1


async def test_a_secret_is_not_sent_in_the_clear() -> None:
    oauth = ClientCredentials("/oauth_token.do", "monitor", SECRET)
    client = Client("http://desk.contoso.example/api", Limits(10), oauth=oauth)
    with pytest.raises(SourceError, match="https") as caught:
        await client.get("table")
    assert caught.value.failure is Failure.CONFIGURATION


async def test_servicenow_reads_with_an_oauth_client() -> None:
    instance = Instance({"incident": [incident("1", "2026-02-05 13:20:44")]}, token="t1")
    server = Server()

    def answer(request: Request) -> Response:
        return (server if request.path == "/oauth_token.do" else instance.answer)(request)

    async with loopback(answer) as running:
        options = {"client_id": "monitor"}
        settings = SourceSettings("desk", "servicenow", running.url, options=options)
        adapter = open_adapter(settings, engagement_of(settings), SECRET)
        assert set((await read(adapter, "incident")).tickets) == {"1"}
        await adapter.aclose()
    assert [one.path for one in running.seen if one.method != "GET"] == ["/oauth_token.do"]
    both = SourceSettings("desk", "servicenow", running.url, "northwind", options=options)
    with pytest.raises(SourceError, match="leave user out"):
        open_adapter(both, engagement_of(both), SECRET)
