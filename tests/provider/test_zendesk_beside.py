"""What a Zendesk account tells beside tickets: ratings, approvals, hours; and whose it all is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engagewatch.engine.fold import Folder
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.engagement import Engagement, Privacy, SourceSettings
from engagewatch.model.instants import DAY, HOUR, MINUTE, isoformat
from engagewatch.model.policy import (
    ALWAYS,
    CalendarSpec,
    DateException,
    Duration,
    Participation,
    ServiceLevel,
    Window,
)
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind
from engagewatch.providers.registry import describe
from tests.provider.loopback import Loopback, Response
from tests.provider.samples import NOW, Read, at, engagement_of, read
from tests.provider.zendesk_account import (
    AGENT,
    CUSTOMER,
    FORBIDDEN,
    JSON,
    OTHER_AGENT,
    USERS,
    Account,
    approval,
    audit,
    change,
    comment,
    rating,
    reply,
    ticket,
    zendesk,
)

OPENED = at("2026-02-03T07:12:44")
SOLVED = at("2026-02-04T10:00:00")
OFFERED = SOLVED + DAY
STRANGER, OTHER_CLIENT = 7777, 8001
OURS = {"organization": 310}


async def everything(
    account: Account, engagement: Engagement | None = None, **settings: Any
) -> Read:
    got = Read()
    async with zendesk(account, engagement, **settings) as (adapter, _):
        for stream in adapter.streams:
            got.batches += (await read(adapter, stream)).batches
    return got


def only(events: list[Event], *kinds: EventKind) -> list[Event]:
    return [event for event in events if event.kind in kinds]


def asked(server: Loopback, part: str) -> list[dict[str, str]]:
    return [dict(request.query) for request in server.seen if part in request.path]


# ---- Satisfaction ----

SOLVING = audit(20, SOLVED, AGENT, change(21, "status", "solved", "open"))
OFFERING = audit(
    30,
    OFFERED,
    -1,
    {"id": 31, "event_type": "Change", "satisfaction_score": "offered", "previous_value": None},
    via="rule",
)


def rated(score: str, when: int) -> dict[str, Any]:
    return audit(40, when, CUSTOMER, {"id": 41, "event_type": "SatisfactionRating", "score": score})


def survey_clock(got: Read) -> tuple[ClockState, int, int | None]:
    """Return state, start and stop of the clock of the survey on ticket 48213."""
    source = SourceSettings(id="desk", adapter="zendesk")
    description = describe(source)
    engagement = replace(
        engagement_of(source),
        calendars={"24x7": ALWAYS},
        participation=Participation("24x7", survey_within=Duration(seconds=5 * DAY)),
    )
    folder = Folder(engagement.policy(source, description.default_meanings))
    events = [event for event in got.events if event.ticket_id == "48213"]
    fold = folder.fold(got.tickets["48213"], events)
    (clock,) = (one for one in fold.clocks if one.obligation is Obligation.SURVEY)
    return clock.state, clock.started_at, clock.stopped_at


async def test_the_survey_clock_runs_from_the_offer_to_the_answer() -> None:
    # Closed by a rule days later: what the ticket shows now was not so just now.
    closed = ticket(
        48213,
        OPENED,
        status="closed",
        updated_at=isoformat(SOLVED + 10 * DAY),
        satisfaction_rating={"score": "offered"},
    )
    account = Account(tickets=[closed], audits=[SOLVING, OFFERING])
    state, started_at, stopped_at = survey_clock(await everything(account))
    assert (state, started_at, stopped_at) == (ClockState.RUNNING, OFFERED, None)
    closed["satisfaction_rating"] = {"score": "good", "id": 1, "comment": "Thanks"}
    account.audits.append(rated("good", OFFERED + HOUR))
    state, started_at, stopped_at = survey_clock(await everything(account))
    assert (state, started_at, stopped_at) == (ClockState.MET, OFFERED, OFFERED + HOUR)


async def test_the_list_of_ratings_tells_what_the_history_does_not() -> None:
    account = Account(
        tickets=[ticket(48213, OPENED, status="solved")],
        audits=[SOLVING],
        ratings=[
            rating(1, 48213, "offered", OFFERED),
            rating(1, 48213, "bad", OFFERED, updated_at=isoformat(OFFERED + 6 * DAY)),
            rating(2, 48214, "unoffered", OFFERED),
        ],
        page=1,
    )
    got = await everything(account)
    assert [(event.kind, event.at, event.value) for event in only(got.events, *RATING)] == [
        (EventKind.SURVEYED, OFFERED, ""),
        (EventKind.RATED, OFFERED + 6 * DAY, "bad"),
    ]
    state, _, stopped_at = survey_clock(got)
    assert (state, stopped_at) == (ClockState.MISSED, OFFERED + 6 * DAY)


RATING = (EventKind.SURVEYED, EventKind.RATED)


async def test_one_rating_is_one_event_wherever_it_is_told() -> None:
    account = Account(
        tickets=[ticket(48213, OPENED, satisfaction_rating={"score": "good"})],
        audits=[OFFERING, rated("good", OFFERED + HOUR)],
        ratings=[rating(1, 48213, "good", OFFERED, updated_at=isoformat(OFFERED + HOUR))],
    )
    events = only((await everything(account)).events, EventKind.RATED)
    assert {(event.id, event.at) for event in events} == {("48213:rated:good", OFFERED + HOUR)}
    assert len(events) == 2


async def test_ratings_are_listed_hourly_and_some_days_back() -> None:
    account = Account(ratings=[rating(1, 48213, "good", OFFERED)])
    async with zendesk(account) as (adapter, server):
        first = await read(adapter, "ratings")
        assert (await read(adapter, "ratings", first.cursor, NOW + 59 * MINUTE)).batches == []
        await read(adapter, "ratings", first.cursor, NOW + HOUR)
        queries = asked(server, "satisfaction_ratings")
    assert [query["start_time"] for query in queries] == ["1767571200", str(NOW - 7 * DAY)]


@pytest.mark.parametrize("status", [403, 404])
async def test_where_ratings_may_not_be_listed_the_poll_goes_on(status: int) -> None:
    refused = {"satisfaction_ratings.json": [Response(status, b"{}", JSON)]}
    async with zendesk(Account(overrides=refused)) as (adapter, _):
        assert (await read(adapter, "ratings")).batches == []


async def test_odd_ratings_are_refused_alone() -> None:
    rows: list[Any] = [
        rating(1, 48213, "good", OFFERED),
        rating(2, 48213, "good", OFFERED, ticket_id=None),
        rating(3, 48213, "good", OFFERED, updated_at="?", created_at="1970-01-01T00:00:00Z"),
        {**rating(4, 48213, "good", OFFERED), "score": 5},
    ]
    page = reply({"satisfaction_ratings": rows, "meta": {"has_more": False}})
    account = Account(overrides={"satisfaction_ratings.json": [page]})
    async with zendesk(account) as (adapter, _):
        got = await read(adapter, "ratings")
    assert len(got.events) == 1
    assert len(got.refused) == 3


# ---- Approval requests ----


async def test_an_approval_request_waits_on_whom_it_names() -> None:
    account = Account(
        tickets=[ticket(48213, OPENED)],
        approvals=[
            approval("01J1", 48213, OPENED + HOUR),
            approval("01J2", 48213, OPENED + HOUR, assignee_user_id=OTHER_AGENT),
            approval("01J3", 48213, OPENED, assignee_user_id=None, assignee_group_id=44),
            approval("01J4", 48213, OPENED, ticket_id=None),
        ],
    )
    (event,) = only((await everything(account)).events, *DECIDING)
    assert event == Event(
        "48213",
        "48213:approval:01J1",
        OPENED + HOUR,
        EventKind.APPROVAL_REQUESTED,
        Side.PROVIDER,
        str(AGENT),
        str(CUSTOMER),
    )


DECIDING = (EventKind.APPROVAL_REQUESTED, EventKind.APPROVAL_DECIDED)


async def test_a_decision_is_dated_by_the_request_itself_else_by_the_poll_that_saw_it() -> None:
    rows = [
        approval("01J1", 48213, OPENED),
        approval("01J2", 48213, OPENED, approval_workflow_instance_id="01W2"),
        approval("01J3", 48213, OPENED),
    ]
    account = Account(tickets=[ticket(48213, OPENED)], approvals=rows)
    async with zendesk(account) as (adapter, server):
        await read(adapter, "users")
        first = await read(adapter, "approvals")
        assert len(first.events) == 3
        assert len(asked(server, "approval_requests")) == 2  # decided ones were listed once
        again = await read(adapter, "approvals", first.cursor)
        assert {event.id for event in again.events} == {event.id for event in first.events}
        assert len(asked(server, "approval_requests")) == 3
        rows[0]["status"], rows[1]["status"] = "approved", "rejected"
        rows[2]["status"] = "withdrawn"
        account.decisions["01J2"] = {"id": "01J2", "decided_at": isoformat(OPENED + 2 * HOUR)}
        later = await read(adapter, "approvals", again.cursor, NOW + HOUR)
        assert (await read(adapter, "approvals", later.cursor, NOW + 2 * HOUR)).events == []
    decided = {
        event.previous: (event.at, event.value, event.side, event.actor)
        for event in only(later.events, EventKind.APPROVAL_DECIDED)
    }
    assert decided == {
        "48213:approval:01J1": (NOW + HOUR, "approved", Side.CLIENT, str(CUSTOMER)),
        "48213:approval:01J2": (OPENED + 2 * HOUR, "rejected", Side.CLIENT, str(CUSTOMER)),
        "48213:approval:01J3": (NOW + HOUR, "withdrawn", Side.PROVIDER, None),
    }


async def test_what_was_decided_before_any_poll_is_told_only_with_its_time() -> None:
    account = Account(
        tickets=[ticket(48213, OPENED)],
        approvals=[
            approval("01J1", 48213, OPENED, status="approved"),
            approval("01J2", 48213, OPENED, status="approved", decided_at=isoformat(OPENED + HOUR)),
        ],
    )
    told = only((await everything(account)).events, *DECIDING)
    assert [(event.kind, event.at) for event in told] == [
        (EventKind.APPROVAL_REQUESTED, OPENED),
        (EventKind.APPROVAL_DECIDED, OPENED + HOUR),
    ]


async def test_approval_requests_come_in_pages_and_an_unknown_approver_is_looked_up() -> None:
    account = Account(users=[], page=1)
    account.tickets = [ticket(48213, OPENED)]
    account.approvals = [approval(f"01J{n}", 48213, OPENED) for n in range(3)]
    async with zendesk(account) as (adapter, _):
        got = await read(adapter, "approvals")
    assert len(got.events) == 3
    assert got.people[str(CUSTOMER)].name == "Nora"


async def test_where_approval_requests_may_not_be_listed_they_are_not_asked_for_again() -> None:
    async with zendesk(Account(admin=False)) as (adapter, server):
        assert (await read(adapter, "approvals")).batches == []
        assert (await read(adapter, "approvals")).batches == []
        assert len(asked(server, "approval_requests")) == 1


async def test_an_account_may_have_other_tags_for_what_waits_for_approval() -> None:
    def tags(id_: int, when: int, now: list[str], before: list[str]) -> dict[str, Any]:
        return audit(id_, when, AGENT, change(id_ + 1, "tags", now, before))

    account = Account(
        tickets=[ticket(48213, OPENED)],
        audits=[
            tags(10, OPENED + 1, ["cab"], []),
            tags(20, OPENED + 2, ["cab", "manager_approval"], ["cab"]),
            tags(30, OPENED + 3, ["awaiting_approval", "rejected"], ["cab", "manager_approval"]),
        ],
    )
    options = {"approval_tags": ["cab", "manager_approval"]}
    told = only((await everything(account, options=options)).events, *DECIDING)
    assert [(event.at, event.kind, event.value) for event in told] == [
        (OPENED + 1, EventKind.APPROVAL_REQUESTED, ""),
        (OPENED + 3, EventKind.APPROVAL_DECIDED, "rejected"),
    ]


async def test_what_a_ticket_is_about_is_its_type_or_what_a_named_field_holds() -> None:
    fields = [{"id": 36002, "value": None}, {"id": 36001, "value": "vpn"}]
    several = [{"id": 36001, "value": ["vpn", "wifi"]}]
    account = Account(
        tickets=[
            ticket(48213, OPENED, type="incident", custom_fields=fields),
            ticket(48214, OPENED, type="incident", custom_fields=several),
            ticket(48215, OPENED, type="incident", custom_fields=None),
        ]
    )
    told = await everything(account, options={"category_field": 36001})
    assert {key: one.category for key, one in told.tickets.items()} == {
        "48213": "vpn", "48214": None, "48215": None
    }  # fmt: skip
    assert {one.category for one in (await everything(account)).tickets.values()} == {"incident"}


# ---- One client of an account that serves many ----


def shared_account(**more: Any) -> Account:
    """Return an account with a ticket of ours, one of another client, and all that is on them."""
    theirs = ticket(
        500, OPENED, organization_id=311, requester_id=OTHER_CLIENT, submitter_id=OTHER_CLIENT
    )
    nobodys = ticket(501, OPENED, organization_id=None)
    audits = [
        audit(id_ * 10, OPENED + 60, AGENT, comment(id_ * 10 + 1, AGENT, "Done."), of=id_)
        for id_ in (48213, 500, 501)
    ]
    return Account(
        users=[
            *({**user, "organization_id": 310 if user["id"] == CUSTOMER else 1} for user in USERS),
            {"id": OTHER_CLIENT, "name": "MARK", "role": "end-user", "organization_id": 311},
            {"id": STRANGER, "name": "MARK", "role": "end-user", "organization_id": None},
        ],
        tickets=[ticket(48213, OPENED), theirs, nobodys],
        audits=audits,
        ratings=[rating(id_, id_, "good", OFFERED) for id_ in (48213, 500)],
        approvals=[
            approval("A", 48213, OPENED),
            approval("B", 500, OPENED, assignee_user_id=OTHER_CLIENT),
        ],
        **more,
    )


@pytest.mark.parametrize("admin", [True, False])
async def test_only_the_clients_own_is_kept(admin: bool) -> None:
    got = await everything(shared_account(admin=admin), options=OURS)
    assert set(got.tickets) == {"48213"}
    assert {event.ticket_id for event in got.events} == {"48213"}
    assert str(OTHER_CLIENT) not in got.people
    assert "MARK" not in repr(got.batches)
    assert {str(AGENT), str(CUSTOMER)} <= set(got.people)
    assert bool(only(got.events, EventKind.RATED, EventKind.APPROVAL_REQUESTED)) is admin


async def test_a_search_asks_for_the_client_alone() -> None:
    async with zendesk(shared_account(admin=False), options=OURS) as (adapter, server):
        await read(adapter, "tickets")
        words = asked(server, "search/export")[-1]["query"].split()
        assert words[-1] == "organization:310"
        assert [query["ids"] for query in asked(server, "tickets/show_many")] == ["48213"]


async def test_a_search_that_finds_others_too_changes_nothing() -> None:
    account = shared_account(admin=False)
    # An index that is behind may still have a ticket with its former client.
    account.indexed = [{**one, "organization_id": 310} for one in account.tickets]
    got = await everything(account, options=OURS)
    assert set(got.tickets) == {"48213"}
    assert {event.ticket_id for event in got.events} == {"48213"}
    assert "MARK" not in repr(got.batches)


async def test_whose_an_update_is_is_asked_after_a_restart() -> None:
    account = shared_account()
    async with zendesk(account, options=OURS) as (adapter, server):
        got = await read(adapter, "ticket_events")
        assert {event.ticket_id for event in got.events} == {"48213"}
        (query,) = asked(server, "tickets/show_many")
        assert query["ids"] == "48213,500,501"
        assert [query["ids"] for query in asked(server, "users/show_many")] == [str(AGENT)]
        await read(adapter, "ticket_events")
        assert len(asked(server, "tickets/show_many")) == 1


async def test_an_update_of_a_ticket_nobody_shows_is_not_kept() -> None:
    account = shared_account()
    account.tickets = []
    async with zendesk(account, options=OURS) as (adapter, server):
        assert (await read(adapter, "ticket_events")).events == []
        assert (await read(adapter, "ticket_events")).events == []
        assert len(asked(server, "tickets/show_many")) == 1


async def test_excluded_tickets_stay_excluded_after_a_restart() -> None:
    account = shared_account()
    account.tickets[1]["tags"] = ["HR"]
    private = engagement_of(privacy=Privacy(exclude_categories=("hr",)))
    async with zendesk(account, private) as (adapter, _):
        got = await read(adapter, "ticket_events")
    assert {event.ticket_id for event in got.events} == {"48213", "501"}


async def test_a_requester_of_another_default_organization_is_still_known() -> None:
    account = shared_account()
    account.users[2]["organization_id"] = 999
    got = await everything(account, options=OURS)
    assert got.people[str(CUSTOMER)].name == "Nora"
    assert got.people[str(CUSTOMER)].side is Side.CLIENT


async def test_a_ticket_that_moved_to_another_client_is_reported_as_hidden() -> None:
    async with zendesk(shared_account(), options=OURS) as (adapter, _):
        absences = await adapter.absent(["48213", "500"])
    assert [(one.ticket_id, one.gone) for one in absences] == [("500", False)]
    assert "another organisation" in absences[0].reason
    async with zendesk(shared_account()) as (adapter, _):
        assert await adapter.absent(["48213", "500"]) == []


async def test_what_is_gone_is_told_from_what_is_hidden() -> None:
    account = Account(
        tickets=[ticket(1, OPENED)],
        overrides={
            "tickets/2.json": [FORBIDDEN],
            "tickets/3.json": [Response(200, b"{}", JSON)],
        },
    )
    async with zendesk(account) as (adapter, _):
        absences = await adapter.absent(["1", "2", "3", "4"])
    assert [(one.ticket_id, one.gone) for one in absences] == [("2", False), ("4", True)]


async def test_a_check_names_the_client_whose_tickets_are_kept() -> None:
    async with zendesk(shared_account(), options=OURS) as (adapter, _):
        lines = {line.what: line for line in await adapter.check()}
    assert lines["organization"].detail == 'just the tickets of "Northwind" are kept'
    async with zendesk(shared_account(), options={"organization": 12}) as (adapter, _):
        lines = {line.what: line for line in await adapter.check()}
    assert not lines["organization"].ok
    assert "no organisation 12" in lines["organization"].detail


# ---- Business hours ----

WEEKDAYS = (Window(8 * 60, 18 * 60),)
OFFICE = CalendarSpec("office", "Europe/London", (*(WEEKDAYS,) * 5, (), ()))


def schedule(
    number: int, name: str, hours: dict[int, tuple[int, int]], zone: str = "London"
) -> Any:
    """Return a schedule; ``hours`` are of Sunday (0) to Saturday."""
    intervals = [
        {"start_time": day * 1440 + start * 60, "end_time": day * 1440 + end * 60}
        for day, (start, end) in hours.items()
    ]
    return {"id": number, "name": name, "time_zone": zone, "intervals": intervals}


MON_FRI = dict.fromkeys(range(1, 6), (8, 18))


async def compared(
    schedules: list[Any], *calendars: CalendarSpec, holidays: dict[int, Any] | None = None
) -> list[str]:
    engagement = replace(
        engagement_of(),
        calendars={"24x7": ALWAYS, **{spec.name: spec for spec in calendars}},
        service_levels=tuple(
            ServiceLevel(f"P{number}", spec.name, {}) for number, spec in enumerate(calendars)
        ),
    )
    account = Account(schedules=schedules, holidays=holidays or {})
    async with zendesk(account, engagement) as (adapter, _):
        lines = await adapter.check()
    assert all(line.ok for line in lines)
    return [line.detail for line in lines if line.what == "schedules"]


async def test_the_same_hours_agree_whatever_the_zone_is_called() -> None:
    schedules = [schedule(1, "Nights", {0: (0, 6)}), schedule(2, "Desk", MON_FRI)]
    assert await compared(schedules, OFFICE) == [
        'calendar "office" agrees with their schedule "Desk"'
    ]


async def test_hours_that_differ_are_told_in_words() -> None:
    early = {**MON_FRI, 5: (8, 17), 6: (9, 13)}
    told = await compared([schedule(1, "Desk", early, "Eastern Time (US & Canada)")], OFFICE)
    differences = (
        "their time is that of Eastern Time (US & Canada), ours of Europe/London",
        "Friday 08:00-17:00 there, 08:00-18:00 here",
        "Saturday 09:00-13:00 there, closed here",
    )
    start = 'calendar "office" differs from their schedule "Desk": '
    assert told == [start + "; ".join(differences)]


async def test_days_that_differ_alike_are_told_at_once() -> None:
    (told,) = await compared([schedule(1, "Desk", dict.fromkeys(range(1, 6), (9, 17)))], OFFICE)
    assert told.endswith(": Monday to Friday 09:00-17:00 there, 08:00-18:00 here")


async def test_a_night_shift_is_the_same_though_theirs_is_cut_at_midnight() -> None:
    nights = ((Window(22 * 60, 30 * 60),), *((),) * 6)
    spec = CalendarSpec("nights", "Europe/London", nights)
    pieces = [schedule(1, "Nights", {1: (22, 24), 2: (0, 6)})]
    assert await compared(pieces, spec) == ['calendar "nights" agrees with their schedule "Nights"']


async def test_closed_dates_are_compared_for_a_year() -> None:
    spec = replace(OFFICE, exceptions=(DateException(date(2026, 12, 24)),))
    feasts = [
        {"id": 1, "name": "Christmas", "start_date": "2026-12-24", "end_date": "2026-12-28"},
        {"id": 2, "name": "Long ago", "start_date": "2020-01-01", "end_date": "2020-01-01"},
        {"id": 3, "name": "Odd", "start_date": None, "end_date": "?"},
    ]
    (told,) = await compared([schedule(1, "Desk", MON_FRI)], spec, holidays={1: feasts})
    # The 26th and 27th are a weekend.
    assert told.endswith(": closed there but open here on 2026-12-25, 2026-12-28")
    (told,) = await compared([schedule(1, "Desk", MON_FRI)], replace(OFFICE, region="GB-ENG"))
    assert "closed here but open there on 2026-04-03, 2026-04-06, 2026-05-04" in told
    assert told.endswith(" more")


async def test_an_account_without_schedules_counts_around_the_clock() -> None:
    assert await compared([], OFFICE) == ["there are none: their tool counts around the clock"]
    assert await compared([schedule(1, "Desk", MON_FRI)]) == []


async def test_a_zone_nobody_knows_is_told_and_hostile_names_are_harmless() -> None:
    (told,) = await compared([schedule(1, "De\x1b[31msk", MON_FRI, "Mo\x1bon")], OFFICE)
    assert "is not known here" in told
    assert "\x1b" not in told


async def test_hours_that_may_not_be_read_are_no_failure() -> None:
    account = Account(overrides={"business_hours/schedules.json": [FORBIDDEN]})
    engagement = replace(
        engagement_of(),
        calendars={"office": OFFICE},
        service_levels=(ServiceLevel("P1", "office", {}),),
    )
    async with zendesk(account, engagement) as (adapter, _):
        (line,) = (one for one in await adapter.check() if one.what == "schedules")
    assert line.ok
    assert "not compared" in line.detail
