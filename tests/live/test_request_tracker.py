"""Request Tracker 5 as Debian packages it: a server that nobody here wrote. See ``make live``."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from engagewatch.engine.fold import Folder
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, MINUTE, to_datetime
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import EventKind
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import Adapter
from engagewatch.providers.registry import open_adapter
from engagewatch.testing.reading import Got, poll
from tests.live.request_tracker.server import URL, RealServer, real_server

pytestmark = [
    pytest.mark.skipif("ENGAGEWATCH_LIVE" not in os.environ, reason="run by make live"),
    pytest.mark.timeout(600),
]
WAITING = {"waiting on customer": StatusMeaning.CLIENT}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("rt")) as running:
        yield running


@asynccontextmanager
async def reading(
    server: RealServer, reader: str = "reader", *, token: str = "", days: int = 12
) -> AsyncIterator[tuple[Adapter, Engagement, SourceSettings]]:
    options: dict[str, Any] = {"queues": [server.queue], "rating_field": "Satisfaction"}
    settings = SourceSettings(
        "desk",
        "request_tracker",
        url=URL,
        requests_per_minute=6000,
        meanings=WAITING,
        options=options,
    )
    started: date = to_datetime(int(time.time())).date() - timedelta(days=days)
    engagement = Engagement("live", "live", "c", "p", started, "UTC", {}, (settings,))
    adapter = open_adapter(settings, engagement, token or server.tokens[reader])
    try:
        yield adapter, engagement, settings
    finally:
        await adapter.aclose()


async def test_a_ticket_is_read_as_it_went(server: RealServer) -> None:
    begin = -10 * DAY
    server.travel(begin)
    opened_at = server.now
    key = server.ticket("VPN drops")
    server.travel(begin + 35 * MINUTE)
    server.say(key, "Which office?", "pat.tech")
    server.travel(begin + 36 * MINUTE)
    server.write("PUT", f"ticket/{key}", {"Status": "waiting on customer", "Owner": "pat.tech"})
    server.travel(begin + DAY)
    server.say(key, "The one in Leeds.", "dana.client")
    server.travel(begin + DAY + HOUR)
    server.write("PUT", f"ticket/{key}", {"Status": "open"})
    server.say(key, "Router replaced", "pat.tech", internal=True)
    server.travel(begin + DAY + 3 * HOUR)
    server.write("PUT", f"ticket/{key}", {"Status": "resolved"})
    server.write("PUT", f"ticket/{key}", {"CustomFields": {"Satisfaction": "4"}}, "root")
    server.travel(0)
    async with reading(server) as (adapter, engagement, settings):
        got = await poll(adapter, Got(), server.now)
        ticket = got.tickets[key]
        events = got.of(ticket)
        told = [
            (round((event.at - opened_at) / MINUTE), event.kind, event.side, event.value)
            for event in events
            if event.kind is not EventKind.ASSIGNED
        ]
        day = DAY // MINUTE
        assert told == [
            (0, EventKind.OPENED, Side.CLIENT, ""),
            (35, EventKind.REPLIED, Side.PROVIDER, ""),
            (35, EventKind.STATUS_CHANGED, Side.PROVIDER, "open"),
            (36, EventKind.STATUS_CHANGED, Side.PROVIDER, "waiting on customer"),
            (day, EventKind.REPLIED, Side.CLIENT, ""),
            (day + 60, EventKind.STATUS_CHANGED, Side.PROVIDER, "open"),
            (day + 60, EventKind.NOTED, Side.PROVIDER, ""),
            (day + 180, EventKind.STATUS_CHANGED, Side.PROVIDER, "resolved"),
            (day + 180, EventKind.RATED, Side.CLIENT, "4"),
        ]
        description = adapter.description
        policy = engagement.policy(settings, description.default_meanings)
        fold = Folder(policy).fold(ticket, events)
    assert ticket.status == "resolved"
    assert ticket.assignee == "pat.tech"
    # In the client's court from the question until the answer.
    assert abs(fold.standing.elapsed.client - (DAY - 36 * MINUTE)) < 2 * MINUTE


async def test_merged_and_deleted_tickets_are_told(server: RealServer) -> None:
    loser, winner, victim = (server.ticket(name) for name in ("loser", "winner", "victim"))
    async with reading(server) as (adapter, _, _):
        got = await poll(adapter, Got(), server.now)
        assert {loser, winner, victim} <= set(got.tickets)
        server.write("PUT", f"ticket/{loser}", {"MergeInto": winner}, "root")
        server.write("PUT", f"ticket/{victim}", {"Status": "deleted"}, "root")
        await poll(adapter, got, server.now)
    merged = [event for event in got.events.values() if event.kind is EventKind.MERGED]
    assert [(event.ticket_id, event.value) for event in merged] == [(loser, winner)]
    assert got.tickets[victim].deleted
    assert got.tickets[victim].group == server.queue


async def test_a_reader_who_may_not_see_notes_gets_past_pages_of_them(server: RealServer) -> None:
    key = server.ticket("Much was noted")
    for number in range(105):
        server.say(key, f"Note {number}", "pat.tech", internal=True)
    server.say(key, "At last.", "pat.tech")
    for reader, notes in (("blind", 0), ("reader", 105)):
        async with reading(server, reader) as (adapter, _, _):
            got = await poll(adapter, Got(), server.now)
        kinds = [event.kind for event in got.of(got.tickets[key])]
        assert kinds.count(EventKind.REPLIED) == 1
        assert kinds.count(EventKind.NOTED) == notes


async def test_no_time_zone_hides_a_ticket_of_the_first_day(server: RealServer) -> None:
    # The readers' accounts live in Berlin and Auckland, the server in New York.
    server.travel(0)
    key = server.ticket("Opened today")
    for reader in ("reader", "blind"):
        async with reading(server, reader, days=0) as (adapter, _, _):
            got = await poll(adapter, Got(), server.now)
            assert key in got.tickets
            before = adapter.requests
            await poll(adapter, got, server.now)
            assert adapter.requests - before <= 4


async def test_check_and_a_wrong_token(server: RealServer) -> None:
    async with reading(server) as (adapter, _, _):
        lines = await adapter.check()
        assert all(line.ok for line in lines), lines
    async with reading(server, token="1-31-0123456789abcdef") as (adapter, _, _):
        with pytest.raises(SourceError) as caught:
            await poll(adapter, Got(), server.now)
        assert caught.value.failure is Failure.AUTHENTICATION
