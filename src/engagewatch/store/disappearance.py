"""What a source no longer has: believed one by one, doubted when much goes at once.

A filter, a permission or a half-broken page makes records vanish exactly as deletions do. A few at
a time are taken as told; many at once are refused, noted, and shown until they are back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import apsw

from engagewatch.model.batch import Absence
from engagewatch.model.instants import DAY, Instant
from engagewatch.store.rows import Row
from engagewatch.store.tickets import as_array, known_tickets

TICKETS, COMPONENTS = "tickets", "components"

_ALWAYS_BELIEVED = 3
"""So many missing at once are credible whatever the share."""
_CREDIBLE_SHARE = 0.2
_BELIEVED_AFTER = DAY
"""A list that stays short for so long was meant. Only for lists whose loss destroys nothing."""

_NOTE = """
INSERT INTO shrinkage (source_key, what, gone, known, first_seen_at, last_seen_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?5)
ON CONFLICT (source_key, what) DO UPDATE SET
    gone = excluded.gone, known = excluded.known, last_seen_at = excluded.last_seen_at
"""


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """So much was missing at once that it was not believed."""

    what: str
    gone: int
    known: int
    since: Instant

    def __str__(self) -> str:
        """Return it as one line that says what to do."""
        return (
            f"{self.gone} of {self.known} {self.what} vanished at once and are kept: this looks "
            "like a changed permission or filter at the source, not like deletions"
        )


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of comparing tickets with their source."""

    gone: int
    """Marked as deleted."""
    hidden: int
    """No longer shown by the source; kept as they are."""
    refused: bool
    """Too many were gone at once; nothing was marked."""


def is_credible(gone: int, known: int) -> bool:
    """Return whether ``gone`` of ``known`` records may have been removed between two looks."""
    return gone <= max(_ALWAYS_BELIEVED, int(known * _CREDIBLE_SHARE))


def may_unlist(
    connection: apsw.Connection, source_key: int, what: str, gone: int, known: int, now: Instant
) -> bool:
    """Return whether a shorter list is to be believed, and remember if it is not."""
    if is_credible(gone, known):
        forget_shrinkage(connection, source_key, what)
        return True
    row = connection.execute(
        "SELECT first_seen_at FROM shrinkage WHERE source_key = ? AND what = ?", (source_key, what)
    ).fetchone()
    if row is not None and now - row[0] >= _BELIEVED_AFTER:
        forget_shrinkage(connection, source_key, what)
        return True
    note_shrinkage(connection, source_key, what, gone, known, now)
    return False


def note_shrinkage(
    connection: apsw.Connection, source_key: int, what: str, gone: int, known: int, now: Instant
) -> None:
    """Remember that ``gone`` of ``known`` were missing and that it was not believed."""
    connection.execute(_NOTE, (source_key, what, gone, known, now))


def forget_shrinkage(connection: apsw.Connection, source_key: int, what: str) -> None:
    """Remember no longer that something was missing."""
    connection.execute(
        "DELETE FROM shrinkage WHERE source_key = ? AND what = ?", (source_key, what)
    )


def shrinkages(connection: apsw.Connection, source_key: int) -> list[Shrinkage]:
    """Return what is missing at a source and not believed to be gone."""
    rows = connection.execute(
        "SELECT what, gone, known, first_seen_at FROM shrinkage WHERE source_key = ? ORDER BY what",
        (source_key,),
    )
    return [Shrinkage(*row) for row in rows]


def open_ticket_ids(connection: apsw.Connection, source_key: int, limit: int) -> list[str]:
    """Return the ids of open tickets, those that heard from their source longest ago first."""
    rows = connection.execute(
        "SELECT t.id FROM standing s JOIN ticket t ON t.key = s.ticket_key "
        "WHERE s.source_key = ? AND s.finished_at IS NULL AND t.deleted = 0 "
        "ORDER BY t.updated_at, t.id LIMIT ?",
        (source_key, limit),
    )
    return [row[0] for row in rows]


def note_absences(
    connection: apsw.Connection,
    source_key: int,
    absences: Sequence[Absence],
    asked: int,
    now: Instant,
) -> tuple[Swept, list[tuple[int, Row]]]:
    """Note which of ``asked`` tickets are absent.

    Returns what came of it, and key and columns of the tickets to be marked as deleted.
    """
    known = known_tickets(connection, source_key, [one.ticket_id for one in absences])
    absences = [one for one in absences if one.ticket_id in known]
    gone = [one for one in absences if one.gone]
    hidden = len(absences) - len(gone)
    if not is_credible(len(gone), asked):
        note_shrinkage(connection, source_key, TICKETS, len(gone), asked, now)
        return Swept(0, hidden, refused=True), []
    forget_shrinkage(connection, source_key, TICKETS)
    connection.executemany(
        "INSERT INTO absence (source_key, ticket_id, gone, reason, seen_at) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (source_key, ticket_id) DO UPDATE SET "
        "gone = excluded.gone, reason = excluded.reason WHERE gone <> excluded.gone",
        ((source_key, one.ticket_id, int(one.gone), one.reason, now) for one in absences),
    )
    return Swept(len(gone), hidden, refused=False), [known[one.ticket_id] for one in gone]


def forget_absences(
    connection: apsw.Connection, source_key: int, ticket_ids: Collection[str]
) -> None:
    """Note that tickets were delivered: they are not absent."""
    if connection.execute("SELECT 1 FROM absence WHERE source_key = ? LIMIT 1", (source_key,)).get:
        connection.execute(
            "DELETE FROM absence WHERE source_key = ? "
            "AND ticket_id IN (SELECT value FROM json_each(?))",
            (source_key, as_array(ticket_ids)),
        )
