"""Event logs whose rows are states: what becomes an event, and what a bad row costs."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, Privacy, Role, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import EventKind
from engagewatch.net.errors import SourceError
from engagewatch.providers.eventlog import adapter as eventlog
from engagewatch.providers.registry import describe
from tests.provider.eventlog_samples import log_adapter
from tests.provider.samples import at, engagement_of, read

HEADER = "number,incident_state,made_sla,caller_id,opened_at,sys_updated_at,priority,group,agent\n"
COLUMNS = {
    "ticket": "number",
    "at": "sys_updated_at",
    "status": "incident_state",
    "created_at": "opened_at",
    "priority": "priority",
    "group": "group",
    "assignee": "agent",
    "requester": "caller_id",
    "claimed_resolution_met": "made_sla",
}
OPTIONS: Mapping[str, Any] = {
    "path": "log.csv",
    "timezone": "Europe/Lisbon",
    "time_format": "%d/%m/%Y %H:%M",
    "missing": ("?", "", "-100"),
    "rows": "states",
    "columns": COLUMNS,
}
ROWS = """\
0000045,New,true,2403,2/2/2026 01:16,2/2/2026 01:23,3,56,?
0000045,Active,true,2403,2/2/2026 01:16,2/2/2026 08:40,3,56,89
0000045,Awaiting User Info,true,2403,2/2/2026 01:16,2/2/2026 08:53,2,56,89
0000045,Resolved,true,2403,2/2/2026 01:16,2/2/2026 11:29,2,70,89
0000045,Resolved,true,2403,2/2/2026 01:16,2/2/2026 11:31,2,70,?
0000045,Closed,false,2403,2/2/2026 01:16,7/2/2026 12:00,2,70,?
"""


def adapter_of(
    folder: Path,
    text: str | bytes | None = None,
    engagement: Engagement | None = None,
    **changes: object,
) -> eventlog.EventLog:
    return log_adapter(folder, {**OPTIONS, **changes}, text, engagement)


def statuses(course: Sequence[tuple[int, str, str]]) -> list[str]:
    return [value for _, _, value in course]


async def test_only_what_changed_from_one_row_to_the_next_is_an_event(tmp_path: Path) -> None:
    got = await read(adapter_of(tmp_path, HEADER + ROWS), "rows")
    assert got.refused == []
    assert got.records == 6
    assert got.course("0000045", EventKind.OPENED) == [(at("2026-02-02T01:16"), "", "")]
    assert got.course("0000045", EventKind.STATUS_CHANGED) == [
        (at("2026-02-02T01:23"), "", "New"),
        (at("2026-02-02T08:40"), "New", "Active"),
        (at("2026-02-02T08:53"), "Active", "Awaiting User Info"),
        (at("2026-02-02T11:29"), "Awaiting User Info", "Resolved"),
        (at("2026-02-07T12:00"), "Resolved", "Closed"),
    ]
    assert got.course("0000045", EventKind.PRIORITY_CHANGED) == [
        (at("2026-02-02T01:16"), "", "3"),
        (at("2026-02-02T08:53"), "3", "2"),
    ]
    # A row that names no agent leaves the last one known.
    assert got.course("0000045", EventKind.ASSIGNED) == [
        (at("2026-02-02T01:23"), "", "56"),
        (at("2026-02-02T08:40"), "56", "89"),
        (at("2026-02-02T11:29"), "89", "89"),
    ]


async def test_the_ticket_is_what_its_last_row_says(tmp_path: Path) -> None:
    ticket = (await read(adapter_of(tmp_path, HEADER + ROWS), "rows")).tickets["0000045"]
    assert (ticket.status, ticket.priority, ticket.group) == ("Closed", "2", "70")
    assert (ticket.assignee, ticket.requester) == ("89", "2403")
    assert ticket.created_at == at("2026-02-02T01:16")
    assert ticket.updated_at == at("2026-02-07T12:00")
    (claim,) = ticket.claims
    assert (claim.obligation, claim.met) == (Obligation.RESOLUTION, False)
    assert claim.source_field == "made_sla"


async def test_local_times_follow_the_zone_through_summer_time(tmp_path: Path) -> None:
    rows = (
        "A,New,true,1,28/3/2026 10:00,28/3/2026 10:00,3,1,1\n"
        "A,Active,true,1,28/3/2026 10:00,30/3/2026 10:00,3,1,1\n"
        "B,New,true,1,25/10/2026 01:30,25/10/2026 01:30,3,1,1\n"
        "C,New,true,1,29/3/2026 01:30,29/3/2026 01:30,3,1,1\n"
    )
    got = await read(adapter_of(tmp_path, HEADER + rows), "rows", now=at("2026-11-01T00:00"))
    assert got.tickets["A"].created_at == at("2026-03-28T10:00")
    assert got.tickets["A"].updated_at == at("2026-03-30T09:00")
    assert got.tickets["B"].created_at == at("2026-10-25T00:30")  # the first of two 01:30
    assert got.tickets["C"].created_at == at("2026-03-29T01:30")  # skipped: an hour later


async def test_a_first_row_at_the_creation_tells_the_first_status(tmp_path: Path) -> None:
    rows = "A,Awaiting User Info,true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n"
    got = await read(adapter_of(tmp_path, HEADER + rows), "rows")
    assert got.course("A", EventKind.OPENED) == [(at("2026-02-02T09:00"), "", "Awaiting User Info")]
    assert got.course("A", EventKind.STATUS_CHANGED) == []


async def test_a_row_older_than_the_creation_moves_the_creation(tmp_path: Path) -> None:
    rows = "A,New,true,1,2/2/2026 09:00,2/2/2026 08:00,3,1,1\n"
    got = await read(adapter_of(tmp_path, HEADER + rows), "rows")
    assert got.tickets["A"].created_at == at("2026-02-02T08:00")


async def test_rows_out_of_order_give_the_history_of_rows_in_order(tmp_path: Path) -> None:
    lines = ROWS.splitlines()
    expected = await read(adapter_of(tmp_path, HEADER + ROWS), "rows")
    lines[1], lines[3] = lines[3], lines[1]
    got = await read(adapter_of(tmp_path, HEADER + "\n".join(lines) + "\n"), "rows")
    assert got.tickets == expected.tickets
    assert sorted(got.events, key=str) == sorted(expected.events, key=str)


async def test_two_updates_in_one_minute_keep_their_order(tmp_path: Path) -> None:
    rows = "".join(
        f"A,{status},true,1,2/2/2026 09:00,2/2/2026 09:05,3,1,1\n"
        for status in ("New", "Active", "New", "Active")
    )
    got = await read(adapter_of(tmp_path, HEADER + rows), "rows")
    changes = [event for event in got.events if event.kind is EventKind.STATUS_CHANGED]
    assert [event.value for event in sorted(changes, key=lambda event: event.id)] == [
        "New",
        "Active",
        "New",
        "Active",
    ]
    assert len({event.id for event in got.events}) == len(got.events)


async def test_a_bad_row_is_refused_by_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = (
        "\n"
        "A,New,true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n"
        "A,Active,true,1,2/2/2026 09:00,yesterday,3,1,1\n"
        "A,Active,true\n"
        "A,Active,true,1,2/2/2026 09:00,?,3,1,1\n"
        "?,Active,true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n"
        "A,Active,perhaps,1,2/2/2026 09:00,2/2/2026 10:00,3,1,1\n"
        "A,Resolved,true,1,31/2/2026 09:00,2/2/2026 11:00,3,1,1\n"
        "A,Closed,true,1,2/2/2026 09:00,1/1/1970 00:00,3,1,1\n"
        "A,Closed,true,1,2/2/2026 09:00,1/1/2100 00:00,3,1,1\n"
    )
    got = await read(adapter_of(tmp_path, HEADER + bad), "rows")
    assert [(refused.record, refused.reason) for refused in got.refused] == [
        ("line 5", "it has 3 columns where the header has 9"),
        ("line 4", 'at: "yesterday" is not %d/%m/%Y %H:%M'),
        ("line 6", "it has no time"),
        ("line 7", "it names no ticket"),
        ("line 8", 'read without this: made_sla: "perhaps" is neither yes nor no'),
        (
            "line 9",
            'read without this: created_at: "31/2/2026 09:00" is not %d/%m/%Y %H:%M',
        ),
        ("line 10", 'at: "1/1/1970 00:00" lies before 1990'),
        ("line 11", 'at: "1/1/2100 00:00" lies more than a year in the future'),
    ]
    assert got.tickets["A"].status == "Resolved"
    assert statuses(got.course("A", EventKind.STATUS_CHANGED)) == ["Active", "Resolved"]


async def test_a_stray_quote_costs_the_rows_it_swallows_and_no_more(tmp_path: Path) -> None:
    rows = (
        "A,New,true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n"
        'B,"New,true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n'
        'B",Active,true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n'
        "C,New,true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n"
    )
    got = await read(adapter_of(tmp_path, HEADER + rows), "rows")
    assert set(got.tickets) == {"A", "C"}
    assert [refused.record for refused in got.refused] == ["line 4"]
    huge = 'D,"' + "x" * 200_000 + '",true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n'
    got = await read(adapter_of(tmp_path, HEADER + huge + rows), "rows")
    assert {"A", "C"} <= set(got.tickets)
    assert got.refused[0].reason.startswith("it is not CSV")


async def test_a_wrong_mapping_is_one_error_that_names_the_columns(tmp_path: Path) -> None:
    columns = {**COLUMNS, "status": "incident_stat", "priority": "Priorty"}
    adapter = adapter_of(tmp_path, HEADER + ROWS, columns=columns)
    with pytest.raises(SourceError) as caught:
        await read(adapter, "rows")
    assert caught.value.failure is Failure.CONFIGURATION
    assert caught.value.message.startswith(
        'log.csv lacks columns.status = "incident_stat" (did you mean incident_state?); '
        'columns.priority = "Priorty" (did you mean priority?). It has: number, incident_state'
    )
    (line,) = await adapter.check()
    assert (line.ok, line.detail) == (False, caught.value.message)


async def test_a_wrong_time_format_is_one_error_not_a_refusal_per_row(tmp_path: Path) -> None:
    adapter = adapter_of(tmp_path, HEADER + ROWS, time_format="%Y-%m-%d")
    with pytest.raises(SourceError, match="can be read as mapped; line 2"):
        await read(adapter, "rows")


async def test_a_mapping_without_a_needed_column_is_refused_before_reading(
    tmp_path: Path,
) -> None:
    with pytest.raises(SourceError, match=r"needs columns\.at and columns\.status"):
        adapter_of(tmp_path, columns={"ticket": "number"})


async def test_missing_and_empty_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no file .*log\.csv"):
        await read(adapter_of(tmp_path), "rows")
    with pytest.raises(SourceError, match=r"log\.csv is empty"):
        await read(adapter_of(tmp_path, ""), "rows")
    with pytest.raises(SourceError, match="no time zone"):
        await read(adapter_of(tmp_path, HEADER + ROWS, timezone="Mars/Olympus"), "rows")


async def test_a_log_of_nothing_but_a_header_is_read_once(tmp_path: Path) -> None:
    adapter = adapter_of(tmp_path, HEADER)
    got = await read(adapter, "rows")
    assert got.records == 0
    assert got.cursor is not None
    assert (await read(adapter, "rows", got.cursor)).batches == []


async def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    adapter = adapter_of(tmp_path, HEADER + ROWS)
    first = await read(adapter, "rows")
    (tmp_path / "log.csv").chmod(0o400)
    assert (await read(adapter, "rows", first.cursor)).batches == []


async def test_a_grown_file_adds_its_new_rows_and_repeats_the_old_ids(tmp_path: Path) -> None:
    lines = ROWS.splitlines(keepends=True)
    first = await read(adapter_of(tmp_path, HEADER + "".join(lines[:4])), "rows")
    grown = await read(adapter_of(tmp_path, HEADER + ROWS), "rows", first.cursor)
    known = {event.id: event for event in first.events}
    assert known == {event.id: event for event in grown.events if event.id in known}
    new = [event.value for event in grown.events if event.id not in known]
    assert new == ["Closed"]


async def test_only_the_last_batch_moves_the_cursor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eventlog, "BATCH_ROWS", 2)
    adapter = adapter_of(tmp_path, HEADER + ROWS)
    got = await read(adapter, "rows")
    assert [batch.cursor is None for batch in got.batches] == [True, True, False]


async def test_a_changed_mapping_does_not_mix_two_readings(tmp_path: Path) -> None:
    first = await read(adapter_of(tmp_path, HEADER + ROWS), "rows")
    other = adapter_of(tmp_path, timezone="UTC")
    with pytest.raises(SourceError, match="another id") as caught:
        await read(other, "rows", first.cursor)
    assert caught.value.failure is Failure.CONFIGURATION


async def test_batch_borders_and_scattered_tickets_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(7)
    rows = []
    for minute in range(600):
        ticket = chance.randrange(40)
        status = chance.choice(["New", "Active", "Awaiting User Info", "Resolved"])
        day, rest = divmod(minute, 60)
        rows.append(
            f"T{ticket},{status},true,1,1/2/2026 00:00,{day + 1}/2/2026 {rest // 10 + 8}:00,"
            f"{chance.randrange(1, 4)},g{chance.randrange(3)},a{chance.randrange(5)}\n"
        )
    text = HEADER + "".join(rows)
    whole = await read(adapter_of(tmp_path, text), "rows")
    grouped = "".join(sorted(rows, key=lambda row: row.partition(",")[0]))
    by_ticket = await read(adapter_of(tmp_path, HEADER + grouped), "rows")
    monkeypatch.setattr(eventlog, "BATCH_ROWS", 7)
    pieces = await read(adapter_of(tmp_path, text), "rows")
    assert pieces.tickets == whole.tickets == by_ticket.tickets
    expected = sorted(whole.events, key=lambda event: event.id)
    for other in (pieces, by_ticket):
        assert sorted(other.events, key=lambda event: event.id) == expected


async def test_a_row_from_long_before_is_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eventlog, "BATCH_ROWS", 2)
    rows = (
        "A,New,true,1,2/2/2026 09:00,2/2/2026 09:00,3,1,1\n"
        "A,Active,true,1,2/2/2026 09:00,2/2/2026 12:00,3,1,1\n"
        "A,Awaiting User Info,true,1,2/2/2026 09:00,2/2/2026 10:00,3,1,1\n"
    )
    got = await read(adapter_of(tmp_path, HEADER + rows), "rows")
    assert [(moment, value) for moment, _, value in got.course("A", EventKind.STATUS_CHANGED)] == [
        (at("2026-02-02T10:00"), "Awaiting User Info"),
        (at("2026-02-02T12:00"), "Active"),  # told once more, with the id it had
        (at("2026-02-02T12:00"), "Active"),
    ]
    assert len({event.id for event in got.events if event.value == "Active"}) == 1
    assert got.tickets["A"].status == "Active"


async def test_sides_come_from_the_column_unless_the_file_knows_better(tmp_path: Path) -> None:
    engagement = engagement_of(people=(Role("IT lead", "R. Okafor", Side.CLIENT, ("89",)),))
    adapter = adapter_of(tmp_path, HEADER + ROWS, engagement, columns={**COLUMNS, "actor": "agent"})
    got = await read(adapter, "rows")
    assert got.people["2403"].side is Side.CLIENT
    assert got.people["89"].side is Side.CLIENT
    moved = next(event for event in got.events if event.value == "Active")
    assert (moved.actor, moved.side) == ("89", Side.CLIENT)


async def test_privacy_drops_categories_and_subjects(tmp_path: Path) -> None:
    columns = {**COLUMNS, "subject": "incident_state"}
    hush = engagement_of(privacy=Privacy(subjects=False))
    got = await read(adapter_of(tmp_path, HEADER + ROWS, hush, columns=columns), "rows")
    assert got.tickets["0000045"].subject == ""
    secret = engagement_of(privacy=Privacy(exclude_categories=("70",)))
    got = await read(adapter_of(tmp_path, HEADER + ROWS, secret), "rows")
    assert (got.tickets, got.events) == ({}, [])


async def test_hostile_text_is_harmless_and_huge_text_is_cut(tmp_path: Path) -> None:
    evil = "\x1b]52;c;aGk=\x07[red]\u202e"
    rows = f"A{evil},{evil},true,{evil},2/2/2026 09:00,2/2/2026 09:00,{evil},{evil},{'x' * 5000}\n"
    columns = {**COLUMNS, "subject": "caller_id"}
    got = await read(adapter_of(tmp_path, HEADER + rows, columns=columns), "rows")
    (ticket,) = got.tickets.values()
    shown = [ticket.id, ticket.status, ticket.subject, ticket.group, ticket.priority]
    shown += [event.value for event in got.events]
    assert not any(control in str(text) for text in shown for control in "\x1b\x07\u202e")
    assert ticket.assignee is not None
    assert len(ticket.assignee) == 200


async def test_json_lines_read_like_csv(tmp_path: Path) -> None:
    names = HEADER.strip().split(",")
    records = [dict(zip(names, row.split(","), strict=True)) for row in ROWS.splitlines()]
    lines = [json.dumps(record) for record in records]
    expected = await read(adapter_of(tmp_path, HEADER + ROWS), "rows")
    odd = ["", "[1]", "{", '"text"', "[" * 200_000]
    packed = gzip.compress("\n".join([*lines, *odd]).encode())
    got = await read(adapter_of(tmp_path, packed, path="log.jsonl.gz"), "rows")
    assert got.events == expected.events
    assert got.tickets == expected.tickets
    assert [refused.record for refused in got.refused] == [f"line {n}" for n in (8, 9, 10, 11)]


async def test_json_values_that_are_no_text(tmp_path: Path) -> None:
    record = {
        "number": 45,
        "incident_state": "New",
        "made_sla": True,
        "opened_at": None,
        "sys_updated_at": "2/2/2026 09:00",
        "priority": 3,
        "group": ["a", 1],
        "caller_id": 10**30,
        "agent": "half a pair",
    }
    text = json.dumps(record).replace("half", "\\ud83d")
    got = await read(adapter_of(tmp_path, text, path="log.jsonl"), "rows")
    ticket = got.tickets["45"]
    assert (ticket.priority, ticket.group, ticket.requester) == ("3", '["a",1]', str(10**30))
    assert ticket.assignee == "� a pair"
    assert ticket.claims[0].met is True
    wrong = adapter_of(tmp_path, '{"id": 1}', path="log.jsonl")
    with pytest.raises(SourceError, match=r'lacks columns\.ticket = "number"'):
        await read(wrong, "rows")


async def test_a_source_that_fits_is_checked_by_its_first_rows(tmp_path: Path) -> None:
    (line,) = await adapter_of(tmp_path, HEADER + ROWS).check()
    assert line.ok
    assert line.detail == "rows read: 6; tickets: 1; events: 11"
    idle = {**COLUMNS, "resolved_at": "sys_updated_at"}
    (line,) = await adapter_of(tmp_path, columns=idle).check()
    assert line.ok
    assert line.detail.endswith('columns.resolved_at say nothing where rows = "states"')


def test_the_description_needs_no_file() -> None:
    settings = SourceSettings(id="log", adapter="eventlog", options={"rows": "tickets"})
    described = describe(settings)
    assert not described.has_history
    assert not described.has_messages
    assert described.default_meanings["resolved"] is StatusMeaning.RESOLVED
