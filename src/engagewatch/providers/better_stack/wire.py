"""The parts of the API's answers that are read: JSON:API, with links to the next page."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct, field

from engagewatch.providers.wire import WireId

_Record = TypeVar("_Record")


class Pagination(Struct):
    """Where the next page is."""

    next: str | None = None


class Page(Struct, Generic[_Record]):
    """One page of a list."""

    data: list[_Record]
    pagination: Pagination | None = None


class Watched(Struct):
    """What is told of a monitor, a heartbeat or a group of them."""

    name: str | None = None
    pronounceable_name: str | None = None
    url: str | None = None
    status: str | None = None
    last_checked_at: str | None = None
    check_frequency: int | None = None
    maintenance_from: str | None = None
    updated_at: str | None = None
    monitor_group_id: WireId = None
    heartbeat_group_id: WireId = None


class WireWatched(Struct):
    """A monitor, a heartbeat or a group of them."""

    id: WireId = None
    attributes: Watched = field(default_factory=Watched)


class Outage(Struct):
    """What is told of an incident."""

    name: str | None = None
    cause: str | None = None
    status: str | None = None
    started_at: str | None = None
    acknowledged_at: str | None = None
    resolved_at: str | None = None
    url: str | None = None


class Identity(Struct):
    """What a record refers to."""

    id: WireId = None


class Relation(Struct):
    """A reference to a record."""

    data: Identity | None = None


class Relations(Struct):
    """What an incident is about."""

    monitor: Relation | None = None
    heartbeat: Relation | None = None


class WireIncident(Struct):
    """An incident."""

    id: WireId = None
    attributes: Outage = field(default_factory=Outage)
    relationships: Relations = field(default_factory=Relations)
