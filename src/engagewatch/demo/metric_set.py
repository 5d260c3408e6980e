"""Zendesk's own figures for one ticket, counted the way that tool counts them.

They differ from what a contract counts, as real ones do: an automatic receipt sent by an agent
account is a reply to it, every clock runs on the office hours whatever the priority, and what was
on pending is taken off whether anybody was asked or not.
"""

from __future__ import annotations

from typing import Any

from engagewatch.demo.desk import Desk, Record
from engagewatch.demo.people import Role
from engagewatch.engine.calendars import Calendar
from engagewatch.model.instants import MINUTE, Instant, isoformat

_METRIC_SETS_FROM = 88_000_000


def metric_set(desk: Desk, record: Record, now: Instant, hours: Calendar) -> dict[str, Any]:
    """Return the metric set of ``record`` at ``now``; ``hours`` is the desk's schedule."""
    audits = record.until(now)
    created = audits[0].at
    status, since = "", created
    spent = {"pending": [0, 0], "hold": [0, 0], "provider": [0, 0]}
    seen: dict[str, Instant] = {}
    replies = reopens = assignees = groups = 0
    for audit in audits:
        changes = audit.changes
        moved = changes.get("status", status)
        if moved != status:
            _spend(spent, status, since, audit.at, hours)
            if moved in ("solved", "closed"):
                seen.setdefault("first_solved", audit.at)
                if status not in ("solved", "closed"):
                    seen["solved"] = audit.at
            elif status == "solved":
                reopens += 1
                del seen["solved"]
            status, since = moved, audit.at
            seen["status"] = audit.at
        if "assignee_id" in changes:
            assignees += 1
            seen.setdefault("first_assigned", audit.at)
            seen["assigned"] = audit.at
        groups += "group_id" in changes
        author = desk.member_by_id.get(audit.author)
        if author is not None:
            by_client = author.role is Role.END_USER
            seen["requester" if by_client else "assignee"] = audit.at
            if audit.comment is not None and audit.comment.public:
                if not by_client and audit is not audits[0]:
                    replies += 1
                    seen.setdefault("replied", audit.at)
                seen["comment"] = audit.at
    return {
        "id": _METRIC_SETS_FROM + record.id,
        "ticket_id": record.id,
        "created_at": isoformat(created),
        "updated_at": isoformat(audits[-1].at),
        "group_stations": groups,
        "assignee_stations": assignees,
        "reopens": reopens,
        "replies": replies,
        "initially_assigned_at": _iso(seen.get("first_assigned")),
        "assigned_at": _iso(seen.get("assigned")),
        "solved_at": _iso(seen.get("solved")),
        "status_updated_at": _iso(seen.get("status")),
        "custom_status_updated_at": _iso(seen.get("status")),
        "requester_updated_at": _iso(seen.get("requester")),
        "assignee_updated_at": _iso(seen.get("assignee")),
        "latest_comment_added_at": _iso(seen.get("comment")),
        "reply_time_in_minutes": _span(created, seen.get("replied"), hours),
        "first_resolution_time_in_minutes": _span(created, seen.get("first_solved"), hours),
        "full_resolution_time_in_minutes": _span(created, seen.get("solved"), hours),
        "agent_wait_time_in_minutes": _minutes(spent["pending"]),
        "requester_wait_time_in_minutes": _minutes(
            [a + b for a, b in zip(spent["provider"], spent["hold"], strict=True)]
        ),
        "on_hold_time_in_minutes": _minutes(spent["hold"]),
    }


def _spend(
    spent: dict[str, list[int]], status: str, since: Instant, until: Instant, hours: Calendar
) -> None:
    """Add the time from ``since`` to ``until`` to the account of ``status``."""
    if status in ("new", "open"):
        account = spent["provider"]
    elif status in ("pending", "hold"):
        account = spent[status]
    else:
        return
    account[0] += until - since
    account[1] += hours.seconds_between(since, until)


def _span(start: Instant, end: Instant | None, hours: Calendar) -> dict[str, int | None]:
    if end is None:
        return {"calendar": None, "business": None}
    return _minutes([end - start, hours.seconds_between(start, end)])


def _minutes(seconds: list[int]) -> dict[str, int | None]:
    return {"calendar": seconds[0] // MINUTE, "business": seconds[1] // MINUTE}


def _iso(at: Instant | None) -> str | None:
    return None if at is None else isoformat(at)
