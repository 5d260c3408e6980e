"""ServiceNow: what is read, what an instance leaves out silently, and what can be told from it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engagewatch.engine.fold import Folder
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.engagement import Privacy, Role, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import HOUR, isoformat
from engagewatch.model.policy import Duration, ServiceLevel
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Claim, Event, EventKind
from engagewatch.net.errors import SourceError
from engagewatch.providers.descriptions import BUILT_IN
from tests.provider.loopback import Response
from tests.provider.samples import NOW, Read, at, engagement_of, read
from tests.provider.servicenow_instance import (
    AGENT,
    APPROVER,
    CALLER,
    COMPANY,
    GROUP,
    JSON,
    Instance,
    audit,
    failure,
    incident,
    journal,
    servicenow,
    spell,
    survey,
    user,
)

UPDATED = "2026-02-05 13:20:44"


def stamp(seconds: int) -> str:
    return isoformat(seconds).replace("T", " ").replace("Z", "")


def many(count: int) -> list[dict[str, Any]]:
    start = NOW - 20 * 86400
    return [incident(f"{number:05}", stamp(start + number)) for number in range(count)]


async def one(*rows: dict[str, Any], **tables: list[Any]) -> Read:
    """Read the incidents of an instance with these tables."""
    async with servicenow(Instance({"incident": list(rows), **tables})) as (adapter, _):
        return await read(adapter, "incident")


def kinds(got: Read, kind: EventKind) -> list[Event]:
    return [event for event in got.events if event.kind is kind]


async def test_a_password_and_a_token_both_open_the_instance() -> None:
    for name in ("northwind.monitor", ""):
        async with servicenow(Instance({"incident": many(1)}), user=name) as (adapter, server):
            assert len((await read(adapter, "incident")).tickets) == 1
        expected = "Basic" if name else "Bearer"
        assert server.seen[0].headers["authorization"].split()[0] == expected


async def test_a_record_becomes_a_ticket() -> None:
    got = await one(incident("6f1c", UPDATED, state="3", hold_reason="1"))
    (ticket,) = got.tickets.values()
    assert (ticket.id, ticket.reference, ticket.status) == ("6f1c", "INC6f1c", "Awaiting Caller")
    assert (ticket.priority, ticket.group, ticket.category) == (
        "3 - Moderate",
        "Service Desk",
        "software",
    )
    assert (ticket.requester, ticket.assignee) == (CALLER, AGENT)
    assert ticket.created_at == at("2026-02-03T07:00:00")  # UTC, though nothing says so
    assert ticket.updated_at == at("2026-02-05T13:20:44")
    assert ticket.url.endswith("/nav_to.do?uri=incident.do%3Fsys_id=6f1c")
    assert got.people[CALLER].side is Side.CLIENT
    assert got.people[AGENT].side is Side.PROVIDER


async def test_every_page_is_read_and_can_be_gone_on_from() -> None:
    instance = Instance({"incident": many(400)})
    async with servicenow(instance) as (adapter, server):
        got = await read(adapter, "incident")
        assert len(got.tickets) == 400
        # No offset grows with the list: pages start at the time of the last record.
        offsets = {request.query["sysparm_offset"] for request in server.seen}
        assert offsets == {"0"}
        cursor = got.batches[0].cursor
    async with servicenow(instance) as (later, _):
        rest = await read(later, "incident", cursor)
    assert {ticket.id for ticket in got.batches[0].tickets} | set(rest.tickets) == set(got.tickets)
    assert len(rest.tickets) <= 251


async def test_records_of_one_second_that_fill_pages_are_all_read() -> None:
    rows = [incident(f"{number:05}", UPDATED) for number in range(340)]
    async with servicenow(Instance({"incident": rows})) as (adapter, server):
        got = await read(adapter, "incident")
    assert len(got.tickets) == 340
    paged = [one for one in server.seen if one.path.endswith("/incident")]
    assert [one.query["sysparm_offset"] for one in paged] == ["0", "0", "150", "300"]


async def test_a_short_or_empty_page_is_not_the_end() -> None:
    instance = Instance({"incident": many(400)})
    instance.hidden_rows = {f"{number:05}" for number in range(100, 330)}
    async with servicenow(instance) as (adapter, _):
        got = await read(adapter, "incident")
    assert len(got.tickets) == 170


async def test_without_headers_only_an_empty_page_is_the_end() -> None:
    instance = Instance({"incident": many(200)}, headers=False)
    async with servicenow(instance) as (adapter, _):
        assert len((await read(adapter, "incident")).tickets) == 200


async def test_the_order_is_stable() -> None:
    async with servicenow(Instance({"incident": many(1)})) as (adapter, server):
        for stream in adapter.streams:
            await read(adapter, stream)
    for request in server.seen:
        orders = [one for one in request.query["sysparm_query"].split("^") if "ORDERBY" in one]
        assert orders[-1] == "ORDERBYsys_id"


@pytest.mark.parametrize(
    ("dropped", "what"),
    [
        ({"sys_updated_on"}, "the time"),
        ({"company"}, "the company"),
        ({"documentkey"}, "the list of ids"),
        ({"element_id"}, "the list of ids"),
        ({"tablename"}, "the name of the table"),
    ],
)
async def test_an_ignored_condition_is_noticed(dropped: set[str], what: str) -> None:
    old = incident("01d", "2025-06-01 00:00:00")
    other = incident("0e4", UPDATED, company="ff" * 16)
    tables: dict[str, list[Any]] = {
        "incident": [incident("6f1c", UPDATED), old, other],
        "sys_audit": [
            audit("6f1c", UPDATED, 1, "state", "1", "2"),
            audit("6f1c", UPDATED, 2, "state", "1", "2", tablename="problem"),
            audit("e15e", UPDATED, 1, "state", "1", "2"),
        ],
        "sys_journal_field": [journal("j1", "e15e", UPDATED, "dana.ruiz", "Hi")],
    }
    async with servicenow(Instance(tables, dropped=dropped), company=COMPANY) as (adapter, _):
        with pytest.raises(SourceError, match=what) as caught:
            await read(adapter, "incident")
    assert caught.value.failure is Failure.CONTRACT


async def test_an_ignored_order_is_noticed() -> None:
    rows = [incident("1", "2026-02-06 00:00:00"), incident("2", UPDATED)]
    instance = Instance({"incident": rows}, dropped={"sys_updated_on", "sys_id"})
    async with servicenow(instance) as (adapter, _):
        with pytest.raises(SourceError, match="the order"):
            await read(adapter, "incident")


async def test_a_hidden_time_of_change_is_a_missing_right() -> None:
    instance = Instance({"incident": [incident("1", "")]}, dropped={"sys_updated_on"})
    async with servicenow(instance) as (adapter, _):
        with pytest.raises(SourceError, match="sys_updated_on is hidden") as caught:
            await read(adapter, "incident")
    assert caught.value.failure is Failure.AUTHENTICATION


async def test_a_poll_overlaps_but_reads_nothing_twice() -> None:
    instance = Instance({"incident": [incident("1", stamp(NOW - 100))]})
    async with servicenow(instance) as (adapter, server):
        first = await read(adapter, "incident")
        count = len(server.seen)
        # A record stamped before the newest one is seen only now.
        instance.tables["incident"].append(incident("2", stamp(NOW - 400)))
        again = await read(adapter, "incident", first.cursor)
        assert set(again.tickets) == {"2"}
        idle = await read(adapter, "incident", again.cursor)
    assert not idle.tickets
    assert len(server.seen) - count < 10
    assert server.seen[-1].path.endswith("/incident")  # no history is asked for again


async def test_changes_are_told_with_what_was_before() -> None:
    got = await one(
        incident("6f1c", UPDATED, state="3", hold_reason="1", priority="1"),
        sys_audit=[
            audit("6f1c", "2026-02-04 07:55:31", 2, "state", "1", "2"),
            audit("6f1c", "2026-02-04 07:55:31", 2, "assigned_to", "", AGENT),
            audit("6f1c", "2026-02-04 08:00:00", 3, "priority", "3", "1"),
            audit("6f1c", UPDATED, 5, "state", "2", "3"),
            audit("6f1c", UPDATED, 5, "hold_reason", "", "1"),
            audit("6f1c", "2026-02-06 00:00:00", 10, "hold_reason", "1", "4", user="system"),
        ],
    )
    assert got.course("6f1c", EventKind.STATUS_CHANGED) == [
        (at("2026-02-04T07:55:31"), "New", "In Progress"),
        (at("2026-02-05T13:20:44"), "In Progress", "Awaiting Caller"),
        (at("2026-02-06T00:00:00"), "Awaiting Caller", "Awaiting Vendor"),
    ]
    assert got.course("6f1c", EventKind.PRIORITY_CHANGED) == [
        (at("2026-02-04T08:00:00"), "3 - Moderate", "1 - Critical")
    ]
    assert got.course("6f1c", EventKind.ASSIGNED) == [(at("2026-02-04T07:55:31"), "", AGENT)]
    by_system = kinds(got, EventKind.STATUS_CHANGED)[-1]
    assert (by_system.actor, by_system.side, by_system.automatic) == (None, None, True)
    assert kinds(got, EventKind.STATUS_CHANGED)[0].side is Side.PROVIDER
    assert got.course("6f1c", EventKind.OBSERVED) == [(at("2026-02-03T07:00:00"), "", "New")]
    assert len({event.id for event in got.events}) == len(got.events)


async def test_the_row_of_the_creation_is_no_change() -> None:
    got = await one(
        incident("6f1c", UPDATED, state="2"),
        sys_audit=[
            audit("6f1c", "2026-02-03 07:00:09", 0, "state", "", "1"),
            audit("6f1c", UPDATED, 1, "state", "1", "2"),
        ],
    )
    values = [(before, after) for _, before, after in got.course("6f1c", EventKind.STATUS_CHANGED)]
    assert values == [("New", "In Progress")]


def resolution(got: Read, key: str) -> ClockState:
    """Return how the engine judges the resolution of a ticket by what was read of it."""
    settings = SourceSettings(id="desk", adapter="servicenow")
    description = BUILT_IN["servicenow"](settings)
    targets = {Obligation.RESOLUTION: Duration(seconds=30 * HOUR)}
    level = ServiceLevel("3 - Moderate", "24x7", targets)
    policy = engagement_of(settings, service_levels=(level,)).policy(
        settings, description.default_meanings, has_history=description.has_history
    )
    own = [event for event in got.events if event.ticket_id == key]
    clocks = Folder(policy).fold(got.tickets[key], own).clocks
    return next(clock.state for clock in clocks if clock.obligation is Obligation.RESOLUTION)


async def test_only_what_the_audit_proves_is_judged() -> None:
    # Two days old when resolved, of which one waited for the caller.
    row = incident("1", "2026-02-05 07:00:00", state="6", resolved_at="2026-02-05 07:00:00")
    tables: dict[str, list[Any]] = {
        "incident": [row],
        "sys_audit": [
            audit("1", "2026-02-03 08:00:00", 1, "state", "1", "3"),
            audit("1", "2026-02-03 08:00:00", 1, "hold_reason", "", "1"),
            audit("1", "2026-02-04 08:00:00", 2, "state", "3", "2"),
            audit("1", "2026-02-04 08:00:00", 2, "hold_reason", "1", ""),
            audit("1", "2026-02-05 07:00:00", 3, "state", "2", "6"),
        ],
    }
    async with servicenow(Instance(tables)) as (adapter, _):
        assert resolution(await read(adapter, "incident"), "1") is ClockState.MET
    async with servicenow(Instance(tables, closed={"sys_audit"})) as (adapter, _):
        assert resolution(await read(adapter, "incident"), "1") is ClockState.UNKNOWN
    # The rows of the pause were thrown away: what is left does not join up.
    del tables["sys_audit"][2:4]
    async with servicenow(Instance(tables)) as (adapter, _):
        assert resolution(await read(adapter, "incident"), "1") is ClockState.UNKNOWN


async def test_with_the_audit_closed_a_ticket_is_only_seen() -> None:
    ended = {"state": "7", "resolved_at": "2026-02-04 10:00:00", "closed_at": UPDATED}
    rows = [incident("1", UPDATED), incident("2", "2026-02-06 00:00:00", **ended)]
    async with servicenow(Instance({"incident": rows}, closed={"sys_audit"})) as (adapter, _):
        got = await read(adapter, "incident")
        again = await read(adapter, "incident")
    assert got.course("1", EventKind.STATUS_CHANGED) == []
    assert got.course("1", EventKind.OBSERVED) == [(at("2026-02-05T13:20:44"), "", "In Progress")]
    assert got.course("2", EventKind.OBSERVED) == [
        (at("2026-02-04T10:00:00"), "", "Resolved"),
        (at("2026-02-05T13:20:44"), "", "Closed"),
        (at("2026-02-06T00:00:00"), "", "Closed"),
    ]
    assert again.events == []


async def test_a_ticket_that_was_never_saved_again_needs_no_audit() -> None:
    row = incident("1", UPDATED, state="1", sys_mod_count="0")
    async with servicenow(Instance({"incident": [row]}, closed={"sys_audit"})) as (adapter, _):
        got = await read(adapter, "incident")
    assert got.course("1", EventKind.OBSERVED) == [(at("2026-02-03T07:00:00"), "", "New")]


async def test_a_ticket_without_a_row_in_a_readable_audit_never_changed() -> None:
    got = await one(
        incident("1", UPDATED, state="1"),
        incident("2", UPDATED),
        sys_audit=[audit("2", UPDATED, 1, "state", "1", "2")],
    )
    assert got.course("1", EventKind.OBSERVED) == [(at("2026-02-03T07:00:00"), "", "New")]


async def test_messages_have_sides_and_work_notes_are_internal() -> None:
    got = await one(
        incident("6f1c", UPDATED),
        sys_journal_field=[
            journal("j1", "6f1c", "2026-02-04 08:00:00", "dana.ruiz", "Which address?"),
            journal("j2", "6f1c", "2026-02-04 09:00:00", "priya.shah", "sales@, why?"),
            journal("j3", "6f1c", "2026-02-04 09:30:00", "max.mate", "Odd.", "work_notes"),
            journal("j4", "6f1c", "2026-02-04 10:00:00", "guest", "By mail"),
            journal("j5", "6f1c", "2026-02-04 11:00:00", "system", "[code]<p>Still there?[/code]"),
        ],
    )
    told = [
        (event.id, event.kind.value, event.side, event.automatic, event.asks)
        for event in got.events
        if event.id.startswith("j")
    ]
    assert told == [
        ("j1", "replied", Side.PROVIDER, False, True),
        ("j2", "replied", Side.CLIENT, False, False),
        ("j3", "noted", Side.PROVIDER, False, False),
        ("j4", "replied", None, False, False),
        ("j5", "replied", None, True, True),
    ]


async def test_questions_are_not_looked_for_where_that_is_refused() -> None:
    engagement = engagement_of(privacy=Privacy(detect_questions=False, subjects=False))
    tables: dict[str, list[Any]] = {
        "incident": [incident("1", UPDATED)],
        "sys_journal_field": [journal("j1", "1", UPDATED, "dana.ruiz", "Really?")],
    }
    async with servicenow(Instance(tables), engagement) as (adapter, _):
        got = await read(adapter, "incident")
    assert not any(event.asks for event in got.events)
    assert got.tickets["1"].subject == ""


async def test_the_company_and_the_file_tell_sides() -> None:
    users = [user("u1", "ann", COMPANY), user("u2", "bob", "dd" * 16), user("u3", "cem", "dd" * 16)]
    tables: dict[str, list[Any]] = {
        "sys_user": users,
        "incident": [incident("1", UPDATED)],
        "sys_journal_field": [
            journal(f"j{number}", "1", UPDATED, name, "Hm.")
            for number, name in enumerate(("ann", "bob", "cem", "nobody.known"))
        ],
    }
    roles = (Role("Liaison", matches=("cem@example.net",)),)
    engagement = engagement_of(people=roles)
    async with servicenow(Instance(tables), engagement, company=COMPANY) as (adapter, _):
        got = await read(adapter, "incident")
    sides = [event.side for event in kinds(got, EventKind.REPLIED)]
    assert sides == [Side.CLIENT, Side.PROVIDER, Side.CLIENT, None]


async def test_ids_and_names_from_outside_do_not_change_queries() -> None:
    evil = "x^NQactive=true"
    tables: dict[str, list[Any]] = {
        "incident": [
            incident("1", UPDATED, caller_id=evil, assignment_group="a,b", assigned_to=evil),
            incident("bad^id", UPDATED),
        ],
        "sys_journal_field": [journal("j1", "1", UPDATED, evil, "Hm.")],
    }
    async with servicenow(Instance(tables)) as (adapter, server):
        got = await read(adapter, "incident")
    assert set(got.tickets) == {"1"}
    assert len(got.refused) == 1
    assert not any("NQ" in request.query["sysparm_query"] for request in server.seen)
    assert not any("bad" in request.query["sysparm_query"] for request in server.seen)


def sla(task: str, target: str, **more: str) -> dict[str, str]:
    return {
        "sys_id": f"s{target}{more.get('stage', '')}",
        "task": task,
        "sla.name": f"P3 {target}",
        "sla.type": "SLA",
        "sla.target": target,
        "sla.duration": "1970-01-01 08:00:00",
        "schedule": "5c4ed",
        "stage": "in_progress",
        "active": "true",
        "has_breached": "false",
        "start_time": "2026-02-03 07:00:09",
        "planned_end_time": "2026-02-07 14:41:09",
        "duration": "1970-01-03 00:00:00",
        "business_duration": "1970-01-01 11:05:00",
        "sys_updated_on": UPDATED,
        **more,
    }


async def test_the_instances_own_clocks_become_claims() -> None:
    got = await one(
        incident("1", UPDATED),
        incident("2", UPDATED),
        task_sla=[
            sla("1", "response", active="false", stage="completed", planned_end_time=""),
            sla("1", "resolution"),
            sla("1", "resolution", stage="cancelled", has_breached="true"),
            sla("2", "resolution", stage="breached", has_breached="true"),
            {**sla("2", "response"), "sla.type": "OLA"},
        ],
    )
    first, second = got.tickets["1"].claims, got.tickets["2"].claims
    assert first == (
        Claim(
            Obligation.FIRST_RESPONSE,
            met=True,
            elapsed=11 * HOUR + 300,
            target=8 * HOUR,
            source_field="task_sla.has_breached of P3 response",
        ),
        # What an active row counted is stale, so it is not claimed.
        Claim(
            Obligation.RESOLUTION,
            target=8 * HOUR,
            due_at=at("2026-02-07T14:41:09"),
            source_field="task_sla.has_breached of P3 resolution",
        ),
    )
    assert [(claim.obligation, claim.met) for claim in second] == [(Obligation.RESOLUTION, False)]


async def test_made_sla_is_the_claim_where_clocks_are_closed() -> None:
    rows = [
        incident("1", UPDATED),
        incident("2", UPDATED, active="false", made_sla="true"),
        incident("3", UPDATED, made_sla="false"),
    ]
    async with servicenow(Instance({"incident": rows}, closed={"task_sla"})) as (adapter, _):
        got = await read(adapter, "incident")
        assert (await read(adapter, "sla")).batches == []
    assert [[claim.met for claim in got.tickets[key].claims] for key in "123"] == [
        [],  # an open ticket made it by default
        [True],
        [False],
    ]


async def test_a_clock_that_moves_beside_its_ticket_is_seen() -> None:
    tables = {"incident": [incident("1", UPDATED), incident("2", UPDATED)], "task_sla": []}
    instance = Instance(tables)
    async with servicenow(instance) as (adapter, _):
        first = await read(adapter, "incident")
        before = await read(adapter, "sla")
        breach = sla("1", "resolution", has_breached="true", sys_updated_on=stamp(NOW - 60))
        instance.tables["task_sla"].append(breach)
        after = await read(adapter, "sla", before.cursor)
        assert not (await read(adapter, "incident", first.cursor)).tickets
    assert set(after.tickets) == {"1"}
    assert after.tickets["1"].claims[0].met is False


def approval(key: str, state: str, updated: str, **more: str) -> dict[str, str]:
    return {
        "sys_id": key,
        "state": state,
        "approver": APPROVER,
        "sysapproval": "1",
        "group": "",
        "sys_created_on": "2026-02-03 08:00:00",
        "sys_updated_on": updated,
        **more,
    }


async def test_approvals_are_asked_and_decided() -> None:
    got = await one(
        incident("1", UPDATED),
        sysapproval_approver=[
            approval("a1", "approved", "2026-02-04 10:00:00"),
            approval("a2", "requested", "2026-02-04 11:00:00"),
            approval("a3", "not requested", "2026-02-04 11:00:00"),
            approval("a4", "requested", UPDATED, approver=AGENT),  # the provider's own
            approval("a5", "cancelled", "2026-02-04 12:00:00"),
        ],
        sys_audit=[
            audit("a2", "2026-02-03 12:00:00", 1, "state", "not requested", "requested")
            | {"tablename": "sysapproval_approver"}
        ],
    )
    asked = {event.id: event.at for event in kinds(got, EventKind.APPROVAL_REQUESTED)}
    assert asked == {
        "1:approval:a1": at("2026-02-03T08:00:00"),
        "1:approval:a2": at("2026-02-03T12:00:00"),  # it was made earlier than it was asked
        "1:approval:a5": at("2026-02-03T08:00:00"),
    }
    assert {event.value for event in kinds(got, EventKind.APPROVAL_REQUESTED)} == {APPROVER}
    assert got.people[APPROVER].name == "Marta.Lind"
    decided = {
        event.previous: (event.value, event.at) for event in kinds(got, EventKind.APPROVAL_DECIDED)
    }
    assert decided == {
        "1:approval:a1": ("approved", at("2026-02-04T10:00:00")),
        "1:approval:a5": ("cancelled", at("2026-02-04T12:00:00")),
    }


SPELLS = [
    spell("1", "2026-02-03 07:00:09", "2026-02-03 08:00:00", "1"),
    spell("1", "2026-02-03 08:00:00", "2026-02-03 09:00:00", "2"),
    spell("1", "2026-02-03 09:00:00", "2026-02-04 09:00:00", "3"),
    spell("1", "2026-02-04 09:00:00", "2026-02-04 10:00:00", "2"),
    spell("1", "2026-02-04 10:00:00", "", "3"),
]


def courses(got: Read) -> list[tuple[str, str]]:
    return [(before, after) for _, before, after in got.course("1", EventKind.STATUS_CHANGED)]


async def without_audit(record: dict[str, Any], spells: list[Any]) -> Read:
    instance = Instance({"incident": [record], "metric_instance": spells}, closed={"sys_audit"})
    async with servicenow(instance) as (adapter, _):
        return await read(adapter, "incident")


async def test_spells_of_a_state_are_a_history_where_the_audit_is_closed() -> None:
    held = incident("1", UPDATED, state="3", hold_reason="1")
    got = await without_audit(held, SPELLS)
    # What it was held for at first is not told, and not what it is held for now.
    assert courses(got) == [
        ("New", "In Progress"),
        ("In Progress", "On Hold"),
        ("On Hold", "In Progress"),
        ("In Progress", "Awaiting Caller"),
    ]
    (first,) = kinds(got, EventKind.OBSERVED)
    assert (first.value, first.at) == ("New", at("2026-02-03T07:00:00"))
    reasons = [
        spell("1", "2026-02-03 09:00:00", "2026-02-04 09:00:00", "4", "hold_reason"),
        spell("1", "2026-02-04 10:00:00", "", "1", "hold_reason"),
    ]
    got = await without_audit(held, [*SPELLS, *reasons])
    assert courses(got)[1] == ("In Progress", "Awaiting Vendor")
    assert courses(got)[3] == ("In Progress", "Awaiting Caller")


async def test_two_metrics_of_one_field_tell_the_same_once() -> None:
    again = [{**one, "sys_id": f"{one['sys_id']}b"} for one in SPELLS]
    held = incident("1", UPDATED, state="3", hold_reason="1")
    assert len(courses(await without_audit(held, [*SPELLS, *again]))) == 4


@pytest.mark.parametrize(
    "spells",
    [
        SPELLS[1:],  # the metric was made later
        [*SPELLS[:2], *SPELLS[3:]],  # a spell is missing
        SPELLS[:-1],  # the queue is behind
        [{**one, "definition.field": "priority"} for one in SPELLS],
        [{**one, "start": "?"} for one in SPELLS],
    ],
)
async def test_spells_that_prove_nothing_leave_the_record_as_it_was_seen(spells: list[Any]) -> None:
    got = await without_audit(incident("1", UPDATED, state="3", hold_reason="1"), spells)
    assert courses(got) == []
    assert [event.value for event in kinds(got, EventKind.OBSERVED)] == ["Awaiting Caller"]


async def test_spells_are_not_asked_for_where_there_is_an_audit() -> None:
    tables = {
        "incident": [incident("1", UPDATED, state="2")],
        "sys_audit": [audit("1", "2026-02-03 08:00:00", 1, "state", "1", "2")],
        "metric_instance": SPELLS,
    }
    async with servicenow(Instance(tables)) as (adapter, server):
        got = await read(adapter, "incident")
    assert courses(got) == [("New", "In Progress")]
    assert not any(one.path.endswith("metric_instance") for one in server.seen)


async def test_a_survey_is_asked_for_and_answered() -> None:
    rows = [
        survey("s1", "1", "2026-02-05 10:00:00"),
        survey("s2", "1", "2026-02-05 11:00:00", state="complete", taken_on="2026-02-06 08:00:00"),
        survey("s3", "1", "2026-02-05 11:00:00", user=AGENT),  # the provider's own
        survey("s4", "1", "2026-02-05 11:00:00", **{"metric_type.evaluation_method": "quiz"}),
        survey("s5", "1", "2026-02-05 12:00:00", state="complete", taken_on="?"),
    ]
    scores = [{"sys_id": "r1", "instance": "s2", "actual_value": "4"}]
    got = await one(
        incident("1", UPDATED), asmt_assessment_instance=rows, asmt_metric_result=scores
    )
    surveyed = {event.id: event.at for event in kinds(got, EventKind.SURVEYED)}
    assert surveyed == {
        "1:survey:s1": at("2026-02-05T10:00:00"),
        "1:survey:s2": at("2026-02-05T11:00:00"),
        "1:survey:s5": at("2026-02-05T12:00:00"),
    }
    (rated,) = kinds(got, EventKind.RATED)
    assert (rated.at, rated.value, rated.actor) == (at("2026-02-06T08:00:00"), "4", CALLER)
    # Of several answers none is the rating.
    scores.append({"sys_id": "r2", "instance": "s2", "actual_value": "1"})
    got = await one(
        incident("1", UPDATED), asmt_assessment_instance=rows, asmt_metric_result=scores
    )
    assert [event.value for event in kinds(got, EventKind.RATED)] == [""]


async def test_a_survey_that_is_answered_later_is_seen() -> None:
    tables = {
        "incident": [incident("1", UPDATED)],
        "asmt_assessment_instance": [survey("s1", "1", "2026-02-05 10:00:00")],
    }
    instance = Instance(tables)
    async with servicenow(instance) as (adapter, _):
        before = await read(adapter, "surveys")
        done = {"state": "complete", "taken_on": stamp(NOW - 60), "sys_updated_on": stamp(NOW - 60)}
        instance.tables["asmt_assessment_instance"][0].update(done)
        after = await read(adapter, "surveys", before.cursor)
    assert [event.at for event in kinds(after, EventKind.RATED)] == [NOW - 60]


async def test_closed_surveys_are_no_failure_and_closed_spells_are_named_without_an_audit() -> None:
    tables = {"incident": many(1)}
    closed = {"asmt_assessment_instance", "metric_instance", "sys_audit"}
    async with servicenow(Instance(tables, closed=closed)) as (adapter, _):
        assert (await read(adapter, "surveys")).batches == []
        lines = {line.what: line for line in await adapter.check()}
    assert lines["asmt_assessment_instance"].ok
    assert "ratings stay unseen" in lines["asmt_assessment_instance"].detail
    assert not lines["sys_audit"].ok
    assert "no other source" in lines["metric_instance"].detail


async def test_a_team_that_is_asked_is_asked_once() -> None:
    rows = [
        approval("a1", "approved", "2026-02-04 10:00:00", group=GROUP),
        approval("a2", "cancelled", "2026-02-04 10:00:01", group=GROUP, approver="other"),
    ]
    got = await one(incident("1", UPDATED), sysapproval_approver=rows)
    (request,) = kinds(got, EventKind.APPROVAL_REQUESTED)
    assert request.value == ""  # it waits on nobody in particular
    assert [event.value for event in kinds(got, EventKind.APPROVAL_DECIDED)] == ["approved"]


async def test_an_approval_that_is_decided_later_is_seen() -> None:
    tables = {
        "incident": [incident("1", UPDATED)],
        "sysapproval_approver": [approval("a1", "requested", "2026-02-03 08:00:00")],
    }
    instance = Instance(tables)
    async with servicenow(instance) as (adapter, _):
        await read(adapter, "incident")
        before = await read(adapter, "approvals")
        instance.tables["sysapproval_approver"] = [approval("a1", "rejected", stamp(NOW - 60))]
        after = await read(adapter, "approvals", before.cursor)
    assert [event.value for event in kinds(after, EventKind.APPROVAL_DECIDED)] == ["rejected"]


async def test_a_record_that_is_not_shown_is_gone_only_if_its_deletion_is_on_record() -> None:
    row = {"sys_id": "d1", "documentkey": "6f1c", "tablename": "incident"}
    tables = {"incident": [incident("1", UPDATED)], "sys_audit_delete": [row]}
    for closed, gone in ((set[str](), True), ({"sys_audit_delete"}, False)):
        async with servicenow(Instance(tables, closed=closed)) as (adapter, _):
            absent = await adapter.absent(["1", "6f1c", "77"])
            assert await adapter.absent([]) == []
        assert [(one.ticket_id, one.gone) for one in absent] == [("6f1c", gone), ("77", False)]


async def test_empty_references_and_odd_fields_do_no_harm() -> None:
    got = await one(
        incident("1", UPDATED, assigned_to="", caller_id="", company="", opened_by=""),
        incident("2", UPDATED, assigned_to={"link": "https://x", "value": AGENT}),
        incident("3", UPDATED, opened_at="", sys_created_on="2026-02-03 07:00:09"),
        incident("4", UPDATED, opened_at="1970-01-01 00:00:00", sys_created_on=""),
        incident("5", UPDATED, state="99", priority=None),
        incident("6", UPDATED, number={"x": 1}, opened_at=["?"]),
        {"sys_id": "7", "sys_updated_on": UPDATED},
    )
    assert set(got.tickets) == {"1", "2", "3", "5"}
    assert (got.tickets["1"].assignee, got.tickets["1"].requester) == (None, None)
    assert got.tickets["2"].assignee == AGENT
    assert (got.tickets["5"].status, got.tickets["5"].priority) == ("99", None)
    assert len(got.refused) == 3


async def test_states_can_be_named_by_number() -> None:
    rows = [incident("1", UPDATED, state="3", hold_reason="4"), incident("2", UPDATED)]
    meanings = {"3/4": StatusMeaning.PROVIDER, "2": StatusMeaning.CLIENT}
    async with servicenow(Instance({"incident": rows}), meanings=meanings) as (adapter, _):
        got = await read(adapter, "incident")
    assert [got.tickets[key].status for key in "12"] == ["3/4", "2"]


async def test_labels_of_history_come_from_the_choice_list() -> None:
    choice = {"name": "incident", "element": "state", "value": "-5", "label": "Parked"}
    got = await one(
        incident("1", UPDATED),
        sys_choice=[{"sys_id": "c1", "inactive": "false", "language": "en", **choice}],
        sys_audit=[audit("1", UPDATED, 1, "state", "-5", "2")],
    )
    assert [before for _, before, _ in got.course("1", EventKind.STATUS_CHANGED)] == ["Parked"]


async def test_an_excluded_category_leaves_nothing() -> None:
    engagement = engagement_of(privacy=Privacy(exclude_categories=("hr",)))
    rows = [incident("1", UPDATED, category="HR"), incident("2", UPDATED)]
    async with servicenow(Instance({"incident": rows}), engagement) as (adapter, _):
        got = await read(adapter, "incident")
    assert set(got.tickets) == {event.ticket_id for event in got.events} == {"2"}


async def test_several_tables_have_streams_of_their_own() -> None:
    tables = {"incident": many(1), "sc_req_item": [incident("9", UPDATED, state="1")]}
    async with servicenow(Instance(tables), tables=["incident", "sc_req_item"]) as (adapter, _):
        assert adapter.streams[:2] == ("incident", "sc_req_item")
        got = await read(adapter, "sc_req_item")
    assert set(got.tickets) == {"9"}


async def test_a_cut_off_query_is_no_result_though_it_says_200() -> None:
    body = {"result": [incident("1", UPDATED)], "error": {"message": "Transaction cancelled"}}
    cut = Response(200, json.dumps(body).encode(), JSON)
    instance = Instance({"incident": many(1)}, answers={"incident": [cut]})
    async with servicenow(instance) as (adapter, _):
        with pytest.raises(SourceError, match="Transaction cancelled") as caught:
            await read(adapter, "incident")
        assert caught.value.failure is Failure.TRANSIENT
        assert len((await read(adapter, "incident")).tickets) == 1


async def test_a_sleeping_instance_and_a_rate_limit_are_told_apart() -> None:
    sleeping = Response(200, b"<html>Your instance is hibernating", {"Content-Type": "text/html"})
    limited = Response(429, b"{}", {**JSON, "Retry-After": "77"})
    instance = Instance(answers={"incident": [sleeping, limited]})
    async with servicenow(instance) as (adapter, _):
        with pytest.raises(SourceError, match="web page"):
            await read(adapter, "incident")
        with pytest.raises(SourceError) as caught:
            await read(adapter, "incident")
    assert (caught.value.failure, caught.value.retry_after) == (Failure.RATE_LIMITED, 77)


async def test_text_from_outside_is_harmless() -> None:
    evil = "\x1b]0;owned\x07 [@click=app.quit]x[/] \u202egpj.exe\x00"
    got = await one(
        incident("1", UPDATED, short_description=evil, number=evil, state=evil, category=evil),
        sys_user=[{**user(CALLER, "priya.shah"), "name": evil, "email": evil}],
        sys_audit=[audit("1", UPDATED, 1, "state", evil, "2")],
        task_sla=[{**sla("1", "resolution"), "sla.name": evil}],
    )
    shown = repr(got.batches)
    for control in ("\\x1b", "\\x07", "\\u202e", "\\x00"):
        assert control not in shown


async def test_check_says_which_right_is_missing() -> None:
    tables = {"incident": many(1), "sys_journal_field": [journal("j", "x", UPDATED, "a", "b")]}
    tables["sys_journal_field"][0]["name"] = "incident"
    async with servicenow(Instance(tables, closed={"task_sla"})) as (adapter, _):
        lines = {line.what: line for line in await adapter.check()}
    assert lines["incident"].ok
    assert lines["sys_journal_field"].ok
    assert not lines["sys_audit"].ok
    assert "read access to sys_audit" in lines["sys_audit"].detail
    assert not lines["task_sla"].ok
    assert "403" in lines["task_sla"].detail
    row = incident("1", UPDATED, state="", opened_at="")
    async with servicenow(Instance({"incident": [row]})) as (adapter, _):
        (first, *_) = await adapter.check()
    assert not first.ok
    assert "state, opened_at" in first.detail


async def test_check_stops_at_a_refused_credential() -> None:
    async with servicenow(Instance(), password="wrong") as (adapter, server):
        (line,) = await adapter.check()
    assert not line.ok
    assert len(server.seen) == 1


async def test_a_thousand_tickets_cost_few_requests() -> None:
    tables: dict[str, list[Any]] = {
        "incident": many(1000),
        "sys_audit": [audit(f"{n:05}", UPDATED, 1, "state", "1", "2") for n in range(1000)],
    }
    async with servicenow(Instance(tables)) as (adapter, server):
        assert len((await read(adapter, "incident")).tickets) == 1000
    assert len(server.seen) <= 50


async def test_an_unreadable_page_is_an_error() -> None:
    for body in (b'{"result": 7}', b"[]", b"{"):
        instance = Instance(answers={"incident": [Response(200, body, JSON)]})
        async with servicenow(instance) as (adapter, _):
            with pytest.raises(SourceError):
                await read(adapter, "incident")
    missing = Instance(answers={"incident": [failure(400, "Invalid table incident")]})
    async with servicenow(missing) as (adapter, _):
        with pytest.raises(SourceError, match="Invalid table"):
            await read(adapter, "incident")
