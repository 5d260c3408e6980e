"""What the user entered, kept a second time in a plain file beside the database.

Everything else comes back from the sources. A line of the file is one row: the table's name and its
values. The file is replaced as a whole after each change, so that it is never half written.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

_TABLES = {
    "seen": (
        "SELECT engagement, at FROM seen ORDER BY engagement",
        """INSERT INTO seen (engagement, at) VALUES (?, ?)
        ON CONFLICT (engagement) DO UPDATE SET at = excluded.at WHERE excluded.at > at""",
    ),
}
"""Tables the user writes: how to read them, and how to put a row back without undoing a newer."""


def keepsake(database: Path) -> Path:
    """Return the file that keeps what was entered into ``database``."""
    return database.with_name(database.name + ".entered.jsonl")


def keep(connection: apsw.Connection, database: Path) -> None:
    """Write everything the user entered to the file (mode 0600), durably. The gate must be held.

    Raises:
        OSError: it cannot be written.
    """
    path = keepsake(database)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for table, (select, _) in _TABLES.items():
            for row in connection.execute(select):
                file.write(json.dumps([table, *row]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def put_back(connection: apsw.Connection, database: Path) -> int:
    """Add what the file kept to a fresh database; return how many rows that brought back."""
    restored = 0
    connection.execute("BEGIN IMMEDIATE")
    for table, *values in _rows(keepsake(database)):
        if table in _TABLES:
            # The file may be as damaged as the database was: a row that does not fit is dropped.
            with suppress(apsw.Error):
                connection.execute(_TABLES[table][1], values)
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
