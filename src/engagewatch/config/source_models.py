"""``[[sources]]``: one settings model per kind of source."""

from __future__ import annotations

import codecs
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from engagewatch.config.fields import (
    AddressField,
    MeaningField,
    SecretField,
    Table,
    Text,
    ZoneField,
)
from engagewatch.config.problems import RejectedError
from engagewatch.config.source_base import RemoteTable, RequestsField, SourceTable
from engagewatch.config.source_models_calendar import IcsSource
from engagewatch.config.source_models_status import (
    BetterStackSource,
    CachetSource,
    GatusSource,
    PrometheusSource,
    StatuspageSource,
    UptimeKumaSource,
)


def _one_character(value: object) -> object:
    if isinstance(value, str) and len(value) != 1:
        raise RejectedError("a delimiter is one character", 'write ",", ";" or "\\t"')
    return value


def _encoding(value: object) -> object:
    if isinstance(value, str):
        try:
            codecs.lookup(value)
        except LookupError:
            raise RejectedError(
                f'there is no text encoding "{value[:40]}"', 'the usual are "utf-8" and "cp1252"'
            ) from None
    return value


BUILT_IN = (
    "zendesk",
    "statuspage",
    "eventlog",
    "uptime_kuma",
    "prometheus",
    "gatus",
    "cachet",
    "better_stack",
    "zammad",
    "request_tracker",
    "servicenow",
    "jira",
    "freshservice",
    "ics",
)


TableNameField = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
ProjectField = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,79}$")]
RecordIdField = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _TicketSource(SourceTable):
    courts: dict[str, MeaningField] = Field(
        default_factory=dict, examples=[{"Awaiting reply": "client"}]
    )
    """What a status means: whose court the ticket is in, or that the work has ended."""


class _RemoteTicketSource(_TicketSource, RemoteTable):
    pass


class ZendeskSource(_RemoteTicketSource):
    """Zendesk Support: tickets, messages, history and its own SLA clocks."""

    kind: Literal["zendesk"]
    url: AddressField = Field(examples=["https://contoso.zendesk.com"])
    user: Text | None = Field(default=None, examples=["monitor@northwind.example"])
    """The agent an API token belongs to. Left out, the token is an OAuth access token."""
    token: SecretField = Field(examples=[{"env": "NORTHWIND_ZENDESK_TOKEN"}])
    organization: Annotated[int, Field(ge=1)] | None = Field(default=None, examples=[310])
    """The id of the client's organisation, where the account serves other clients as well."""
    history: bool = Field(default=True, examples=[True])
    """Whether the token may read the audits of tickets; one for ``tickets:read`` alone may not."""
    approval_tags: list[Text] = Field(
        default=["awaiting_approval"], examples=[["awaiting_approval"]]
    )
    """Tags with which a ticket waits for the client's approval."""
    category_field: Annotated[int, Field(ge=1)] | None = Field(default=None, examples=[36001])
    """The id of the ticket field that says what it is about. Left out, that is the ticket's type,
    of which Zendesk knows four."""
    requests_per_minute: RequestsField | None = Field(default=None, examples=[5])


class ZammadSource(_RemoteTicketSource):
    """Zammad: tickets, messages, history and its own SLA figures."""

    kind: Literal["zammad"]
    url: AddressField = Field(examples=["https://desk.contoso.example"])
    token: SecretField = Field(examples=[{"env": "NORTHWIND_ZAMMAD_TOKEN"}])
    history: bool = Field(default=True, examples=[True])
    """Whether the account may read the history of tickets; a customer's may not."""
    requests_per_minute: RequestsField | None = Field(default=None, examples=[120])


class RequestTrackerSource(_RemoteTicketSource):
    """Request Tracker 5: tickets, and every transaction on them."""

    kind: Literal["request_tracker"]
    url: AddressField = Field(examples=["https://rt.contoso.example"])
    """The address of the server, with its path if it has one, such as ``/rt``."""
    token: SecretField = Field(examples=[{"env": "NORTHWIND_RT_TOKEN"}])
    queues: list[Text] = Field(default_factory=list, examples=[["Service Desk"]])
    """The client's queues; all that the account may see unless told."""
    client_domains: list[Text] = Field(default_factory=list, examples=[["northwind.example"]])
    """Domains of the client's addresses: who writes from there is the client's."""
    category_field: Text | None = Field(default=None, examples=["Ticket type"])
    """The custom field that says what kind of ticket it is."""
    rating_field: Text | None = Field(default=None, examples=["Satisfaction"])
    """The custom field that holds the client's rating."""
    requests_per_minute: RequestsField | None = Field(default=None, examples=[120])


class ServiceNowSource(_RemoteTicketSource):
    """ServiceNow: tickets, their audit and journal, its own SLA clocks and approvals."""

    kind: Literal["servicenow"]
    url: AddressField = Field(examples=["https://contoso.service-now.com"])
    user: Text | None = Field(default=None, examples=["northwind.monitor"])
    """The account's user name; the token is its password. Left out, it is an OAuth token."""
    client_id: Text | None = Field(default=None, examples=["d0f1a9c2b3e44f5fa6b7c8d9e0f1a2b3"])
    """An OAuth client that asks for access tokens itself; the token is its secret."""
    token: SecretField = Field(examples=[{"env": "NORTHWIND_SERVICENOW_TOKEN"}])
    tables: Annotated[list[TableNameField], Field(min_length=1)] = Field(
        default=["incident"], examples=[["incident", "sc_req_item"]]
    )
    """The tables of tickets to read; each extends ``task``."""
    company: RecordIdField | None = Field(
        default=None, examples=["31bea3d53790200044e0bfc8bcbe5dec"]
    )
    """The ``sys_id`` of the client's company, where the account sees other clients as well."""
    requests_per_minute: RequestsField | None = Field(default=None, examples=[60])


class JiraSource(_RemoteTicketSource):
    """Jira Service Management, on Cloud or Data Center: requests, history, clocks, approvals."""

    kind: Literal["jira"]
    url: AddressField = Field(examples=["https://contoso.atlassian.net"])
    """The site; for a scoped token ``https://api.atlassian.com/ex/jira/`` and the cloud id."""
    user: Text | None = Field(default=None, examples=["monitor@northwind.example"])
    """The account an API token or password belongs to; left out for a personal access token."""
    token: SecretField = Field(examples=[{"env": "NORTHWIND_JIRA_TOKEN"}])
    projects: Annotated[list[ProjectField], Field(min_length=1)] = Field(examples=[["ITSD"]])
    """Keys of the service projects to read."""
    client_domains: list[Text] = Field(default_factory=list, examples=[["northwind.example"]])
    """Domains of the client's addresses, where the site shows addresses."""
    claims: dict[str, Literal["first_response", "next_response", "resolution"]] = Field(
        default_factory=dict, examples=[{"Time to fix": "resolution"}]
    )
    """Which obligation an SLA of theirs is about, where its name is not one of Jira's own."""
    requests_per_minute: RequestsField | None = Field(default=None, examples=[60])


class FreshserviceSource(_RemoteTicketSource):
    """Freshservice: tickets, what their activities prove, messages, SLA figures, approvals."""

    kind: Literal["freshservice"]
    url: AddressField = Field(examples=["https://contoso.freshservice.com"])
    token: SecretField = Field(examples=[{"env": "NORTHWIND_FRESHSERVICE_TOKEN"}])
    """The API key of an agent."""
    workspace: Annotated[int, Field(ge=0)] | None = Field(default=None, examples=[2])
    """The client's workspace; the primary one unless told, and 0 for all."""
    history: bool = Field(default=True, examples=[True])
    """Whether to read the activities of tickets, which takes a request for each."""
    ratings: bool = Field(default=False, examples=[False])
    """Whether to read ratings, which takes a request for each ticket that ended."""
    requests_per_minute: RequestsField | None = Field(default=None, examples=[60])


class EventLogColumns(Table):
    """Which column of an event log holds what."""

    ticket: Text | None = Field(default=None, examples=["number"])
    at: Text | None = Field(default=None, examples=["updated_at"])
    status: Text | None = Field(default=None, examples=["state"])
    activity: Text | None = Field(default=None, examples=["Activity"])
    created_at: Text | None = Field(default=None, examples=["opened_at"])
    resolved_at: Text | None = Field(default=None, examples=["resolved_at"])
    closed_at: Text | None = Field(default=None, examples=["closed_at"])
    first_response_at: Text | None = Field(default=None, examples=["first_reply_at"])
    priority: Text | None = Field(default=None, examples=["priority"])
    subject: Text | None = Field(default=None, examples=["short_description"])
    assignee: Text | None = Field(default=None, examples=["assigned_to"])
    group: Text | None = Field(default=None, examples=["assignment_group"])
    requester: Text | None = Field(default=None, examples=["caller"])
    category: Text | None = Field(default=None, examples=["category"])
    actor: Text | None = Field(default=None, examples=["updated_by"])
    claimed_first_response_met: Text | None = Field(default=None, examples=["response_sla_met"])
    claimed_first_response_due: Text | None = Field(default=None, examples=["response_due"])
    claimed_resolution_met: Text | None = Field(default=None, examples=["made_sla"])
    claimed_resolution_due: Text | None = Field(default=None, examples=["due_at"])
    approver: Text | None = Field(default=None, examples=["approver"])
    decision: Text | None = Field(default=None, examples=["approval_state"])
    score: Text | None = Field(default=None, examples=["csat"])
    approval_requested_at: Text | None = Field(default=None, examples=["approval_asked"])
    approval_decided_at: Text | None = Field(default=None, examples=["approval_given"])
    survey_sent_at: Text | None = Field(default=None, examples=["survey_sent"])
    survey_answered_at: Text | None = Field(default=None, examples=["survey_taken"])
    task: Text | None = Field(default=None, examples=["id"])
    title: Text | None = Field(default=None, examples=["task"])
    owner: Text | None = Field(default=None, examples=["owner"])
    due: Text | None = Field(default=None, examples=["due"])
    phase: Text | None = Field(default=None, examples=["phase"])
    role: Text | None = Field(default=None, examples=["role"])
    start: Text | None = Field(default=None, examples=["start"])
    client_hours: Text | None = Field(default=None, examples=["our_hours"])
    depends: Text | None = Field(default=None, examples=["after"])
    evidence: Text | None = Field(default=None, examples=["proof"])
    gate: Text | None = Field(default=None, examples=["gate"])
    done_at: Text | None = Field(default=None, examples=["done"])
    called_off: Text | None = Field(default=None, examples=["cancelled"])


class EventLogSource(_TicketSource):
    """A table of what happened to tickets, exported from any system."""

    kind: Literal["eventlog"]
    path: Text = Field(examples=["incidents.csv.gz"])
    """The file, relative to this one; ``.csv`` or ``.jsonl``, plain or with ``.gz``."""
    format: Literal["csv", "jsonl"] | None = Field(default=None, examples=["csv"])
    delimiter: Annotated[str, BeforeValidator(_one_character)] = Field(default=",", examples=[";"])
    encoding: Annotated[str, BeforeValidator(_encoding)] = Field(
        default="utf-8", examples=["utf-8"]
    )
    timezone: ZoneField | None = Field(default=None, examples=["Europe/Lisbon"])
    """Zone of times written without one; the engagement's own unless told."""
    time_format: Text | None = Field(default=None, examples=["%d/%m/%Y %H:%M"])
    """How times are written, as ``strptime`` codes; ISO 8601 unless told."""
    missing: Annotated[
        tuple[str, ...],
        BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
    ] = Field(default=("",), examples=[["", "?"]])
    """Texts that stand for "no value"."""
    rows: Literal["states", "activities", "tickets", "tasks"] = Field(
        default="states", examples=["states"]
    )
    """Each row is the state after an update, an activity that happened, a whole ticket, or a task
    of the on-boarding plan."""
    columns: EventLogColumns = Field(examples=[{"ticket": "number", "at": "updated_at"}])
    activities: dict[str, Text] = Field(
        default_factory=dict, examples=[{"Take in charge": "responded"}]
    )
    """For ``rows = "activities"``: the status an activity puts the ticket in, or ``responded``."""
    owners: dict[str, Literal["client", "provider", "outgoing", "third_party", "shared"]] = Field(
        default_factory=dict, examples=[{"Contoso": "provider"}]
    )
    """For ``rows = "tasks"``: whose a task is, by the plan's own word for it."""


class PluginSource(_RemoteTicketSource):
    """A kind of source that an installed package adds."""

    kind: Annotated[Text, WithJsonSchema({"type": "string", "not": {"enum": list(BUILT_IN)}})]
    url: AddressField | None = Field(default=None, examples=["https://desk.example.net"])
    user: Text | None = Field(default=None, examples=["monitor@northwind.example"])
    token: SecretField | None = Field(default=None, examples=[{"env": "NORTHWIND_TOKEN"}])
    options: dict[str, Any] = Field(default_factory=dict)
    """What only this kind knows; the package checks it."""


SOURCE_MODELS: dict[str, type[Table]] = dict(
    zip(
        BUILT_IN,
        (
            ZendeskSource,
            StatuspageSource,
            EventLogSource,
            UptimeKumaSource,
            PrometheusSource,
            GatusSource,
            CachetSource,
            BetterStackSource,
            ZammadSource,
            RequestTrackerSource,
            ServiceNowSource,
            JiraSource,
            FreshserviceSource,
            IcsSource,
        ),
        strict=True,
    )
)
PLUGIN = "plugin"
PLUGIN_GROUP = "engagewatch.adapters"
"""Entry point group under which packages name the kinds of sources they add."""


def source_model(kind: str) -> type[Table] | None:
    """Return the settings model of a kind of source, or ``None`` if nothing offers that kind."""
    if kind in SOURCE_MODELS:
        return SOURCE_MODELS[kind]
    return PluginSource if kind in _plugin_kinds() else None


@cache
def _plugin_kinds() -> frozenset[str]:
    # Slow to import; only a kind that is not built in asks for it.
    from importlib.metadata import entry_points

    return frozenset(entry.name for entry in entry_points(group=PLUGIN_GROUP))


def _tag(source: object) -> str | None:
    kind = source.get("kind") if isinstance(source, dict) else None
    if not isinstance(kind, str) or source_model(kind) is None:
        return None
    return kind if kind in SOURCE_MODELS else PLUGIN


Source = Annotated[
    Annotated[ZendeskSource, Tag("zendesk")]
    | Annotated[StatuspageSource, Tag("statuspage")]
    | Annotated[EventLogSource, Tag("eventlog")]
    | Annotated[UptimeKumaSource, Tag("uptime_kuma")]
    | Annotated[PrometheusSource, Tag("prometheus")]
    | Annotated[GatusSource, Tag("gatus")]
    | Annotated[CachetSource, Tag("cachet")]
    | Annotated[BetterStackSource, Tag("better_stack")]
    | Annotated[ZammadSource, Tag("zammad")]
    | Annotated[RequestTrackerSource, Tag("request_tracker")]
    | Annotated[ServiceNowSource, Tag("servicenow")]
    | Annotated[JiraSource, Tag("jira")]
    | Annotated[FreshserviceSource, Tag("freshservice")]
    | Annotated[IcsSource, Tag("ics")]
    | Annotated[PluginSource, Tag(PLUGIN)],
    Discriminator(_tag),
]
