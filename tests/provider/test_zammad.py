"""Zammad's own ways, each with a test that fails without the care taken for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, Privacy, Role, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, MINUTE
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, EventKind
from engagewatch.net.errors import SourceError
from engagewatch.providers.registry import describe
from engagewatch.providers.zammad import Zammad
from engagewatch.providers.zammad.markup import plain_text
from engagewatch.providers.zammad.sweep import pack, unpack
from engagewatch.testing.reading import Got, poll
from tests.provider.account import reading
from tests.provider.loopback import Loopback, Response
from tests.provider.samples import NOW, engagement_of
from tests.provider.zammad_server import (
    AGENT,
    CUSTOMER,
    LIAISON,
    SYSTEM,
    TOKEN,
    Server,
    article,
    ms,
    problem,
    row,
    state_row,
    ticket,
)

START = NOW - 20 * DAY


@asynccontextmanager
async def opened(
    server: Server, engagement: Engagement | None = None, *, token: str = TOKEN, **more: Any
) -> AsyncIterator[tuple[Zammad, Loopback]]:
    """Serve ``server`` and read it with a fresh adapter."""
    async with reading("zammad", server.answer, engagement, secret=token, **more) as pair:
        yield pair


async def read(server: Server, engagement: Engagement | None = None, **options: Any) -> Got:
    async with opened(server, engagement, **options) as (adapter, _):
        return await poll(adapter, Got(), NOW)


def events(got: Got, *kinds: EventKind) -> list[Event]:
    found = [event for event in got.events.values() if not kinds or event.kind in kinds]
    return sorted(found, key=lambda event: (event.at, event.id))


def asked(running: Loopback, what: str) -> list[str]:
    return [one.path for one in running.seen if what in one.path]


async def test_without_elasticsearch_a_search_finds_nothing_and_the_list_is_read() -> None:
    server = Server([ticket(n, START + n) for n in range(1, 8)], elasticsearch=False)
    async with opened(server) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
        assert len(got.tickets) == 7
        server.tickets[3]["updated_at"] = ms(NOW)
        server.tickets[3]["state"] = "closed"
        server.tickets[3]["state_id"] = 4
        before = adapter.requests
        await poll(adapter, got, NOW + 300)
        assert got.tickets["4"].status == "closed"
        # The list again, and one history.
        assert adapter.requests - before <= 3
        assert len(asked(running, "search")) == 1


async def test_a_search_index_that_dies_later_is_noticed() -> None:
    server = Server([ticket(n, START + n) for n in range(1, 4)])
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        server.elasticsearch = False
        server.tickets[0]["updated_at"] = ms(NOW)
        server.tickets[0]["title"] = "Changed"
        await poll(adapter, got, NOW + 300)
    assert got.tickets["1"].subject == "Changed"


async def test_a_search_never_asks_beyond_the_window() -> None:
    server = Server([ticket(n, START + n * 60) for n in range(1, 41)], page=4, window=300)
    async with opened(server) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
        assert len(got.tickets) == 40
    # The engine counts pages of what was asked for; each page starts at a later time instead.
    assert {one.query["page"] for one in running.seen if "search" in one.path} == {"1"}


async def test_many_tickets_changed_at_one_instant_are_all_read() -> None:
    server = Server([ticket(n, START) for n in range(1, 12)], page=3)
    async with opened(server) as (adapter, _):
        got = Got()
        async for batch in adapter.pull("changed", None, NOW):
            got.store(batch)
    assert len(got.tickets) == 11


async def test_the_search_index_may_be_late() -> None:
    server = Server([ticket(n, START + n * 60) for n in range(1, 4)], unindexed={2})
    async with opened(server) as (adapter, _):
        got = Got()
        async for batch in adapter.pull("changed", None, NOW):
            got.store(batch)
        assert set(got.tickets) == {"1", "3"}
        server.unindexed.clear()
        server.tickets.append(ticket(4, START + 5 * MINUTE))
        async for batch in adapter.pull("changed", got.cursors["changed"], NOW + 300):
            got.store(batch)
    assert set(got.tickets) == {"1", "2", "3", "4"}


async def test_what_the_index_lost_is_found_in_the_daily_list() -> None:
    server = Server([ticket(n, START + n * 60) for n in range(1, 4)])
    async with opened(server) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
        server.tickets.append(ticket(4, NOW))
        server.unindexed.add(4)
        await poll(adapter, got, NOW + 3600)
        assert "4" not in got.tickets
        lists = len([one for one in running.seen if one.path == "/api/v1/tickets"])
        await poll(adapter, got, NOW + 2 * 3600)
        assert len([one for one in running.seen if one.path == "/api/v1/tickets"]) == lists
        await poll(adapter, got, NOW + DAY + 60)
    assert "4" in got.tickets


async def test_tickets_that_come_into_sight_are_read_however_old_their_last_change() -> None:
    server = Server([ticket(n, START + n) for n in range(1, 5)], elasticsearch=False, elsewhere={2})
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        assert "2" not in got.tickets
        server.elsewhere.clear()
        await poll(adapter, got, NOW + 300)
    assert "2" in got.tickets


async def test_the_shape_of_answers_is_the_same_everywhere_only_when_expanded() -> None:
    async with opened(Server([ticket(1, START)])) as (adapter, running):
        await poll(adapter, Got(), NOW)
    lists = [one for one in running.seen if "tickets" in one.path]
    assert lists
    assert all(one.query.get("expand") == "true" for one in lists)


async def test_histories_and_messages_are_asked_for_only_when_they_changed() -> None:
    server = Server([ticket(n, START + n) for n in range(1, 4)])
    async with opened(server) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
        assert len(asked(running, "ticket_history")) == len(asked(running, "by_ticket")) == 3
        await poll(adapter, got, NOW + 300)
        assert len(asked(running, "ticket_history")) == len(asked(running, "by_ticket")) == 3
        server.tickets[1]["updated_at"] = ms(NOW)
        await poll(adapter, got, NOW + 600)
        # An update without a message: its history, but not its messages.
        assert len(asked(running, "ticket_history")) == 4
        assert len(asked(running, "by_ticket")) == 3


async def test_a_deleted_ticket_is_told_one_moved_out_of_sight_is_not_deleted() -> None:
    server = Server([ticket(n, START + n) for n in range(1, 6)], elasticsearch=False)
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        del server.tickets[1]
        server.elsewhere.add(4)
    # Another process notices, by what the cursor kept.
    async with opened(server) as (adapter, _):
        await poll(adapter, got, NOW + 300)
    gone = [event for event in events(got, EventKind.STATUS_CHANGED) if event.value == "deleted"]
    assert [event.ticket_id for event in gone] == ["2"]
    refused = [one.record for batch in got.batches for one in batch.refused]
    assert refused == ["ticket 4"]


async def test_tickets_gone_all_at_once_are_not_taken_for_deleted() -> None:
    server = Server([ticket(n, START + n) for n in range(1, 60)], elasticsearch=False)
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        kept, server.tickets = server.tickets, server.tickets[:5]
        await poll(adapter, got, NOW + 300)
        assert not [event for event in got.events.values() if event.value == "deleted"]
        assert any("at once" in one.reason for batch in got.batches for one in batch.refused)
        server.tickets = kept[:-1]
        await poll(adapter, got, NOW + 600)
    assert [e.ticket_id for e in got.events.values() if e.value == "deleted"] == ["59"]


async def test_a_row_that_a_deletion_shifted_out_of_a_page_is_read_all_the_same() -> None:
    server = Server([ticket(n, START + n) for n in range(1, 10)], elasticsearch=False, page=3)
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        for one in server.tickets:
            one |= {"updated_at": ms(NOW), "title": "Changed"}
        pages = adapter.pull("all", got.cursors["all"], NOW + 300)
        async for batch in pages:
            got.store(batch)
            server.tickets = [one for one in server.tickets if one["id"] != 1]
    assert {got.tickets[str(n)].subject for n in range(2, 10)} == {"Changed"}


async def test_states_are_read_by_number_and_those_of_their_own_by_type() -> None:
    rows = [
        # Renamed since: the text is of old, the number is not.
        row(
            1,
            1,
            START + 60,
            attribute="state",
            id_from=1,
            id_to=2,
            value_from="neu",
            value_to="offen",
        ),
        state_row(2, 1, START + 120, "open", "In Arbeit"),
        state_row(3, 1, START + 180, "In Arbeit", "waiting for vendor"),
        state_row(4, 1, START + 240, "waiting for vendor", "Gremium"),
    ]
    one = ticket(1, START, state="Gremium", state_id=99)
    server = Server([one], {1: rows})
    got = await read(server)
    told = [(event.previous, event.value) for event in events(got, EventKind.STATUS_CHANGED)]
    assert told == [
        ("new", "open"),
        ("open", "waiting for vendor"),
        ("waiting for vendor", "Gremium"),
    ]
    assert got.tickets["1"].status == "Gremium"
    assert next(iter(events(got, EventKind.OPENED))).value == "new"
    # A name in the engagement file is kept even where the type would do.
    got = await read(server, meanings={"in arbeit": StatusMeaning.PROVIDER})
    assert [event.value for event in events(got, EventKind.STATUS_CHANGED)][1] == "In Arbeit"


async def test_a_ticket_without_changes_always_was_what_it_is() -> None:
    got = await read(Server([ticket(1, START, state="closed", state_id=4)]))
    (opening,) = events(got)
    assert (opening.kind, opening.value) == (EventKind.OPENED, "closed")


async def test_rows_that_are_no_changes_of_the_ticket_are_left_out() -> None:
    rows = [
        row(1, 1, START, type="created"),
        row(2, 1, START, type="notification", value_to="mail sent to dana"),
        row(3, 7, START, object="Ticket::Article", attribute="internal"),
        row(4, 1, START, type="time_trigger_performed", attribute="state"),
        row(5, 1, START, attribute="pending_time", value_to="2026-03-05"),
        row(6, 1, START, attribute="owner", id_from=1, id_to=AGENT, value_to="Pat Tech"),
        row(
            7,
            1,
            START,
            attribute="priority",
            value_from="1 low",
            value_to="2 normal",
            created_by_id=SYSTEM,
        ),
        {"id": None},
        5,
    ]
    got = await read(Server([ticket(1, START)], {1: rows}))
    told = [(e.kind, e.value, e.previous, e.actor) for e in events(got)]
    assert told[1:] == [
        (EventKind.ASSIGNED, str(AGENT), "", str(AGENT)),
        (EventKind.PRIORITY_CHANGED, "2 normal", "1 low", None),
    ]
    assert [event.automatic for event in events(got, EventKind.PRIORITY_CHANGED)] == [True]


async def test_a_merged_ticket_says_into_which_and_its_messages_are_not_counted_twice() -> None:
    rows = {1: [row(5, 1, NOW, type="merged_into", id_from=1, id_to=2)]}
    server = Server([ticket(1, START), ticket(2, START + DAY)], rows)
    # The messages moved along, with their ids and times.
    server.articles[2] = [
        article(10, 2, START, sender="Customer"),
        article(11, 2, START + 60),
        article(12, 2, START + DAY, sender="Customer"),
        article(13, 2, START + DAY + 600),
    ]
    got = await read(server)
    (merged,) = events(got, EventKind.MERGED)
    assert (merged.ticket_id, merged.value) == ("1", "2")
    assert [event.id for event in events(got, EventKind.REPLIED)] == ["a000000000013"]


async def test_messages_are_told_apart() -> None:
    server = Server([ticket(1, START, article_count=7)])
    later = START + 600
    server.articles[1] = [
        article(1, 1, START, sender="Customer", created_by_id=CUSTOMER),
        article(2, 1, later, body="<p>Does it work again?</p>"),
        article(3, 1, later, internal=True, body="Who knows?"),
        article(4, 1, later, type="note"),
        article(5, 1, later, type="phone", sender="Customer", origin_by_id=CUSTOMER),
        article(6, 1, later, sender="System", created_by_id=SYSTEM),
        article(7, 1, later, preferences={"is-auto-response": True}),
    ]
    got = await read(server)
    told = {
        int(e.id[1:]): (e.kind, e.side, e.actor, e.automatic, e.asks)
        for e in events(got, EventKind.REPLIED, EventKind.NOTED)
    }
    agent, customer = str(AGENT), str(CUSTOMER)
    assert told == {
        2: (EventKind.REPLIED, Side.PROVIDER, agent, False, True),
        3: (EventKind.NOTED, Side.PROVIDER, agent, False, False),
        4: (EventKind.NOTED, Side.PROVIDER, agent, False, False),
        5: (EventKind.REPLIED, Side.CLIENT, customer, False, False),
        6: (EventKind.REPLIED, Side.PROVIDER, None, True, False),
        7: (EventKind.REPLIED, Side.PROVIDER, agent, True, False),
    }
    quiet = await read(server, engagement_of(privacy=Privacy(detect_questions=False)))
    assert not any(event.asks for event in quiet.events.values())


async def test_what_is_quoted_asks_nothing() -> None:
    assert plain_text("Done.<br>Yes &amp; no<blockquote>Why?</blockquote>") == "Done.\nYes & no "
    assert "?" not in plain_text('<a href="https://x.example/?a">link</a><blockquote>Open? ' * 900)


async def test_people_come_from_histories_and_the_file_knows_better() -> None:
    server = Server([ticket(1, START)])
    server.rows[1] = [state_row(1, 1, START, "new", "open") | {"created_by_id": LIAISON}]
    got = await read(server)
    assert got.people[str(CUSTOMER)].side is Side.CLIENT
    assert got.people[str(AGENT)].name == "Pat Tech"
    assert got.people[str(LIAISON)].side is Side.PROVIDER
    roles = (Role("Liaison", "S. Marsh", Side.CLIENT, ("u12@client.example",)),)
    got = await read(server, engagement_of(people=roles))
    assert got.people[str(LIAISON)].side is Side.CLIENT
    assert events(got, EventKind.STATUS_CHANGED)[0].side is Side.CLIENT


async def test_who_opened_a_ticket_and_who_owns_it() -> None:
    server = Server(
        [
            ticket(1, START, create_article_sender="Agent", created_by_id=AGENT),
            ticket(2, START + 1, owner="-", owner_id=1, organization=None),
        ]
    )
    got = await read(server)
    assert [got.tickets[key].opened_by for key in "12"] == [Side.PROVIDER, Side.CLIENT]
    assert [got.tickets[key].assignee for key in "12"] == [str(AGENT), None]
    assert got.tickets["1"].reference == "#22001"
    assert got.tickets["1"].url.endswith("/#ticket/zoom/1")


async def test_its_own_figures_are_claims_and_nothing_is_no_claim() -> None:
    server = Server(
        [
            ticket(
                1,
                START,
                first_response_in_min=35,
                first_response_diff_in_min=85,
                close_in_min=500,
                close_diff_in_min=-20,
            ),
            ticket(2, START + 1, close_escalation_at=ms(NOW + DAY)),
            ticket(3, START + 2, first_response_in_min=5),
        ]
    )
    got = await read(server)
    first, close = got.tickets["1"].claims
    assert (first.obligation, first.met, first.elapsed, first.target) == (
        Obligation.FIRST_RESPONSE,
        True,
        35 * 60,
        120 * 60,
    )
    assert (close.met, close.elapsed, close.target) == (False, 500 * 60, 480 * 60)
    (due,) = got.tickets["2"].claims
    assert (due.obligation, due.met, due.due_at) == (Obligation.RESOLUTION, None, NOW + DAY)
    (counted,) = got.tickets["3"].claims
    assert (counted.met, counted.target) == (None, None)


async def test_a_customers_account_sees_no_history_and_says_so() -> None:
    server = Server([ticket(1, START)], customer=True)
    async with opened(server) as (adapter, _):
        with pytest.raises(SourceError, match="history = false") as caught:
            await poll(adapter, Got(), NOW)
        assert caught.value.failure is Failure.AUTHENTICATION
        lines = {line.what: line for line in await adapter.check()}
        assert not lines["history"].ok
        assert "ticket.agent" in lines["history"].detail
    settings = SourceSettings(id="a", adapter="zammad", options={"history": False})
    assert not describe(settings).has_history
    async with opened(server, history=False) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
        server.tickets[0] |= {"state": "closed", "state_id": 4, "updated_at": ms(NOW)}
        await poll(adapter, got, NOW + 300)
        assert asked(running, "ticket_history") == []
        assert all(line.ok for line in await adapter.check())
    seen = [(event.at, event.value) for event in events(got, EventKind.OBSERVED)]
    assert seen == [(START, "open"), (NOW, "closed")]
    assert events(got, EventKind.STATUS_CHANGED) == []


async def test_one_ticket_that_went_away_while_read_does_not_stop_the_rest() -> None:
    server = Server([ticket(n, START + n) for n in range(1, 4)])
    server.answers["ticket_history/2"] = [problem(404, "Couldn't find Ticket")] * 2
    got = await read(server)
    assert set(got.tickets) == {"1", "3"}
    server.answers["ticket_history/2"] = [problem(403, "Not authorized")] * 2
    assert set((await read(server)).tickets) == {"1", "3"}


async def test_tickets_from_before_the_engagement_are_not_read() -> None:
    long_ago = NOW - 300 * DAY
    server = Server([ticket(1, long_ago), ticket(2, START)], elasticsearch=False)
    async with opened(server) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
        assert set(got.tickets) == {"2"}
        assert len(asked(running, "ticket_history")) == 1


async def test_what_the_file_leaves_out_is_left_out() -> None:
    privacy = Privacy(exclude_categories=("users",))
    got = await read(Server([ticket(1, START)]), engagement_of(privacy=privacy))
    assert (got.tickets, got.events) == ({}, {})
    got = await read(Server([ticket(1, START)]), engagement_of(privacy=Privacy(subjects=False)))
    assert got.tickets["1"].subject == ""


async def test_check_tells_what_works_and_whom_states_wait_for() -> None:
    async with opened(Server([ticket(1, START)], elasticsearch=False)) as (adapter, _):
        lines = {line.what: line for line in await adapter.check()}
    assert all(line.ok for line in lines.values())
    assert "waiting for vendor" in lines["states"].detail
    assert "In Arbeit" not in lines["states"].detail
    assert "10 requests per 1,000" in lines["search"].detail
    async with opened(Server()) as (adapter, _):
        lines = {line.what: line for line in await adapter.check()}
    assert not lines["tickets"].ok
    async with opened(Server(), token="wrong") as (adapter, running):
        (line,) = await adapter.check()
        assert len(running.seen) == 1
    assert not line.ok


async def test_an_old_server_that_ignores_expand_is_an_error_not_silence() -> None:
    body = Response(200, b'{"tickets":[1],"assets":{}}', {"Content-Type": "application/json"})
    server = Server([ticket(1, START)], answers={"tickets": [body]})
    with pytest.raises(SourceError) as caught:
        await read(server)
    assert caught.value.failure is Failure.CONTRACT


def test_numbers_are_packed_into_ranges() -> None:
    numbers = {1, 2, 3, 7, 9, 10, 500}
    assert pack(numbers) == "1-3,7,9-10,500"
    assert unpack(pack(numbers)) == numbers
    assert unpack("") == set()
