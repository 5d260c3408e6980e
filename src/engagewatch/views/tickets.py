"""The ticket list: rows as plain tuples, made for lists of tens of thousands.

Rows hold values, not words: :meth:`TicketsView.cells` makes the words of one row when it comes
into sight, and sorting and filtering read the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store


class TicketRow(NamedTuple):
    """One ticket. Instants are epoch seconds; sides and states are their enum values as text."""

    source: str
    ticket_id: str
    reference: str
    subject: str
    priority: str | None
    status: str
    court: str
    """Whose court it is in, or was in last."""
    created_at: int
    updated_at: int
    finished_at: int | None
    court_since: int
    first_response_state: str | None
    """Stored state; a running clock past its due instant is missed. ``None``: no such clock."""
    first_response_due: int | None
    resolution_state: str | None
    resolution_due: int | None
    assignee: str | None
    requester: str | None
    category: str | None
    reopened: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list."""

    key: str
    """Stable name: sort key, filter prefix and export header."""
    title: str
    width: int
    """Cells it likes to have; the subject takes what is left."""
    align_right: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("reference", "Ticket", 12),
    Column("subject", "Subject", 40),
    Column("priority", "Priority", 8),
    Column("status", "Status", 14),
    Column("court", "Court", 11),
    Column("age", "Age", 8, align_right=True),
    Column("first_response", "First response", 14),
    Column("resolution", "Resolution", 14),
    Column("due", "Due", 16),
    Column("owner", "Owner", 18),
    Column("updated", "Updated", 10, align_right=True),
)
"""The columns, in order; :meth:`TicketsView.cells` follows it."""


@dataclass(frozen=True, slots=True)
class TicketsView:
    """The tickets of an engagement."""

    as_of: Instant
    rows: tuple[TicketRow, ...]
    """In the order and under the filter they were asked for."""
    total: int
    """Before the filter."""
    filter_text: str
    sort: str
    """A column's key."""
    descending: bool
    summary: str
    """E.g. ``812 of 24,918 tickets``."""

    def cells(self, row: TicketRow) -> tuple[str, ...]:
        """Return the words of one row, one per column of :data:`COLUMNS`."""
        raise NotImplementedError

    def tones(self, row: TicketRow) -> tuple[Tone, ...]:
        """Return the tone of each cell of one row."""
        raise NotImplementedError

    def narrowed(self, filter_text: str) -> TicketsView:
        """Return the list under another filter; see :mod:`engagewatch.views.filtering`."""
        raise NotImplementedError

    def sorted_by(self, column: str, *, descending: bool = False) -> TicketsView:
        """Return the list in another order: by value, unknown last.

        Raises:
            ValueError: there is no such column.
        """
        raise NotImplementedError


def build(
    store: Store,
    engagement: Engagement,
    now: Instant,
    *,
    filter_text: str = "",
    sort: str = "updated",
    descending: bool = True,
    open_only: bool = False,
    roles_only: bool = False,
) -> TicketsView:
    """Return the tickets of an engagement; ``roles_only`` hides names (for exports)."""
    raise NotImplementedError
