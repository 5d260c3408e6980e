"""A Zendesk account as a site: authentication, limits, paging, and its endpoints."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hmac import compare_digest
from html import escape
from itertools import islice
from typing import Any

from engagewatch.demo import wire_zendesk as wire
from engagewatch.demo.desk import Audit, Desk, Record
from engagewatch.demo.exchange import Request, Response, answer, encode, encode_page
from engagewatch.demo.metric_set import metric_set
from engagewatch.demo.people import Role
from engagewatch.demo.rate_limit import RateLimit
from engagewatch.demo.wire_events import ticket_event
from engagewatch.engine.calendars import Calendar
from engagewatch.model.instants import MINUTE, Instant, isoformat

LARGEST_PAGE = 1000
_LIST_PAGE = 100
_HTML = {"Content-Type": "text/html; charset=utf-8"}

_TICKET_PAGE = re.compile(r"/agent/tickets/(\d+)")

Handler = Callable[[Request, Instant, Sequence[str]], Response]


class BadRequestError(Exception):
    """The request cannot be answered; the response says why."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.response = answer({"error": error, "description": description}, status)


class ZendeskSite:
    """The API of one account."""

    def __init__(
        self,
        desk: Desk,
        hours: Calendar,
        token: str,
        *,
        hold_back: int = MINUTE,
        requests_per_minute: int = 700,
        incremental_per_minute: int = 10,
    ) -> None:
        """Serve ``desk`` to whoever knows ``token``.

        The exports keep back what is younger than ``hold_back`` seconds.
        """
        self._desk = desk
        self._hours = hours
        self._token = token
        self._hold_back = hold_back
        self._limit = RateLimit(requests_per_minute)
        self._incremental = RateLimit(incremental_per_minute)
        self._routes: Sequence[tuple[re.Pattern[str], Handler]] = [
            (re.compile(rf"/api/v2/{pattern}(?:\.json)?"), handler)
            for pattern, handler in (
                ("incremental/tickets/cursor", self._tickets),
                ("incremental/ticket_events", self._ticket_events),
                ("incremental/users/cursor", self._users),
                (r"tickets/(\d+)/audits", self._audits),
                (r"tickets/(\d+)/metrics", self._metrics),
                (r"tickets/(\d+)", self._ticket),
                ("users/me", self._me),
                ("users/show_many", self._some_users),
                ("custom_statuses", self._custom_statuses),
                ("groups", self._groups),
                ("business_hours/schedules", self._schedules),
                ("satisfaction_ratings", self._ratings),
            )
        ]

    def respond(self, request: Request, now: Instant) -> Response:
        """Answer ``request`` as of ``now``."""
        if request.method != "GET":
            return answer({"error": "MethodNotAllowed"}, 405, {"Allow": "GET"})
        shown = _TICKET_PAGE.fullmatch(request.path)
        if shown is not None:
            return self._web_page(int(shown[1]), now)
        if not self._knows(request.headers.get("authorization", "")):
            realm = {"WWW-Authenticate": 'Basic realm="Web Password"'}
            return answer({"error": "Couldn't authenticate you"}, 401, realm)
        incremental = request.path.startswith("/api/v2/incremental/")
        within = self._limit.take(now)
        if incremental:
            within = self._incremental.take(now) and within
        headers = self._limit_headers(now, incremental=incremental)
        if not within:
            wait = {"Retry-After": str(self._limit.reset_in(now))}
            description = "You have exceeded the rate limit. Try again later."
            body = {"error": "TooManyRequests", "description": description}
            return answer(body, 429, {**headers, **wait})
        try:
            response = self._route(request, now)
        except BadRequestError as problem:
            response = problem.response
        return Response(response.status, response.body, {**response.headers, **headers})

    def _route(self, request: Request, now: Instant) -> Response:
        for pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match is not None:
                return handler(request, now, match.groups())
        raise BadRequestError(404, "InvalidEndpoint", "Not found")

    def _knows(self, authorization: str) -> bool:
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return compare_digest(value.encode(), self._token.encode())
        if scheme.lower() != "basic":
            return False
        try:
            user, _, password = base64.b64decode(value, validate=True).decode().rpartition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return user.endswith("/token") and compare_digest(password.encode(), self._token.encode())

    def _limit_headers(self, now: Instant, *, incremental: bool) -> Mapping[str, str]:
        limit = self._incremental if incremental else self._limit
        return {
            "X-Rate-Limit": str(limit.per_minute),
            "X-Rate-Limit-Remaining": str(limit.remaining),
            "ratelimit-limit": str(limit.per_minute),
            "ratelimit-remaining": str(limit.remaining),
            "ratelimit-reset": str(limit.reset_in(now)),
        }

    # -- exports --------------------------------------------------------------------------------

    def _tickets(self, request: Request, now: Instant, _: Sequence[str]) -> Response:
        visible = now - self._hold_back
        position = self._position(request, now)
        size = _page_size(request, "per_page", LARGEST_PAGE, LARGEST_PAGE)
        found = list(islice(self._desk.tickets_after(position, visible), size + 1))
        more, page = len(found) > size, found[:size]
        rest = self._cursors(
            request, "incremental/tickets/cursor", [_place(audit) for _, audit in page], position
        )
        rest["end_of_stream"] = not more
        wanted = request.query.get("include", "").split(",")
        if "groups" in wanted:
            rest["groups"] = wire.groups()
        if "metric_sets" in wanted:
            rest["metric_sets"] = [
                metric_set(self._desk, record, visible, self._hours) for record, _ in page
            ]
        records = (
            encode(wire.ticket(self._desk, record, visible, request.base)) for record, _ in page
        )
        return answer(encode_page("tickets", records, rest))

    def _users(self, request: Request, now: Instant, _: Sequence[str]) -> Response:
        visible = now - self._hold_back
        position = self._position(request, now)
        size = _page_size(request, "per_page", LARGEST_PAGE, LARGEST_PAGE)
        found = list(islice(self._desk.members_after(position, visible), size + 1))
        more, page = len(found) > size, found[:size]
        places = [(member.updated_at, member.id) for member in page]
        rest = self._cursors(request, "incremental/users/cursor", places, position)
        rest["end_of_stream"] = not more
        users = (encode(wire.user(member, request.base)) for member in page)
        return answer(encode_page("users", users, rest))

    def _ticket_events(self, request: Request, now: Instant, _: Sequence[str]) -> Response:
        visible = now - self._hold_back
        start = self._start_time(request, now)
        size = _page_size(request, "per_page", LARGEST_PAGE, LARGEST_PAGE)
        audits = self._desk.audits_from(start, visible)
        page, more = _whole_seconds(audits, size)
        end_time = page[-1].at if page else None
        address = None
        if end_time is not None:
            address = _address(
                request,
                "incremental/ticket_events",
                {"start_time": end_time},
                "include",
                "per_page",
            )
        rest = {
            "count": len(page),
            "end_time": end_time,
            "next_page": address,
            "end_of_stream": not more,
        }
        with_comments = "comment_events" in request.query.get("include", "").split(",")
        events = (
            ticket_event(self._desk.records[audit.ticket_id], audit, with_comments=with_comments)
            for audit in page
        )
        return answer(encode_page("ticket_events", events, rest))

    def _position(self, request: Request, now: Instant) -> tuple[Instant, int]:
        """Return the place after which the page begins."""
        cursor = request.query.get("cursor")
        if cursor is None:
            return self._start_time(request, now), 0
        try:
            at, _, number = base64.urlsafe_b64decode(cursor).decode().partition("||")
            return int(at), int(number)
        except (binascii.Error, ValueError):
            raise BadRequestError(400, "InvalidValue", "cursor is not valid") from None

    def _start_time(self, request: Request, now: Instant) -> Instant:
        text = request.query.get("start_time", "")
        if not text.isdecimal():
            raise BadRequestError(400, "InvalidValue", "start_time must be a Unix time")
        start = int(text)
        if start > now - self._hold_back:
            older = f"Use a start_time older than {self._hold_back} seconds"
            raise BadRequestError(422, "StartTimeTooRecent", f"Too recent start_time. {older}")
        return start

    def _cursors(
        self,
        request: Request,
        path: str,
        places: Sequence[tuple[Instant, int]],
        position: tuple[Instant, int],
    ) -> dict[str, Any]:
        at, number = places[-1] if places else position
        cursor = base64.urlsafe_b64encode(f"{at}||{number}".encode()).decode()
        address = _address(request, path, {"cursor": cursor}, "include", "per_page")
        return {
            "after_url": address,
            "after_cursor": cursor,
            "before_url": None,
            "before_cursor": None,
        }

    # -- one ticket -----------------------------------------------------------------------------

    def _found(self, text: str, now: Instant) -> Record:
        record = self._desk.record(int(text), now)
        if record is None or (record.deleted_at is not None and record.deleted_at <= now):
            raise BadRequestError(404, "RecordNotFound", "Not found")
        return record

    def _ticket(self, request: Request, now: Instant, found: Sequence[str]) -> Response:
        record = self._found(found[0], now)
        return answer({"ticket": wire.ticket(self._desk, record, now, request.base)})

    def _metrics(self, request: Request, now: Instant, found: Sequence[str]) -> Response:  # noqa: ARG002
        record = self._found(found[0], now)
        return answer({"ticket_metric": metric_set(self._desk, record, now, self._hours)})

    def _audits(self, request: Request, now: Instant, found: Sequence[str]) -> Response:
        record = self._found(found[0], now)
        rows = [wire.audit_json(record, audit) for audit in record.until(now)]
        return _listed(request, "audits", rows)

    def _web_page(self, ticket_id: int, now: Instant) -> Response:
        """Return what a person sees who follows a ticket's link."""
        record = self._desk.record(ticket_id, now)
        if record is None:
            return Response(404, b"<!DOCTYPE html><title>Not found</title>", _HTML)
        title = escape(f"#{record.id} {record.subject}")
        told = escape(f"{record.state(now)['status']}: {record.description}")
        body = f"<!DOCTYPE html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{told}"
        return Response(200, f"{body}<p>(simulated)".encode(), _HTML)

    # -- lists ----------------------------------------------------------------------------------

    def _me(self, request: Request, now: Instant, _: Sequence[str]) -> Response:  # noqa: ARG002
        admins = (member for member in self._desk.members if member.role is Role.ADMIN)
        return answer({"user": wire.user(next(admins), request.base)})

    def _some_users(self, request: Request, now: Instant, _: Sequence[str]) -> Response:  # noqa: ARG002
        wanted = [int(text) for text in request.query.get("ids", "").split(",") if text.isdecimal()]
        members = [self._desk.member_by_id.get(id_) for id_ in wanted[:_LIST_PAGE]]
        users = [wire.user(member, request.base) for member in members if member is not None]
        return answer({"users": users, "next_page": None, "count": len(users)})

    def _custom_statuses(self, request: Request, now: Instant, _: Sequence[str]) -> Response:  # noqa: ARG002
        return answer({"custom_statuses": wire.custom_statuses()})

    def _groups(self, request: Request, now: Instant, _: Sequence[str]) -> Response:  # noqa: ARG002
        groups = wire.groups()
        return answer({"groups": groups, "next_page": None, "count": len(groups)})

    def _schedules(self, request: Request, now: Instant, _: Sequence[str]) -> Response:  # noqa: ARG002
        return answer({"schedules": wire.schedules()})

    def _ratings(self, request: Request, now: Instant, _: Sequence[str]) -> Response:
        start = int(request.query.get("start_time", "0"))
        rows = []
        for audit in self._desk.audits_from(start, now):
            score = audit.changes.get("satisfaction_score")
            if score in ("good", "bad"):
                record = self._desk.records[audit.ticket_id]
                state = record.state(audit.at)
                rows.append(
                    {
                        "id": 640_000 + record.id,
                        "ticket_id": record.id,
                        "requester_id": record.requester,
                        "assignee_id": state.get("assignee_id"),
                        "group_id": state["group_id"],
                        "score": score,
                        "comment": None,
                        "reason": "No reason provided",
                        "reason_id": None,
                        "created_at": isoformat(audit.at),
                        "updated_at": isoformat(audit.at),
                    }
                )
        return _listed(request, "satisfaction_ratings", rows)


def _place(audit: Audit) -> tuple[Instant, int]:
    return audit.at, audit.id


def _whole_seconds(audits: Iterator[Audit], size: int) -> tuple[list[Audit], bool]:
    """Return a page that never ends between two audits of one second, and whether more follow."""
    page = list(islice(audits, size))
    for audit in audits:
        if audit.at != page[-1].at:
            return page, True
        page.append(audit)
    return page, False


def _page_size(request: Request, name: str, usual: int, largest: int) -> int:
    text = request.query.get(name, str(usual))
    if not text.isdecimal() or not 1 <= int(text) <= largest:
        raise BadRequestError(400, "InvalidValue", f"{name} must be from 1 to {largest}")
    return int(text)


def _address(request: Request, path: str, query: Mapping[str, Any], *kept: str) -> str:
    wanted = {**query, **{name: request.query[name] for name in kept if name in request.query}}
    text = "&".join(f"{name}={value}" for name, value in wanted.items())
    return f"{request.base}/api/v2/{path}.json?{text}"


def _listed(request: Request, name: str, rows: Sequence[Mapping[str, Any]]) -> Response:
    """Return one page of ``rows`` the way cursor-paged lists come."""
    size = _page_size(request, "page[size]", _LIST_PAGE, _LIST_PAGE)
    after = request.query.get("page[after]", "0")
    if not after.isdecimal():
        raise BadRequestError(400, "InvalidPaginationParameter", "page[after] is not valid")
    start = int(after)
    page = rows[start : start + size]
    more = start + size < len(rows)
    cursor = str(start + len(page))
    link = f"{request.base}{request.path}?page[size]={size}&page[after]={cursor}"
    rest = {
        "meta": {"has_more": more, "after_cursor": cursor if page else None, "before_cursor": None},
        "links": {"next": link if more else None, "prev": None},
    }
    return answer(encode_page(name, map(encode, page), rest))
