"""The parts of REST2's JSON that are read. Everything may be absent; the rest is ignored.

What the account may not see comes as an empty text where an object belongs.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from engagewatch.providers.wire import WireId


class Reference(Struct, rename="pascal"):
    """Another record: a user by name, a queue by number."""

    id: WireId = field(default=None, name="id")
    name: str | None = None


class CustomField(Struct):
    """One custom field of a ticket with its values."""

    id: WireId = None
    name: str | None = None
    values: list[Any] | None = None


class WireTicket(Struct, rename="pascal"):
    """A ticket as it stands; times that are not set come as 1970."""

    id: WireId = field(name="id")
    subject: str | None = None
    status: str | None = None
    created: str | None = None
    last_updated: str | None = None
    told: str | None = None
    due: str | None = None
    owner: Reference | str | None = None
    creator: Reference | str | None = None
    queue: Reference | str | None = None
    priority: WireId = None
    sla: str | None = field(default=None, name="SLA")
    type: str | None = None
    requestor: list[Reference] | str | None = None
    custom_fields: list[CustomField] | str | None = None


class Transaction(Struct, rename="pascal"):
    """One thing that was done to a ticket."""

    id: WireId = field(name="id")
    object_id: WireId = None
    object_type: str | None = None
    type: str | None = None
    field: Any = None
    old_value: Any = None
    new_value: Any = None
    creator: Reference | str | None = None
    created: str | None = None


class Account(Struct, rename="pascal"):
    """A user as a user without special rights may see them."""

    name: str | None = None
    real_name: str | None = None
    email_address: str | None = None
    privileged: int | str | None = None


class Version(Struct, rename="pascal"):
    """What the server says of itself."""

    version: str | None = None


def reference(value: Reference | str | None) -> WireId:
    """Return the id of a referenced record, ``None`` where it may not be seen."""
    return value.id if isinstance(value, Reference) else None
