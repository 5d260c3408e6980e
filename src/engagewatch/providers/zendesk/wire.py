"""The parts of Zendesk's JSON that are read. Everything may be absent; the rest is ignored."""

from __future__ import annotations

from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import UNSET, Struct, UnsetType, field

from engagewatch.providers.wire import WireId

Id: TypeAlias = WireId

_Record = TypeVar("_Record")
_Metrics = TypeVar("_Metrics")


class UserPage(Struct, Generic[_Record]):
    """A page of the users' export, or of users asked for by id."""

    users: list[_Record]
    after_cursor: str | None = None
    end_of_stream: bool = True


class User(Struct):
    """Somebody with an account: an end user or an agent."""

    id: Id
    name: str | None = None
    email: str | None = None
    role: str | None = None
    organization_id: Id = None


class TicketPage(Struct, Generic[_Record, _Metrics]):
    """A page of the cursor-based export of tickets."""

    tickets: list[_Record]
    metric_sets: list[_Metrics] | None = None
    after_cursor: str | None = None
    end_of_stream: bool = True


class GroupPage(Struct, Generic[_Record]):
    """A page of the list of teams."""

    groups: list[_Record]
    next_page: str | None = None


class Group(Struct):
    """A team of agents."""

    id: Id
    name: str | None = None


class Satisfaction(Struct):
    """What the requester thought of it."""

    score: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class CustomField(Struct):
    """What a ticket holds in a field of the account's own."""

    id: Id
    value: Any = None
    """Text, a number, a list or whatever the field is made for."""


class WireTicket(Struct):
    """A ticket as it stands."""

    id: Id
    created_at: str | None = None
    updated_at: str | None = None
    generated_timestamp: int | None = None
    type: str | None = None
    subject: str | None = None
    raw_subject: str | None = None
    description: str | None = None
    priority: str | None = None
    status: str | None = None
    custom_status_id: Id = None
    requester_id: Id = None
    submitter_id: Id = None
    assignee_id: Id = None
    group_id: Id = None
    organization_id: Id = None
    tags: list[str] | None = None
    custom_fields: list[CustomField] | None = None
    satisfaction_rating: Satisfaction | None = None


class Minutes(Struct):
    """One metric, counted two ways."""

    calendar: float | None = None
    business: float | None = None


class MetricSet(Struct):
    """What the tool itself measured on a ticket."""

    ticket_id: Id = None
    reply_time_in_minutes: Minutes | None = None
    full_resolution_time_in_minutes: Minutes | None = None


class CustomStatusPage(Struct, Generic[_Record]):
    """The statuses an account made for itself."""

    custom_statuses: list[_Record]


class CustomStatus(Struct):
    """One of them; ``status_category`` is the built-in status it refines."""

    id: Id
    status_category: str | None = None
    agent_label: str | None = None


class TicketEventPage(Struct, Generic[_Record]):
    """A page of the time-based export of ticket events."""

    ticket_events: list[_Record]
    end_time: int | None = None
    next_page: str | None = None
    end_of_stream: bool | None = None


class Child(Struct):
    """One thing that an update did.

    A field change names its field in ``field_name`` (audits), or is keyed by it (bulk export).
    """

    id: Id = None
    type: str | None = None
    event_type: str | None = None
    via: Any = None
    field_name: str | None = None
    value: Any = None
    previous_value: Any = None
    status: Any | UnsetType = UNSET
    custom_status_id: Any | UnsetType = UNSET
    priority: Any | UnsetType = UNSET
    assignee_id: Any | UnsetType = UNSET
    group_id: Any | UnsetType = UNSET
    tags: Any | UnsetType = UNSET
    satisfaction_score: Any | UnsetType = UNSET
    added_tags: list[str] | None = None
    removed_tags: list[str] | None = None
    score: str | None = None
    author_id: Id = None
    public: bool | None = None
    body: str | None = None
    plain_body: str | None = None


class Meta(Struct):
    """Where a list that is paged by cursor goes on."""

    has_more: bool = False
    after_cursor: str | None = None


class SearchPage(Struct, Generic[_Record]):
    """A page of what a search found."""

    results: list[_Record]
    meta: Meta = field(default_factory=Meta)


class AuditPage(Struct, Generic[_Record]):
    """A page of the updates of one ticket; those of an archived one come without a cursor."""

    audits: list[_Record]
    meta: Meta = field(default_factory=Meta)


class TicketAudit(Struct):
    """One update of one ticket as the ticket itself tells it."""

    id: Id
    ticket_id: Id = None
    created_at: str | None = None
    author_id: Id = None
    via: Any = None
    events: list[Child] | None = None


class CommentPage(Struct, Generic[_Record]):
    """A page of the messages of one ticket."""

    comments: list[_Record]
    meta: Meta = field(default_factory=Meta)


class Comment(Struct):
    """One message of a ticket, read by itself."""

    id: Id
    audit_id: Id = None
    author_id: Id = None
    public: bool | None = None
    body: str | None = None
    plain_body: str | None = None
    created_at: str | None = None
    via: Any = None


class RatingPage(Struct, Generic[_Record]):
    """A page of the account's satisfaction ratings."""

    satisfaction_ratings: list[_Record]
    meta: Meta = field(default_factory=Meta)


class Rating(Struct):
    """One request to rate a ticket, or what was answered."""

    ticket_id: Id = None
    requester_id: Id = None
    score: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class ApprovalPage(Struct, Generic[_Record]):
    """A page of the account's approval requests."""

    approval_requests: list[_Record]
    meta: Meta = field(default_factory=Meta)


class Approval(Struct):
    """What one person, or one group, was asked to approve."""

    id: Id = None
    ticket_id: Id = None
    status: str | None = None
    assignee_user_id: Id = None
    created_by_id: Id = None
    created_at: str | None = None
    decided_at: str | None = None
    approval_workflow_instance_id: Id = None


class OneApproval(Struct):
    """An approval request asked for by itself."""

    approval_request: Approval


class SchedulePage(Struct):
    """The account's business hours."""

    schedules: list[Schedule]


class Schedule(Struct):
    """When somebody is at work, in minutes since Sunday 00:00 of its time zone."""

    id: Id = None
    name: str | None = None
    time_zone: str | None = None
    intervals: list[Interval] | None = None


class Interval(Struct):
    """Hours within one day of the week."""

    start_time: int
    end_time: int


class HolidayPage(Struct):
    """The days on which a schedule has no hours."""

    holidays: list[Holiday]


class Holiday(Struct):
    """Closed days, both dates included."""

    name: str | None = None
    start_date: str | None = None
    end_date: str | None = None


class Organization(Struct):
    """A client of the account."""

    name: str | None = None


class OneOrganization(Struct):
    """An organisation asked for by itself."""

    organization: Organization


class Audit(Struct):
    """One update of one ticket, with all that it did at once."""

    id: Id
    ticket_id: Id = None
    timestamp: int | None = None
    created_at: str | None = None
    updater_id: Id = None
    via: Any = None
    merged_ticket_ids: list[Id] | None = None
    child_events: list[Child] | None = None
