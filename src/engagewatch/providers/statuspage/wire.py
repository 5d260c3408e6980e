"""The parts of a status page's JSON that are read.

Many pages only resemble the original, so everything may be absent and the rest is ignored.
"""

from __future__ import annotations

from msgspec import Struct

from engagewatch.providers.wire import WireId


class WireComponent(Struct):
    """A component, or the heading of a group of them."""

    id: WireId = None
    name: str | None = None
    status: str | None = None
    position: int | None = None
    group_id: WireId = None
    group: bool | None = None
    updated_at: str | None = None


class Affected(Struct):
    """What an update did to a component."""

    code: WireId = None
    new_status: str | None = None


class WireUpdate(Struct):
    """One post."""

    id: WireId = None
    status: str | None = None
    body: str | None = None
    created_at: str | None = None
    display_at: str | None = None
    affected_components: list[Affected] | None = None


class Named(Struct):
    """A reference to a component."""

    id: WireId = None


class Post(Struct):
    """An incident or planned work."""

    id: WireId = None
    name: str | None = None
    status: str | None = None
    impact: str | None = None
    created_at: str | None = None
    started_at: str | None = None
    resolved_at: str | None = None
    scheduled_for: str | None = None
    scheduled_until: str | None = None
    shortlink: str | None = None
    incident_updates: list[WireUpdate] | None = None
    components: list[Named] | None = None
