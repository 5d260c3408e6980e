"""What stands beside tickets, in tables of its own: a query of each for a whole page of tickets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engagewatch.model.instants import Instant
from engagewatch.providers.servicenow.history import AUDITED, requests_of
from engagewatch.providers.servicenow.spells import MEASURED
from engagewatch.providers.servicenow.tables import (
    APPROVALS,
    AUDIT,
    JOURNAL,
    METRICS,
    SCORES,
    SLA,
    SURVEYS,
    TableReader,
    ignored,
)
from engagewatch.providers.servicenow.tickets import Record
from engagewatch.providers.servicenow.values import key_of
from engagewatch.providers.servicenow.wire import (
    ApprovalRow,
    AuditRow,
    Cell,
    JournalRow,
    MetricRow,
    ScoreRow,
    SlaRow,
    SurveyRow,
    raw,
)
from engagewatch.providers.wire import latest_credible

_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the other tables know of the tickets of a page."""

    audit: Sequence[AuditRow]
    journal: Sequence[JournalRow]
    slas: Sequence[SlaRow]
    approvals: Sequence[ApprovalRow]
    requests: dict[str, Instant]
    """Since when approvals are requested, by the id of their row."""
    surveys: Sequence[SurveyRow]
    scores: Sequence[ScoreRow]
    metrics: Sequence[MetricRow]


async def read_surroundings(
    reader: TableReader, table: str, records: Mapping[str, Record], now: Instant, *, audited: bool
) -> Surroundings:
    """Read all that stands beside ``records`` of one table; ``audited``: its audit was seen before.

    Raises:
        SourceError: a table could not be read, or the instance ignored part of a query.
    """
    keys = ",".join(records)
    fields = ",".join(AUDITED)
    read = reader.all
    audit = await read(
        AUDIT,
        f"tablename={table}^documentkeyIN{keys}^fieldnameIN{fields}"
        "^ORDERBYsys_created_on^ORDERBYrecord_checkpoint^ORDERBYsys_id",
        lambda row: row.documentkey,
        records,
    )
    if any(raw(row.tablename) not in ("", table) for row in audit):
        raise ignored(AUDIT.name, "the name of the table")
    journal = await read(
        JOURNAL,
        f"element_idIN{keys}^elementINcomments,work_notes^ORDERBYsys_created_on^ORDERBYsys_id",
        lambda row: row.element_id,
        records,
    )
    slas = await read(SLA, f"taskIN{keys}^ORDERBYstart_time^ORDERBYsys_id", task_of_sla, records)
    approvals = await read(
        APPROVALS,
        f"sysapprovalIN{keys}^ORDERBYsys_created_on^ORDERBYsys_id",
        task_of_approval,
        records,
    )
    asked = {key for row in approvals if (key := key_of(row.id))}
    requests = requests_of(
        await read(
            AUDIT,
            f"tablename=sysapproval_approver^documentkeyIN{','.join(sorted(asked))}"
            "^fieldname=state^ORDERBYsys_created_on^ORDERBYsys_id",
            lambda row: row.documentkey,
            asked,
        ),
        latest_credible(now),
    )
    surveys = await read(
        SURVEYS,
        f"task_idIN{keys}^ORDERBYsys_created_on^ORDERBYsys_id",
        task_of_survey,
        records,
    )
    answered = {key for row in surveys if (key := key_of(row.id))}
    scores = await read(
        SCORES,
        f"instanceIN{','.join(sorted(answered))}^ORDERBYsys_id",
        lambda row: row.survey,
        answered,
    )
    # Of a table with an audit, a record without a row never changed.
    unaudited = {} if audit or audited else records
    metrics = await read(
        METRICS,
        f"table={table}^idIN{','.join(unaudited)}^definition.fieldIN{','.join(MEASURED)}"
        "^ORDERBYstart^ORDERBYsys_id",
        lambda row: row.record,
        unaudited,
    )
    return Surroundings(audit, journal, slas, approvals, requests, surveys, scores, metrics)


def task_of_sla(row: SlaRow) -> Cell:
    """Return the ticket that a clock belongs to."""
    return row.task


def task_of_approval(row: ApprovalRow) -> Cell:
    """Return the ticket that an approval belongs to."""
    return row.task


def task_of_survey(row: SurveyRow) -> Cell:
    """Return the ticket that a survey belongs to."""
    return row.task


def grouped(rows: Iterable[_R], key: Callable[[_R], Cell]) -> defaultdict[str, list[_R]]:
    """Return rows by the id in one of their cells."""
    found: defaultdict[str, list[_R]] = defaultdict(list)
    for row in rows:
        found[raw(key(row))].append(row)
    return found
