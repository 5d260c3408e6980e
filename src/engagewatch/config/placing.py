"""From findings to problems: the line and column of each, and a name a person can follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engagewatch.config.findings import Finding
from engagewatch.config.positions import KeyPath, Positions
from engagewatch.config.problems import Problem
from engagewatch.model.text import safe_text

_NAMED_BY = {"sources": "id", "sla": "priority", "uptime": "component", "people": "role"}


def place(
    path: Path,
    text: str,
    document: Mapping[str, Any],
    found: Sequence[Finding],
    between: Sequence[Finding],
) -> list[Problem]:
    """Return all findings in the order of the file.

    ``found`` are those of single values, ``between`` those of the whole document; where both speak
    of the same key, the latter knows more.
    """
    positions = Positions(text)
    explained = {finding.at for finding in between if finding.on_key}
    problems = []
    for finding in [*(f for f in found if f.at not in explained), *between]:
        where = positions.of_key if finding.on_key else positions.of_value
        line, column = where(finding.at)
        problems.append(
            Problem(
                path,
                line,
                column,
                key_name(finding.at, document),
                safe_text(finding.message),
                safe_text(finding.suggestion),
            )
        )
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def key_name(at: KeyPath, document: Mapping[str, Any]) -> str:
    """Return a path as ``sla[P1].calendar``; a row without a name of its own is ``sla[#2]``."""
    name = ""
    for depth, part in enumerate(at):
        if isinstance(part, str):
            shown = part if part.replace("-", "").replace("_", "").isalnum() else f'"{part}"'
            name += f".{shown}" if name else shown
        else:
            name += f"[{_row_name(at[:depth], part, document)}]"
    return safe_text(name, 120)


def _row_name(table: KeyPath, index: int, document: Mapping[str, Any]) -> str:
    name = str(table[0])
    label = _NAMED_BY.get(name) if len(table) == 1 else None
    if label is not None:
        row = document[name][index]
        if isinstance(row, dict) and isinstance(row.get(label), str) and row[label].strip():
            return str(row[label])
    return f"#{index + 1}"
