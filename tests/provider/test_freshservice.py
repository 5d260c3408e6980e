"""Freshservice: lists without order, history in prose, and what can be told from it."""

from __future__ import annotations

from typing import Any

import pytest

from engagewatch.engine.fold import Folder
from engagewatch.model.clock import ClockState, Fold, Obligation
from engagewatch.model.engagement import Privacy, Role, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, Instant, isoformat
from engagewatch.model.policy import Duration, ServiceLevel
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Claim, Event, EventKind
from engagewatch.net.errors import SourceError
from engagewatch.providers.descriptions import BUILT_IN
from tests.provider.freshservice_account import (
    AGENT,
    APPROVER,
    CUSTOMER,
    JSON,
    AccountStub,
    activity,
    approval,
    conversation,
    created,
    freshservice,
    ticket,
)
from tests.provider.loopback import Response
from tests.provider.samples import NOW, Read, at, engagement_of, read

OPENED = at("2026-02-10T08:30:00")
KEY = "1042"


async def everything(account: AccountStub, engagement: Any = None, **options: Any) -> Read:
    got = Read()
    async with freshservice(account, engagement, **options) as (adapter, _):
        for stream in adapter.streams:
            got.batches += (await read(adapter, stream)).batches
    return got


async def one(*activities: Any, engagement: Any = None, **fields: Any) -> Read:
    """Read an account with one ticket; activities are given oldest first."""
    row = ticket(1042, OPENED, **fields)
    return await everything(AccountStub([row], {KEY: list(reversed(activities))}), engagement)


def kinds(got: Read, kind: EventKind) -> list[Event]:
    return [event for event in got.events if event.kind is kind]


def resolution(got: Read) -> ClockState:
    """Return how the engine judges the resolution by what was read."""
    clocks = folded(got).clocks
    return next(clock.state for clock in clocks if clock.obligation is Obligation.RESOLUTION)


def folded(got: Read) -> Fold:
    """Return what the engine makes of the ticket that was read."""
    settings = SourceSettings(id="desk", adapter="freshservice")
    description = BUILT_IN["freshservice"](settings)
    level = ServiceLevel("Medium", "24x7", {Obligation.RESOLUTION: Duration(seconds=30 * HOUR)})
    policy = engagement_of(settings, service_levels=(level,)).policy(
        settings, description.default_meanings, has_history=description.has_history
    )
    return Folder(policy).fold(got.tickets[KEY], got.events)


async def test_a_ticket_becomes_a_ticket() -> None:
    got = await one(created(OPENED), stats={"assigned_at": isoformat(OPENED + 60)})
    found = got.tickets[KEY]
    assert (found.reference, found.status, found.priority) == ("SR-1042", "Open", "Medium")
    assert (found.requester, found.assignee, found.group) == (str(CUSTOMER), str(AGENT), None)
    assert (found.category, found.created_at) == ("Service Request", OPENED)
    assert found.url.endswith("/helpdesk/tickets/1042")
    assert got.people[str(CUSTOMER)].side is Side.CLIENT
    assert got.people[str(AGENT)].name == "Dana Ruiz"
    assert [event.at for event in kinds(got, EventKind.ASSIGNED)] == [OPENED + 60]


async def test_tickets_older_than_30_days_are_listed_too() -> None:
    old = ticket(7, NOW - 50 * DAY, updated=NOW - 45 * DAY)
    got = await everything(AccountStub([old]))
    assert set(got.tickets) == {"7"}


async def test_every_page_is_read_and_can_be_gone_on_from() -> None:
    rows = [ticket(100 + n, NOW - 20 * DAY, updated=NOW - n * HOUR) for n in range(25)]
    account = AccountStub(rows, page=10)
    async with freshservice(account) as (adapter, _):
        got = await read(adapter, "tickets")
    assert len(got.tickets) == 25
    async with freshservice(account) as (later, _):
        rest = await read(later, "tickets", got.batches[0].cursor)
    assert len(rest.tickets) == 15


async def test_the_mark_is_the_newest_change_wherever_it_stood_in_the_list() -> None:
    # The list is not in the order of changes: the newest one comes first here.
    rows = [ticket(1, OPENED, updated=NOW - 60), ticket(2, OPENED, updated=NOW - 9 * DAY)]
    account = AccountStub(rows)
    async with freshservice(account) as (adapter, server):
        first = await read(adapter, "tickets")
        again = await read(adapter, "tickets", first.cursor)
        assert not again.tickets
        since = server.seen[-1].query["updated_since"]
    assert since == isoformat(NOW - 60 - 600)


async def test_after_several_pages_the_last_day_is_read_again() -> None:
    rows = [ticket(100 + n, OPENED, updated=NOW - HOUR) for n in range(25)]
    account = AccountStub(rows, page=10)
    async with freshservice(account) as (adapter, server):
        first = await read(adapter, "tickets")
        await read(adapter, "tickets", first.cursor)
        since = [one.query["updated_since"] for one in server.seen if one.path.endswith("/tickets")]
    assert since[-1] == isoformat(NOW - HOUR - DAY)


async def test_history_is_asked_for_only_where_something_happened() -> None:
    account = AccountStub([ticket(1042, OPENED, updated=NOW - 60)], {KEY: [created(OPENED)]})
    async with freshservice(account) as (adapter, server):
        first = await read(adapter, "tickets")

        def asked(what: str) -> int:
            return sum(request.path.endswith(what) for request in server.seen)

        assert (asked("/activities"), asked("/conversations")) == (1, 0)
        # A change of something else: the ticket is read again, its history is not.
        account.tickets = [ticket(1042, OPENED, updated=NOW - 30, priority=3)]
        second = await read(adapter, "tickets", first.cursor)
        assert second.tickets[KEY].priority == "High"
        assert (asked("/activities"), asked("/conversations")) == (1, 0)
        told = {"outbound_count": 1, "status_updated_at": isoformat(NOW - 20)}
        account.tickets = [ticket(1042, OPENED, updated=NOW - 20, status=3, stats=told)]
        await read(adapter, "tickets", second.cursor)
        assert (asked("/activities"), asked("/conversations")) == (2, 1)


async def test_a_status_is_carried_forward_from_the_creation_on() -> None:
    got = await one(
        created(OPENED),
        activity(OPENED + HOUR, "set Status as Pending"),
        activity(
            OPENED + 2 * HOUR,
            " executed Assign workflow from Ticket is updated  event",
            "set Group as Deskside, set Status as With vendor and set Impact as Low",
            "Workflow Ends",
            by=0,
            name="Ticket Workflow",
        ),
        activity(OPENED + 3 * HOUR, "set Priority as High and set Status as Resolved"),
        status=4,
        priority=3,
    )
    assert got.course(KEY, EventKind.STATUS_CHANGED) == [
        (OPENED + HOUR, "Open", "Pending"),
        (OPENED + 2 * HOUR, "Pending", "With vendor"),
        (OPENED + 3 * HOUR, "With vendor", "Resolved"),
    ]
    assert got.course(KEY, EventKind.PRIORITY_CHANGED) == [(OPENED + 3 * HOUR, "", "High")]
    assert got.course(KEY, EventKind.OBSERVED) == [(OPENED, "", "Open")]
    who = [(event.side, event.automatic) for event in kinds(got, EventKind.STATUS_CHANGED)]
    assert who[:2] == [(Side.PROVIDER, False), (None, True)]


async def test_changes_within_one_second_keep_their_order() -> None:
    got = await one(
        created(OPENED),
        activity(OPENED + HOUR, "set Status as Pending"),
        activity(OPENED + HOUR, "set Status as Open"),
        activity(OPENED + HOUR, "set Status as Resolved"),
        status=4,
    )
    events = kinds(got, EventKind.STATUS_CHANGED)
    assert [event.value for event in events] == ["Pending", "Open", "Resolved"]
    assert [event.id for event in events] == sorted(event.id for event in events)


async def test_a_change_in_the_second_of_the_creation_is_none_too_early() -> None:
    got = await one(created(OPENED), activity(OPENED, "set Status as Pending"), status=3)
    assert got.course(KEY, EventKind.STATUS_CHANGED) == [(OPENED, "Open", "Pending")]
    assert got.course(KEY, EventKind.OBSERVED) == []


async def test_only_what_activities_prove_is_judged() -> None:
    # Two days until it was resolved, of which one was spent waiting for the requester.
    course = [
        created(OPENED),
        activity(OPENED + HOUR, "set Status as Pending"),
        activity(OPENED + 25 * HOUR, "set Status as Open"),
        activity(OPENED + 48 * HOUR, "set Status as Resolved"),
    ]
    fields: dict[str, Any] = {
        "status": 4,
        "updated": OPENED + 48 * HOUR,
        "stats": {
            "resolved_at": isoformat(OPENED + 48 * HOUR),
            "status_updated_at": isoformat(OPENED + 48 * HOUR),
        },
    }
    assert resolution(await one(*course, **fields)) is ClockState.MET
    assert resolution(await one(**fields)) is ClockState.UNKNOWN
    # Activities in another language, or of a status that has another name by now.
    course[1] = activity(OPENED + HOUR, "set Status as Warten")
    assert resolution(await one(*course, **fields)) is ClockState.UNKNOWN


async def test_a_history_that_does_not_lead_to_the_ticket_is_only_seen() -> None:
    stats = {
        "pending_since": isoformat(OPENED + 5 * HOUR),
        "status_updated_at": isoformat(OPENED + 6 * HOUR),
    }
    got = await one(
        created(OPENED),
        activity(OPENED + HOUR, "set Status as Resolved"),
        status=9,
        stats=stats,
        updated=OPENED + 7 * HOUR,
    )
    assert got.course(KEY, EventKind.STATUS_CHANGED) == []
    assert got.course(KEY, EventKind.OBSERVED) == [
        (OPENED, "", "Open"),
        (OPENED + HOUR, "", "Resolved"),
        (OPENED + 5 * HOUR, "", "Pending"),
        (OPENED + 6 * HOUR, "", "With vendor"),
        (OPENED + 7 * HOUR, "", "With vendor"),
    ]


@pytest.mark.parametrize(
    "subject",
    [
        "x, set Status as Closed",
        "x and set Status as Resolved",
        "a, set Status as Closed, set Status as Pending and more",
    ],
)
async def test_a_subject_sets_no_status(subject: str) -> None:
    got = await one(created(OPENED, subject), subject=subject)
    assert got.course(KEY, EventKind.STATUS_CHANGED) == []
    assert got.course(KEY, EventKind.OBSERVED) == [(OPENED, "", "Open")]


async def test_names_and_messages_set_no_status() -> None:
    got = await one(
        created(OPENED),
        activity(OPENED + 1, " executed x, set Status as Closed workflow from y event", by=0),
        activity(OPENED + 2, "added a note: , set Status as Closed"),
        activity(OPENED + 3, "replied", "quoted, set Status as Closed"),
    )
    assert got.course(KEY, EventKind.STATUS_CHANGED) == []
    assert got.course(KEY, EventKind.OBSERVED) == [(OPENED, "", "Open")]
    # A subject that was changed could hold the clause: then it is not known what was set.
    doubted = await one(
        created(OPENED), activity(OPENED + 2, "set Subject as x, set Status as Closed")
    )
    assert doubted.course(KEY, EventKind.STATUS_CHANGED) == []
    assert doubted.course(KEY, EventKind.OBSERVED)[-1][2] == "Open"


async def test_activities_go_on_over_pages_and_may_be_odd() -> None:
    names = ["Open", "Pending"] * 22 + ["Open"]
    told = [activity(OPENED + n * HOUR, f"set Status as {name}") for n, name in enumerate(names)]
    course = [created(OPENED), *told[1:]]
    got = await one(*course)
    assert len(got.course(KEY, EventKind.STATUS_CHANGED)) == 44
    sub = {**activity(OPENED + 50 * HOUR, ""), "sub_contents": "set Status as Resolved"}
    got = await one(*course, sub, status=4)
    assert got.course(KEY, EventKind.STATUS_CHANGED)[-1][1:] == ("Open", "Resolved")
    got = await one(created(OPENED), {"actor": 5}, {"created_at": None, "content": None})
    assert got.course(KEY, EventKind.STATUS_CHANGED) == []
    assert got.course(KEY, EventKind.OBSERVED) != []


async def test_history_can_be_left_out() -> None:
    account = AccountStub([ticket(1042, OPENED)], {KEY: [created(OPENED)]})
    async with freshservice(account, history=False) as (adapter, server):
        got = await read(adapter, "tickets")
    assert not any(request.path.endswith("/activities") for request in server.seen)
    assert [value for *_, value in got.course(KEY, EventKind.OBSERVED)] == ["Open", "Open"]


async def test_messages_have_sides_and_private_ones_are_no_replies() -> None:
    rows = [
        conversation(1, OPENED + 1, AGENT, "Which model?"),
        conversation(2, OPENED + 2, CUSTOMER, "The usual?"),
        conversation(3, OPENED + 3, AGENT, "Hm?", private=True, source=2),
        conversation(4, OPENED + 4, CUSTOMER, "By the portal", incoming=False, source=2),
        conversation(5, OPENED + 5, 999, "From a colleague", incoming=True),
        conversation(6, OPENED + 6, 998, "Who?", incoming=False),
        conversation(7, OPENED + 7, AGENT, "Status changed", source=3),
    ]
    account = AccountStub(
        [ticket(1042, OPENED, stats={"inbound_count": 2})], conversations={KEY: rows}
    )
    got = await everything(account)
    assert [
        (event.kind.value, event.side, event.asks, event.automatic)
        for event in got.events
        if ":message:" in event.id
    ] == [
        ("replied", Side.PROVIDER, True, False),
        ("replied", Side.CLIENT, False, False),
        ("noted", Side.PROVIDER, False, False),
        ("replied", Side.CLIENT, False, False),
        ("replied", Side.CLIENT, False, False),
        ("replied", None, True, False),
        ("replied", Side.PROVIDER, False, True),
    ]


async def test_the_first_response_is_known_without_the_messages() -> None:
    stats = {"outbound_count": 1, "first_responded_at": isoformat(OPENED + HOUR)}
    account = AccountStub([ticket(1042, OPENED, stats=stats)], closed={"conversations"})
    got = await everything(account)
    told = [(event.at, event.side) for event in kinds(got, EventKind.REPLIED)]
    assert told == [(OPENED + HOUR, Side.PROVIDER)]


@pytest.mark.parametrize(
    ("fields", "claims"),
    [
        ({}, [(None, None), (None, None)]),
        ({"fr_escalated": True, "is_escalated": True}, [(False, None), (False, None)]),
        (
            {
                "status": 5,
                "stats": {
                    "first_responded_at": isoformat(OPENED + 9),
                    "first_resp_time_in_secs": 9,
                    "resolution_time_in_secs": 16360,
                },
            },
            [(True, 9), (True, 16360)],
        ),
        ({"due_by": None, "is_escalated": None}, [(None, None)]),
    ],
)
async def test_the_tools_own_figures_become_claims(fields: Any, claims: Any) -> None:
    got = await one(**fields)
    found = got.tickets[KEY].claims
    assert [(claim.met, claim.elapsed) for claim in found] == claims
    assert found[0] == Claim(
        Obligation.FIRST_RESPONSE,
        met=claims[0][0],
        elapsed=claims[0][1],
        due_at=OPENED + DAY,
        source_field="fr_escalated",
    )


async def test_removed_tickets_are_marked() -> None:
    rows = [
        ticket(1, OPENED, deleted=True),
        ticket(2, OPENED, spam=True),
        ticket(3, OPENED),
    ]
    account = AccountStub(rows)
    async with freshservice(account) as (adapter, _):
        assert set((await read(adapter, "tickets")).tickets) == {"3"}
        got = await read(adapter, "removed")
        again = await read(adapter, "removed", got.cursor)
        absent = await adapter.absent(["3", "1", "77"])
    assert {key: one.deleted for key, one in got.tickets.items()} == {"1": True, "2": True}
    assert not again.refused
    assert [(one.ticket_id, one.gone) for one in absent] == [("1", True), ("77", True)]


async def test_approvals_stand_open_and_are_decided() -> None:
    account = AccountStub(
        [ticket(1042, OPENED)],
        approvals=[
            approval(501, OPENED, 1042),
            approval(502, OPENED, 1042, 1, updated_at=isoformat(OPENED + HOUR)),
            approval(503, OPENED, 1042, approver_id=AGENT),  # the provider's own
        ],
    )
    async with freshservice(account) as (adapter, _):
        await read(adapter, "agents")
        first = await read(adapter, "approvals")
        assert {event.id for event in kinds(first, EventKind.APPROVAL_REQUESTED)} == {
            "1042:approval:501",
            "1042:approval:502",
        }
        # Whom they wait on, and what that person is called.
        waiting = {event.value for event in kinds(first, EventKind.APPROVAL_REQUESTED)}
        assert waiting == {str(APPROVER)}
        assert first.people[str(APPROVER)].name == "Marta Lind"
        (decided,) = kinds(first, EventKind.APPROVAL_DECIDED)
        assert (decided.value, decided.previous, decided.at) == (
            "approved",
            "1042:approval:502",
            OPENED + HOUR,
        )
        account.approvals[0] = approval(501, OPENED, 1042, 2, updated_at=isoformat(NOW - 60))
        second = await read(adapter, "approvals", first.cursor)
        third = await read(adapter, "approvals", second.cursor)
    news = {event.id for event in second.events} - {event.id for event in first.events}
    assert news == {"1042:approval:501:decided"}
    assert third.events == []


async def test_a_higher_level_waits_for_the_lower_one() -> None:
    lower = approval(501, OPENED, 1042)
    higher = approval(502, OPENED, 1042, level=2)
    account = AccountStub([ticket(1042, OPENED)], approvals=[lower, higher])
    async with freshservice(account) as (adapter, _):
        first = await read(adapter, "approvals")
        account.approvals[0] = approval(501, OPENED, 1042, 1, updated_at=isoformat(NOW - 60))
        second = await read(adapter, "approvals", first.cursor)

    def since(got: Read) -> dict[str, Instant]:
        return {event.id: event.at for event in kinds(got, EventKind.APPROVAL_REQUESTED)}

    assert since(first) == {"1042:approval:501": OPENED}
    assert since(second)["1042:approval:502"] == NOW - 60


async def test_where_anyone_may_answer_one_is_asked() -> None:
    group = {"approval_type": 2, "approval_group": {"id": 77, "name": "Managers", "rule": 2}}
    account = AccountStub(
        [ticket(1042, OPENED)],
        approvals=[
            approval(501, OPENED, 1042, 1, updated_at=isoformat(OPENED + 9), **group),
            approval(502, OPENED, 1042, 3, approver_id=5, **group),
        ],
    )
    got = await everything(account)
    assert len(kinds(got, EventKind.APPROVAL_REQUESTED)) == 1
    assert [event.value for event in kinds(got, EventKind.APPROVAL_DECIDED)] == ["approved"]
    assert kinds(got, EventKind.APPROVAL_DECIDED)[0].actor == str(APPROVER)
    account.approvals = [approval(503, OPENED, 1042, approver_id=one, **group) for one in (5, 6)]
    (request,) = kinds(await everything(account), EventKind.APPROVAL_REQUESTED)
    assert request.value == ""  # it waits on nobody in particular


async def test_a_ticket_that_waits_for_approval_keeps_its_status_and_changes_its_court() -> None:
    got = await everything(
        AccountStub([ticket(1042, OPENED)], approvals=[approval(501, OPENED + HOUR, 1042)])
    )
    assert got.tickets[KEY].status == "Open"
    standing = folded(got).standing
    assert (standing.court, standing.court_since) == (Side.CLIENT, OPENED + HOUR)


async def test_an_approval_waits_on_who_stands_in() -> None:
    deputy = {"id": 27099, "name": "Ole Berg"}
    rows = [
        approval(501, OPENED, 1042, delegatee=deputy),
        approval(502, OPENED, 1042, 1, delegatee=deputy),
        approval(503, OPENED, 1042, delegatee={"id": None, "name": None}),
    ]
    got = await everything(AccountStub([ticket(1042, OPENED)], approvals=rows))
    waits = {event.id: event.value for event in kinds(got, EventKind.APPROVAL_REQUESTED)}
    assert waits == {
        "1042:approval:501": "27099",
        "1042:approval:502": "27099",
        "1042:approval:503": str(APPROVER),
    }
    assert [event.actor for event in kinds(got, EventKind.APPROVAL_DECIDED)] == ["27099"]
    assert got.people["27099"].name == "Ole Berg"


async def test_approvals_are_read_to_the_last_page() -> None:
    rows = [approval(500 + n, OPENED, 1042) for n in range(65)]
    got = await everything(AccountStub([ticket(1042, OPENED)], approvals=rows))
    assert len(kinds(got, EventKind.APPROVAL_REQUESTED)) == 65


async def test_a_ticket_closed_by_itself_was_resolved_before_and_may_come_back() -> None:
    resolved, closed = OPENED + 2 * HOUR, OPENED + 3 * DAY
    told = {"resolved_at": isoformat(resolved), "closed_at": isoformat(closed)}
    got = await one(
        status=5, updated=closed, stats={**told, "status_updated_at": isoformat(closed)}
    )
    assert folded(got).standing.finished_at == resolved
    # Of an earlier end only the sight is left once it is open again.
    again = closed + HOUR
    told = {"resolved_at": isoformat(resolved), "status_updated_at": isoformat(again)}
    standing = folded(await one(status=2, updated=again, stats=told)).standing
    assert (standing.finished_at, standing.reopened) == (None, 1)


async def test_ratings_are_read_where_wanted() -> None:
    rating = {
        "id": 9,
        "overall_rating": 103,
        "overall_rating_text": "Happy",
        "created_at": "2026-02-12T10:00:00.123Z",
    }
    rows = [ticket(1042, OPENED, status=5), ticket(1043, OPENED, status=5)]
    account = AccountStub(rows, ratings={KEY: rating})
    got = await everything(account, ratings=True)
    assert [(event.value, event.at) for event in kinds(got, EventKind.RATED)] == [
        ("Happy", at("2026-02-12T10:00:00"))
    ]
    assert kinds(await everything(account), EventKind.RATED) == []


async def test_own_statuses_go_by_label_or_number() -> None:
    rows = [ticket(1, OPENED, status=9), ticket(2, OPENED, status=77), ticket(3, OPENED, status=3)]
    got = await everything(AccountStub(rows), meanings={"3": StatusMeaning.PROVIDER})
    assert [got.tickets[key].status for key in "123"] == ["With vendor", "77", "3"]
    without = await everything(AccountStub(rows, closed={"ticket_form_fields"}))
    assert [without.tickets[key].status for key in "123"] == ["9", "77", "Pending"]


async def test_the_workspace_is_asked_for() -> None:
    async with freshservice(AccountStub(), workspace=4) as (adapter, server):
        for stream in ("tickets", "removed"):
            await read(adapter, stream)
    lists = [request for request in server.seen if request.path.endswith("/tickets")]
    assert {request.query["workspace_id"] for request in lists} == {"4"}


async def test_the_file_knows_better_than_the_account() -> None:
    engagement = engagement_of(people=(Role("Liaison", matches=("d@c.example",)),))
    stats = {"outbound_count": 1}
    rows = {KEY: [conversation(1, OPENED + 1, AGENT, "I am yours")]}
    got = await everything(
        AccountStub([ticket(1042, OPENED, stats=stats)], conversations=rows), engagement
    )
    assert [event.side for event in kinds(got, EventKind.REPLIED)] == [Side.CLIENT]


async def test_one_bad_record_is_refused_and_its_page_kept() -> None:
    rows = [
        ticket(1, OPENED),
        {"id": 2, "created_at": None},
        {**ticket(3, OPENED), "id": None},
        {**ticket(4, OPENED), "created_at": "1970-01-01T00:00:00Z"},
        {**ticket(5, OPENED), "status": "Open"},
        {**ticket(6, OPENED), "requester": None, "requester_id": None, "stats": None, "tags": None},
    ]
    got = await everything(AccountStub(rows))
    assert set(got.tickets) == {"1", "6"}
    assert len(got.refused) == 4


async def test_text_from_outside_is_harmless() -> None:
    evil = "\x1b]0;owned\x07 [@click=app.quit]x[/] \u202egpj.exe\x00"
    row = ticket(1042, OPENED, subject=evil, type=evil, category=evil, tags=[evil] * 99)
    row["requester"]["name"] = row["requester"]["email"] = evil
    course = [activity(OPENED + 1, f"set Priority as {evil}"), created(OPENED, evil)]
    got = await everything(AccountStub([row], {KEY: course}))
    shown = repr(got.batches)
    for control in ("\\x1b", "\\x07", "\\u202e", "\\x00"):
        assert control not in shown
    assert len(got.tickets[KEY].tags) == 50


async def test_privacy_is_kept() -> None:
    privacy = Privacy(subjects=False, detect_questions=False, exclude_categories=("hr",))
    rows = [ticket(1, OPENED, category="HR"), ticket(2, OPENED, stats={"outbound_count": 1})]
    told = {"2": [conversation(1, OPENED + 1, AGENT, "Really?")]}
    got = await everything(AccountStub(rows, conversations=told), engagement_of(privacy=privacy))
    assert set(got.tickets) == {event.ticket_id for event in got.events} == {"2"}
    assert got.tickets["2"].subject == ""
    assert not any(event.asks for event in got.events)


async def test_a_refused_key_and_a_rate_limit() -> None:
    async with freshservice(AccountStub(), key="wrong") as (adapter, server):
        with pytest.raises(SourceError) as caught:
            await read(adapter, "tickets")
        assert caught.value.failure is Failure.AUTHENTICATION
        (line,) = await adapter.check()
        assert not line.ok
    limited = Response(429, b"{}", {**JSON, "Retry-After": "44", "X-Ratelimit-Remaining": "0.0"})
    account = AccountStub([ticket(1042, OPENED)], answers={f"tickets/{KEY}/activities": [limited]})
    async with freshservice(account) as (adapter, server):
        with pytest.raises(SourceError) as caught:
            await read(adapter, "tickets")
    assert (caught.value.failure, caught.value.retry_after) == (Failure.RATE_LIMITED, 44)
    assert server.seen


async def test_check_says_which_right_is_missing() -> None:
    async with freshservice(AccountStub([ticket(1, OPENED)])) as (adapter, _):
        assert all(line.ok for line in await adapter.check())
    closed = {"activities", "agents"}
    async with freshservice(AccountStub([ticket(1, OPENED)], closed=closed)) as (adapter, _):
        lines = await adapter.check()
    assert [line.what for line in lines if not line.ok] == ["history", "agents"]
    assert "statuses are known as they are seen" in lines[1].detail
    async with freshservice(AccountStub()) as (adapter, _):
        (line,) = await adapter.check()
    assert not line.ok


async def test_agents_are_read_now_and_then() -> None:
    async with freshservice(AccountStub()) as (adapter, server):
        first = await read(adapter, "agents")
        count = len(server.seen)
        assert not (await read(adapter, "agents", first.cursor)).batches
        assert len(server.seen) == count
        assert (await read(adapter, "agents", first.cursor, NOW + 7 * HOUR)).people
    async with freshservice(AccountStub(closed={"agents"})) as (adapter, _):
        assert not (await read(adapter, "agents")).batches


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"tickets": 5}', b"{"])
async def test_a_page_that_is_none_is_an_error(body: bytes) -> None:
    account = AccountStub(answers={"tickets": [Response(200, body, JSON)]})
    async with freshservice(account) as (adapter, _):
        with pytest.raises(SourceError) as caught:
            await read(adapter, "tickets")
    assert caught.value.failure is Failure.CONTRACT
