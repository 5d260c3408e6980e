"""Zendesk's JSON: tickets, people, and the audits of one ticket."""

from __future__ import annotations

from html import escape
from typing import Any

from engagewatch.demo.case import CUSTOM_STATUSES, GROUPS
from engagewatch.demo.desk import Audit, Comment, Desk, Record, Via
from engagewatch.demo.people import Member, Role
from engagewatch.demo.profile import ZONE
from engagewatch.demo.settings import CATEGORY_FIELD
from engagewatch.model.instants import Instant, isoformat

_EMPTY_FIELD = 36002
RULE_ID = 360_000_000_201
SYSTEM = {
    "client": "Mozilla/5.0",
    "ip_address": "192.0.2.17",
    "location": "Leeds, H3, United Kingdom",
    "latitude": 53.8,
    "longitude": -1.55,
}
_IDS = frozenset({"assignee_id", "group_id", "requester_id", "custom_status_id"})


def ticket(desk: Desk, record: Record, now: Instant, base: str) -> dict[str, Any]:
    """Return ``record`` as the exports show it at ``now``."""
    audits = record.until(now)
    state = record.state(now)
    fields = [
        {"id": CATEGORY_FIELD, "value": record.category},
        {"id": _EMPTY_FIELD, "value": None},
    ]
    score = state.get("satisfaction_score")
    rating: dict[str, Any] = {"score": "unoffered" if score is None else score}
    if score in ("good", "bad"):
        rating.update(id=640_000 + record.id, comment=None, reason="No reason provided")
    return {
        "url": f"{base}/api/v2/tickets/{record.id}.json",
        "id": record.id,
        "external_id": None,
        "via": {"channel": record.via.channel, "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": isoformat(audits[0].at),
        "updated_at": isoformat(audits[-1].at),
        "generated_timestamp": audits[-1].at,
        "type": state["type"],
        "subject": record.subject,
        "raw_subject": record.subject,
        "description": record.description,
        "priority": state["priority"],
        "status": state["status"],
        "custom_status_id": state["custom_status_id"],
        "recipient": None,
        "requester_id": record.requester,
        "submitter_id": audits[0].author,
        "assignee_id": state.get("assignee_id"),
        "organization_id": desk.organization_id,
        "group_id": state["group_id"],
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": record.problem_id,
        "has_incidents": state["type"] == "problem",
        "is_public": True,
        "due_at": None,
        "tags": state["tags"],
        "custom_fields": fields,
        "satisfaction_rating": rating,
        "sharing_agreement_ids": [],
        "fields": fields,
        "followup_ids": [],
        "ticket_form_id": 12,
        "brand_id": 3,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
    }


def user(member: Member, base: str) -> dict[str, Any]:
    """Return one account."""
    return {
        "id": member.id,
        "url": f"{base}/api/v2/users/{member.id}.json",
        "name": member.name,
        "email": member.email,
        "created_at": isoformat(member.created_at),
        "updated_at": isoformat(member.updated_at),
        "time_zone": "London",
        "iana_time_zone": ZONE,
        "phone": None,
        "locale": "en-GB",
        "organization_id": None,
        "role": member.role.value,
        "verified": True,
        "external_id": None,
        "tags": [],
        "alias": "",
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": None,
        "signature": None,
        "details": "",
        "notes": "",
        "moderator": member.role is Role.ADMIN,
        "ticket_restriction": "requested" if member.role is Role.END_USER else None,
        "only_private_comments": False,
        "restricted_agent": member.role is not Role.ADMIN,
        "suspended": False,
        "default_group_id": GROUPS.get(member.department),
        "report_csv": member.role is Role.ADMIN,
        "user_fields": {"department": member.department},
    }


def audit_json(record: Record, audit: Audit) -> dict[str, Any]:
    """Return one audit in the shape of the audits of one ticket, where values are text."""
    events: list[dict[str, Any]] = []
    if audit.comment is not None:
        events.append(_comment(audit, audit.comment))
    first = audit is record.audits[0]
    for name, value in audit.changes.items():
        if name == "satisfaction_score":
            assignee = record.state(audit.at).get("assignee_id")
            events.append({"type": "SatisfactionRating", "score": value, "assignee_id": assignee})
            continue
        event: dict[str, Any] = {"type": "Create" if first else "Change", "field_name": name}
        event["value"] = _text(name, value)
        if not first:
            event["previous_value"] = _text(name, audit.previous[name])
        events.append(event)
    if first:
        category = {"field_name": str(CATEGORY_FIELD), "value": record.category}
        events.append({"type": "Create", **category})
    for number, event in enumerate(events, 1):
        event["id"] = audit.id + number
    source: dict[str, Any] = {"from": {}, "to": {}, "rel": None}
    if audit.via is Via.RULE:
        source = {"from": {"id": RULE_ID, "title": "Desk rule"}, "to": {}, "rel": "trigger"}
    return {
        "id": audit.id,
        "ticket_id": record.id,
        "created_at": isoformat(audit.at),
        "author_id": audit.author,
        "metadata": {"system": SYSTEM, "custom": {}},
        "events": events,
        "via": {"channel": audit.via.channel, "source": source},
    }


def _comment(audit: Audit, comment: Comment) -> dict[str, Any]:
    return {
        "type": "Comment",
        "author_id": audit.author,
        "body": comment.body,
        "html_body": f"<p>{escape(comment.body)}</p>",
        "plain_body": comment.body,
        "public": comment.public,
        "attachments": [],
        "audit_id": audit.id,
    }


def _text(name: str, value: Any) -> Any:
    return str(value) if name in _IDS and value is not None else value


def groups() -> list[dict[str, Any]]:
    """Return the teams of the account."""
    return [{"id": id_, "name": name, "deleted": False} for name, id_ in GROUPS.items()]


def custom_statuses() -> list[dict[str, Any]]:
    """Return the statuses of the account."""
    return [
        {
            "id": status.id,
            "status_category": status.category,
            "agent_label": status.agent_label,
            "end_user_label": status.end_user_label,
            "description": "",
            "end_user_description": "",
            "active": True,
            "default": status.default,
        }
        for status in CUSTOM_STATUSES
    ]


def schedules() -> list[dict[str, Any]]:
    """Return the business hours: minutes since Sunday 00:00 local time, in a Rails zone."""
    days = range(1, 6)
    intervals = [{"start_time": day * 1440 + 480, "end_time": day * 1440 + 1080} for day in days]
    return [{"id": 1, "name": "Office hours", "time_zone": "London", "intervals": intervals}]
