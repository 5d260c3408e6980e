"""Polled sources while their server misbehaves: nothing is lost, nothing is made up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.net.client import Client, Limits
from engagewatch.providers.registry import open_adapter
from engagewatch.store.store import Store
from engagewatch.sync.polled_source import PolledSource
from engagewatch.sync.writer import Writer
from tests.fault import server as faults
from tests.fault.server import Fault, FaultServer, fault_server, status
from tests.provider.loopback import Request, Response
from tests.provider.zendesk_account import TOKEN, Account, audit, change, reply, ticket
from tests.sync.conftest import START, MovableClock, engagement_of

FAULTS: dict[str, Fault] = {
    "hang": faults.hang,
    "drip": faults.drip,
    "reset in the body": faults.reset_in_body,
    "closed early": faults.close_early,
    "half of it": faults.truncated_json,
    "no json": faults.no_json,
    "nothing": faults.empty_body,
    "another shape": faults.wrong_shape,
    "login page": faults.login_page,
    "bomb": faults.gzip_bomb,
    "moved away": status(302, Location="https://elsewhere.example/"),
    "refused": status(401),
    "limited": status(429, Retry_After="30"),
    "broken": status(500),
    "ahead": faults.dated("Fri, 31 Dec 2100 23:59:59 GMT"),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = Client.__init__

    def prepare_impatiently(client: Client, base_url: str, limits: Limits, **more: Any) -> None:
        quick = replace(limits, per_minute=10_000, timeout=0.15, pause=0)
        prepare(client, base_url, quick, **more)

    monkeypatch.setattr(Client, "__init__", prepare_impatiently)


def desk() -> Account:
    tickets = [ticket(n, START - 9000 + n) for n in range(1, 8)]
    audits = [
        audit(n, START - 8000 + n, 5002, change(n * 10, "status", "pending", "open"), of=n)
        for n in range(1, 8)
    ]
    return Account(tickets=tickets, audits=audits, page=2)


def source_of(kind: str, server: FaultServer, writer: Writer, clock: MovableClock) -> PolledSource:
    settings = SourceSettings("it", kind, server.url)
    return PolledSource(
        engagement_of(settings),
        settings,
        writer,
        clock,
        lambda settings, engagement, _, people: open_adapter(settings, engagement, TOKEN, people),
    )


def held(store: Store, *tables: str) -> list[int]:
    return [store.connection.execute(f"SELECT count(*) FROM {table}").get for table in tables]


@pytest.mark.parametrize("name", FAULTS)
async def test_an_export_cut_off_anywhere_is_read_whole_in_the_end(
    name: str, store: Store, writer: Writer, clock: MovableClock
) -> None:
    account = desk()
    for place in (0, 2, 4, 7):
        async with fault_server(account.answer) as server:
            server.server_time = clock.at
            source = source_of("zendesk", server, writer, clock)
            server.then(*[None] * place, *[FAULTS[name]] * 5)
            health = await source.poll()
            if name != "ahead":
                assert health.failure is not None
                assert health.next_attempt_at > clock.at
            await source.close()
        clock.at += 4000
    async with fault_server(account.answer) as server:
        server.server_time = clock.at
        source = source_of("zendesk", server, writer, clock)
        health = await source.poll()
        await source.close()
    assert (health.failure, health.error) == (None, "")
    assert held(store, "ticket", "standing", "event", "orphan_event") == [7, 7, 14, 0]


def page(count: int) -> Response:
    parts = [
        {"id": f"c{n}", "name": f"Part {n}", "status": "operational", "group": False}
        for n in range(count)
    ]
    return reply({"page": {}, "components": parts, "incidents": [], "scheduled_maintenances": []})


def status_site(request: Request) -> Response:
    if request.headers.get("if-none-match") == '"1"':
        return Response(304, b"", {"ETag": '"1"'})
    return Response(200, page(6).body, {"Content-Type": "application/json", "ETag": '"1"'})


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - {"ahead"}))
async def test_trouble_with_a_status_page_is_no_news_about_its_components(
    name: str, store: Store, writer: Writer, clock: MovableClock
) -> None:
    async with fault_server(lambda _: page(6)) as server:
        server.server_time = clock.at
        source = source_of("statuspage", server, writer, clock)
        assert (await source.poll()).failure is None
        before = store.connection.execute("SELECT * FROM state_span").fetchall()
        server.then(*[FAULTS[name]] * 5)
        clock.at += 300
        health = await source.poll()
        await source.close()
    assert health.failure is not None
    assert health.last_success_at == clock.at - 300
    assert store.connection.execute("SELECT * FROM state_span").fetchall() == before
    assert held(store, "component WHERE listed = 1") == [6]


async def test_a_status_page_that_suddenly_lists_little_is_doubted_and_that_is_shown(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    shown = 6
    async with fault_server(lambda _: page(shown)) as server:
        server.server_time = clock.at
        source = source_of("statuspage", server, writer, clock)
        await source.poll()
        shown = 1
        health = await source.poll()
        await source.close()
    assert "5 of 6 components vanished at once" in health.notice
    assert held(store, "component WHERE listed = 1") == [6]


async def test_what_did_not_change_is_asked_for_and_not_sent_again(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    async with fault_server(status_site) as server:
        server.server_time = clock.at
        source = source_of("statuspage", server, writer, clock)
        for _ in range(3):
            await source.poll()
            clock.at += 300
            server.server_time = clock.at
        await source.close()
        tagged = [request.headers.get("if-none-match") for request in server.seen]
    assert tagged == [None] * 3 + ['"1"'] * 6
    spans = store.connection.execute("SELECT until_at - from_at FROM state_span").fetchall()
    assert spans == [(600,)] * 6


async def test_a_page_of_unreadable_records_stops_the_stream_where_it_is(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    account = Account(tickets=[ticket(n, START - 9000) for n in range(1, 31)])

    def renamed(body: bytes) -> bytes:
        content = json.loads(body)
        for record in content.get("tickets", [])[:20]:
            record["created"] = record.pop("created_at")
        return json.dumps(content).encode()

    async with fault_server(account.answer) as server:
        server.server_time = clock.at
        source = source_of("zendesk", server, writer, clock)
        server.always = faults.changes(renamed)
        health = await source.poll()
        assert health.failure is Failure.CONTRACT
        assert "20 of 30 records of tickets cannot be read" in health.error
        assert held(store, "ticket") == [10]
        server.always = None
        health = await source.poll()
        await source.close()
    assert health.failure is None
    assert held(store, "ticket", "refused") == [30, 0]
