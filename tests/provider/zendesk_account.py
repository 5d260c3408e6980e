"""A Zendesk account behind a real socket, in its documented wire formats."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import Instant, isoformat, parse_iso
from engagewatch.model.sides import StatusMeaning
from engagewatch.model.ticket import Person
from engagewatch.providers.registry import open_adapter
from engagewatch.providers.zendesk import Zendesk
from tests.provider.loopback import SERVER_TIME, Loopback, Request, Response, loopback
from tests.provider.samples import engagement_of

TOKEN = "t0ken"
USER = "monitor@northwind.example"
JSON = {"Content-Type": "application/json; charset=utf-8"}

AGENT, OTHER_AGENT, CUSTOMER, BOT = 5002, 5003, 7001, 5099
USERS: Sequence[dict[str, Any]] = (
    {"id": AGENT, "name": "Ada Agent", "email": "ada@contoso.example", "role": "agent"},
    {"id": OTHER_AGENT, "name": "Otto", "email": "otto@contoso.example", "role": "admin"},
    {"id": CUSTOMER, "name": "Nora", "email": "nora@northwind.example", "role": "end-user"},
    {"id": BOT, "name": "Service", "email": "bot@contoso.example", "role": "agent"},
)


def ticket(id_: int, at: Instant, **changes: object) -> dict[str, Any]:
    """Return a ticket as the export writes it."""
    return {
        "url": f"https://contoso.zendesk.com/api/v2/tickets/{id_}.json",
        "id": id_,
        "external_id": None,
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": isoformat(at),
        "updated_at": isoformat(at),
        "generated_timestamp": at,
        "type": "incident",
        "subject": "VPN drops every hour",
        "raw_subject": "VPN drops every hour",
        "description": "Since Monday…",
        "priority": "high",
        "status": "open",
        "custom_status_id": 9001002,
        "requester_id": CUSTOMER,
        "submitter_id": CUSTOMER,
        "assignee_id": AGENT,
        "organization_id": 310,
        "group_id": 44,
        "problem_id": None,
        "due_at": None,
        "tags": ["vpn"],
        "custom_fields": [{"id": 36001, "value": "network"}],
        "satisfaction_rating": {"score": "unoffered"},
        **changes,
    }


def comment(
    id_: int, author: int, text: str, *, public: bool = True, **more: object
) -> dict[str, Any]:
    """Return a message within an update."""
    return {
        "id": id_,
        "type": "Comment",
        "event_type": "Comment",
        "author_id": author,
        "body": text,
        "html_body": f"<p>{text}</p>",
        "plain_body": text,
        "public": public,
        "attachments": [],
        **more,
    }


def change(id_: int, field_name: str, value: object, previous: object) -> dict[str, Any]:
    """Return a field change in the shape of the bulk export."""
    return {
        "id": id_,
        "via": "Web form",
        "via_reference_id": None,
        "event_type": "Change",
        field_name: value,
        "previous_value": previous,
    }


def audit(
    id_: int, at: Instant, updater: int, *children: dict[str, Any], of: int = 48213, **more: object
) -> dict[str, Any]:
    """Return one update as the bulk export writes it."""
    return {
        "id": id_,
        "ticket_id": of,
        "timestamp": at,
        "created_at": isoformat(at),
        "updater_id": updater,
        "via": "Web form",
        "system": {"client": "…", "location": "Leeds"},
        "metadata": {},
        "event_type": "Audit",
        "merged_ticket_ids": [],
        "child_events": list(children),
        **more,
    }


def told_by_ticket(update: dict[str, Any]) -> dict[str, Any]:
    """Return an update of the bulk export as the audits of a ticket write it."""
    events: list[dict[str, Any]] = []
    for child in update["child_events"]:
        if child.get("event_type") not in ("Create", "Change"):
            events.append({key: value for key, value in child.items() if key != "event_type"})
            continue
        names = child.keys() - {"id", "via", "via_reference_id", "event_type", "previous_value"}
        for name in sorted(names):
            value = child[name]
            event = {
                "id": child["id"],
                "type": child["event_type"],
                "field_name": name,
                # Ids come as text here.
                "value": str(value) if isinstance(value, int) else value,
            }
            if child["event_type"] == "Change":
                event["previous_value"] = child["previous_value"]
            events.append(event)
    return {
        "id": update["id"],
        "ticket_id": update["ticket_id"],
        "created_at": update["created_at"],
        "author_id": update["updater_id"],
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "metadata": {"system": {}, "custom": {}},
        "events": events,
    }


def rating(id_: int, of: int, score: str, at: Instant, **more: object) -> dict[str, Any]:
    """Return a satisfaction rating as the account lists it."""
    return {
        "id": id_,
        "ticket_id": of,
        "requester_id": CUSTOMER,
        "assignee_id": AGENT,
        "group_id": 44,
        "score": score,
        "comment": None,
        "reason": None,
        "created_at": isoformat(at),
        "updated_at": isoformat(at),
        **more,
    }


def approval(id_: str, of: int, at: Instant, **more: object) -> dict[str, Any]:
    """Return an approval request as the account lists it."""
    return {
        "id": id_,
        "ticket_id": of,
        "status": "active",
        "subject": "New laptop",
        "message": "Please decide.",
        "assignee_user_id": CUSTOMER,
        "assignee_group_id": None,
        "created_by_id": AGENT,
        "created_at": isoformat(at),
        "origination_type": "UI_ORIGINATION",
        **more,
    }


FORBIDDEN = Response(
    403,
    b'{"error": "Forbidden", "description": "You do not have access to this page."}',
    JSON,
)
_ADMINS = ("incremental/", "satisfaction_ratings", "approval_requests")


@dataclass
class Account:
    """What the account holds. Each list is in the order of the export."""

    users: list[Any] = field(default_factory=lambda: list(USERS))
    tickets: list[Any] = field(default_factory=list)
    audits: list[dict[str, Any]] = field(default_factory=list)
    metric_sets: list[dict[str, Any]] = field(default_factory=list)
    custom_statuses: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    approvals: list[dict[str, Any]] = field(default_factory=list)
    decisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What an approval request tells when it is asked for by itself, by id."""
    schedules: list[dict[str, Any]] = field(default_factory=list)
    holidays: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    admin: bool = True
    """Whether the credential is an administrator's; it is an agent's else."""
    page: int = 1000
    server_time: Instant = SERVER_TIME
    indexed: list[Any] | None = None
    """Tickets as the search's index has them, where that is behind."""
    overrides: dict[str, list[Response]] = field(default_factory=dict)
    """Path (after ``/api/v2/``) to answers that come first, once each."""

    def answer(self, request: Request) -> Response:
        basic = base64.b64encode(f"{USER}/token:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") not in (f"Basic {basic}", f"Bearer {TOKEN}"):
            return Response(401, b'{"error": "Couldn\'t authenticate you"}', JSON)
        path = request.path.removeprefix("/api/v2/")
        if self.overrides.get(path):
            return self.overrides[path].pop(0)
        if not self.admin and path.startswith(_ADMINS):
            return FORBIDDEN
        if path == "search/export.json":
            return self._search(request)
        if path == "tickets/show_many.json":
            return self._some_tickets(request)
        if path.startswith("tickets/") and path.endswith(("audits.json", "comments.json")):
            return self._of_ticket(path, request)
        if path == "satisfaction_ratings.json":
            since = int(request.query.get("start_time", "0"))
            rows = [one for one in self.ratings if parse_iso(one["created_at"]) >= since]
            return self._page_of("satisfaction_ratings", rows, request, "page[after]")
        if path == "approval_requests":
            wanted = request.query["filter[status]"].split(",")
            rows = [one for one in self.approvals if one["status"] in wanted]
            return self._page_of("approval_requests", rows, request, "after_cursor")
        if path.startswith("approval_workflow_instances/"):
            return reply({"approval_request": self.decisions[path.rpartition("/")[2]]})
        if path == "business_hours/schedules.json":
            return reply({"schedules": self.schedules})
        if path.startswith("business_hours/schedules/"):
            return reply({"holidays": self.holidays.get(int(path.split("/")[2]), [])})
        if path == "organizations/310.json":
            return reply({"organization": {"id": 310, "name": "Northwind"}})
        if path == "incremental/users/cursor.json":
            return self._cursor_page("users", self.users, request)
        if path == "incremental/tickets/cursor.json":
            sets = {"metric_sets": self.metric_sets} if self.metric_sets else {}
            return self._cursor_page("tickets", self.tickets, request, **sets)
        if path == "incremental/ticket_events.json":
            return self._events(request)
        if path == "users/show_many.json":
            wanted = request.query["ids"].split(",")
            everybody = [*self.users, *(user for user in USERS if user not in self.users)]
            found = [
                user for user in everybody if isinstance(user, dict) and str(user["id"]) in wanted
            ]
            return reply({"users": found, "count": len(found), "next_page": None})
        if path == "groups.json":
            return reply({"groups": [{"id": 44, "name": "Service Desk"}], "next_page": None})
        if path == "custom_statuses.json":
            return reply({"custom_statuses": self.custom_statuses})
        return Response(404, b'{"error": "InvalidEndpoint"}', JSON)

    def _cursor_page(
        self, name: str, records: list[Any], request: Request, **more: object
    ) -> Response:
        # A cursor is the number of records before it; a time starts at the beginning.
        start = int(base64.b64decode(request.query["cursor"])) if "cursor" in request.query else 0
        page = records[start : start + self.page]
        cursor = base64.b64encode(str(start + len(page)).encode()).decode()
        return reply(
            {
                name: page,
                **more,
                "after_url": f"http://elsewhere.example/?cursor={cursor}",
                "after_cursor": cursor,
                "before_url": None,
                "before_cursor": None,
                "end_of_stream": start + len(page) >= len(records),
            }
        )

    def _search(self, request: Request) -> Response:
        """Answer as the search does: what matches, oldest ticket first, by cursor."""
        assert request.query["filter[type]"] == "ticket"
        found = list(self.indexed if self.indexed is not None else self.tickets)
        for word in request.query["query"].split():
            if word.startswith("updated>="):
                start = parse_iso(word.removeprefix("updated>="))
                found = [one for one in found if _updated(one) >= start]
            elif word.startswith("updated<"):
                end = parse_iso(word.removeprefix("updated<"))
                found = [one for one in found if _updated(one) < end]
            else:
                organization = int(word.removeprefix("organization:"))
                found = [one for one in found if one["organization_id"] == organization]
        rows = [one | {"result_type": "ticket"} if isinstance(one, dict) else one for one in found]
        return self._page_of("results", rows, request, "page[after]", facets=None)

    def _some_tickets(self, request: Request) -> Response:
        wanted = request.query["ids"].split(",")
        assert len(wanted) <= 100
        found = [
            one for one in self.tickets if isinstance(one, dict) and str(one.get("id")) in wanted
        ]
        sets = [one for one in self.metric_sets if str(one["ticket_id"]) in wanted]
        more = {"metric_sets": sets} if "metric_sets" in request.query.get("include", "") else {}
        return reply({"tickets": found, "count": len(found), "next_page": None, **more})

    def _of_ticket(self, path: str, request: Request) -> Response:
        _, key, what = path.removesuffix(".json").split("/")
        updates = [one for one in self.audits if str(one["ticket_id"]) == key]
        if what == "audits":
            rows = [told_by_ticket(one) for one in updates]
        else:
            rows = [
                child | {"audit_id": one["id"], "created_at": one["created_at"]}
                for one in updates
                for child in one["child_events"]
                if child.get("type") == "Comment"
            ]
        return self._page_of(what, rows, request, "page[after]")

    def _page_of(
        self, name: str, rows: list[Any], request: Request, cursor: str, **more: object
    ) -> Response:
        """Answer with a page of a list that is paged by cursor."""
        start = int(request.query.get(cursor, "0"))
        size = min(self.page, int(request.query.get("page[size]", "100")))
        after = start + size
        meta = {"has_more": after < len(rows), "after_cursor": str(after), "before_cursor": "0"}
        links = {"next": f"http://elsewhere.example/?{cursor}={after}", "prev": None}
        return reply({name: rows[start:after], **more, "meta": meta, "links": links})

    def _events(self, request: Request) -> Response:
        start = int(request.query["start_time"])
        if start > self.server_time - 60:
            return Response(422, b'{"error": "StartTimeTooRecent"}', JSON)
        later = [audit for audit in self.audits if audit["timestamp"] >= start]
        page = later[: self.page]
        # A page is extended by all that shares its last second.
        while len(page) < len(later) and later[len(page)]["timestamp"] == page[-1]["timestamp"]:
            page.append(later[len(page)])
        end = page[-1]["timestamp"] if page else None
        return reply(
            {
                "ticket_events": page,
                "count": len(page),
                "end_time": end,
                "next_page": f"http://elsewhere.example/?start_time={end}" if page else None,
                "end_of_stream": len(page) == len(later),
            }
        )


def _updated(one: Any) -> Instant:
    # What is no ticket was always just changed.
    return (
        parse_iso(one["updated_at"]) if isinstance(one, dict) and "updated_at" in one else 1 << 40
    )


def reply(content: Mapping[str, object]) -> Response:
    """Return ``content`` as a JSON answer."""
    return Response(200, json.dumps(content).encode(), JSON)


def adapter_of(
    server: Loopback,
    engagement: Engagement | None = None,
    *,
    token: str = TOKEN,
    user: str = USER,
    meanings: Mapping[str, StatusMeaning] | None = None,
    people: Mapping[str, Person] | None = None,
    options: Mapping[str, object] | None = None,
    requests_per_minute: int = 10_000,
) -> Zendesk:
    """Return the adapter that reads ``server``."""
    settings = SourceSettings(
        id="desk",
        adapter="zendesk",
        url=server.url,
        user=user,
        requests_per_minute=requests_per_minute,
        meanings=meanings or {},
        options=options or {},
    )
    adapter = open_adapter(settings, engagement or engagement_of(settings), token, people)
    assert isinstance(adapter, Zendesk)
    return adapter


@asynccontextmanager
async def zendesk(
    account: Account, engagement: Engagement | None = None, **settings: Any
) -> AsyncIterator[tuple[Zendesk, Loopback]]:
    """Serve ``account`` and read it with a fresh adapter."""
    async with loopback(account.answer) as server:
        adapter = adapter_of(server, engagement, **settings)
        try:
            yield adapter, server
        finally:
            await adapter.aclose()
            assert {request.method for request in server.seen} <= {"GET"}
