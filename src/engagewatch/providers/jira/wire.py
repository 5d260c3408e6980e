"""The parts of Jira's JSON that are read. Everything may be absent; the rest is ignored."""

from __future__ import annotations

from typing import Any

from msgspec import Raw, Struct, field

from engagewatch.providers.wire import WireId


class Server(Struct):
    """What a site says of itself."""

    deployment: str | None = field(default=None, name="deploymentType")
    base_url: str | None = field(default=None, name="baseUrl")


class User(Struct):
    """Somebody: by ``accountId`` on Cloud, by ``key`` and ``name`` on Data Center."""

    account_id: str | None = field(default=None, name="accountId")
    account_type: str | None = field(default=None, name="accountType")
    key: str | None = None
    name: str | None = None
    display_name: str | None = field(default=None, name="displayName")
    email: str | None = field(default=None, name="emailAddress")
    time_zone: str | None = field(default=None, name="timeZone")


class Named(Struct):
    """Anything with an id and a name: a status, a priority, a kind of issue."""

    id: WireId = None
    name: str | None = None


class FieldSchema(Struct):
    """What a field holds."""

    custom: str | None = None


class FieldDefinition(Struct):
    """A field of the site; custom ones have ids of their own on every site."""

    id: WireId = None
    name: str | None = None
    schema: FieldSchema | None = None


class Comment(Struct):
    """A message on an issue; ``public`` is false for what customers do not see."""

    id: WireId = None
    author: User | None = None
    body: Any = None
    created: Any = None
    public: bool | None = field(default=None, name="jsdPublic")


class Comments(Struct):
    """Messages, possibly not all of them."""

    comments: list[Raw] | None = None
    total: int | None = None


class Change(
    Struct,
    rename={
        "field_id": "fieldId",
        "name": "field",
        "old": "from",
        "old_name": "fromString",
        "new": "to",
        "new_name": "toString",
    },
):
    """One field changed: from and to by id, and by the name it had then."""

    field_id: str | None = None
    name: str | None = None
    old: Any = None
    old_name: Any = None
    new: Any = None
    new_name: Any = None


class HistoryEntry(Struct):
    """One edit of one issue, which may change several fields."""

    id: WireId = None
    author: User | None = None
    created: Any = None
    items: list[Change] | None = None


class ChangeLog(Struct):
    """The history that came with an issue (Data Center)."""

    histories: list[Raw] | None = None
    total: int | None = None


class IssueFields(Struct):
    """The fields every issue has."""

    summary: str | None = None
    status: Named | None = None
    priority: Named | None = None
    issuetype: Named | None = None
    created: Any = None
    updated: Any = None
    reporter: User | None = None
    creator: User | None = None
    assignee: User | None = None
    comment: Comments | None = None
    labels: list[str] | None = None


class Issue(Struct):
    """An issue as it stands; its fields are read twice, the custom ones by their ids."""

    id: WireId = None
    key: str | None = None
    fields: Raw = field(default_factory=Raw)
    changelog: ChangeLog | None = None


class Stamp(Struct):
    """When an issue changed last."""

    updated: Any = None


class SearchGoesOn(Struct):
    """Whether more issues follow, in the words of Cloud (token) or of Data Center (total)."""

    is_last: bool | None = field(default=None, name="isLast")
    token: str | None = field(default=None, name="nextPageToken")
    total: int | None = None


class IssueHistory(Struct):
    """Part of the history of one issue."""

    issue: WireId = field(default=None, name="issueId")
    entries: list[Raw] | None = field(default=None, name="changeHistories")


class HistoryPage(Struct):
    """A page of the history of many issues; one issue may go on over several."""

    logs: list[IssueHistory] = field(name="issueChangeLogs")
    token: str | None = field(default=None, name="nextPageToken")


class CommentsGoOn(Struct):
    """How many messages one issue has."""

    total: int | None = None


class ValuesGoOn(Struct):
    """Whether more of a service desk's list follows."""

    last: bool | None = field(default=None, name="isLastPage")


class RequestComment(Struct):
    """A message as the service desk tells it: whether it is public."""

    id: WireId = None
    public: bool | None = None


class Millis(Struct):
    """A duration."""

    millis: float | None = None


class Cycle(Struct):
    """One run of an SLA clock."""

    breached: bool | None = None
    breach_time: Any = field(default=None, name="breachTime")
    start_time: Any = field(default=None, name="startTime")
    goal: Millis | None = field(default=None, name="goalDuration")
    elapsed: Millis | None = field(default=None, name="elapsedTime")


class SlaField(Struct):
    """One SLA of one issue, as Jira itself counts it."""

    id: WireId = None
    name: str | None = None
    completed: list[Cycle] | None = field(default=None, name="completedCycles")
    ongoing: Cycle | None = field(default=None, name="ongoingCycle")


class Approver(Struct):
    """Somebody asked to approve, and what they said."""

    approver: User | None = None
    decision: str | None = field(default=None, name="approverDecision")


class Approval(Struct):
    """One round of approval."""

    id: WireId = None
    decision: str | None = field(default=None, name="finalDecision")
    approvers: list[Approver] | None = None
    created: Any = field(default=None, name="createdDate")
    completed: Any = field(default=None, name="completedDate")


class Feedback(Struct):
    """What the customer thought of it, from 1 to 5."""

    rating: float | None = None


class RequestTypeName(Struct):
    """The name of a request type."""

    name: str | None = None


class RequestType(Struct):
    """What kind of request it is, as the portal says."""

    request_type: RequestTypeName | None = field(default=None, name="requestType")


class RoleActor(Struct):
    """Somebody in a role of a project."""

    name: str | None = None
    user: User | None = field(default=None, name="actorUser")


class Role(Struct):
    """A role of a project, with those in it."""

    actors: list[RoleActor] | None = None
