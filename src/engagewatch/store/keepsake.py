"""What the user entered, kept a second time in plain files beside the database.

Everything else comes back from the sources. A line of a file is one row: the table's name and its
values. A file is replaced as a whole after each change, so that it is never half written. What was
imported from before the engagement is large and rarely changes, so it has a file of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import apsw


class Keepsake(StrEnum):
    """The files, by the ending of their names."""

    ENTERED = "entered"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class _Table:
    select: str
    put_back: str
    """Puts a row back without undoing a newer one."""


_TABLES: Mapping[Keepsake, Mapping[str, _Table]] = {
    Keepsake.ENTERED: {
        "seen": _Table(
            "SELECT engagement, at FROM seen ORDER BY engagement",
            """INSERT INTO seen (engagement, at) VALUES (?, ?)
            ON CONFLICT (engagement) DO UPDATE SET at = excluded.at WHERE excluded.at > at""",
        ),
        "entry": _Table(
            'SELECT id, engagement, at, kind, subject, "values" FROM entry ORDER BY id',
            """INSERT INTO entry (id, engagement, at, kind, subject, "values")
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        ),
        "forgotten": _Table(
            """SELECT engagement, digest, salt, pseudonym, at FROM forgotten
            ORDER BY engagement, digest""",
            """INSERT INTO forgotten (engagement, digest, salt, pseudonym, at)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        ),
    },
    Keepsake.BASELINE: {
        "baseline_file": _Table(
            """SELECT engagement, name, content, grade, provenance, digest, imported_at
            FROM baseline_file ORDER BY engagement, name""",
            """INSERT INTO baseline_file (engagement, name, content, grade, provenance, digest,
                imported_at)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        ),
        "baseline_row": _Table(
            """SELECT engagement, name, line, at, until_at, title, category, priority, users,
                responded_at, grade
            FROM baseline_row ORDER BY engagement, name, line""",
            """INSERT INTO baseline_row (engagement, name, line, at, until_at, title, category,
                priority, users, responded_at, grade)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        ),
    },
}


def keepsake(database: Path, kind: Keepsake = Keepsake.ENTERED) -> Path:
    """Return the file that keeps what was entered into ``database``."""
    return database.with_name(f"{database.name}.{kind}.jsonl")


def keep(connection: apsw.Connection, database: Path, kind: Keepsake = Keepsake.ENTERED) -> None:
    """Write everything of that kind to its file (mode 0600), durably. The gate must be held.

    Raises:
        OSError: it cannot be written.
    """
    path = keepsake(database, kind)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for name, table in _TABLES[kind].items():
            for row in connection.execute(table.select):
                file.write(json.dumps([name, *row]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def put_back(connection: apsw.Connection, database: Path) -> int:
    """Add what the files kept to a database that lacks it; return how many rows came back."""
    restored = 0
    connection.execute("BEGIN IMMEDIATE")
    for kind, tables in _TABLES.items():
        for name, *values in _rows(keepsake(database, kind)):
            if name in tables:
                # The file may be as damaged as the database was: a row that does not fit is
                # dropped.
                with suppress(apsw.Error):
                    connection.execute(tables[name].put_back, values)
                    restored += connection.changes()
    connection.execute("COMMIT")
    return restored


def _rows(path: Path) -> list[list[Any]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    rows = []
    for line in text.splitlines():
        with suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, list) and row and isinstance(row[0], str):
                rows.append(row)
    return rows
