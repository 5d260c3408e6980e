"""A Freshservice account behind a real socket, in its documented wire format."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import DAY, Instant, isoformat, parse_iso
from engagewatch.providers.access import basic
from engagewatch.providers.freshservice.adapter import Freshservice
from tests.provider.account import JSON, Account, reading, reply
from tests.provider.loopback import Loopback, Request, Response
from tests.provider.samples import NOW

KEY = "ap1key"
AGENT, CUSTOMER, APPROVER = 18005, 27001, 27044
STATUSES = [
    {"id": 2, "value": "Open", "requester_display_value": "Being Processed"},
    {"id": 3, "value": "Pending", "requester_display_value": "Awaiting your Reply"},
    {"id": 4, "value": "Resolved", "requester_display_value": "Resolved"},
    {"id": 5, "value": "Closed", "requester_display_value": "Closed"},
    {"id": 9, "value": "With vendor", "requester_display_value": "Waiting"},
]


def ticket(number: int, at: Instant, *, updated: Any = None, stats: Any = None, **more: Any) -> Any:
    return {
        "id": number,
        "workspace_id": 2,
        "subject": "Laptop imaging",
        "type": "Service Request",
        "status": 2,
        "priority": 2,
        "requester_id": CUSTOMER,
        "responder_id": AGENT,
        "group_id": None,
        "department_id": None,
        "category": None,
        "due_by": isoformat(at + 3 * DAY),
        "fr_due_by": isoformat(at + DAY),
        "is_escalated": False,
        "fr_escalated": False,
        "deleted": False,
        "spam": False,
        "tags": [],
        "custom_fields": {"po_number": None, "odd": [1, {"a": None}]},
        "created_at": isoformat(at),
        "updated_at": isoformat(at if updated is None else updated),
        "stats": {
            "ticket_id": number,
            "pending_since": None,
            "resolved_at": None,
            "closed_at": None,
            "assigned_at": None,
            "first_responded_at": None,
            "status_updated_at": isoformat(at),
            "inbound_count": 0,
            "outbound_count": 0,
            "first_resp_time_in_secs": None,
            "resolution_time_in_secs": None,
            **(stats or {}),
        },
        "requester": {"id": CUSTOMER, "name": "Priya Shah", "email": "priya@northwind.example"},
        **more,
    }


def activity(at: Instant, content: str, *subs: str, by: int = AGENT, name: str = "Dana") -> Any:
    return {
        "actor": {"id": by, "name": name},
        "content": content,
        "sub_contents": list(subs),
        "created_at": isoformat(at),
    }


def created(at: Instant, subject: str = "Laptop imaging", status: str = "Open") -> Any:
    text = f"created ticket for {subject},  set Status as {status}, set Priority as Medium"
    return activity(at, f"{text} and set Source as Portal", "System executed Default SLA Policy")


def conversation(number: int, at: Instant, by: int, text: str, **more: Any) -> Any:
    return {
        "id": number,
        "user_id": by,
        "body": f"<div>{text}</div>",
        "body_text": text,
        "incoming": by != AGENT,
        "private": False,
        "source": 0,
        "created_at": isoformat(at),
        **more,
    }


def approval(number: int, at: Instant, of: int, state: int = 0, **more: Any) -> Any:
    return {
        "id": number,
        "parent": "ticket",
        "parent_id": of,
        "created_at": isoformat(at),
        "updated_at": isoformat(at),
        "approver_id": APPROVER,
        "approver_name": "Marta Lind",
        "approval_type": 1,
        "level": 1,
        "approval_status": {
            "id": state,
            "name": ["requested", "approved", "rejected", "cancelled"][state],
        },
        "delegatee": None,
        "approval_group": None,
        "latest_remark": "",
        **more,
    }


@dataclass
class AccountStub(Account):
    """What the account holds."""

    below = "/api/v2/"
    refused = reply({"code": "invalid_credentials", "message": "no"}, 401)

    tickets: list[Any] = field(default_factory=list)
    activities: dict[str, list[Any]] = field(default_factory=dict)
    """By ticket, the newest first."""
    conversations: dict[str, list[Any]] = field(default_factory=dict)
    approvals: list[Any] = field(default_factory=list)
    ratings: dict[str, Any] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    """Kinds of lists that the role may not read."""
    now: Instant = NOW
    key: str = KEY
    statuses: list[Any] = field(default_factory=lambda: STATUSES)
    agent_name: str = "Dana Ruiz"
    junk: list[Any] = field(default_factory=list)
    """What is no ticket, on the last page of the list."""

    def admits(self, request: Request, path: str) -> bool:
        return request.headers.get("authorization") == basic(self.key, "X")

    def respond(self, path: str, request: Request) -> Response:
        query = request.query
        if path.split("/")[-1] in self.closed:
            return Response(403, b'{"code": "access_denied", "message": "no"}', JSON)
        if path == "tickets":
            return self._tickets(query)
        if path == "agents":
            agent = {"id": AGENT, "first_name": self.agent_name, "email": "d@c.example"}
            return reply({"agents": [agent]})
        if path == "ticket_form_fields":
            fields = [
                {"name": "subject", "choices": None},
                {"name": "status", "choices": self.statuses},
            ]
            return reply({"ticket_fields": fields})
        if path == "approvals":
            assert query["parent"] == "ticket"
            wanted = [a for a in self.approvals if a["approval_status"]["name"] == query["status"]]
            return self._page("approvals", wanted, int(query.get("page", 1)), 30)
        match = re.fullmatch(r"tickets/(\d+)(?:/(\w+))?", path)
        if match is None:
            return Response(404, b"", JSON)
        return self._of_ticket(match[1], match[2], query)

    def _tickets(self, query: Mapping[str, str]) -> Response:
        # Without a time, only what was created in the last 30 days is listed.
        found = [one for one in self.tickets if _time(one, "created_at") >= self.now - 30 * DAY]
        if "updated_since" in query:
            since = parse_iso(query["updated_since"])
            found = [one for one in self.tickets if _time(one, "updated_at") >= since]
        name = query.get("filter")
        removed = {"deleted": "deleted", "spam": "spam"}.get(name or "")
        if removed is not None:
            found = [one for one in found if isinstance(one, dict) and one.get(removed)]
        else:
            found = [
                one
                for one in found
                if not isinstance(one, dict) or not (one.get("deleted") or one.get("spam"))
            ]
        found = sorted(found, key=lambda one: str(one.get("id")) if isinstance(one, dict) else "")
        if query.get("order_type", "desc") == "desc":
            found.reverse()
        if "stats" not in query.get("include", ""):
            found = [{**one, "stats": None} for one in found]
        assert int(query["per_page"]) <= 100
        return self._page("tickets", found, int(query.get("page", 1)), self.page)

    def _of_ticket(self, key: str, what: str | None, query: Mapping[str, str]) -> Response:
        if what is None:
            for one in self.tickets:
                if str(one["id"]) == key:
                    return reply({"ticket": one})
            return Response(404, b"", JSON)
        if what == "activities":
            rows = self.activities.get(key, [])
            start = int(query.get("start_token", 0))
            more = start + 20 < len(rows)
            link = f"https://elsewhere.example/x?start_token={start + 20}" if more else None
            return reply({"activities": rows[start : start + 20], "next_page_url": link})
        if what == "conversations":
            rows = self.conversations.get(key, [])
            return self._page("conversations", rows, int(query.get("page", 1)), 2)
        if what == "approvals":
            return reply({"approvals": [a for a in self.approvals if str(a["parent_id"]) == key]})
        if what == "csat_response" and key in self.ratings:
            return reply({"csat_response": self.ratings[key]})
        return Response(404, b"", JSON)

    def _page(self, name: str, rows: list[Any], number: int, size: int) -> Response:
        rest = rows[(number - 1) * size :]
        headers = dict(JSON)
        if len(rest) > size:
            headers["Link"] = f'<https://elsewhere.example/x?page={number + 1}>; rel="next"'
        junk = self.junk if name == "tickets" and len(rest) <= size else []
        return Response(200, json.dumps({name: rest[:size] + junk}).encode(), headers)


def _time(one: Any, name: str) -> Instant:
    try:
        return parse_iso(one[name])
    except (KeyError, TypeError, ValueError):
        return NOW


@asynccontextmanager
async def freshservice(
    account: AccountStub, engagement: Engagement | None = None, *, key: str = KEY, **more: Any
) -> AsyncIterator[tuple[Freshservice, Loopback]]:
    """Serve ``account`` and read it with a fresh adapter."""
    async with reading("freshservice", account.answer, engagement, secret=key, **more) as opened:
        yield opened
