"""Event logs that tell of approvals, surveys and the tasks of a plan."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engagewatch.config.loader import load_engagement
from engagewatch.config.problems import ConfigError
from engagewatch.engine.fold import Folder
from engagewatch.model.batch import Batch
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.engagement import SourceSettings
from engagewatch.model.plan import Owner
from engagewatch.model.policy import Duration, Participation
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind
from engagewatch.net.errors import SourceError
from tests.provider.eventlog_samples import log_adapter
from tests.provider.samples import at, engagement_of, read

TICKETS = {
    "path": "log.csv",
    "rows": "tickets",
    "columns": {
        "ticket": "id",
        "created_at": "created",
        "approval_requested_at": "asked",
        "approval_decided_at": "given",
        "approver": "approver",
        "decision": "state",
        "survey_sent_at": "sent",
        "survey_answered_at": "taken",
        "score": "csat",
    },
}
TICKET_ROWS = """\
id,created,asked,given,approver,state,sent,taken,csat
C1,2026-02-02T09:00,2026-02-02T10:00,2026-02-04T10:00,r.okafor,approved,2026-02-05T09:00,2026-02-06T09:00,4
C2,2026-02-02T09:00,2026-02-03T10:00,,r.okafor,,2026-02-05T09:00,,
C3,2026-02-02T09:00,2026-02-03T10:00,2026-02-01T10:00,r.okafor,approved,,,
C4,2026-02-02T09:00,,2026-02-04T10:00,r.okafor,approved,,,
C5,2026-02-02T09:00,,,,,,,
"""

ACTIVITIES = {
    "path": "log.csv",
    "rows": "activities",
    "columns": {
        "ticket": "id",
        "at": "at",
        "activity": "what",
        "actor": "who",
        "approver": "approver",
        "decision": "outcome",
        "score": "csat",
    },
    "activities": {
        "Ask CAB": "approval_requested",
        "CAB answered": "approval_decided",
        "Mail survey": "surveyed",
        "Survey back": "rated",
        "New": "provider",
    },
}
ACTIVITY_ROWS = """\
id,at,what,who,approver,outcome,csat
7,2026-02-02T09:00,New,,,,
7,2026-02-02T10:00,Ask CAB,agent,r.okafor,,
7,2026-02-02T10:00,Ask CAB,agent,g.pell,,
7,2026-02-03T10:00,CAB answered,g.pell,,rejected,
7,2026-02-04T10:00,CAB answered,r.okafor,,approved,
7,2026-02-05T10:00,Mail survey,,,,
7,2026-02-06T10:00,Survey back,,,,good
"""


async def batch_of(folder: Path, options: dict[str, object], text: str) -> Batch:
    return (await read(log_adapter(folder, options, text), "rows")).batches[-1]


def facts(batch: Batch, ticket: str) -> list[Event]:
    told = (
        EventKind.APPROVAL_REQUESTED,
        EventKind.APPROVAL_DECIDED,
        EventKind.SURVEYED,
        EventKind.RATED,
    )
    return [one for one in batch.events if one.ticket_id == ticket and one.kind in told]


async def test_columns_tell_of_approvals_and_surveys(tmp_path: Path) -> None:
    batch = await batch_of(tmp_path, TICKETS, TICKET_ROWS)
    asked, decided, sent, rated = facts(batch, "C1")
    assert (asked.at, asked.value) == (at("2026-02-02T10:00:00"), "r.okafor")
    assert (decided.value, decided.actor, decided.side) == ("approved", "r.okafor", Side.CLIENT)
    assert decided.previous == asked.id
    assert (sent.kind, sent.side) == (EventKind.SURVEYED, Side.PROVIDER)
    assert (rated.kind, rated.value) == (EventKind.RATED, "4")
    assert [one.kind for one in facts(batch, "C2")] == [
        EventKind.APPROVAL_REQUESTED, EventKind.SURVEYED,
    ]  # fmt: skip
    assert facts(batch, "C5") == []


async def test_a_decision_nobody_asked_for_is_refused_and_the_rest_of_its_row_kept(
    tmp_path: Path,
) -> None:
    batch = await batch_of(tmp_path, TICKETS, TICKET_ROWS)
    assert [one.kind for one in facts(batch, "C3")] == [EventKind.APPROVAL_REQUESTED]
    assert [(one.record, "before it was asked" in one.reason) for one in batch.refused] == [
        ("line 4", True), ("line 5", False),
    ]  # fmt: skip
    assert len(batch.tickets) == 5


async def test_an_approval_of_a_log_gives_the_clock_of_one(tmp_path: Path) -> None:
    batch = await batch_of(tmp_path, TICKETS, TICKET_ROWS)
    log = SourceSettings("log", "eventlog")
    told = engagement_of(log).policy(
        log,
        log_adapter(tmp_path, TICKETS).description.default_meanings,
        has_messages=False,
        has_history=False,
    )
    policy = replace(told, participation=Participation("24x7", approval=Duration(seconds=86400)))
    ticket = next(one for one in batch.tickets if one.id == "C1")
    fold = Folder(policy).fold(ticket, [one for one in batch.events if one.ticket_id == "C1"])
    (clock,) = [one for one in fold.clocks if one.obligation is Obligation.APPROVAL]
    assert (clock.state, clock.consumed, clock.owner) == (ClockState.MISSED, 2 * 86400, "r.okafor")


async def test_activities_tell_of_approvals_and_each_decision_finds_its_request(
    tmp_path: Path,
) -> None:
    batch = await batch_of(tmp_path, ACTIVITIES, ACTIVITY_ROWS)
    first, second, no, yes, sent, rated = facts(batch, "7")
    assert (first.value, second.value, first.actor) == ("r.okafor", "g.pell", "agent")
    assert (no.previous, no.value) == (second.id, "rejected")
    assert (yes.previous, yes.value) == (first.id, "approved")
    assert (sent.kind, rated.kind, rated.value) == (EventKind.SURVEYED, EventKind.RATED, "good")
    assert batch.tickets[0].status == "provider"  # none of these is a status
    again = await batch_of(tmp_path, ACTIVITIES, ACTIVITY_ROWS)
    assert [one.id for one in again.events] == [one.id for one in batch.events]


PLAN = {
    "path": "plan.csv",
    "rows": "tasks",
    "time_format": "%d/%m/%Y",
    "columns": {
        "task": "id", "title": "what", "owner": "whose", "due": "due", "phase": "phase",
        "start": "from", "client_hours": "hours", "depends": "after", "done_at": "done",
        "called_off": "off", "gate": "gate",
    },
    "owners": {"Contoso": "provider", "Northwind": "client"},
}  # fmt: skip
PLAN_ROWS = """\
id,what,whose,due,phase,from,hours,after,done,off,gate
A1,Name a contact,northwind,09/03/2026,Start,02/03/2026,"1,5",,10/03/2026,,
A2,Read the network,Contoso,16/03/2026,Start,,,A1,,,
G1,Ready to go,shared,20/03/2026,Start,,,"A1; A2",,no,Go
A3,Old,outgoing,20/03/2026,,,,,,yes,
"""


async def test_rows_that_are_tasks_make_a_plan(tmp_path: Path) -> None:
    batch = await batch_of(tmp_path, PLAN, PLAN_ROWS)
    first, second, gate, old = batch.tasks
    assert (first.owner, first.due, first.start) == (
        Owner.CLIENT, date(2026, 3, 9), date(2026, 3, 2),
    )  # fmt: skip
    assert (first.client_hours, first.done_at) == (1.5, at("2026-03-10T00:00:00"))
    assert (second.owner, second.depends, second.done_at) == (Owner.PROVIDER, ("A1",), None)
    assert (gate.owner, gate.depends, gate.gate) == (Owner.SHARED, ("A1", "A2"), "Go")
    assert old.called_off
    assert batch.lists_tasks
    assert not batch.tickets


async def test_a_task_that_cannot_be_read_does_not_call_off_the_others(tmp_path: Path) -> None:
    wrong = "B1,X,Fabrikam,09/03/2026,,,,,,,\nB2,X,client,,,,,,,,\nA1,X,client,09/03/2026,,,,,,,\n"
    batch = await batch_of(tmp_path, PLAN, PLAN_ROWS + wrong)
    assert len(batch.tasks) == 4
    assert not batch.lists_tasks
    reasons = [one.reason for one in batch.refused]
    assert "[sources.owners]" in reasons[0]
    assert "no due day" in reasons[1]
    assert "second time" in reasons[2]


async def test_tasks_come_as_json_lines_too(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "whose": "client", "due": "2026-03-09", "hours": 2},
        {"id": 2, "whose": "third party", "due": "2026-03-09"},
    ]
    options = {
        "path": "plan.jsonl",
        "rows": "tasks",
        "format": "jsonl",
        "columns": {"task": "id", "owner": "whose", "due": "due", "client_hours": "hours"},
    }
    text = "".join(json.dumps(row) + "\n" for row in rows)
    batch = await batch_of(tmp_path, options, text)
    assert [(one.id, one.owner, one.client_hours) for one in batch.tasks] == [
        ("1", Owner.CLIENT, 2.0), ("2", Owner.THIRD_PARTY, 0.0),
    ]  # fmt: skip
    (line,) = await log_adapter(tmp_path, options, text).check()
    assert (line.ok, line.detail) == (True, "rows read: 2; tasks: 2")


async def test_a_plan_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can be read as mapped"):
        await batch_of(tmp_path, PLAN, PLAN_ROWS.splitlines()[0] + "\nX,Y,Z,,,,,,,,\n")


HEAD = """
[engagement]
client = "Northwind"
provider = "Contoso"
started = 2026-03-02
timezone = "UTC"
[[sources]]
id = "plan"
kind = "eventlog"
path = "plan.csv"
rows = "tasks"
"""


def test_a_plan_in_an_engagement_file_needs_task_owner_and_due(tmp_path: Path) -> None:
    path = tmp_path / "northwind.toml"
    path.write_text(HEAD + 'columns = { task = "id", owner = "whose" }\n')
    with pytest.raises(ConfigError, match='"due" is missing'):
        load_engagement(path)
    path.write_text(
        HEAD
        + 'columns = { task = "id", owner = "whose", due = "by" }\nowners = { Us = "client" }\n'
    )
    (source,) = load_engagement(path).sources
    assert source.options["owners"] == {"Us": "client"}
