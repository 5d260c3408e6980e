"""Request Tracker's own ways, each with a test that fails without the care taken for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, Privacy, Role, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, isoformat
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind, Ticket
from engagewatch.net.errors import SourceError
from engagewatch.providers.registry import describe
from engagewatch.providers.request_tracker import RequestTracker
from engagewatch.testing.reading import Got, poll
from tests.provider.account import reading
from tests.provider.loopback import Loopback, Response
from tests.provider.request_tracker_server import (
    JSON,
    TOKEN,
    Server,
    ticket,
    transaction,
    user,
)
from tests.provider.samples import NOW, engagement_of

START = NOW - 20 * DAY
FIRST = 500


@asynccontextmanager
async def opened(
    server: Server, engagement: Engagement | None = None, *, token: str = TOKEN, **more: Any
) -> AsyncIterator[tuple[RequestTracker, Loopback]]:
    """Serve ``server`` and read it with a fresh adapter."""
    async with reading("request_tracker", server.answer, engagement, secret=token, **more) as pair:
        yield pair


async def read(server: Server, engagement: Engagement | None = None, **options: Any) -> Got:
    async with opened(server, engagement, **options) as (adapter, _):
        return await poll(adapter, Got(), NOW)


def course(got: Got, key: str) -> list[tuple[EventKind, str]]:
    ticket = Ticket(key, "", "", "", None, 0, 0)
    return [(e.kind, e.value) for e in got.of(ticket) if e.kind is not EventKind.OPENED]


def created(number: int, of: int) -> dict[str, Any]:
    return transaction(number, of, START, "Create", "dana.client")


async def test_pages_with_holes_are_read_to_the_end() -> None:
    # 409 rows of which whole pages may not be seen, and no totals: what a reader really meets.
    rows = [created(FIRST, 1)]
    rows += [
        transaction(FIRST + n, 1, START + n, "Comment", hidden=50 <= n < 370 or n % 4 == 0)
        for n in range(1, 409)
    ]
    server = Server([ticket(1, START)], rows)
    async with opened(server) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
    visible = [row for row in rows if not row["hidden"] and row["Type"] == "Comment"]
    assert len(course(got, "1")) == len(visible)
    assert got.cursors["transactions"] == visible[-1]["id"]
    assert len(running.seen) < 20


async def test_endless_rows_out_of_sight_are_an_error_that_names_the_right() -> None:
    rows = [created(FIRST, 1)]
    rows += [transaction(FIRST + n, 1, START, "Comment", hidden=True) for n in range(1, 120)]
    rows.append(transaction(FIRST + 120, 1, START, "Comment"))
    server = Server([ticket(1, START)], rows, page=2)
    async with opened(server) as (adapter, _):
        with pytest.raises(SourceError, match="ShowTicketComments") as caught:
            await poll(adapter, Got(), NOW)
    assert caught.value.failure is Failure.CONTRACT


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York", "Etc/GMT+12", "UTC"])
async def test_the_time_zone_of_the_account_does_not_matter(zone: str) -> None:
    # Changed in the very first minute of the engagement.
    begun = 1_767_571_200 + 30
    rows = [
        transaction(FIRST, 1, begun, "Create", "dana.client"),
        transaction(FIRST + 1, 1, begun, "Correspond"),
    ]
    got = await read(Server([ticket(1, begun)], rows, zone=zone))
    assert course(got, "1") == [(EventKind.REPLIED, "")]


async def test_dates_that_are_not_set_are_missing_not_1970() -> None:
    one = ticket(1, START, SLA="standard", Due=isoformat(NOW + HOUR))
    other = ticket(2, START, SLA="standard")
    answered = ticket(3, START, SLA="standard", Due=isoformat(NOW), Told=isoformat(NOW - DAY))
    bad = ticket(4, START, Created="1970-01-01T00:00:00Z")
    server = Server([one, other, answered, bad], [created(FIRST, 1)])
    got = await read(server)
    (claim,) = got.tickets["1"].claims
    assert (claim.obligation, claim.due_at) == (Obligation.FIRST_RESPONSE, NOW + HOUR)
    assert got.tickets["2"].claims == ()
    # Later on the field holds another target, and does not say which.
    assert got.tickets["3"].claims == ()
    assert "4" not in got.tickets
    assert [one.record for batch in got.batches for one in batch.refused] == ["ticket 4"]


async def test_a_merged_ticket_is_told_although_searches_no_longer_show_it() -> None:
    server = Server([ticket(6, START), ticket(8, START)], [created(FIRST, 6), created(501, 8)])
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        assert set(got.tickets) == {"6", "8"}
        server.merged[8] = 6
        link = {"Field": "MergedInto", "NewValue": "fsck.com-rt://rt.example/ticket/6"}
        server.transactions += [
            transaction(502, 8, NOW, "AddLink", **link),
            transaction(503, 6, NOW, "AddLink", **link),
        ]
        await poll(adapter, got, NOW + 60)
    assert course(got, "8") == [(EventKind.MERGED, "6")]
    assert course(got, "6") == []
    assert got.tickets["6"].updated_at == START


async def test_a_deleted_ticket_is_fetched_by_its_number() -> None:
    server = Server([ticket(1, START)], [created(FIRST, 1)])
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        server.tickets = [ticket(1, START, Status="deleted", LastUpdated=isoformat(NOW))]
        row = transaction(501, 1, NOW, "Status", OldValue="open", NewValue="deleted")
        server.transactions.append(row)
        await poll(adapter, got, NOW + 60)
    assert got.tickets["1"].deleted
    # A single ticket names its queue by number only.
    assert got.tickets["1"].group == "Service Desk"
    assert course(got, "1") == [(EventKind.STATUS_CHANGED, "deleted")]


async def test_a_ticket_out_of_sight_is_refused_and_the_rest_read() -> None:
    server = Server([ticket(1, START), ticket(2, START)], [created(FIRST, 1), created(501, 2)])
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        server.erased.add(1)
        server.transactions += [
            transaction(502, 1, NOW, "Correspond"),
            transaction(503, 2, NOW, "Correspond"),
        ]
        await poll(adapter, got, NOW + 60)
    assert course(got, "2") == [(EventKind.REPLIED, "")]
    (refused,) = [one for batch in got.batches for one in batch.refused]
    assert refused.record == "ticket 1"
    assert not got.tickets["1"].deleted


async def test_rows_of_groups_and_users_with_the_same_number_are_not_a_tickets() -> None:
    rows = [
        created(FIRST, 1),
        transaction(501, 1, START, "Correspond", ObjectType="RT::Group"),
    ]
    rows[1] |= {f"Ticket{name}": value for name, value in ticket(1, START).items()}
    got = await read(Server([ticket(1, START)], rows))
    assert course(got, "1") == []


async def test_what_the_system_does_belongs_to_who_wrote_just_before() -> None:
    def status(number: int, at: int, old: str, new: str) -> dict[str, Any]:
        return transaction(number, 1, at, "Status", "RT_System", OldValue=old, NewValue=new)

    rows = [
        created(FIRST, 1),
        transaction(501, 1, START + 60, "Correspond", "pat.tech"),
        status(502, START + 60, "new", "open"),
        transaction(503, 1, START + 900, "Correspond", "dana.client"),
        status(504, START + 901, "resolved", "open"),
        status(505, START + 9000, "open", "stalled"),
    ]
    got = await read(Server([ticket(1, START)], rows))
    changes = [e for e in got.of(got.tickets["1"]) if e.kind is EventKind.STATUS_CHANGED]
    assert [change.side for change in changes] == [Side.PROVIDER, Side.CLIENT, None]
    assert all(change.automatic and change.actor is None for change in changes)


async def test_changes_within_one_second_keep_their_order() -> None:
    course_ = ["new", "resolved", "open", "stalled", "open", "rejected"]
    rows = [created(FIRST, 1)]
    for number, (old, new) in enumerate(pairwise(course_)):
        row = transaction(997 + number, 1, START + 5, "Status", OldValue=old, NewValue=new)
        rows.append(row)
    got = await read(Server([ticket(1, START)], rows))
    events = [e for e in got.events.values() if e.kind is EventKind.STATUS_CHANGED]
    # The engine orders what shares an instant by the text of the id.
    assert [e.value for e in sorted(events, key=lambda e: e.id)] == course_[1:]


async def test_an_owner_is_named_and_a_change_of_owner_counts_once() -> None:
    handed = {"Field": "Owner", "OldValue": "6", "NewValue": "33"}
    rows = [
        created(FIRST, 1),
        transaction(501, 1, START, "Set", "lee.tech", **handed),
        transaction(502, 1, START, "SetWatcher", "lee.tech", **handed),
        transaction(503, 1, START, "Set", Field="Owner", OldValue="33", NewValue="6"),
        transaction(504, 1, START, "Set", Field="Priority", OldValue="0", NewValue="50"),
        transaction(505, 1, START, "Set", Field="Due", OldValue="", NewValue="1970-01-01"),
    ]
    got = await read(Server([ticket(1, START, Owner=user("Nobody"))], rows))
    events = sorted(got.of(got.tickets["1"]), key=lambda event: event.id)
    told = [(event.kind, event.value, event.previous) for event in events]
    assert (EventKind.ASSIGNED, "pat.tech", "") in told
    assert (EventKind.ASSIGNED, "", "pat.tech") in told
    assert (EventKind.PRIORITY_CHANGED, "50", "0") in told
    assert len(told) == 4
    assert got.tickets["1"].assignee is None


async def test_staff_and_clients_are_told_apart_by_account_domain_and_file() -> None:
    one = ticket(1, START, Requestor=[user("liaison")], Creator=user("pat.tech"))
    other = ticket(2, START)
    rows = [
        created(FIRST, 1),
        transaction(501, 1, START, "Correspond", "liaison"),
        transaction(502, 2, START, "Correspond", "liaison"),
        transaction(503, 2, START, "Correspond", "pat.tech"),
    ]
    server = Server([one, other], rows)

    def sides(got: Got) -> list[Side | None]:
        replies = [e for e in got.events.values() if e.kind is EventKind.REPLIED]
        return [reply.side for reply in sorted(replies, key=lambda reply: reply.id)]

    # A privileged account is staff, but whoever asked for a ticket is the client on it.
    got = await read(server)
    assert sides(got) == [Side.CLIENT, Side.PROVIDER, Side.PROVIDER]
    assert got.tickets["1"].opened_by is Side.PROVIDER
    assert got.tickets["2"].opened_by is Side.CLIENT
    assert sides(await read(server, client_domains=["client.example"]))[1] is Side.CLIENT
    people = (Role("Liaison", "S. Marsh", Side.CLIENT, ("liaison",)),)
    assert sides(await read(server, engagement_of(people=people)))[1] is Side.CLIENT


async def test_everybody_is_looked_up_once() -> None:
    rows = [created(FIRST, 1)]
    rows += [transaction(501 + n, 1, START + n, "Correspond") for n in range(9)]
    server = Server([ticket(1, START)], rows, page=2)
    async with opened(server) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
        await poll(adapter, got, NOW + 60)
    asked = [one.path for one in running.seen if "/user/" in one.path]
    assert sorted(asked) == ["/REST/2.0/user/dana.client", "/REST/2.0/user/pat.tech"]


async def test_history_from_before_the_engagement_comes_with_a_ticket_that_wakes_up() -> None:
    long_ago = NOW - 300 * DAY
    rows = [
        transaction(11, 1, long_ago, "Create", "dana.client"),
        transaction(12, 1, long_ago + 60, "Status", OldValue="new", NewValue="resolved"),
        created(FIRST, 2),
    ]
    server = Server([ticket(1, long_ago, Status="resolved"), ticket(2, START)], rows)
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        assert set(got.tickets) == {"2"}
        server.tickets[0] |= {"Status": "open", "LastUpdated": isoformat(NOW)}
        row = transaction(501, 1, NOW, "Status", OldValue="resolved", NewValue="open")
        server.transactions.append(row)
        await poll(adapter, got, NOW + 60)
    assert [value for _, value in course(got, "1")] == ["resolved", "open"]


async def test_a_transaction_that_is_stored_late_is_not_missed() -> None:
    server = Server([ticket(1, START)], [created(FIRST, 1), created(700, 1)])
    async with opened(server) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        server.transactions.insert(1, transaction(640, 1, NOW, "Correspond"))
        await poll(adapter, got, NOW + 60)
    assert course(got, "1") == [(EventKind.REPLIED, "")]


async def test_a_poll_with_nothing_new_costs_two_requests() -> None:
    rows = [created(FIRST + n, n) for n in range(1, 40)]
    async with opened(Server([ticket(n, START) for n in range(1, 40)], rows)) as (adapter, _):
        got = await poll(adapter, Got(), NOW)
        before = adapter.requests
        await poll(adapter, got, NOW + 60)
        assert adapter.requests - before == 2


async def test_queues_are_named_in_every_query_whatever_their_names_hold() -> None:
    name = 'Dana\'s "desk"'
    queue = {"type": "queue", "id": "3", "Name": name}
    server = Server(
        [ticket(1, START, Queue=queue), ticket(2, START)],
        [created(FIRST, 1), created(501, 2), transaction(502, 2, START, "Correspond")],
    )
    got = await read(server, queues=["Service Desk", name])
    assert set(got.tickets) == {"1", "2"}
    got = await read(server, queues=[name])
    assert set(got.tickets) == {"1"}
    assert got.tickets["1"].group == name
    assert course(got, "2") == []


@pytest.mark.parametrize("field", ["3", {"id": "3", "type": "customfield"}])
async def test_fields_of_their_own_tell_category_and_rating(field: object) -> None:
    rows = [
        created(FIRST, 1),
        transaction(501, 1, START, "CustomField", "dana.client", Field=field, NewValue="4"),
        transaction(502, 1, START, "CustomField", "dana.client", Field="2", NewValue="Change"),
    ]
    server = Server([ticket(1, START)], rows)
    got = await read(server, category_field="ticket type", rating_field="Satisfaction")
    assert got.tickets["1"].category == "Incident"
    assert course(got, "1") == [(EventKind.RATED, "4")]
    assert course(await read(server), "1") == []


async def test_approvals_and_what_the_file_leaves_out_are_not_tickets() -> None:
    approval = ticket(1, START, Type="approval")
    rows = [created(FIRST, 1), created(501, 2), transaction(502, 2, START, "Correspond")]
    engagement = replace(engagement_of(), privacy=Privacy(exclude_categories=("Service Desk",)))
    server = Server([approval, ticket(2, START)], rows)
    assert set((await read(server)).tickets) == {"2"}
    got = await read(server, engagement)
    assert got.tickets == {}
    assert got.events == {}


async def test_a_login_page_behind_a_redirect_is_a_refused_credential() -> None:
    server = Server()
    moved = Response(302, b"", {"Location": "/NoAuth/Login.html"})

    def answer(request: Any) -> Response:
        if "Login" in request.path:
            return Response(200, b"<html>Login", {"Content-Type": "text/html"})
        return moved

    server.answer = answer  # type: ignore[method-assign]
    with pytest.raises(SourceError) as caught:
        await read(server)
    assert caught.value.failure is Failure.AUTHENTICATION


async def test_a_refused_query_is_told_without_the_servers_own_files() -> None:
    told = (
        b'{"message":"Unknown field: TicketQueue at /usr/share/request-tracker5/lib/RT.pm line 9"}'
    )
    server = Server([ticket(1, START)], answers={"tickets": [Response(400, told, JSON)]})
    with pytest.raises(SourceError, match="Unknown field") as caught:
        await read(server)
    assert "/usr/share" not in caught.value.message


async def test_the_address_may_have_a_path_or_name_the_interface() -> None:
    for path in ("/rt", "/rt/", "/rt/REST/2.0"):
        async with opened(Server([ticket(1, START)]), path=path) as (adapter, running):
            got = await poll(adapter, Got(), NOW)
            assert running.seen[0].path.startswith("/rt/REST/2.0/tickets")
            assert got.tickets["1"].url == f"{running.url}/rt/Ticket/Display.html?id=1"


async def test_headers_that_upset_the_server_are_not_sent() -> None:
    async with opened(Server([ticket(1, START)], [created(FIRST, 1)])) as (adapter, running):
        got = await poll(adapter, Got(), NOW)
        await poll(adapter, got, NOW + 60)
    for request in running.seen:
        assert not {"if-modified-since", "cookie"} & set(request.headers)
        assert "Mozilla" not in request.headers["user-agent"]
        assert "token" not in request.query


async def test_check_says_which_right_is_missing() -> None:
    server = Server([ticket(1, START)], [created(FIRST, 1)])
    async with opened(server, queues=["Service Desk", "Secret"]) as (adapter, _):
        lines = {line.what: line for line in await adapter.check()}
    assert lines["server"].ok
    assert "5.0.3" in lines["server"].detail
    assert lines['queue "Service Desk"'].ok
    assert not lines['queue "Secret"'].ok
    assert "SeeQueue" in lines['queue "Secret"'].detail
    assert "ShowTicketComments" in lines["history"].detail
    async with opened(Server()) as (adapter, _):
        lines = {line.what: line for line in await adapter.check()}
    assert "ShowTicket" in lines["tickets"].detail
    assert not lines["tickets"].ok
    async with opened(server, token="1-31-wrong") as (adapter, running):
        (line,) = await adapter.check()
        assert len(running.seen) == 1
    assert not line.ok


def test_stalled_is_nobodys_until_the_file_says_whose() -> None:
    meanings = describe(SourceSettings(id="a", adapter="request_tracker")).default_meanings
    assert "stalled" not in meanings
    assert meanings["rejected"].is_finished
