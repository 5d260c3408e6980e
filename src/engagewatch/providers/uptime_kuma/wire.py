"""The parts of a status page's JSON that are read."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Raw, Struct

from engagewatch.providers.wire import WireId

_Record = TypeVar("_Record")


class Config(Struct):
    """What the page is."""

    slug: str | None = None
    title: str | None = None


class Monitor(Struct):
    """One thing that is watched."""

    id: WireId = None
    name: str | None = None


class Group(Struct, Generic[_Record]):
    """Monitors under a heading."""

    monitorList: list[_Record]  # noqa: N815 - as it is on the wire
    name: str | None = None


class StatusPage(Struct, Generic[_Record]):
    """The page without its heartbeats."""

    config: Config
    publicGroupList: list[Group[_Record]]  # noqa: N815
    incidents: list[Raw] | None = None
    """What version 2 has."""
    incident: Raw = Raw(b"null")
    """What version 1 has."""
    maintenanceList: list[Raw] | None = None  # noqa: N815


class Beat(Struct):
    """What one probe saw."""

    status: int
    time: str


class Heartbeats(Struct, Generic[_Record]):
    """The latest beats of every monitor, the oldest first."""

    heartbeatList: dict[str, list[_Record]]  # noqa: N815


class WireIncident(Struct):
    """A post on the page."""

    id: WireId = None
    style: str | None = None
    title: str | None = None
    content: str | None = None
    active: bool | int | None = None
    pin: bool | int | None = None
    createdDate: str | None = None  # noqa: N815
    lastUpdatedDate: str | None = None  # noqa: N815


class IncidentHistory(Struct):
    """One page of all posts, the newest first."""

    incidents: list[Raw]
    nextCursor: str | int | None = None  # noqa: N815
    hasMore: bool | None = None  # noqa: N815


class Slot(Struct):
    """One window of planned work, in the zone of the work."""

    startDate: str | None = None  # noqa: N815
    endDate: str | None = None  # noqa: N815


class WireMaintenance(Struct):
    """Planned work."""

    id: WireId = None
    title: str | None = None
    status: str | None = None
    strategy: str | None = None
    timezone: str | None = None
    timezoneOffset: str | None = None  # noqa: N815
    timeslotList: list[Slot] | None = None  # noqa: N815
