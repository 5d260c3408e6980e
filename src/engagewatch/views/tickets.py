"""The ticket list: rows as plain tuples, made for lists of tens of thousands.

Rows hold values, not words: :meth:`TicketsView.cells` makes the words of one row when it comes
into sight, and sorting and filtering read the values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from engagewatch.model.clock import ClockState
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.people import everybody
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.store.queries.tickets import ticket_list
from engagewatch.views import wording
from engagewatch.views.filtering import Term, holds, parse_filter
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.tone import Tone
from engagewatch.views.wording import COURTS

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


COLUMN_KEYS = frozenset(column.key for column in COLUMNS)

_COURT_ORDER = tuple(COURTS)

_STATE_ORDER = (
    ClockState.MISSED,
    ClockState.RUNNING,
    ClockState.PAUSED,
    ClockState.UNKNOWN,
    ClockState.EXCLUDED,
    ClockState.MET,
)

_STATE_TONES = {
    ClockState.MET: Tone.GOOD,
    ClockState.MISSED: Tone.BAD,
    ClockState.PAUSED: Tone.NOTICE,
    ClockState.UNKNOWN: Tone.UNKNOWN,
}

_DIGITS = re.compile(r"(\d+)")


class _Context:
    """What all lists made from one reading share: every row, and how its values read."""

    def __init__(
        self,
        rows: Sequence[TicketRow],
        people: PeopleDirectory,
        engagement: Engagement,
        now: Instant,
    ) -> None:
        self.rows = rows
        self.people = people
        self.timezone = engagement.timezone
        self.now = now
        self.ranks = {
            level.priority.casefold(): rank for rank, level in enumerate(engagement.service_levels)
        }
        self._texts: dict[TicketRow, str] = {}

    def owner(self, row: TicketRow) -> str:
        return self.people.show(row.source, row.assignee, Side.PROVIDER).words

    def text(self, row: TicketRow) -> str:
        """Return what a plain word of a filter is looked for in."""
        found = self._texts.get(row)
        if found is None:
            parts = (
                row.reference,
                row.subject,
                row.priority or "",
                row.status,
                court_words(row),
                self.owner(row) if row.assignee else "",
                row.category or "",
            )
            found = self._texts[row] = "\n".join(parts).lower()
        return found


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
    context: _Context = field(repr=False, compare=False)
    """Shared by the lists made from this one; not for screens."""

    def cells(self, row: TicketRow) -> tuple[str, ...]:
        """Return the words of one row, one per column of :data:`COLUMNS`."""
        now = self.as_of
        due = next_due(row)
        return (
            row.reference,
            row.subject,
            row.priority or "none",
            row.status,
            court_words(row),
            wording.span(age(row, now)),
            state_words(row.first_response_state, row.first_response_due, now),
            state_words(row.resolution_state, row.resolution_due, now),
            "" if due is None else wording.moment(due, self.context.timezone, now),
            self.context.owner(row),
            wording.recently(row.updated_at, self.context.timezone, now),
        )

    def tones(self, row: TicketRow) -> tuple[Tone, ...]:
        """Return the tone of each cell of one row."""
        now = self.as_of
        plain = Tone.PLAIN
        due = next_due(row)
        return (
            plain,
            plain,
            plain,
            plain,
            Tone.NOTICE if row.court == Side.CLIENT and row.finished_at is None else plain,
            plain,
            state_tone(row.first_response_state, row.first_response_due, now),
            state_tone(row.resolution_state, row.resolution_due, now),
            Tone.BAD if due is not None and due < now else plain,
            plain,
            plain,
        )

    def narrowed(self, filter_text: str) -> TicketsView:
        """Return the list under another filter; see :mod:`engagewatch.views.filtering`."""
        terms = parse_filter(filter_text, COLUMN_KEYS)
        context = self.context
        if terms:
            rows = tuple(row for row in context.rows if self._holds(terms, row))
        else:
            rows = tuple(context.rows)
        narrowed = replace(
            self,
            rows=rows,
            filter_text=filter_text,
            summary=_summary(len(rows), self.total),
        )
        return narrowed.sorted_by(self.sort, descending=self.descending)

    def sorted_by(self, column: str, *, descending: bool = False) -> TicketsView:
        """Return the list in another order: by value, unknown last.

        Raises:
            ValueError: there is no such column.
        """
        key = _SORT_KEYS.get(column)
        if key is None:
            raise ValueError(f"no column is called {column!r}; there are {', '.join(_SORT_KEYS)}")
        keyed = [(key(row, self.context), row) for row in self.rows]
        known = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=itemgetter(0), reverse=descending)
        rows = [row for _, row in known]
        rows += [row for value, row in keyed if value is None]
        return replace(self, rows=tuple(rows), sort=column, descending=descending)

    def _holds(self, terms: tuple[Term, ...], row: TicketRow) -> bool:
        def by_column(column: str) -> str:
            cells = self.cells(row)
            return cells[_POSITIONS[column]].lower()

        return holds(terms, self.context.text(row), by_column)


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
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        people = PeopleDirectory(engagement, everybody(store, of), roles_only=roles_only)
        make = TicketRow._make
        rows = [make((source, *row)) for source, row in ticket_list(store, of, open_only=open_only)]
    view = TicketsView(
        as_of=now,
        rows=tuple(rows),
        total=len(rows),
        filter_text="",
        sort=sort,
        descending=descending,
        summary=_summary(len(rows), len(rows)),
        context=_Context(rows, people, engagement, now),
    )
    if filter_text:
        return view.narrowed(filter_text)
    return view.sorted_by(sort, descending=descending)


def court_words(row: TicketRow) -> str:
    """Return whose court a ticket is in; ``finished`` once it is."""
    return "finished" if row.finished_at is not None else COURTS[Side(row.court)]


def age(row: TicketRow, now: Instant) -> int:
    """Return the seconds from creation to finish, or to ``now`` while it is open."""
    return (now if row.finished_at is None else row.finished_at) - row.created_at


def state_at(state: str | None, due_at: Instant | None, now: Instant) -> ClockState | None:
    """Return the state at ``now`` of a clock stored in ``state``: overdue while open is missed."""
    if state is None:
        return None
    found = ClockState(state)
    is_open = found in (ClockState.RUNNING, ClockState.PAUSED)
    return ClockState.MISSED if is_open and due_at is not None and due_at < now else found


def state_words(state: str | None, due_at: Instant | None, now: Instant) -> str:
    """Return the state at ``now`` in words; ``none`` where there is no such clock."""
    found = state_at(state, due_at, now)
    return "none" if found is None else wording.CLOCK_STATES[found]


def state_tone(state: str | None, due_at: Instant | None, now: Instant) -> Tone:
    """Return the tone of the state at ``now``."""
    found = state_at(state, due_at, now)
    return Tone.PLAIN if found is None else _STATE_TONES.get(found, Tone.PLAIN)


def next_due(row: TicketRow) -> Instant | None:
    """Return the earliest due instant of the clocks that still run, passed or not."""
    dues = [
        due
        for state, due in (
            (row.first_response_state, row.first_response_due),
            (row.resolution_state, row.resolution_due),
        )
        if due is not None and state == ClockState.RUNNING
    ]
    return min(dues, default=None)


def _summary(shown: int, total: int) -> str:
    if shown == total:
        return wording.counted(total, "ticket")
    return f"{shown:,} of {wording.counted(total, 'ticket')}"


def _natural(text: str) -> tuple[tuple[str, int], ...]:
    """Return a key that sorts ``#9`` before ``#10``."""
    pieces = _DIGITS.split(text.casefold())
    return tuple(
        (piece, int(digits) if digits else 0)
        for piece, digits in zip(pieces[::2], [*pieces[1::2], ""], strict=True)
    )


def _state_key(state: str | None, due_at: Instant | None, now: Instant) -> tuple[int, int] | None:
    found = state_at(state, due_at, now)
    return None if found is None else (_STATE_ORDER.index(found), due_at or 0)


_SORT_KEYS: Mapping[str, Callable[[TicketRow, _Context], Any]] = {
    "reference": lambda row, _: _natural(row.reference),
    "subject": lambda row, _: row.subject.casefold() or None,
    "priority": lambda row, context: (
        None
        if row.priority is None
        else (
            context.ranks.get(row.priority.casefold(), len(context.ranks)),
            row.priority.casefold(),
        )
    ),
    "status": lambda row, _: row.status.casefold(),
    "court": lambda row, _: (row.finished_at is not None, _COURT_ORDER.index(Side(row.court))),
    "age": lambda row, context: age(row, context.now),
    "first_response": lambda row, context: _state_key(
        row.first_response_state, row.first_response_due, context.now
    ),
    "resolution": lambda row, context: _state_key(
        row.resolution_state, row.resolution_due, context.now
    ),
    "due": lambda row, _: next_due(row),
    "owner": lambda row, context: context.owner(row).casefold() if row.assignee else None,
    "updated": lambda row, _: row.updated_at,
}
"""What each column sorts by; ``None`` is unknown."""

_POSITIONS = {column.key: position for position, column in enumerate(COLUMNS)}
