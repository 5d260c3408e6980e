"""Event logs whose rows are activities, or whole tickets with their instants in columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from engagewatch.model.clock import Obligation
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind
from tests.provider.eventlog_samples import log_adapter
from tests.provider.samples import at, read

ACTIVITIES = {
    "path": "helpdesk.csv",
    "time_format": "%Y/%m/%d %H:%M:%S.%f",
    "rows": "activities",
    "columns": {"ticket": "Case", "at": "When", "activity": "What", "actor": "Who"},
    "activities": {
        "Take in charge ticket": "responded",
        "Mail from customer": "client_replied",
        "Create SW anomaly": "ignored",
        "RESOLVED": "Resolve ticket",
    },
}
ACTIVITY_ROWS = """\
Case,What,Who,When
Case 1,Assign seriousness,v1,2026/02/02 14:50:17.000
Case 1,Take in charge ticket,v1,2026/02/02 14:51:01.900
Case 1,Wait,v1,2026/02/02 15:02:56.000
Case 1,Create SW anomaly,v2,2026/02/02 15:03:00.000
Case 1,Mail from customer,v9,2026/02/02 16:00:00.000
Case 1,Take in charge ticket,v2,2026/02/02 16:30:00.000
Case 1,RESOLVED,v2,2026/02/02 17:00:00.000
Case 1,,v2,2026/02/02 18:00:00.000
"""


async def test_an_activity_names_a_status_and_may_be_an_answer(tmp_path: Path) -> None:
    got = await read(log_adapter(tmp_path, ACTIVITIES, ACTIVITY_ROWS), "rows")
    assert got.refused == []
    assert got.course("Case 1", EventKind.OPENED) == [
        (at("2026-02-02T14:50:17"), "", "Assign seriousness")
    ]
    assert [value for _, _, value in got.course("Case 1", EventKind.STATUS_CHANGED)] == [
        "Take in charge ticket",
        "Wait",
        "Mail from customer",
        "Take in charge ticket",
        "Resolve ticket",
    ]
    replies = [event for event in got.events if event.kind is EventKind.REPLIED]
    assert [(event.at, event.side, event.actor) for event in replies] == [
        (at("2026-02-02T14:51:01"), Side.PROVIDER, "v1"),
        (at("2026-02-02T16:00:00"), Side.CLIENT, "v9"),
        (at("2026-02-02T16:30:00"), Side.PROVIDER, "v2"),
    ]
    assert got.tickets["Case 1"].status == "Resolve ticket"
    assert got.tickets["Case 1"].updated_at == at("2026-02-02T18:00:00")


TICKETS = {
    "path": "support.csv",
    "rows": "tickets",
    "columns": {
        "ticket": "Ticket ID",
        "status": "Status",
        "priority": "Priority",
        "assignee": "Agent",
        "created_at": "Created",
        "first_response_at": "Responded",
        "resolved_at": "Resolved",
        "closed_at": "Closed",
        "claimed_first_response_due": "Response due",
        "claimed_first_response_met": "Response SLA",
        "claimed_resolution_due": "Resolution due",
        "claimed_resolution_met": "Resolution SLA",
    },
}
TICKET_HEADER = (
    "Ticket ID,Status,Priority,Agent,Created,Responded,Resolved,Closed,"
    "Response due,Response SLA,Resolution due,Resolution SLA\n"
)


async def test_a_row_per_ticket_gives_its_instants_and_its_claims(tmp_path: Path) -> None:
    rows = (
        "1,Closed,Low,Kim,2026-02-02 01:00:00,2026-02-02 01:04:17.432,2026-02-03 10:00:00,"
        "2026-02-05 10:00:00,2026-02-02 02:00:00,Within SLA,2026-02-03 01:00:00,SLA Violated\n"
    )
    got = await read(log_adapter(tmp_path, TICKETS, TICKET_HEADER + rows), "rows")
    kinds = [(event.kind, event.at, event.value) for event in got.events]
    assert kinds == [
        (EventKind.OPENED, at("2026-02-02T01:00:00"), ""),
        (EventKind.PRIORITY_CHANGED, at("2026-02-02T01:00:00"), "Low"),
        (EventKind.REPLIED, at("2026-02-02T01:04:17"), ""),
        (EventKind.STATUS_CHANGED, at("2026-02-03T10:00:00"), "resolved"),
        (EventKind.STATUS_CHANGED, at("2026-02-05T10:00:00"), "Closed"),
    ]
    first, resolution = got.tickets["1"].claims
    assert (first.obligation, first.met) == (Obligation.FIRST_RESPONSE, True)
    assert first.due_at == at("2026-02-02T02:00:00")
    assert (resolution.obligation, resolution.met) == (Obligation.RESOLUTION, False)
    assert resolution.source_field == "Resolution SLA and Resolution due"
    assert got.people["Kim"].side is Side.PROVIDER


@pytest.mark.parametrize(
    ("instants", "expected"),
    [
        (",,", [(EventKind.OBSERVED, "2026-02-02T01:00:00", "Open")]),
        ("2026-02-02 02:00:00,,", [(EventKind.OBSERVED, "2026-02-02T02:00:00", "Open")]),
        (",2026-02-03 10:00:00,", [(EventKind.STATUS_CHANGED, "2026-02-03T10:00:00", "Open")]),
    ],
)
async def test_what_nobody_saw_happen_is_an_observation(
    tmp_path: Path, instants: str, expected: list[tuple[EventKind, str, str]]
) -> None:
    rows = f"1,Open,,,2026-02-02 01:00:00,{instants},,,,\n"
    got = await read(log_adapter(tmp_path, TICKETS, TICKET_HEADER + rows), "rows")
    told = [
        (event.kind, event.at, event.value)
        for event in got.events
        if event.kind in (EventKind.OBSERVED, EventKind.STATUS_CHANGED)
    ]
    assert told == [(kind, at(moment), value) for kind, moment, value in expected]


async def test_an_instant_that_cannot_be_costs_just_itself(tmp_path: Path) -> None:
    rows = (
        "1,Open,High,,2026-02-02 01:00:00,2026-02-01 01:00:00,,,,,,\n"
        "2,Open,High,,2026-02-02 01:00:00,soon,,,,,,\n"
        "3,Open,High,,,,,,,,,\n"
        "4,Open,High,,never,,,,,,,\n"
        ",Open,High,,2026-02-02 01:00:00,,,,,,,\n"
        "6,Open,High,,2026-02-02 01:00:00,,,,,maybe,,\n"
    )
    got = await read(log_adapter(tmp_path, TICKETS, TICKET_HEADER + rows), "rows")
    assert set(got.tickets) == {"1", "2", "6"}
    assert [(refused.record, refused.reason) for refused in got.refused] == [
        ("line 2", "read without this: first_response_at lies before created_at"),
        ("line 3", 'read without this: first_response_at: "soon" is not an ISO 8601 time'),
        ("line 4", "it has no created_at"),
        ("line 5", 'created_at: "never" is not an ISO 8601 time'),
        ("line 6", "it names no ticket"),
        ("line 7", 'read without this: Response SLA: "maybe" is neither yes nor no'),
    ]
    assert EventKind.REPLIED not in {event.kind for event in got.events}


async def test_a_later_export_adds_what_is_new(tmp_path: Path) -> None:
    open_row = "1,Open,Low,,2026-02-02 01:00:00,,,,,,,\n"
    done_row = "1,Resolved,Low,,2026-02-02 01:00:00,,2026-02-03 10:00:00,,,,,\n"
    first = await read(log_adapter(tmp_path, TICKETS, TICKET_HEADER + open_row), "rows")
    again = await read(
        log_adapter(tmp_path, TICKETS, TICKET_HEADER + done_row), "rows", first.cursor
    )
    known = {event.id for event in first.events}
    assert [event.value for event in again.events if event.id not in known] == ["Resolved"]
