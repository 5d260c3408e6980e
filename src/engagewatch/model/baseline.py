"""The record from before the engagement, as it was imported from files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engagewatch.model.instants import Instant


class Grade(StrEnum):
    """How far a record from before can be trusted."""

    EXPORT = "A"
    """Exported from the system that timed it."""
    DOCUMENTS = "B"
    """Put together from dated documents: invoices, mails, logs."""
    NOTES = "C"
    """From notes made at the time, with gaps."""
    MEMORY = "D"
    """From memory. Drawn as an outline, never tested."""


class BaselineContent(StrEnum):
    """What the rows of an imported file are."""

    TICKETS = "tickets"
    OUTAGES = "outages"
    HEADCOUNT = "headcount"


@dataclass(frozen=True, slots=True)
class BaselineFile:
    """One imported file."""

    name: str
    """What it is called from now on; importing another one of that name replaces it."""
    content: BaselineContent
    grade: Grade
    provenance: str
    """Where it came from, in the words of whoever imported it."""
    digest: str
    """SHA-256 of the file, in hexadecimal."""
    imported_at: Instant


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """One ticket, outage or headcount from before."""

    line: int
    """Where in its file it stands."""
    at: Instant
    """When the ticket was opened, the outage began, or the headcount was taken."""
    until_at: Instant | None = None
    """When it was resolved or over; ``None`` where nobody wrote that down."""
    title: str = ""
    category: str = ""
    priority: str = ""
    users: int | None = None
    """People it hit, or people there were."""
    responded_at: Instant | None = None
    grade: Grade | None = None
    """Its own, where it differs from that of the file."""
