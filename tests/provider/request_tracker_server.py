"""A Request Tracker 5 server behind a real socket, as a user without special rights meets it.

It reads the query language far enough to tell a right query from a wrong one, cuts a page before
it hides what may not be seen, keeps quiet about totals, reads dates in the account's zone, and
writes 1970 for what is not set - as the real one was seen to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engagewatch.model.instants import Instant, isoformat
from tests.provider.account import JSON, Account, reply
from tests.provider.loopback import Request, Response

TOKEN = "1-31-c0ffee"
UNSET = "1970-01-01T00:00:00Z"
BASE = "https://rt.elsewhere.example/REST/2.0"

_TOKEN = re.compile(
    r"\s*(?:(\()|(\))|(AND|OR)\b|(\w+)\s*(>=|<=|!=|=|>|<)\s*(?:'((?:[^'\\]|\\.)*)'|(\d+)))"
)


def user(name: str) -> dict[str, str]:
    return {"type": "user", "id": name, "_url": f"{BASE}/user/{name}"}


def ticket(number: int, at: Instant, **changes: Any) -> dict[str, Any]:
    """Return a ticket with all its fields, as the server knows it."""
    return {
        "id": str(number),
        "type": "ticket",
        "_url": f"{BASE}/ticket/{number}",
        "Subject": "VPN drops",
        "Status": "open",
        "Created": isoformat(at),
        "LastUpdated": isoformat(at),
        "Started": UNSET,
        "Told": UNSET,
        "Resolved": UNSET,
        "Due": UNSET,
        "SLA": "",
        "Priority": "50",
        "TimeWorked": "0",
        "Queue": {"type": "queue", "id": "3", "Name": "Service Desk", "_url": f"{BASE}/queue/3"},
        "Owner": user("Nobody"),
        "Creator": user("dana.client"),
        "Requestor": [user("dana.client")],
        "Cc": [],
        "CustomFields": [
            {"id": "2", "name": "Ticket type", "type": "customfield", "values": ["Incident"]},
            {"id": "3", "name": "Satisfaction", "type": "customfield", "values": []},
        ],
        "Type": "ticket",
        **changes,
    }


def transaction(
    number: int, of: int, at: Instant, kind: str, creator: str = "pat.tech", **changes: Any
) -> dict[str, Any]:
    """Return a transaction; ``hidden`` ones may not be seen by the account."""
    return {
        "id": str(number),
        "type": "transaction",
        "_url": f"{BASE}/transaction/{number}",
        "Type": kind,
        "ObjectType": "RT::Ticket",
        "ObjectId": str(of),
        "Created": isoformat(at),
        "Creator": user(creator),
        "Field": "",
        "OldValue": "",
        "NewValue": "",
        "Data": "No Subject",
        "TimeTaken": "0",
        "hidden": False,
        **changes,
    }


ACCOUNTS: Mapping[str, tuple[int, str, int]] = {
    "RT_System": (1, "The RT System itself", 0),
    "Nobody": (6, "Nobody in particular", 0),
    "root": (14, "Enoch Root", 1),
    "pat.tech": (33, "Pat Tech", 1),
    "lee.tech": (30, "Lee Tech", 1),
    "dana.client": (27, "Dana Client", 0),
    "liaison": (40, "S. Marsh", 1),
}


@dataclass
class Server(Account):
    """What the server holds."""

    below = "/REST/2.0/"
    refused = reply({"message": "Unauthorized"}, 401)

    tickets: list[Any] = field(default_factory=list)
    transactions: list[dict[str, Any]] = field(default_factory=list)
    zone: str = "UTC"
    """The account's time zone: dates in queries are read in it."""
    merged: dict[int, int] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    """Out of the account's sight, or out of the database."""
    names: dict[str, str] = field(default_factory=dict)
    """Real names other than those of the accounts."""
    token: str = TOKEN

    def admits(self, request: Request, path: str) -> bool:
        return request.headers.get("authorization") == f"token {self.token}"

    def respond(self, path: str, request: Request) -> Response:
        if "if-modified-since" in request.headers:
            return reply({"message": "An ISO date was expected"}, 500)
        if path == "rt":
            return reply({"Version": "5.0.3+dfsg-3", "Plugins": []})
        if path == "tickets":
            return self._list(request, self._searchable(), totals=True)
        if path == "transactions":
            return self._list(request, self._visible_to_query(), totals=False)
        kind, _, rest = path.partition("/")
        key, _, more = rest.partition("/")
        if kind == "ticket" and more == "history":
            return self._history(int(key), request)
        if kind == "ticket":
            return self._ticket(int(key))
        if kind == "user":
            return self._user(key)
        if kind == "queue":
            known = key in ("Service Desk", "3")
            return reply({"Name": "Service Desk", "id": 3}) if known else forbidden()
        return not_found()

    def _searchable(self) -> Iterator[Any]:
        for one in self.tickets:
            number = int(one["id"]) if isinstance(one, dict) and _has_number(one) else None
            gone = number in self.merged or number in self.erased
            if number is None or (one["Status"] != "deleted" and not gone):
                yield one

    def _visible_to_query(self) -> Iterator[dict[str, Any]]:
        by_number = {int(one["id"]): one for one in self.tickets if _has_number(one)}
        for one in self.transactions:
            about = by_number.get(int(one["ObjectId"])) if one["ObjectType"] == "RT::Ticket" else {}
            if about is not None:
                more = {f"Ticket{name}": value for name, value in about.items()}
                yield {**more, **one}

    def _list(self, request: Request, rows: Iterator[Any], *, totals: bool) -> Response:
        query = request.query.get("query")
        if query is None:
            return reply({"items": [], "count": 0, "total": 0, "pages": 0.0})
        if re.search(r"\bIN\b|\bQueue = ", query) and "Ticket" in query and not totals:
            return Response(400, b'{"message":"Unknown field at /usr/share/rt5/lib/RT.pm line 12"}')
        try:
            holds = _compiled(query, ZoneInfo(self.zone))
        except ValueError:
            return Response(
                400,
                b'{"message":"Wrong query, expecting a value at /usr/share/rt5/lib/RT.pm line 9."}',
                JSON,
            )
        found = [one for one in rows if not _has_number(one) or holds(one)]
        found.sort(
            key=lambda one: int(one["id"]) if _has_number(one) else 1 << 60,
            reverse=request.query.get("order") == "DESC",
        )
        size = min(int(request.query.get("per_page", 20)), self.page)
        page = int(request.query.get("page", 1))
        cut = found[(page - 1) * size : page * size]
        items = [
            _columns(one, request.query)
            for one in cut
            if not (isinstance(one, dict) and one.get("hidden"))
        ]
        body: dict[str, Any] = {"items": items, "count": len(items), "page": page, "per_page": size}
        body["total"] = len(found) if totals else None
        body["pages"] = -(-len(found) // size) if totals else None
        return reply(body)

    def _history(self, number: int, request: Request) -> Response:
        one = self.merged.get(number, number)
        both = {one, *(loser for loser, target in self.merged.items() if target == one)}
        rows = [row for row in self.transactions if int(row["ObjectId"]) in both]
        size, page = min(int(request.query["per_page"]), self.page), int(request.query["page"])
        cut = rows[(page - 1) * size : page * size]
        items = [_columns(row, request.query) for row in cut if not row["hidden"]]
        return reply({"items": items, "total": None, "pages": None, "page": page})

    def _ticket(self, number: int) -> Response:
        number = self.merged.get(number, number)
        for one in self.tickets:
            if _has_number(one) and int(one["id"]) == number and number not in self.erased:
                # A single ticket has its id as a number, and its queue without the name.
                queue = {"type": "queue", "id": one["Queue"]["id"]}
                return reply({**one, "id": number, "Queue": queue})
        return not_found()

    def _user(self, key: str) -> Response:
        for name, (number, real, privileged) in ACCOUNTS.items():
            if key in (name, str(number)):
                domain = "client.example" if "client" in name or name == "liaison" else "rt.example"
                return reply(
                    {
                        "Name": name,
                        "RealName": self.names.get(name, real),
                        "EmailAddress": f"{name}@{domain}",
                        "Privileged": privileged,
                    }
                )
        return forbidden()


def forbidden() -> Response:
    return reply({"message": "Forbidden"}, 403)


def not_found() -> Response:
    return reply({"message": "Not Found"}, 404)


def _has_number(one: Any) -> bool:
    return isinstance(one, dict) and str(one.get("id", "")).isdigit()


def _columns(one: Any, query: Mapping[str, str]) -> Any:
    """Return just what was asked for: anything else is not in a list."""
    if not _has_number(one):
        return one
    wanted = {"id", "type", "_url", *query.get("fields", "").split(",")}
    row = {name: value for name, value in one.items() if name in wanted}
    if "Queue" in row and "fields[Queue]" not in query:
        row["Queue"] = {name: row["Queue"][name] for name in ("type", "id")}
    return row


def _compiled(query: str, zone: ZoneInfo) -> Callable[[Mapping[str, Any]], bool]:
    """Return what ``query`` says of a record. AND binds closer than OR."""
    tokens: list[re.Match[str]] = []
    at = 0
    while query[at:].strip():
        found = _TOKEN.match(query, at)
        if found is None:
            raise ValueError(query[at:])
        tokens.append(found)
        at = found.end()

    def alternatives() -> Callable[[Mapping[str, Any]], bool]:
        either = [conjunction()]
        while tokens and tokens[0][3] == "OR":
            tokens.pop(0)
            either.append(conjunction())
        return lambda one: any(holds(one) for holds in either)

    def conjunction() -> Callable[[Mapping[str, Any]], bool]:
        both = [condition()]
        while tokens and tokens[0][3] == "AND":
            tokens.pop(0)
            both.append(condition())
        return lambda one: all(holds(one) for holds in both)

    def condition() -> Callable[[Mapping[str, Any]], bool]:
        token = tokens.pop(0)
        if token[1]:
            inner = alternatives()
            tokens.pop(0)
            return inner
        name, operator = token[4], token[5]
        text = token[6].replace("\\'", "'") if token[6] is not None else token[7]
        return lambda one: _compare(one, name, operator, text, zone)

    return alternatives()


def _compare(one: Mapping[str, Any], name: str, operator: str, text: str, zone: ZoneInfo) -> bool:
    value = one[name]
    left: Any
    right: Any
    if name.endswith(("LastUpdated", "Created")):
        left = datetime.fromisoformat(value)
        try:
            right = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
        except ValueError:
            right = datetime(1970, 1, 1, tzinfo=UTC)  # silently
    elif name.endswith("Queue"):
        left, right = value["Name"], text
    elif name == "id":
        left, right = int(value), int(text)
    else:
        left, right = value, text
    outcome: bool = {"=": left == right, ">": left > right if operator == ">" else False}[operator]
    return outcome
