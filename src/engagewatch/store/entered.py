"""Storing what people enter, and the record they import from before the engagement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import apsw

from engagewatch.model.baseline import BaselineFile, BaselineRow
from engagewatch.model.entry import Entry


def put_entries(connection: apsw.Connection, entries: Iterable[Entry]) -> None:
    """Add entries; one that is there already stays as it is."""
    connection.executemany(
        'INSERT INTO entry (id, engagement, at, kind, subject, "values") '
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            (
                entry.id,
                entry.engagement,
                entry.at,
                entry.kind,
                entry.subject,
                json.dumps(dict(entry.values), sort_keys=True),
            )
            for entry in entries
        ),
    )


def replace_baseline(
    connection: apsw.Connection, engagement: str, file: BaselineFile, rows: Sequence[BaselineRow]
) -> None:
    """Put an imported file in the place of the one of the same name, if there is one."""
    drop_baseline(connection, engagement, file.name)
    connection.execute(
        "INSERT INTO baseline_file (engagement, name, content, grade, provenance, digest, "
        "imported_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            engagement,
            file.name,
            file.content,
            file.grade,
            file.provenance,
            file.digest,
            file.imported_at,
        ),
    )
    connection.executemany(
        "INSERT INTO baseline_row (engagement, name, line, at, until_at, title, category, "
        "priority, users, responded_at, grade) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                engagement,
                file.name,
                row.line,
                row.at,
                row.until_at,
                row.title,
                row.category,
                row.priority,
                row.users,
                row.responded_at,
                "" if row.grade is None else row.grade,
            )
            for row in rows
        ),
    )


def drop_baseline(connection: apsw.Connection, engagement: str, name: str) -> int:
    """Take an imported file out again; return how many rows it had."""
    connection.execute(
        "DELETE FROM baseline_row WHERE engagement = ? AND name = ?", (engagement, name)
    )
    dropped = connection.changes()
    connection.execute(
        "DELETE FROM baseline_file WHERE engagement = ? AND name = ?", (engagement, name)
    )
    return dropped
