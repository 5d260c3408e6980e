"""What no single value of a promise shows: names that repeat, dates in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from engagewatch.config.findings import Finding


def check_promises(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong between the parts of ``[[promises]]``."""
    rows = document.get("promises")
    seen: set[str] = set()
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, dict):
            continue
        name = row.get("id")
        if isinstance(name, str):
            if name.strip() in seen:
                yield Finding(
                    ("promises", index, "id"),
                    f'two promises are called "{name[:40]}"',
                    "rename one",
                )
            seen.add(name.strip())
        starts, by = row.get("starts", _started(document)), row.get("by")
        if type(starts) is date and type(by) is date and by < starts:
            yield Finding(
                ("promises", index, "by"), "the promise is due before it starts", "swap the dates"
            )


def _started(document: Mapping[str, Any]) -> object:
    table = document.get("engagement")
    return table.get("started") if isinstance(table, dict) else None
