"""What is wrong within ``[onboarding]``, beyond single values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engagewatch.config.findings import Finding
from engagewatch.config.suggestions import did_you_mean, one_of


def check_onboarding(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong between the keys of ``[onboarding]``, and with the sources."""
    table = document.get("onboarding")
    if not isinstance(table, dict):
        return
    if "plan" in table and "source" in table:
        yield Finding(
            ("onboarding", "source"), "the plan is a file or a source, not both", "keep one of them"
        )
    if "plan" not in table and "source" not in table:
        yield Finding(
            ("onboarding",),
            "this says neither where the plan is nor who tells of it",
            'add plan = "northwind-plan.csv"',
        )
    if "categories" in table and "source" not in table:
        yield Finding(
            ("onboarding", "categories"),
            "categories choose among the tickets of a source",
            'add source = "desk"',
        )
    source = table.get("source")
    known = _sources(document)
    if isinstance(source, str) and source.strip() not in known:
        close = did_you_mean(source, known) or (f"there are {one_of(known)}" if known else "")
        yield Finding(("onboarding", "source"), f'there is no source "{source[:40]}"', close)


def _sources(document: Mapping[str, Any]) -> list[str]:
    rows = document.get("sources")
    listed = rows if isinstance(rows, list) else []
    return [row["id"] for row in listed if isinstance(row, dict) and isinstance(row.get("id"), str)]
