"""The parts of both versions' answers that are read, brought to one shape.

Version 2 gives a record's fields outright; version 3 wraps them as ``attributes``, statuses as
``{"human", "value"}`` and times as ``{"human", "string"}``.
"""

from __future__ import annotations

from typing import Any

from msgspec import Raw, Struct

from engagewatch.providers.wire import WireId


class Page(Struct):
    """One page of a list."""

    data: list[Raw]
    meta: Any = None
    links: Any = None

    def has_more(self) -> bool:
        """Return whether there is another page: version 2 counts them, version 3 links to it.

        An empty table may come as an empty list, as PHP cannot tell them apart.
        """
        pagination = self.meta.get("pagination") if isinstance(self.meta, dict) else None
        if isinstance(pagination, dict):
            current, total = pagination.get("current_page"), pagination.get("total_pages")
            return isinstance(current, int) and isinstance(total, int) and current < total
        return isinstance(self.links, dict) and bool(self.links.get("next"))


class Version(Struct):
    """Which version answers: text in version 2, a record or text in version 3."""

    data: Any = None


class WireComponent(Struct):
    """A component."""

    id: WireId = None
    name: str | None = None
    status: int | None = None
    group_id: WireId = None
    enabled: bool | int | None = None
    updated_at: str | None = None


class WireGroup(Struct):
    """The heading of a group of components."""

    id: WireId = None
    name: str | None = None


class WireIncident(Struct):
    """An incident; version 2 has its status by the latest update apart."""

    id: WireId = None
    name: str | None = None
    message: str | None = None
    status: int | None = None
    latest_status: int | None = None
    component_id: WireId = None
    component_status: int | None = None
    visible: bool | int | None = None
    occurred_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    permalink: str | None = None


class WireUpdate(Struct):
    """One post on an incident."""

    id: WireId = None
    status: int | None = None
    message: str | None = None
    created_at: str | None = None


class WireAffected(Struct):
    """A component that planned work is on."""

    id: WireId = None
    component_id: WireId = None


class WireSchedule(Struct):
    """Planned work."""

    id: WireId = None
    name: str | None = None
    status: int | None = None
    scheduled_at: str | None = None
    completed_at: str | None = None
    created_at: str | None = None
    components: list[WireAffected] | None = None


_TIMES = ("occurred", "scheduled", "completed", "created", "updated")


def flattened(record: object) -> dict[str, Any]:
    """Return a record's fields, of either version, in the shape of version 2.

    Raises:
        ValueError: it is no record.
    """
    if not isinstance(record, dict):
        raise ValueError("it is no record")
    attributes = record.get("attributes")
    if not isinstance(attributes, dict):
        return record
    fields = {"id": record.get("id"), **attributes}
    for time in _TIMES:
        wrapped = fields.pop(time, None)
        if isinstance(wrapped, dict):
            fields[f"{time}_at"] = wrapped.get("string")
    status = fields.get("status")
    if isinstance(status, dict):
        fields["status"] = status.get("value")
    related = record.get("relationships")
    if isinstance(related, dict):
        group = related.get("group")
        data = group.get("data") if isinstance(group, dict) else None
        if isinstance(data, dict):
            fields.setdefault("group_id", data.get("id"))
    return fields
