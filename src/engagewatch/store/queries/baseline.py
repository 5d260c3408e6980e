"""The record from before the engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.model.baseline import BaselineContent, BaselineFile, BaselineRow, Grade
from engagewatch.store.queries.scope import fetch

if TYPE_CHECKING:
    from engagewatch.store.store import Store


def baseline_files(store: Store, engagement: str) -> list[BaselineFile]:
    """Return the imported files of an engagement, by name."""
    rows = fetch(
        store,
        "SELECT name, content, grade, provenance, digest, imported_at FROM baseline_file "
        "WHERE engagement = ? ORDER BY name",
        (engagement,),
    )
    return [
        BaselineFile(name, BaselineContent(content), Grade(grade), provenance, digest, imported_at)
        for name, content, grade, provenance, digest, imported_at in rows
    ]


def baseline_rows(store: Store, engagement: str, name: str) -> list[BaselineRow]:
    """Return the rows of one imported file, the oldest first."""
    rows = fetch(
        store,
        "SELECT line, at, until_at, title, category, priority, users, responded_at, grade "
        "FROM baseline_row WHERE engagement = ? AND name = ? ORDER BY at, line",
        (engagement, name),
    )
    return [
        BaselineRow(
            line=row[0],
            at=row[1],
            until_at=row[2],
            title=row[3],
            category=row[4],
            priority=row[5],
            users=row[6],
            responded_at=row[7],
            grade=Grade(row[8]) if row[8] else None,
        )
        for row in rows
    ]
