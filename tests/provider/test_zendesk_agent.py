"""A Zendesk account read with an agent's rights: by search, and ticket by ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engagewatch.engine.fold import Folder
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, MINUTE, isoformat
from engagewatch.model.policy import ALWAYS, Duration, Participation, ServiceLevel
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind
from engagewatch.net.errors import SourceError
from engagewatch.providers.registry import describe
from tests.provider.loopback import SERVER_TIME, Loopback, Response
from tests.provider.samples import NOW, Read, at, engagement_of, read
from tests.provider.zendesk_account import (
    AGENT,
    CUSTOMER,
    FORBIDDEN,
    JSON,
    Account,
    audit,
    change,
    comment,
    reply,
    ticket,
    zendesk,
)

OPENED = at("2026-02-03T07:12:44")
ANSWERED = at("2026-02-03T08:05:30")


def story(id_: int = 48213) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a ticket that was opened, answered and put on hold, with its updates."""
    created = [
        comment(id_ * 10 + 1, CUSTOMER, "Since Monday… why?"),
        {"id": id_ * 10 + 2, "event_type": "Create", "status": "new"},
        {"id": id_ * 10 + 3, "event_type": "Create", "priority": "high"},
    ]
    answered = [
        comment(id_ * 10 + 5, AGENT, "Which client version?"),
        change(id_ * 10 + 6, "status", "pending", "new"),
        change(id_ * 10 + 7, "priority", "urgent", "high"),
        change(id_ * 10 + 8, "assignee_id", AGENT, None),
    ]
    updates = [
        audit(id_ * 100, OPENED, CUSTOMER, *created, of=id_),
        audit(id_ * 100 + 1, ANSWERED, AGENT, *answered, of=id_),
    ]
    row = ticket(id_, OPENED, status="pending", priority="urgent", updated_at=isoformat(ANSWERED))
    return row, updates


def account_of(*numbers: int, **more: Any) -> Account:
    """Return an account that grants an agent's rights."""
    account = Account(admin=False, users=[], **more)
    for number in numbers:
        row, updates = story(number)
        account.tickets.append(row)
        account.audits += updates
    return account


async def everything(
    account: Account, engagement: Engagement | None = None, **settings: Any
) -> Read:
    got = Read()
    async with zendesk(account, engagement, **settings) as (adapter, _):
        for stream in adapter.streams:
            got.batches += (await read(adapter, stream)).batches
    return got


def told(events: list[Event]) -> set[Event]:
    return set(events)


def asked(server: Loopback, part: str) -> list[dict[str, str]]:
    return [dict(request.query) for request in server.seen if part in request.path]


async def test_an_agent_is_told_the_same_as_an_administrator() -> None:
    account = account_of(48213, 48214)
    by_search = await everything(account)
    account.admin, account.users = True, list(Account().users)
    by_exports = await everything(account)
    assert [replace(one, url="") for one in by_search.tickets.values()] == [
        replace(one, url="") for one in by_exports.tickets.values()
    ]
    assert told(by_search.events) == told(by_exports.events)
    assert len(by_search.events) == 2 * 7
    # Those who wrote, and those whom tickets name, were looked up.
    assert set(by_search.people) == {str(AGENT), str(CUSTOMER)}
    assert by_search.people[str(AGENT)].side is Side.PROVIDER


async def test_refused_exports_are_not_asked_for_again() -> None:
    async with zendesk(account_of(48213)) as (adapter, server):
        for stream in (*adapter.streams, *adapter.streams):
            await read(adapter, stream)
    assert len(asked(server, "incremental/")) == 1


async def test_what_the_tool_measured_is_read_with_the_tickets() -> None:
    metrics = {"ticket_id": 48213, "reply_time_in_minutes": {"calendar": 53, "business": 5}}
    got = await everything(account_of(48213, metric_sets=[metrics]))
    (claim,) = got.tickets["48213"].claims
    assert (claim.obligation, claim.elapsed) == (Obligation.FIRST_RESPONSE, 300)


async def test_a_copy_in_the_index_is_replaced_by_the_ticket() -> None:
    account = account_of(48213)
    account.indexed = [{**account.tickets[0], "status": "new", "priority": None}]
    got = await everything(account)
    assert (got.tickets["48213"].status, got.tickets["48213"].priority) == ("pending", "urgent")


async def test_an_archived_ticket_that_is_not_listed_by_id_is_kept_as_found() -> None:
    account = account_of(48213)
    account.indexed, account.tickets = account.tickets, []
    assert set((await everything(account)).tickets) == {"48213"}


async def test_long_histories_are_read_to_the_end() -> None:
    account = account_of(48213)
    messages = [
        audit(10_000 + n, ANSWERED + n, AGENT, comment(20_000 + n, AGENT, "More."))
        for n in range(7)
    ]
    account.audits += messages
    account.page = 3
    got = await everything(account)
    replies = [event for event in got.events if event.kind is EventKind.REPLIED]
    assert len(replies) == 8


async def test_a_first_read_goes_by_stretches_and_on_from_any_page() -> None:
    account = account_of(1, 2, 3, 4, page=2)
    for number, row in enumerate(account.tickets):
        row["updated_at"] = isoformat(NOW - (50 - 12 * number) * DAY)
    async with zendesk(account) as (adapter, server):
        whole = await read(adapter, "tickets")
        stretches = [query["query"] for query in asked(server, "search/export")]
        assert stretches[0] == "updated>=2026-01-05T00:00:00Z updated<2026-02-04T00:00:00Z"
        assert stretches[-1] == "updated>=2026-02-04T00:00:00Z"
    assert set(whole.tickets) == {"1", "2", "3", "4"}
    for number, batch in enumerate(whole.batches[:-1]):
        async with zendesk(account) as (adapter, _):
            rest = await read(adapter, "tickets", batch.cursor)
        before = {one.id for done in whole.batches[: number + 1] for one in done.tickets}
        assert before | set(rest.tickets) == {"1", "2", "3", "4"}
        assert rest.records < 4


async def test_the_index_may_be_behind() -> None:
    account = account_of(48213)
    async with zendesk(account) as (adapter, server):
        first = await read(adapter, "tickets")
        row, updates = story(48214)
        # Changed before the first read, and in the index only after it.
        row["updated_at"] = isoformat(SERVER_TIME - 14 * MINUTE)
        account.tickets.append(row)
        account.audits += updates
        second = await read(adapter, "tickets", first.cursor)
        assert set(second.tickets) == {"48214"}
        histories = len(asked(server, "audits"))
        third = await read(adapter, "tickets", second.cursor)
        # It is found again, and its history is not asked for again.
        assert set(third.tickets) == {"48214"}
        assert len(asked(server, "audits")) == histories


async def test_a_search_cursor_lives_an_hour() -> None:
    account = account_of(1, 2, 3, page=2)
    async with zendesk(account) as (adapter, server):
        first = await read(adapter, "tickets")
        account.overrides["search/export.json"] = [Response(400, b"{}", JSON)]
        server.seen.clear()
        again = await read(adapter, "tickets", first.batches[0].cursor)
        assert set(again.tickets) == {"1", "2", "3"}
        pages = [query.get("page[after]") for query in asked(server, "search/export")]
        assert pages == ["2", None, "2", None]


async def test_a_search_that_goes_in_circles_is_an_error() -> None:
    page = reply({"results": [], "meta": {"has_more": True, "after_cursor": "A"}})
    account = account_of(overrides={"search/export.json": [page] * 9})
    async with zendesk(account) as (adapter, _):
        with pytest.raises(SourceError, match="already read"):
            await read(adapter, "tickets")


async def test_a_stored_cursor_of_either_way_serves_the_other() -> None:
    account = account_of(48213)
    async with zendesk(account) as (adapter, _):
        by_search = await read(adapter, "tickets")
    account.admin = True
    async with zendesk(account) as (adapter, server):
        exported = await read(adapter, "tickets", by_search.cursor)
        (query,) = asked(server, "incremental/")
        assert int(query["start_time"]) == SERVER_TIME - 15 * MINUTE
        assert exported.cursor is not None
    account.admin = False
    async with zendesk(account) as (adapter, server):
        await read(adapter, "tickets", exported.cursor)
        (query,) = asked(server, "search/export")
    assert query["query"] == f"updated>={isoformat(SERVER_TIME - 15 * MINUTE)}"


async def test_rights_that_are_taken_away_in_the_middle_are_noticed_by_the_next_poll() -> None:
    account = account_of(1, 2, 3, page=2)
    account.admin = True
    async with zendesk(account) as (adapter, server):
        pages = adapter.pull("tickets", None, NOW)
        await anext(pages)
        account.admin = False
        with pytest.raises(SourceError) as caught:
            await anext(pages)
        assert caught.value.status == 403
        assert asked(server, "search") == []
        assert set((await read(adapter, "tickets")).tickets) == {"1", "2", "3"}


async def test_a_token_without_the_right_to_histories_says_what_to_ask_for() -> None:
    account = account_of(48213, overrides={"tickets/48213/audits.json": [FORBIDDEN] * 2})
    async with zendesk(account) as (adapter, _):
        with pytest.raises(SourceError, match="scope read, not just tickets:read") as caught:
            await read(adapter, "tickets")
        assert caught.value.failure is Failure.AUTHENTICATION
        lines = await adapter.check()
    assert [(line.what, line.ok) for line in lines] == [
        ("exports", True),
        ("tickets", True),
        ("history", False),
    ]
    assert "history = false" in lines[-1].detail


@pytest.mark.parametrize("status", [403, 404])
async def test_one_history_that_may_not_be_read_leaves_the_others(status: int) -> None:
    refusal = Response(status, b"{}", JSON)
    account = account_of(1, 2, 3, overrides={"tickets/2/audits.json": [refusal]})
    got = await everything(account)
    # A ticket without its history would look as if nothing had happened to it.
    assert set(got.tickets) == {"1", "3"}
    assert {event.ticket_id for event in got.events} == {"1", "3"}
    assert [refused.record for refused in got.refused] == ["ticket 2"]


def folder_of(engagement: Engagement, *, has_history: bool) -> Folder:
    (source,) = engagement.sources
    description = describe(source)
    assert description.has_history is has_history
    return Folder(
        engagement.policy(
            source,
            description.default_meanings,
            has_messages=description.has_messages,
            has_history=description.has_history,
        )
    )


async def test_without_histories_statuses_are_seen_and_verdicts_that_need_more_untold() -> None:
    account = account_of(48213)
    account.audits.append(audit(9, ANSWERED + HOUR, CUSTOMER, comment(99, CUSTOMER, "Version 4.")))
    options = {"history": False}
    async with zendesk(account, options=options) as (adapter, server):
        first = await read(adapter, "tickets")
        account.tickets[0] |= {"status": "solved", "updated_at": isoformat(NOW - MINUTE)}
        second = await read(adapter, "tickets", first.cursor)
        for stream in adapter.streams:
            await read(adapter, stream)
        assert asked(server, "incremental/") == asked(server, "audits") == []
    events = {event.id: event for event in (*first.events, *second.events)}
    kinds = sorted((event.at, event.kind, event.side, event.value) for event in events.values())
    assert kinds == [
        (OPENED, EventKind.OPENED, Side.CLIENT, ""),
        (ANSWERED, EventKind.OBSERVED, None, "pending"),
        (ANSWERED, EventKind.REPLIED, Side.PROVIDER, ""),
        (ANSWERED + HOUR, EventKind.REPLIED, Side.CLIENT, ""),
        (NOW - MINUTE, EventKind.OBSERVED, None, "solved"),
    ]
    assert events["4821301:482135"].asks
    targets = {
        Obligation.FIRST_RESPONSE: Duration(seconds=HOUR),
        Obligation.RESOLUTION: Duration(seconds=10 * DAY),
    }
    engagement = replace(
        engagement_of(SourceSettings(id="desk", adapter="zendesk", options=options)),
        calendars={"24x7": ALWAYS},
        participation=Participation("24x7"),
        service_levels=(ServiceLevel("P1", "24x7", targets, matches=("urgent",)),),
    )
    fold = folder_of(engagement, has_history=False).fold(
        second.tickets["48213"], list(events.values())
    )
    states = {clock.obligation: clock.state for clock in fold.clocks}
    # Who wrote when is known; how long the client was awaited is not.
    assert states[Obligation.FIRST_RESPONSE] is ClockState.MET
    assert states[Obligation.RESOLUTION] is ClockState.UNKNOWN


async def test_messages_that_come_newest_first_still_begin_with_the_description() -> None:
    account = account_of(48213)
    rows = [
        {**comment(5, AGENT, "Done."), "created_at": isoformat(ANSWERED), "audit_id": 4},
        {**comment(3, CUSTOMER, "Help."), "created_at": isoformat(OPENED), "audit_id": 2},
    ]
    account.overrides["tickets/48213/comments.json"] = [reply({"comments": rows})]
    got = await everything(account, options={"history": False})
    (answer,) = (event for event in got.events if event.kind is EventKind.REPLIED)
    assert (answer.id, answer.side) == ("4:5", Side.PROVIDER)


async def test_an_agents_check_says_what_is_read_instead() -> None:
    async with zendesk(account_of(48213)) as (adapter, _):
        lines = await adapter.check()
    assert [(line.what, line.ok) for line in lines] == [
        ("exports", True),
        ("tickets", True),
        ("history", True),
        ("ratings", True),
        ("approvals", True),
    ]
    assert "token of an administrator" in lines[0].detail
    assert "cannot be listed" in lines[3].detail
    async with zendesk(account_of()) as (adapter, _):
        lines = await adapter.check()
    assert (lines[-1].ok, lines[-1].what) == (False, "tickets")
    assert "no ticket is visible" in lines[-1].detail


async def test_odd_records_of_a_search_are_refused_alone() -> None:
    account = account_of(1, 2)
    rows = [*account.tickets, "no ticket", {**account.tickets[0], "id": {}}, {"id": 3}]
    account.overrides["search/export.json"] = [reply({"results": rows, "meta": {}})]
    account.overrides["tickets/1/audits.json"] = [
        reply({"audits": [{"id": 5, "events": 7}, {"id": None}, 4]})
    ]
    got = await everything(account)
    assert set(got.tickets) == {"1", "2"}
    assert len(got.refused) == 6


async def test_what_an_agents_read_costs() -> None:
    account = account_of(*range(1, 31))
    async with zendesk(account) as (adapter, server):
        got = await read(adapter, "tickets")
        assert adapter.requests == len(server.seen)
        assert len(got.tickets) == 30
        # One a ticket, one a page for what the index may not know, and who they name at once.
        assert len(asked(server, "audits")) == 30
        assert len(asked(server, "show_many")) == 2
