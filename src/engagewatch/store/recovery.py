"""When the file is damaged: set it aside, keep what cannot be fetched again, go on with a new one.

Tickets and their events come back with the next polls, because the new file has no cursors. What
nobody can be asked for again is copied over as far as the damaged file still yields it: what the
user entered, and what status pages showed at the time.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from engagewatch.store.errors import suspicion

_WORD_BEHIND_STATE = (
    "substr(state || char(10), 1, instr(state || char(10), char(10)) - 1), "
    "substr(state, instr(state || char(10), char(10)) + 1)"
)

_KEPT = (
    (
        "SELECT engagement, at FROM seen",
        "INSERT INTO seen (engagement, at) VALUES (?, ?)",
    ),
    (
        'SELECT id, engagement, at, kind, subject, "values" FROM entry',
        """INSERT INTO entry (id, engagement, at, kind, subject, "values")
        VALUES (?, ?, ?, ?, ?, ?)""",
    ),
    (
        "SELECT engagement, digest, salt, pseudonym, at FROM forgotten",
        """INSERT INTO forgotten (engagement, digest, salt, pseudonym, at)
        VALUES (?, ?, ?, ?, ?)""",
    ),
    (
        """SELECT engagement, name, content, grade, provenance, digest, imported_at
        FROM baseline_file""",
        """INSERT INTO baseline_file (engagement, name, content, grade, provenance, digest,
            imported_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
    ),
    (
        """SELECT engagement, name, line, at, until_at, title, category, priority, users,
            responded_at, grade
        FROM baseline_row""",
        """INSERT INTO baseline_row (engagement, name, line, at, until_at, title, category,
            priority, users, responded_at, grade)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    ),
    (
        "SELECT key, engagement, id, adapter FROM source",
        "INSERT INTO source (key, engagement, id, adapter) VALUES (?, ?, ?, ?)",
    ),
    *(
        (
            f"""SELECT source_key, id, name, {state_and_word}, team, position, updated_at, listed
            FROM component""",  # noqa: S608 - of the constants here
            """INSERT INTO component (source_key, id, name, state, told, team, position,
                updated_at, listed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        )
        # As it is, and as it was before schema 4: what came over once is not put in again.
        for state_and_word in ("state, told", _WORD_BEHIND_STATE)
    ),
    (
        "SELECT source_key, component_id, from_at, until_at, state FROM state_span",
        """INSERT INTO state_span (source_key, component_id, from_at, until_at, state)
        VALUES (?, ?, ?, ?, ?)""",
    ),
    (
        """SELECT source_key, id, name, status, impact, started_at, posted_at, resolved_at,
            first_seen_at, component_ids, url
        FROM incident""",
        """INSERT INTO incident (source_key, id, name, status, impact, started_at, posted_at,
            resolved_at, first_seen_at, component_ids, url)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    ),
    (
        "SELECT source_key, incident_id, id, at, status, text FROM incident_update",
        """INSERT INTO incident_update (source_key, incident_id, id, at, status, text)
        VALUES (?, ?, ?, ?, ?, ?)""",
    ),
    (
        "SELECT source_key, incident_id, component_id, at, state FROM component_change",
        """INSERT INTO component_change (source_key, incident_id, component_id, at, state)
        VALUES (?, ?, ?, ?, ?)""",
    ),
    (
        """SELECT source_key, id, name, status, announced_at, from_at, until_at, component_ids
        FROM maintenance""",
        """INSERT INTO maintenance (source_key, id, name, status, announced_at, from_at, until_at,
            component_ids)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
    ),
    (
        """SELECT source_key, id, title, from_at, until_at, organiser, organised_by, called_off,
            invitees, updated_at, url, first_seen_at
        FROM meeting""",
        """INSERT INTO meeting (source_key, id, title, from_at, until_at, organiser, organised_by,
            called_off, invitees, updated_at, url, first_seen_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    ),
    (
        "SELECT source_key, meeting_id, seen_at, from_at FROM meeting_date",
        """INSERT INTO meeting_date (source_key, meeting_id, seen_at, from_at)
        VALUES (?, ?, ?, ?)""",
    ),
    (
        """SELECT source_key, id, title, owner, due, phase, role, start, usual_low, usual_high,
            client_hours, depends, evidence, gate, done_at, called_off
        FROM planned_task""",
        """INSERT INTO planned_task (source_key, id, title, owner, due, phase, role, start,
            usual_low, usual_high, client_hours, depends, evidence, gate, done_at, called_off)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    ),
    (
        "SELECT source_key, task_id, seen_at, due FROM planned_date",
        """INSERT INTO planned_date (source_key, task_id, seen_at, due)
        VALUES (?, ?, ?, ?)""",
    ),
)
"""What is copied out of a damaged file, sources before what refers to them."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A damaged database was replaced."""

    damaged: Path
    """Where the damaged file is now."""
    kept: int
    """Rows copied over from it."""

    def __str__(self) -> str:
        return (
            f"The database was damaged. It was moved to {self.damaged}; {self.kept} records that "
            "cannot be fetched again were kept, and everything else is being fetched again."
        )


def is_suspect(path: Path) -> bool:
    """Return whether an earlier run met damage in the file."""
    return suspicion(path).exists()


def clear_suspicion(path: Path) -> None:
    """Forget that an earlier run met damage."""
    suspicion(path).unlink(missing_ok=True)


def set_aside(path: Path) -> Path:
    """Move a damaged database, with its log, out of the way; return its new name.

    The caller holds the write gate and has no connection to it.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    target = path.with_name(f"{path.name}.corrupt.{stamp}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.corrupt.{stamp}-{number}")
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(target.with_name(target.name + ending))
    path.rename(target)
    return target


def salvage(damaged: Path, writer: apsw.Connection) -> int:
    """Copy what cannot be fetched again into a fresh database; return how many rows were read.

    Every table is read up to the first damaged place; what refers to an unreadable source is left.
    """
    kept = 0
    try:
        source = apsw.Connection(str(damaged), flags=apsw.SQLITE_OPEN_READWRITE)
    except apsw.Error:
        return 0
    try:
        for select, insert in _KEPT:
            rows: list[tuple[Any, ...]] = []
            with suppress(apsw.Error):
                # `extend` keeps the rows that came before the damage.
                rows.extend(source.execute(select))
            kept += _insert(writer, insert, rows)
    finally:
        source.close()
    return kept


def _insert(writer: apsw.Connection, insert: str, rows: list[tuple[Any, ...]]) -> int:
    kept = 0
    writer.execute("BEGIN IMMEDIATE")
    for row in rows:
        # A damaged row may break any constraint: it is dropped, the others stay.
        with suppress(apsw.ConstraintError, apsw.MismatchError):
            writer.execute(insert, row)
            kept += 1
    writer.execute("COMMIT")
    return kept
