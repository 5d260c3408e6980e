"""The parts of Freshservice's JSON that are read. Everything may be null; the rest is ignored."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from engagewatch.providers.wire import WireId


class Stats(Struct):
    """What the tool itself measured on a ticket."""

    pending_since: str | None = None
    resolved_at: str | None = None
    closed_at: str | None = None
    assigned_at: str | None = None
    first_responded_at: str | None = None
    agent_responded_at: str | None = None
    requester_responded_at: str | None = None
    status_updated_at: str | None = None
    inbound_count: int | None = None
    outbound_count: int | None = None
    first_resp_time_in_secs: float | None = None
    resolution_time_in_secs: float | None = None


class Requester(Struct):
    """Whose ticket it is."""

    id: WireId = None
    name: str | None = None
    email: str | None = None
    primary_email: str | None = None


class WireTicket(Struct):
    """A ticket as it stands."""

    id: WireId = None
    subject: str | None = None
    type: str | None = None
    status: int | None = None
    priority: int | None = None
    requester_id: WireId = None
    responder_id: WireId = None
    group_id: WireId = None
    category: str | None = None
    due_by: str | None = None
    fr_due_by: str | None = None
    is_escalated: bool | None = None
    fr_escalated: bool | None = None
    deleted: bool | None = None
    spam: bool | None = None
    tags: list[str] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    stats: Stats | None = None
    requester: Requester | None = None


class OneTicket(Struct):
    """A ticket asked for by its id."""

    ticket: WireTicket


class Agent(Struct):
    """Somebody who works on tickets."""

    id: WireId = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None


class FormField(Struct):
    """A field of the ticket form."""

    name: str | None = None
    choices: Any = None


class Actor(Struct):
    """Who did something; 0 is the tool itself."""

    id: WireId = None
    name: str | None = None


class Activity(Struct):
    """Something that was done to a ticket, in prose."""

    actor: Actor | None = None
    content: str | None = None
    sub_contents: list[str] | str | None = None
    created_at: str | None = None


class ActivitiesGoOn(Struct):
    """What a page of activities tells beside them; they come newest first."""

    next_page: str | None = field(default=None, name="next_page_url")


class Conversation(Struct):
    """A message or a note; ``incoming`` ones came from the requester's side."""

    id: WireId = None
    user_id: WireId = None
    body_text: str | None = None
    incoming: bool | None = None
    private: bool | None = None
    source: int | None = None
    created_at: str | None = None


class ApprovalState(Struct):
    """How an approval stands: 0 requested, 1 approved, 2 rejected, 3 cancelled."""

    id: int | None = None
    name: str | None = None


class Delegate(Struct):
    """Who was asked to decide instead of somebody."""

    id: WireId = None
    name: str | None = None


class ApprovalGroup(Struct):
    """Those who were asked together."""

    id: WireId = None


class Approval(Struct):
    """One person asked to approve one ticket."""

    id: WireId = None
    parent: str | None = None
    parent_id: WireId = None
    created_at: str | None = None
    updated_at: str | None = None
    approver_id: WireId = None
    approver_name: str | None = None
    delegatee: Delegate | None = None
    user_id: WireId = None
    """Who asked."""
    approval_type: int | None = None
    level: int | None = None
    approval_status: ApprovalState | None = None
    approval_group: ApprovalGroup | None = None


class Satisfaction(Struct):
    """What the requester thought of it."""

    id: WireId = None
    overall_rating_text: str | None = None
    overall_rating: int | None = None
    created_at: str | None = None


class SatisfactionAnswer(Struct):
    """The rating of one ticket, if there is one."""

    response: Satisfaction | None = field(default=None, name="csat_response")
