"""``[[sources]]``: one settings model per kind of source."""

from __future__ import annotations

import codecs
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from engagewatch.config.fields import (
    AddressField,
    MeaningField,
    SecondsField,
    SecretField,
    Table,
    Text,
    ZoneField,
)
from engagewatch.config.problems import RejectedError

SHORTEST_INTERVAL = 5
LONGEST_INTERVAL = 86400


def _interval(seconds: int) -> int:
    if not SHORTEST_INTERVAL <= seconds <= LONGEST_INTERVAL:
        raise RejectedError("polls are between 5 seconds and a day apart", 'the usual is "5m"')
    return seconds


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


BUILT_IN = ("zendesk", "statuspage", "eventlog")
RequestsField = Annotated[int, Field(ge=1, le=600)]


class _Source(Table):
    """What every source has."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$", examples=["desk"])]
    """Short name of the source; screens and messages use it."""
    interval: Annotated[SecondsField, AfterValidator(_interval)] = Field(
        default=300, examples=["5m"]
    )
    """Time between polls."""


class _TicketSource(_Source):
    courts: dict[str, MeaningField] = Field(
        default_factory=dict, examples=[{"Awaiting reply": "client"}]
    )
    """What a status means: whose court the ticket is in, or that the work has ended."""


class ZendeskSource(_TicketSource):
    """Zendesk Support: tickets, messages, history and its own SLA clocks."""

    kind: Literal["zendesk"]
    url: AddressField = Field(examples=["https://contoso.zendesk.com"])
    user: Text | None = Field(default=None, examples=["monitor@northwind.example"])
    """The agent an API token belongs to. Left out, the token is an OAuth access token."""
    token: SecretField = Field(examples=[{"env": "NORTHWIND_ZENDESK_TOKEN"}])
    requests_per_minute: RequestsField | None = Field(default=None, examples=[5])
    ca_file: Text | None = Field(default=None, examples=["company-ca.pem"])
    """Certificate authority to trust instead of the system's, as a PEM file."""


class StatuspageSource(_Source):
    """A public status page of the Statuspage kind: components, incidents, maintenance."""

    kind: Literal["statuspage"]
    url: AddressField = Field(examples=["https://status.contoso.example"])
    requests_per_minute: RequestsField | None = Field(default=None, examples=[30])
    ca_file: Text | None = Field(default=None, examples=["company-ca.pem"])


class EventLogColumns(Table):
    """Which column of an event log holds what."""

    ticket: Text = Field(examples=["number"])
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
    rows: Literal["states", "activities", "tickets"] = Field(default="states", examples=["states"])
    """Each row is the state after an update, an activity that happened, or a whole ticket."""
    columns: EventLogColumns = Field(examples=[{"ticket": "number", "at": "updated_at"}])
    activities: dict[str, Text] = Field(
        default_factory=dict, examples=[{"Take in charge": "responded"}]
    )
    """For ``rows = "activities"``: the status an activity puts the ticket in, or ``responded``."""


class PluginSource(_TicketSource):
    """A kind of source that an installed package adds."""

    kind: Annotated[Text, WithJsonSchema({"type": "string", "not": {"enum": list(BUILT_IN)}})]
    url: AddressField | None = Field(default=None, examples=["https://desk.example.net"])
    user: Text | None = Field(default=None, examples=["monitor@northwind.example"])
    token: SecretField | None = Field(default=None, examples=[{"env": "NORTHWIND_TOKEN"}])
    requests_per_minute: RequestsField | None = Field(default=None, examples=[30])
    ca_file: Text | None = Field(default=None, examples=["company-ca.pem"])
    options: dict[str, Any] = Field(default_factory=dict)
    """What only this kind knows; the package checks it."""


SOURCE_MODELS: dict[str, type[Table]] = dict(
    zip(BUILT_IN, (ZendeskSource, StatuspageSource, EventLogSource), strict=True)
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
    | Annotated[PluginSource, Tag(PLUGIN)],
    Discriminator(_tag),
]
