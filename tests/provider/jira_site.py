"""A Jira site behind a real socket: Cloud or Data Center, in their documented wire formats."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_datetime, to_instant
from engagewatch.providers.access import basic
from engagewatch.providers.jira.adapter import Jira
from engagewatch.providers.jira.requests import POSTED
from tests.provider.account import JSON, Account, reading, reply
from tests.provider.loopback import Loopback, Request, Response

USER, TOKEN = "monitor@northwind.example", "t0ken"
ZONE = "Europe/Helsinki"

SLA_FIELD, APPROVAL_FIELD, FEEDBACK_FIELD = (
    "customfield_10030",
    "customfield_10031",
    "customfield_10032",
)
TYPE_FIELD, PARTICIPANT_FIELD = "customfield_10033", "customfield_10034"
FIELDS = [
    {"id": "summary", "name": "Summary", "schema": {"type": "string", "system": "summary"}},
    {
        "id": SLA_FIELD,
        "name": "Time to resolution",
        "schema": {"custom": "com.atlassian.servicedesk:sd-sla-field"},
    },
    {
        "id": APPROVAL_FIELD,
        "name": "Approvals",
        "schema": {"custom": "com.atlassian.servicedesk.approvals-plugin:sd-approvals"},
    },
    {
        "id": FEEDBACK_FIELD,
        "name": "Satisfaction",
        "schema": {"custom": "com.atlassian.servicedesk:sd-request-feedback"},
    },
    {
        "id": TYPE_FIELD,
        "name": "Request Type",
        "schema": {"custom": "com.atlassian.servicedesk:vp-origin"},
    },
    {
        "id": PARTICIPANT_FIELD,
        "name": "Request participants",
        "schema": {"custom": "com.atlassian.servicedesk:sd-request-participants"},
    },
]
STATUSES = [
    {"id": "10010", "name": "Waiting for support"},
    {"id": "3", "name": "In Progress"},
    {"id": "10012", "name": "Waiting for customer"},
    {"id": "5", "name": "Resolved"},
]
NAMES = {one["id"]: one["name"] for one in STATUSES}


def person(key: str, kind: str = "atlassian", **more: str) -> dict[str, str]:
    return {"accountId": key, "accountType": kind, "displayName": key.title(), **more}


CUSTOMER, AGENT, LICENSED = person("qm:priya", "customer"), person("dana"), person("erik")
BOT = person("bot", "app")


def written(at: Instant) -> str:
    """Return an instant as issues carry it: in the reader's zone, offset without a colon."""
    return to_datetime(at, ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M:%S.261%z")


def issue(number: int, at: Instant, *, updated: Any = None, **fields: Any) -> Any:
    return {
        "id": str(10000 + number),
        "key": f"ITSD-{number}",
        "self": "https://elsewhere.example/rest/api/3/issue/1",
        "fields": {
            "summary": "Cannot reach file share",
            "created": written(at),
            "updated": written(at if updated is None else updated),
            "resolutiondate": None,
            "resolution": None,
            "status": {
                "id": "3",
                "name": "In Progress",
                "statusCategory": {"key": "indeterminate"},
            },
            "priority": {"id": "3", "name": "Medium"},
            "issuetype": {"id": "10007", "name": "[System] Incident"},
            "reporter": CUSTOMER,
            "creator": CUSTOMER,
            "assignee": AGENT,
            "labels": ["share"],
            "comment": {"comments": [], "maxResults": 20, "total": 0, "startAt": 0},
            **fields,
        },
    }


def change(number: int, at: Instant, *items: Any, by: Any = AGENT, form: str = "int") -> Any:
    """Return an entry of a history; its time is a number, digits, or ISO text."""
    millis = at * 1000 + 10
    created: Any = {"int": millis, "digits": str(millis), "iso": written(at)}[form]
    entry = {"id": str(number), "created": created, "items": list(items)}
    return entry if by is None else {**entry, "author": by}


def moved(old: str, new: str) -> Any:
    return {
        "field": "status",
        "fieldId": "status",
        "fieldtype": "jira",
        "from": old,
        "fromString": NAMES.get(old, "Old name"),
        "to": new,
        "toString": NAMES.get(new, "Old name"),
    }


def comment(number: int, at: Instant, by: Any, text: str, public: bool | None = True) -> Any:
    body = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
    told = {"id": str(number), "author": by, "body": body, "created": written(at)}
    return told if public is None else {**told, "jsdPublic": public}


@dataclass
class SiteStub(Account):
    """What the site holds, and how it misbehaves."""

    below = "/rest/"
    refused = Response(401, b"<html>no</html>", {"Content-Type": "text/html"})

    issues: list[Any] = field(default_factory=list)
    histories: dict[str, list[Any]] = field(default_factory=dict)
    cloud: bool = True
    zone: str = ZONE
    index: list[Any] | None = None
    """What searches find, where the index lags behind."""
    comments: dict[str, list[Any]] = field(default_factory=dict)
    """All comments of an issue, where its page of issues holds only some."""
    public: dict[str, bool] = field(default_factory=dict)
    slas: dict[str, list[Any]] = field(default_factory=dict)
    team: list[Any] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    history_page: int = 1000
    token: str = TOKEN
    junk: list[Any] = field(default_factory=list)
    """What is no issue, on the last page."""

    def admits(self, request: Request, path: str) -> bool:
        # Strangers are answered as well, with what everybody may see: only this tells.
        taken = (basic(USER, self.token), f"Bearer {self.token}")
        return not path.endswith("/myself") or request.headers.get("authorization") in taken

    def respond(self, path: str, request: Request) -> Response:
        if path == "api/2/serverInfo":
            kind = "Cloud" if self.cloud else "Server"
            return reply({"baseUrl": "https://acme.example/jira", "deploymentType": kind})
        if path.endswith("/myself"):
            return reply({"accountId": "me", "timeZone": self.zone})
        if path in self.closed:
            return Response(403, b'{"errorMessages": ["no"]}', JSON)
        api = "api/3/" if self.cloud else "api/2/"
        if path == f"{api}field":
            return reply(FIELDS)
        if path == f"{api}status":
            return reply(STATUSES)
        if path == f"{api}project/ITSD":
            return reply({"key": "ITSD"})
        if path == f"{api}project/ITSD/role":
            return reply({"Service Desk Team": "https://elsewhere.example/rest/role/10101"})
        if path == f"{api}project/ITSD/role/10101":
            return reply({"actors": [{"name": "x", "actorUser": one} for one in self.team]})
        if request.method == "POST" and self.cloud:
            return self._posted(path, json.loads(request.body))
        if path == "api/2/search" and not self.cloud:
            return self._search_by_offset(request)
        if match := re.fullmatch(rf"{api}issue/(\d+)/comment", path):
            return self._comments(match[1], int(request.query["startAt"]))
        if match := re.fullmatch(r"servicedeskapi/request/(\d+)/comment", path):
            values = [{"id": key, "public": shown} for key, shown in self.public.items()]
            return reply({"values": values, "isLastPage": True})
        if match := re.fullmatch(r"servicedeskapi/request/(\d+)/sla", path):
            return reply({"values": self.slas.get(match[1], []), "isLastPage": True})
        if match := re.fullmatch(rf"{api}issue/(\d+)", path):
            for one in self.issues:
                if one["id"] == match[1]:
                    return reply(one)
        return Response(404, b'{"errorMessages": ["none"]}', JSON)

    def _posted(self, path: str, asked: dict[str, Any]) -> Response:
        if path == "api/3/search/jql":
            return self._search_by_token(asked)
        if path == "api/3/issue/bulkfetch":
            shown = [one for one in self.issues if one["id"] in asked["issueIdsOrKeys"]]
            return reply({"issues": shown, "issueErrors": []})
        assert path == "api/3/changelog/bulkfetch"
        pairs = [
            (key, entry) for key in asked["issueIdsOrKeys"] for entry in self.histories.get(key, [])
        ]
        start = int(asked.get("nextPageToken") or 0)
        end = start + min(self.history_page, asked["maxResults"])
        logs = [{"issueId": key, "changeHistories": [entry]} for key, entry in pairs[start:end]]
        token = str(end) if end < len(pairs) else None
        return reply({"issueChangeLogs": logs, "nextPageToken": token})

    def _search_by_token(self, asked: dict[str, Any]) -> Response:
        found = self._found(asked["jql"])
        start = 0
        if "nextPageToken" in asked:
            # A token belongs to one query and is worth nothing with another.
            query, _, number = asked["nextPageToken"].partition("#")
            if query != str(hash(asked["jql"])):
                return Response(400, b'{"errorMessages": ["token"]}', JSON)
            start = int(number)
        end = start + min(self.page, asked["maxResults"])
        page = {"issues": [_shown(one, asked["fields"]) for one in found[start:end]]}
        if end >= len(found):
            page["issues"] += self.junk
            return reply({**page, "isLast": True})
        return reply({**page, "isLast": False, "nextPageToken": f"{hash(asked['jql'])}#{end}"})

    def _search_by_offset(self, request: Request) -> Response:
        found = self._found(request.query["jql"])
        start = int(request.query["startAt"])
        end = start + min(self.page, int(request.query["maxResults"]))
        fields = request.query["fields"].split(",")
        issues = []
        for one in found[start:end]:
            shown = _shown(one, fields)
            if request.query["expand"] == "changelog":
                entries = self.histories.get(one["id"], [])
                shown["changelog"] = {"histories": entries, "total": len(entries)}
            issues.append(shown)
        if end >= len(found):
            issues += self.junk
        return reply({"issues": issues, "startAt": start, "total": len(found)})

    def _found(self, jql: str) -> list[Any]:
        asked = re.fullmatch(
            r'project in \("ITSD"\) AND updated >= "(.+?)" ORDER BY updated ASC, key ASC', jql
        )
        assert asked is not None, jql
        naive = datetime.fromisoformat(asked[1].replace("/", "-"))
        # The later reading of a time shown twice is the unlucky one.
        since = to_instant(naive.replace(tzinfo=ZoneInfo(self.zone), fold=1))
        issues = self.issues if self.index is None else self.index
        found = [one for one in issues if _updated(one) >= since]
        return sorted(found, key=lambda one: (_updated(one), _key(one)))

    def _comments(self, key: str, start: int) -> Response:
        found = self.comments.get(key, [])
        page = found[start : start + 2]
        return reply({"comments": page, "total": len(found), "startAt": start, "maxResults": 2})


def _updated(one: Any) -> Instant:
    try:
        return to_instant(datetime.fromisoformat(one["fields"]["updated"]))
    except (KeyError, TypeError, ValueError):
        return 1_772_000_000


def _key(one: Any) -> str:
    return str(one.get("key")) if isinstance(one, dict) else ""


def _shown(one: Any, fields: list[str]) -> Any:
    if not isinstance(one, dict) or not isinstance(one.get("fields"), dict):
        return one
    shown = {name: value for name, value in one["fields"].items() if name in fields}
    return {**one, "fields": shown}


@asynccontextmanager
async def jira(
    site: SiteStub,
    engagement: Engagement | None = None,
    *,
    user: str = USER,
    token: str = TOKEN,
    **more: Any,
) -> AsyncIterator[tuple[Jira, Loopback]]:
    """Serve ``site`` and read it with a fresh adapter."""
    more = {"projects": ["ITSD"], "posted": POSTED if site.cloud else (), **more}
    async with reading(
        "jira", site.answer, engagement, path="/jira", user=user, secret=token, **more
    ) as opened:
        yield opened
