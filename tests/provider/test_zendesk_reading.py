"""Zendesk's exports read page by page: cursors, limits, and answers that are no use."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, MINUTE
from engagewatch.net.errors import SourceError
from engagewatch.providers.registry import open_adapter
from tests.provider.loopback import SERVER_TIME, Response
from tests.provider.samples import NOW, Read, engagement_of, read
from tests.provider.zendesk_account import (
    AGENT,
    CUSTOMER,
    FORBIDDEN,
    JSON,
    TOKEN,
    USERS,
    Account,
    audit,
    comment,
    reply,
    ticket,
    zendesk,
)

START = NOW - 40 * 86400


def tickets(count: int) -> list[dict[str, Any]]:
    return [ticket(100 + number, START + number * 60) for number in range(count)]


def updates(*instants: int) -> list[dict[str, Any]]:
    return [
        audit(1000 + 10 * number, at, AGENT, comment(1001 + 10 * number, AGENT, "Done."), of=100)
        for number, at in enumerate(instants)
    ]


@pytest.mark.parametrize("user", ["monitor@northwind.example", ""])
async def test_an_api_token_and_an_oauth_token_both_open_the_account(user: str) -> None:
    async with zendesk(Account(tickets=tickets(1)), user=user) as (adapter, server):
        assert len((await read(adapter, "tickets")).tickets) == 1
    scheme = server.seen[0].headers["authorization"].split()[0]
    assert scheme == ("Basic" if user else "Bearer")


async def test_every_page_is_read_and_carries_the_cursor_that_follows_it() -> None:
    account = Account(tickets=tickets(7), page=3)
    async with zendesk(account) as (adapter, server):
        got = await read(adapter, "tickets")
        assert [batch.records for batch in got.batches] == [3, 3, 1]
        assert len(got.tickets) == 7
        # A read that broke off after any page goes on from that page's cursor.
        for batch, left in zip(got.batches, (4, 1, 0), strict=True):
            assert (await read(adapter, "tickets", batch.cursor)).records == left
        assert {batch.server_time for batch in got.batches} == {SERVER_TIME}
        assert adapter.requests == len(server.seen)


async def test_a_poll_after_the_last_page_brings_just_what_is_new() -> None:
    account = Account(tickets=tickets(2))
    async with zendesk(account) as (adapter, _):
        first = await read(adapter, "tickets")
        assert (await read(adapter, "tickets", first.cursor)).records == 0
        account.tickets.append(ticket(555, NOW - 100))
        again = await read(adapter, "tickets", first.cursor)
    assert set(again.tickets) == {"555"}


async def test_reading_starts_where_the_engagement_started() -> None:
    async with zendesk(Account()) as (adapter, server):
        for stream in adapter.streams:
            await read(adapter, stream)
    starts = {
        request.path.rpartition("incremental/")[2]: request.query.get("start_time")
        for request in server.seen
    }
    assert starts["users/cursor.json"] == "1"
    assert starts["tickets/cursor.json"] == starts["ticket_events.json"] == "1767571200"


async def test_an_engagement_that_starts_today_does_not_ask_for_the_latest_minute() -> None:
    async with zendesk(Account()) as (adapter, _):
        got = await read(adapter, "ticket_events", str(NOW - 5))
    assert got.refused == []
    assert got.cursor == str(NOW - 2 * MINUTE)


async def test_history_pages_overlap_by_a_second_and_events_keep_their_ids() -> None:
    at = [START, START + 60, START + 60, START + 60, START + 90, START + 200]
    async with zendesk(Account(audits=updates(*at), page=2)) as (adapter, server):
        got = await read(adapter, "ticket_events")
    ids = [event.id for event in got.events]
    assert set(ids) == {f"{1000 + 10 * n}:{1001 + 10 * n}" for n in range(6)}
    assert got.cursor == str(START + 200)
    assert len(server.seen) < 8


async def test_a_page_full_of_one_second_does_not_loop() -> None:
    pages = [
        reply(
            {
                "ticket_events": updates(START),
                "end_time": START,
                "next_page": "x",
                "end_of_stream": False,
            }
        )
        for _ in range(2)
    ]
    account = Account(
        audits=updates(START + 300), overrides={"incremental/ticket_events.json": pages}
    )
    async with zendesk(account) as (adapter, server):
        got = await read(adapter, "ticket_events", str(START))
    asked = [int(seen.query["start_time"]) for seen in server.seen if "start_time" in seen.query]
    assert [start - START for start in asked[:2]] == [0, 1]
    assert got.cursor == str(START + 300)


async def test_an_export_that_never_ends_is_left() -> None:
    empty = {"ticket_events": [], "end_time": None, "next_page": "x", "end_of_stream": False}
    account = Account(overrides={"incremental/ticket_events.json": [reply(empty)] * 50})
    async with zendesk(account) as (adapter, server):
        await read(adapter, "ticket_events", str(START))
    assert len(server.seen) == 3


async def test_an_export_that_goes_in_circles_is_an_error() -> None:
    def page(cursor: str) -> Response:
        return reply({"tickets": [], "after_cursor": cursor, "end_of_stream": False})

    account = Account(overrides={"incremental/tickets/cursor.json": [page("A"), page("B")] * 9})
    async with zendesk(account) as (adapter, _):
        with pytest.raises(SourceError, match="already read") as caught:
            await read(adapter, "tickets")
    assert caught.value.failure is Failure.CONTRACT


async def test_a_cursor_that_expired_is_replaced_by_the_time_it_was_got_at() -> None:
    account = Account(tickets=tickets(3))
    async with zendesk(account) as (adapter, server):
        first = await read(adapter, "tickets")
        account.overrides["incremental/tickets/cursor.json"] = [Response(422, b"{}", JSON)]
        again = await read(adapter, "tickets", first.cursor)
    assert again.records == 3
    assert server.seen[-1].query["start_time"] == str(SERVER_TIME - 10 * MINUTE)


async def test_a_cursor_that_expires_in_the_middle_starts_over_and_skips_nothing() -> None:
    account = Account(tickets=tickets(4), page=2)
    async with zendesk(account) as (adapter, server):
        first = await read(adapter, "tickets")
        account.overrides["incremental/tickets/cursor.json"] = [Response(400, b"{}", JSON)]
        again = await read(adapter, "tickets", first.batches[0].cursor)
    assert len(again.tickets) == 4
    assert int(server.seen[-2].query["start_time"]) < START


async def test_pages_before_a_rate_limit_stay_good() -> None:
    account = Account(tickets=tickets(4), page=2)
    async with zendesk(account) as (adapter, _):
        pages = adapter.pull("tickets", None, NOW)
        got = Read([await anext(pages)])
        limited = Response(429, b"{}", {**JSON, "Retry-After": "41"})
        account.overrides["incremental/tickets/cursor.json"] = [limited]
        with pytest.raises(SourceError) as caught:
            await anext(pages)
        assert (caught.value.failure, caught.value.retry_after) == (Failure.RATE_LIMITED, 41)
        asked = adapter.requests
        with pytest.raises(SourceError, match="fewer requests"):
            await read(adapter, "tickets", got.cursor)
        assert adapter.requests == asked
    async with zendesk(account) as (adapter, _):
        rest = await read(adapter, "tickets", got.cursor)
    assert len(got.tickets) == len(rest.tickets) == 2


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (Response(401, b"{}", JSON), Failure.AUTHENTICATION),
        (Response(200, b"<html>Log in", {"Content-Type": "text/html"}), Failure.AUTHENTICATION),
        (Response(200, b'{"tickets": [', JSON), Failure.CONTRACT),
        (Response(200, b'{"error": "no"}', JSON), Failure.CONTRACT),
        (Response(200, b'{"tickets": 5}', JSON), Failure.CONTRACT),
        (Response(200, b"[" * 100_000, JSON), Failure.CONTRACT),
        (Response(200, b"\xef\xbb\xbf" + b"[" * 100_000, JSON), Failure.CONTRACT),
        (Response(200, b"", JSON), Failure.CONTRACT),
    ],
)
async def test_an_answer_that_is_no_page_fails_the_stream(
    response: Response, failure: Failure
) -> None:
    account = Account(overrides={"incremental/tickets/cursor.json": [response]})
    async with zendesk(account) as (adapter, _):
        with pytest.raises(SourceError) as caught:
            await read(adapter, "tickets")
    assert caught.value.failure is failure
    assert TOKEN not in caught.value.message


async def test_what_may_not_be_read_says_what_to_ask_for() -> None:
    refused = {
        path: [FORBIDDEN] for path in ("incremental/tickets/cursor.json", "search/export.json")
    }
    async with zendesk(Account(overrides=refused)) as (adapter, _):
        with pytest.raises(SourceError, match="token of an admin") as caught:
            await read(adapter, "tickets")
    assert caught.value.failure is Failure.AUTHENTICATION


async def test_a_check_tries_every_stream_and_says_what_failed() -> None:
    account = Account(
        tickets=tickets(1),
        audits=updates(START),
        overrides={"incremental/ticket_events.json": [Response(400, b"{}", JSON)]},
    )
    async with zendesk(account) as (adapter, _):
        lines = await adapter.check()
        assert [(line.what, line.ok) for line in lines] == [
            ("users", True),
            ("tickets", True),
            ("ticket_events", False),
        ]
        lines = await adapter.check()
    assert [line.what for line in lines[2:]] == ["ticket_events", "ratings", "approvals"]
    assert all(line.ok for line in lines)
    async with zendesk(account, token="wrong") as (adapter, server):
        (line,) = await adapter.check()
    assert not line.ok
    assert len(server.seen) == 1  # a refused credential is not tried again


def test_a_source_without_a_token_is_a_configuration_error() -> None:
    settings = SourceSettings(id="desk", adapter="zendesk", url="https://contoso.zendesk.com")
    with pytest.raises(SourceError, match='"desk" needs a token'):
        open_adapter(settings, engagement_of(settings), None)


async def test_an_export_without_a_next_page_has_ended() -> None:
    page = {"ticket_events": updates(START), "end_time": START, "next_page": None}
    account = Account(overrides={"incremental/ticket_events.json": [reply(page)] * 2})
    async with zendesk(account) as (adapter, server):
        got = await read(adapter, "ticket_events", str(START))
    exports = [request for request in server.seen if "incremental" in request.path]
    assert len(got.events) == len(exports) == 1


async def test_a_ticket_that_just_the_system_touched_is_no_error() -> None:
    # Exported for its generated_timestamp; it was changed long before the time asked for.
    touched = ticket(1, START - 400 * DAY, generated_timestamp=NOW - 60)
    async with zendesk(Account(tickets=[touched])) as (adapter, _):
        got = await read(adapter, "tickets")
    assert got.refused == []
    assert got.tickets["1"].updated_at == START - 400 * DAY


async def test_of_a_ticket_that_comes_twice_the_later_writing_counts() -> None:
    late = ticket(1, START, generated_timestamp=START + 9, priority="urgent")
    early = ticket(1, START, generated_timestamp=START + 5, priority="low")
    for several in ([late, early], [early, late]):
        async with zendesk(Account(tickets=several)) as (adapter, _):
            got = await read(adapter, "tickets")
        assert [one.priority for batch in got.batches for one in batch.tickets] == ["urgent"]


async def test_looking_people_up_takes_nothing_from_the_exports() -> None:
    # One export a minute is allowed: all else waits for nothing.
    account = Account(users=[], tickets=tickets(1), audits=updates(START))
    async with zendesk(account, requests_per_minute=1) as (adapter, server):
        async with asyncio.timeout(20):
            await read(adapter, "ticket_events")
            assert await adapter.absent(["7"])
    assert [request.path.rpartition("v2/")[2] for request in server.seen] == [
        "incremental/ticket_events.json",
        "users/show_many.json",
        "tickets/show_many.json",
        "tickets/7.json",
    ]


async def test_one_bad_record_is_refused_and_its_page_kept() -> None:
    records = [
        ticket(1, START),
        {"id": 2},
        "not a ticket",
        ticket(3, START, created_at="1970-01-01T00:00:00Z"),
        ticket(4, START, created_at="2999-01-01T00:00:00Z"),
        ticket(5, START, tags="vpn"),
        {**ticket(6, START), "id": None},
        {**ticket(7, START), "id": "x" * 999},
        ticket(8, START),
    ]
    async with zendesk(Account(tickets=records)) as (adapter, _):
        got = await read(adapter, "tickets")
    assert set(got.tickets) == {"1", "8"}
    assert sorted(refused.record for refused in got.refused) == [
        "ticket 2",
        "ticket 3",
        "ticket 4",
        "ticket 5",
        "ticket without an id",
        "ticket without an id",
        "ticket without an id",
    ]
    (why,) = (refused.reason for refused in got.refused if refused.record == "ticket 2")
    assert "creation time" in why


async def test_bad_updates_and_bad_people_are_refused_alone() -> None:
    account = Account(
        users=[*USERS, {"id": None, "name": "x"}, 7],
        audits=[
            *updates(START),
            {**audit(2000, START + 1, AGENT), "ticket_id": None},
            {**audit(2001, START + 2, AGENT), "child_events": None},
            {**audit(2002, START + 3, AGENT), "id": {}},
            {**audit(2003, START + 4, AGENT), "created_at": "?", "timestamp": None},
        ],
    )
    # The account sorts by time; the last one has none.
    account.audits[-1]["timestamp"] = START + 4
    body = {
        "ticket_events": [
            {**one, "timestamp": None} if one["id"] == 2003 else one for one in account.audits
        ],
        "end_time": START + 4,
        "next_page": None,
        "end_of_stream": True,
    }
    account.overrides["incremental/ticket_events.json"] = [reply(body)]
    async with zendesk(account) as (adapter, _):
        people = await read(adapter, "users")
        got = await read(adapter, "ticket_events")
    assert [refused.record for refused in people.refused] == ["user without an id"] * 2
    assert len(people.people) == len(USERS)
    assert len(got.events) == 1
    assert {refused.record for refused in got.refused} == {
        "ticket event 2000",
        "ticket event without an id",
        "ticket event 2003",
    }


async def test_json_that_is_no_text_is_mended() -> None:
    page = json.dumps({"tickets": [ticket(1, START, subject="MARK")], "end_of_stream": True})
    for broken in (
        page.replace("MARK", "half \\ud83d of it").encode(),
        page.replace("MARK", "half \\udc00 of it").encode(),
        page.encode().replace(b"MARK", b"half \xff of it"),
        b"\xef\xbb\xbf" + page.replace("MARK", "half � of it").encode(),
    ):
        response = Response(200, broken, JSON)
        account = Account(overrides={"incremental/tickets/cursor.json": [response]})
        async with zendesk(account) as (adapter, _):
            got = await read(adapter, "tickets")
        assert got.tickets["1"].subject == "half � of it"


async def test_numbers_too_large_to_be_ids_are_refused() -> None:
    page = '{"tickets": [{"id": %s, "created_at": "2026-02-02T00:00:00Z"}, %s]}'
    body = page % ("9" * 400, json.dumps(ticket(1, START, requester_id=10**18)))
    account = Account(
        overrides={"incremental/tickets/cursor.json": [Response(200, body.encode(), JSON)]}
    )
    async with zendesk(account) as (adapter, _):
        got = await read(adapter, "tickets")
    assert got.tickets["1"].requester == str(10**18)
    assert len(got.refused) == 1


async def test_text_from_outside_is_harmless() -> None:
    evil = "\x1b]0;owned\x07 [@click=app.quit]x[/] \u202egpj.exe\x00"
    users = [{"id": CUSTOMER, "name": evil, "email": evil, "role": "end-user"}]
    records = [
        ticket(1, START, subject=evil, priority=evil, status=evil, type=evil, tags=[evil] * 500)
    ]
    async with zendesk(Account(users=users, tickets=records)) as (adapter, _):
        people = await read(adapter, "users")
        got = await read(adapter, "tickets")
    shown = repr(people.batches) + repr(got.batches)
    for control in ("\\x1b", "\\x07", "\\u202e", "\\x00"):
        assert control not in shown
    assert len(got.tickets["1"].tags) == 50
