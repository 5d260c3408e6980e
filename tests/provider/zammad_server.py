"""A Zammad behind a real socket: its search with and without Elasticsearch, its list, its rights.

Customised on purpose: states with names of their own, of every type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engagewatch.model.instants import Instant, isoformat
from tests.provider import account
from tests.provider.account import Account
from tests.provider.loopback import Request, Response

TOKEN = "zammad-t0ken"
SYSTEM, AGENT, CUSTOMER, LIAISON = 1, 5, 9, 12
STATES = (
    (1, "new", 1),
    (2, "open", 2),
    (3, "pending reminder", 3),
    (4, "closed", 5),
    (5, "merged", 6),
    (6, "removed", 7),
    (7, "pending close", 4),
    (8, "In Arbeit", 2),
    (9, "waiting for vendor", 3),
)
_SINCE = re.compile(r"updated_at:\[(\S+) TO \*\]")
_NUMBER = re.compile(r"number:(\S+)")


def ms(at: Instant) -> str:
    return isoformat(at).replace("Z", ".101Z")


def ticket(key: int, at: Instant, **changes: Any) -> dict[str, Any]:
    """Return a ticket as ``expand=true`` writes it."""
    return {
        "id": key,
        "number": str(22000 + key),
        "title": "VPN drops",
        "group": "Users",
        "group_id": 1,
        "state": "open",
        "state_id": 2,
        "priority": "2 normal",
        "priority_id": 2,
        "organization": "Client Co",
        "owner": "pat@provider.example",
        "owner_id": AGENT,
        "customer": "dana@client.example",
        "customer_id": CUSTOMER,
        "created_by_id": CUSTOMER,
        "updated_by_id": AGENT,
        "create_article_sender": "Customer",
        "type": None,
        "note": None,
        "created_at": ms(at),
        "updated_at": ms(at),
        "close_at": None,
        "first_response_in_min": None,
        "first_response_diff_in_min": None,
        "first_response_escalation_at": None,
        "close_in_min": None,
        "close_diff_in_min": None,
        "close_escalation_at": None,
        "escalation_at": None,
        "article_count": 1,
        "last_contact_at": ms(at),
        "preferences": {},
        **changes,
    }


def row(number: int, of: int, at: Instant, **changes: Any) -> dict[str, Any]:
    """Return a row of history."""
    return {
        "id": number,
        "o_id": of,
        "object": "Ticket",
        "type": "updated",
        "created_by_id": AGENT,
        "created_at": ms(at),
        **changes,
    }


def state_row(number: int, of: int, at: Instant, before: str, after: str) -> dict[str, Any]:
    """Return a change of state; unknown states have no number."""
    numbers = {name: key for key, name, _ in STATES}
    return row(
        number,
        of,
        at,
        attribute="state",
        id_from=numbers.get(before),
        id_to=numbers.get(after),
        value_from=before,
        value_to=after,
    )


def article(number: int, of: int, at: Instant, **changes: Any) -> dict[str, Any]:
    """Return a message."""
    return {
        "id": number,
        "ticket_id": of,
        "type": "email",
        "sender": "Agent",
        "internal": False,
        "from": "Pat Tech via Contoso",
        "subject": "Re: VPN drops",
        "content_type": "text/html",
        "body": "<div>Done.</div>",
        "created_by_id": AGENT,
        "origin_by_id": None,
        "created_at": ms(at),
        "preferences": {},
        **changes,
    }


def reply(content: Any) -> Response:
    return account.reply(content, ETag='W/"c0ffee"', **{"Cache-Control": "max-age=0, private"})


def problem(status: int, text: str) -> Response:
    return account.reply({"error": text, "error_human": text}, status)


@dataclass
class Server(Account):
    """What the installation holds."""

    below = "/api/v1/"
    refused = problem(401, "Invalid token!")

    tickets: list[Any] = field(default_factory=list)
    rows: dict[int, list[Any]] = field(default_factory=dict)
    articles: dict[int, list[Any]] = field(default_factory=dict)
    elasticsearch: bool = True
    customer: bool = False
    """The token is a customer's."""
    window: int = 10_000
    unindexed: set[int] = field(default_factory=set)
    """Tickets that the search index lost."""
    elsewhere: set[int] = field(default_factory=set)
    """Tickets in groups that the account may not see."""
    names: Mapping[int, str] = field(default_factory=dict)
    token: str = TOKEN

    def admits(self, request: Request, path: str) -> bool:
        return request.headers.get("authorization") == f"Token token={self.token}"

    def respond(self, path: str, request: Request) -> Response:
        if path == "users/me":
            return reply(self._user(LIAISON))
        if path == "ticket_states":
            if self.customer:
                return problem(403, "Not authorized (user)!")
            return reply(
                [
                    {"id": key, "name": name, "state_type_id": kind, "active": True}
                    for key, name, kind in STATES
                ]
            )
        if path == "tickets":
            return self._page(self._visible(), request)
        if path == "tickets/search":
            return self._search(request)
        kind, _, rest = path.partition("/")
        number = int(rest.rpartition("/")[2])
        found = next((one for one in self._visible() if one.get("id") == number), None)
        if number in self.elsewhere:
            return problem(403, "Not authorized")
        if found is None:
            return problem(404, "Couldn't find Ticket")
        if kind == "tickets":
            return reply(found)
        if kind == "ticket_history":
            if self.customer:
                return problem(403, "Not authorized (user)!")
            users = {str(key): self._user(key) for key in (SYSTEM, AGENT, CUSTOMER, LIAISON)}
            assets = {"User": users, "Ticket": {}, "TicketArticle": {}}
            return reply({"history": self.rows.get(number, []), "assets": assets})
        public = [
            one
            for one in self.articles.get(number, [])
            if not self.customer or one["internal"] is False
        ]
        return reply(public)

    def _visible(self) -> list[Any]:
        return [
            one
            for one in self.tickets
            if not isinstance(one, dict) or one.get("id") not in self.elsewhere
        ]

    def _search(self, request: Request) -> Response:
        query = request.query["query"]
        if not self.elasticsearch:
            # A plain match on the text: nothing holds these words.
            return reply([])
        indexed = [
            one
            for one in self._visible()
            if not isinstance(one, dict) or one.get("id") not in self.unindexed
        ]
        if (number := _NUMBER.fullmatch(query)) is not None:
            return reply([one for one in indexed if str(_get(one, "number")) == number[1]])
        since = _SINCE.fullmatch(query)
        assert since is not None, query
        found = [one for one in indexed if not _ok(one) or one["updated_at"] >= since[1]]
        found.sort(key=lambda one: one["updated_at"] if _ok(one) else "")
        size = min(int(request.query["per_page"]), self.page)
        if int(request.query["page"]) * size > self.window:
            return problem(422, "Result window is too large")
        return self._page(found, request)

    def _page(self, found: list[Any], request: Request) -> Response:
        if request.query.get("expand") != "true":
            return reply({"tickets": [1], "tickets_count": len(found), "assets": {}})
        size = min(int(request.query["per_page"]), self.page)
        page = int(request.query["page"])
        return reply(found[(page - 1) * size : page * size])

    def _user(self, key: int) -> dict[str, Any]:
        name = {SYSTEM: "-", AGENT: "Pat Tech", CUSTOMER: "Dana Client", LIAISON: "S. Marsh"}[key]
        first, _, last = self.names.get(key, name).partition(" ")
        domain = "provider.example" if key == AGENT else "client.example"
        return {
            "id": key,
            "login": f"u{key}",
            "firstname": first,
            "lastname": last,
            "email": f"u{key}@{domain}",
            "role_ids": [2] if key in (AGENT, LIAISON) else [3],
        }


def _ok(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("updated_at"), str)


def _get(one: Any, name: str) -> Any:
    return one.get(name) if isinstance(one, dict) else None
