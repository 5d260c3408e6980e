"""A ServiceNow instance behind a real socket: its Table API with its silences."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.sides import StatusMeaning
from engagewatch.model.ticket import Person
from engagewatch.providers.registry import open_adapter
from engagewatch.providers.servicenow.adapter import ServiceNow
from tests.provider.loopback import Loopback, Request, Response, loopback
from tests.provider.samples import engagement_of

USER, PASSWORD = "northwind.monitor", "pa55word"
JSON = {"Content-Type": "application/json;charset=UTF-8"}

CALLER, AGENT, MATE, APPROVER = "ca11e7", "a6e47", "3a7e", "a4407e"
GROUP, COMPANY = "94004", "0c" * 16

LABELS = {
    "state": {"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed"},
    "hold_reason": {"1": "Awaiting Caller", "4": "Awaiting Vendor"},
    "priority": {"1": "1 - Critical", "3": "3 - Moderate"},
    "assignment_group": {GROUP: "Service Desk"},
}


def incident(key: str, updated: str, **changes: object) -> dict[str, Any]:
    """Return an incident as it is stored."""
    return {
        "sys_id": key,
        "number": f"INC{key}",
        "short_description": "Shared mailbox not syncing",
        "state": "2",
        "hold_reason": "",
        "priority": "3",
        "category": "software",
        "opened_at": "2026-02-03 07:00:00",
        "sys_created_on": "2026-02-03 07:00:09",
        "sys_updated_on": updated,
        "sys_mod_count": "3",
        "resolved_at": "",
        "closed_at": "",
        "active": "true",
        "made_sla": "true",
        "caller_id": CALLER,
        "opened_by": CALLER,
        "assigned_to": AGENT,
        "assignment_group": GROUP,
        "company": COMPANY,
        **changes,
    }


def audit(of: str, at: str, checkpoint: int, name: str, old: str, new: str, **more: str) -> Any:
    return {
        "sys_id": f"{of}{checkpoint}{name.replace('_', '')}",
        "tablename": "incident",
        "documentkey": of,
        "fieldname": name,
        "oldvalue": old,
        "newvalue": new,
        "user": "dana.ruiz",
        "record_checkpoint": str(checkpoint),
        "sys_created_on": at,
        **more,
    }


def journal(key: str, of: str, at: str, by: str, text: str, element: str = "comments") -> Any:
    return {
        "sys_id": key,
        "element": element,
        "element_id": of,
        "name": "task",
        "value": text,
        "sys_created_on": at,
        "sys_created_by": by,
    }


def spell(of: str, start: str, end: str, value: str, name: str = "incident_state") -> Any:
    """Return a metric instance: how long a field of a record had one value."""
    return {
        "sys_id": f"{of}{start}{name}".replace(" ", "").replace(":", "").replace("-", ""),
        "table": "incident",
        "id": of,
        "definition": "d1",
        "definition.field": name,
        "field_value": value,
        "value": LABELS["state"].get(value, value),
        "start": start,
        "end": end,
        "duration": "1970-01-01 00:02:17",
        "calculation_complete": "true" if end else "false",
    }


def survey(key: str, of: str, made: str, **changes: str) -> Any:
    """Return a survey that the caller was asked to take."""
    return {
        "sys_id": key,
        "task_id": of,
        "metric_type": "5u7",
        "metric_type.evaluation_method": "survey",
        "user": CALLER,
        "state": "ready",
        "taken_on": "",
        "sys_created_on": made,
        "sys_updated_on": made,
        **changes,
    }


def user(key: str, name: str, company: str = "") -> dict[str, str]:
    return {
        "sys_id": key,
        "user_name": name,
        "name": name.title(),
        "email": f"{name}@example.net",
        "company": company,
    }


USERS = [
    user(CALLER, "priya.shah"),
    user(AGENT, "dana.ruiz"),
    user(MATE, "max.mate"),
    user(APPROVER, "marta.lind"),
]


@dataclass
class Instance:
    """What the instance holds, and how it misbehaves."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    """Tables that answer 403."""
    hidden_rows: set[str] = field(default_factory=set)
    """Ids of rows left out after they were counted."""
    dropped: set[str] = field(default_factory=set)
    """Fields whose conditions (or order) are ignored."""
    headers: bool = True
    token: str = PASSWORD
    labels: dict[str, dict[str, str]] = field(default_factory=lambda: LABELS)
    junk: list[Any] = field(default_factory=list)
    """What is no record, on the last page of incidents."""
    page: int = 10_000
    """Rows of a page at most, whatever is asked for."""
    answers: dict[str, list[Response]] = field(default_factory=dict)
    """Table to answers that come first, once each."""

    def __post_init__(self) -> None:
        self.tables.setdefault("sys_user", USERS)
        member = {"sys_id": "m1", "user": MATE, "group": GROUP}
        self.tables.setdefault("sys_user_grmember", [member])

    def answer(self, request: Request) -> Response:
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") not in (f"Basic {basic}", f"Bearer {self.token}"):
            return failure(401, "User Not Authenticated")
        table = request.path.removeprefix("/api/now/v2/table/")
        if self.answers.get(table):
            return self.answers[table].pop(0)
        if table in self.closed:
            return failure(403, "Insufficient rights to query records")
        if table not in self.tables and table.startswith("sc_"):
            return failure(400, f"Invalid table {table}")
        query = request.query
        rows = self._asked(self.tables.get(table, []), query.get("sysparm_query", ""))
        limit, offset = int(query["sysparm_limit"]), int(query["sysparm_offset"])
        limit = min(limit, self.page)
        page = rows[offset : offset + limit]
        shown = [
            self._shown(row, query["sysparm_fields"].split(","), query["sysparm_display_value"])
            for row in page
            if row["sys_id"] not in self.hidden_rows
        ]
        if table == "incident" and offset + limit >= len(rows):
            shown += self.junk
        headers = dict(JSON)
        if self.headers:
            headers["X-Total-Count"] = str(len(rows))
            base = "<https://elsewhere.example/api/now/v2/table/incident?sysparm_offset="
            headers["Link"] = f'{base}0>;rel="first",{base}9>;rel="last"'
            if offset + limit < len(rows):
                headers["Link"] += f',{base}{offset + limit}>;rel="next"'
        return Response(200, json.dumps({"result": shown}).encode(), headers)

    def _asked(self, rows: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
        order = []
        for term in query.split("^"):
            if term.startswith("ORDERBY"):
                order.append(term.removeprefix("ORDERBY"))
                continue
            found = re.fullmatch(r"([a-z_.]+?)(>=|=|IN)(.*)", term)
            if found is None:
                continue  # what makes no sense is dropped, and all is returned
            name, operator, value = found.groups()
            if name in self.dropped:
                continue
            rows = [row for row in rows if _holds(row.get(name, ""), operator, value)]
        order = [name for name in order if name not in self.dropped]
        return sorted(rows, key=lambda row: [row.get(name, "") for name in order])

    def _shown(self, row: Mapping[str, Any], fields: list[str], display: str) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name in fields:
            if name not in row:
                continue
            value = row[name]
            if display == "all" and isinstance(value, str):
                label = self.labels.get(name, {}).get(value, value)
                shown[name] = {"display_value": label, "value": value}
            else:
                shown[name] = value
        return shown


def _holds(held: str, operator: str, value: str) -> bool:
    if operator == "IN":
        return held in value.split(",")
    return held >= value if operator == ">=" else held == value


def failure(status: int, message: str) -> Response:
    body = {"error": {"message": message, "detail": "ACL"}, "status": "failure"}
    return Response(status, json.dumps(body).encode(), JSON)


def adapter_of(
    server: Loopback,
    engagement: Engagement | None = None,
    *,
    user: str = USER,
    password: str = PASSWORD,
    meanings: Mapping[str, StatusMeaning] | None = None,
    people: Mapping[str, Person] | None = None,
    **options: object,
) -> ServiceNow:
    settings = SourceSettings(
        id="desk",
        adapter="servicenow",
        url=server.url,
        user=user,
        requests_per_minute=10_000,
        meanings=meanings or {},
        options=options,
    )
    adapter = open_adapter(settings, engagement or engagement_of(settings), password, people)
    assert isinstance(adapter, ServiceNow)
    return adapter


@asynccontextmanager
async def servicenow(
    instance: Instance, engagement: Engagement | None = None, **options: Any
) -> AsyncIterator[tuple[ServiceNow, Loopback]]:
    """Serve ``instance`` and read it with a fresh adapter."""
    async with loopback(instance.answer) as server:
        adapter = adapter_of(server, engagement, **options)
        try:
            yield adapter, server
        finally:
            await adapter.aclose()
            assert {request.method for request in server.seen} <= {"GET"}
