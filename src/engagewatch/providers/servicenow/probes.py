"""What an account may read of an instance, table by table: rights that are missing are silent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engagewatch.model.freshness import Failure
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import CheckLine
from engagewatch.providers.servicenow.tables import (
    APPROVALS,
    AUDIT,
    CHOICES,
    JOURNAL,
    MEMBERS,
    METRICS,
    SLA,
    SURVEYS,
    USERS,
    Table,
    TableReader,
)
from engagewatch.providers.servicenow.wire import Task, raw

_NEEDED = ("number", "state", "opened_at", "sys_updated_on", "priority")


class _Probe(NamedTuple):
    table: Table[Any]
    query: str
    told: str
    without: str


_PROBES = (
    _Probe(AUDIT, "tablename={table}", "status history can be read", "history stays unknown"),
    _Probe(
        JOURNAL, "elementINcomments,work_notes", "comments can be read", "responses stay unseen"
    ),
    _Probe(SLA, "", "the provider's own clocks can be read", "only made_sla is compared"),
    _Probe(APPROVALS, "", "approvals can be read", "approvals stay unseen"),
    _Probe(SURVEYS, "", "surveys can be read", "ratings stay unseen"),
    _Probe(USERS, "", "people can be read", "sides of people stay unknown"),
    _Probe(MEMBERS, "", "members of teams can be read", "only assignees count as the provider"),
    _Probe(METRICS, "table={table}", "spells of states can be read", "history has no other source"),
    _Probe(CHOICES, "element=state", "labels of states can be read", "labels come from tickets"),
)


_OPTIONAL = (METRICS, SURVEYS)
"""Not every instance has them, and nothing is wrong without."""


async def probe(
    reader: TableReader, tables: Mapping[str, Table[Task]], company: str
) -> list[CheckLine]:
    """Ask for one row of each table and say what could be read and what is missing."""
    lines: list[CheckLine] = []
    audited = False
    condition = f"company={company}" if company else ""
    for name, table in tables.items():
        try:
            rows = await reader.page(table, condition, limit=1)
        except SourceError as error:
            lines.append(CheckLine(False, name, error.message))
            if error.status == 401 or error.failure is not Failure.AUTHENTICATION:
                return lines  # the rest would fail alike, and refused credentials lock accounts
            continue
        lines.append(_tickets(name, rows.found, company))
    first = next(iter(tables))
    for one in _PROBES:
        if one.table is METRICS and audited:
            continue  # they are read for want of an audit
        try:
            rows = await reader.page(one.table, one.query.format(table=first), limit=1)
        except SourceError as error:
            told = f"{error.message}; {one.without}"
            lines.append(CheckLine(one.table in _OPTIONAL, one.table.name, told))
            continue
        audited |= one.table is AUDIT and bool(rows.found)
        if rows.found:
            lines.append(CheckLine(True, one.table.name, one.told))
        else:
            detail = (
                f"no row is visible: either there is none, or the account lacks read access to "
                f"{one.table.name}; {one.without} then"
            )
            lines.append(CheckLine(one.table not in (AUDIT, JOURNAL), one.table.name, detail))
    return lines


def _tickets(name: str, found: Any, company: str) -> CheckLine:
    if not found:
        return CheckLine(
            False,
            name,
            f"no record is visible; ask for a role that may read {name}, such as "
            f"sn_{name}_read, and check company in the engagement file",
        )
    row = found[0]
    if company and raw(row.company) != company:
        return CheckLine(
            False, name, "the condition on company is ignored; ask for read access to that field"
        )
    cells = {
        "number": row.number,
        "state": row.state,
        "opened_at": row.opened_at,
        "sys_updated_on": row.updated_on,
        "priority": row.priority,
    }
    hidden = [field for field in _NEEDED if not raw(cells[field])]
    if hidden:
        fields = ", ".join(hidden)
        return CheckLine(False, name, f"hidden from the account: {fields}; ask for read access")
    return CheckLine(True, name, "tickets can be read")
