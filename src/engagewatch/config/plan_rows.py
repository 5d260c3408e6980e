"""The rows of a plan file as they are written, in CSV or in TOML, each with its places."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from engagewatch.config.problems import ConfigError, Problem
from engagewatch.config.suggestions import did_you_mean
from engagewatch.model.text import safe_text

MOST_TASKS = 2000

KEYS = (
    "id", "phase", "title", "owner", "role", "start", "due", "usual_low", "usual_high",
    "client_hours", "depends", "evidence", "gate",
)  # fmt: skip
_NEEDED = ("id", "title", "owner", "due")
_ALSO = {
    "usual_lo": "usual_low",
    "usual_hi": "usual_high",
    "client_h": "client_hours",
    "input_or_evidence": "evidence",
}
"""Shorter names that plans use for the same."""


class Row(Protocol):
    """One task as it is written."""

    values: Mapping[str, Any]

    def place(self, key: str) -> tuple[int, int]:
        """Return line and column of a value."""
        ...


class _CsvRow:
    """One row of a CSV file."""

    def __init__(self, values: Mapping[str, str], titles: Sequence[str], line: int, raw: str):
        self.values = values
        self._titles = titles
        self._line = line
        self._raw = raw

    def place(self, key: str) -> tuple[int, int]:
        index = self._titles.index(key) if key in self._titles else 0
        return self._line, _column(self._raw, index)


class _TomlRow:
    """One ``[[tasks]]`` table."""

    def __init__(self, values: Mapping[str, Any], index: int, text: str):
        self.values = values
        self._index = index
        self._text = text

    def place(self, key: str) -> tuple[int, int]:
        from engagewatch.config.positions import Positions

        return Positions(self._text).of_value(("tasks", self._index, key))


def csv_rows(path: Path, text: str) -> list[Row]:
    """Return the rows of a CSV file below its titles; lines that begin with ``#`` are comments.

    Raises:
        ConfigError: with every problem of its form.
    """
    lines = text.split("\n")
    reader = csv.reader(io.StringIO(text))
    titles: list[str] = []
    rows: list[Row] = []
    begins = 1
    problems: list[Problem] = []
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            raw = lines[line - 1]
            if not titles:
                titles = [_title(cell) for cell in cells]
                problems += _title_problems(path, line, raw, titles)
                continue
            if len(cells) > len(titles):
                column = _column(raw, len(titles))
                fix = "put text with a comma in double quotes"
                problems.append(
                    Problem(path, line, column, "", "this row has more values than titles", fix)
                )
            rows.append(_CsvRow(dict(zip(titles, cells, strict=False)), titles, line, raw))
    except csv.Error as error:
        problems.append(Problem(path, begins, 1, "", f"this is not CSV: {error}"))
    if problems:
        raise ConfigError(problems)
    return _not_too_many(path, rows)


def _title(cell: str) -> str:
    name = cell.strip().lower().replace(" ", "_")
    return _ALSO.get(name, name)


def _title_problems(path: Path, line: int, raw: str, titles: Sequence[str]) -> Iterator[Problem]:
    for index, title in enumerate(titles):
        if title not in KEYS:
            close = did_you_mean(title, KEYS) or f"there are {', '.join(KEYS)}"
            what = f'there is no column "{safe_text(title, 40)}"'
            yield Problem(path, line, _column(raw, index), "", what, close)
    for needed in _NEEDED:
        if needed not in titles:
            what = f'the column "{needed}" is missing'
            yield Problem(
                path, line, 1, "", what, f"the first row names the columns: {','.join(KEYS)}"
            )


def toml_rows(path: Path, text: str) -> list[Row]:
    """Return the ``[[tasks]]`` tables of a TOML file.

    Raises:
        ConfigError: with every problem of its form.
    """
    import tomli

    from engagewatch.config.positions import Positions
    from engagewatch.config.syntax import syntax_problem

    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ConfigError([syntax_problem(path, text, error)]) from None
    except RecursionError:
        raise ConfigError([Problem(path, 0, 0, "", "brackets are nested too deeply")]) from None
    tables = document.get("tasks")
    problems = [
        Problem(path, *Positions(text).of_key((key,)), key, "there is no such key here",
                "a plan is [[tasks]] tables only")
        for key in document if key != "tasks"
    ]  # fmt: skip
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append(
            Problem(path, 0, 0, "", "there are no [[tasks]] tables", "write one per task")
        )
        raise ConfigError(problems)
    for index, table in enumerate(tables):
        for key in table:
            if _title(key) not in KEYS:
                close = did_you_mean(key, KEYS) or f"there are {', '.join(KEYS)}"
                line, column = Positions(text).of_key(("tasks", index, key))
                problems.append(
                    Problem(path, line, column, f"tasks[#{index + 1}].{safe_text(key, 40)}",
                            "there is no such key here", close)
                )  # fmt: skip
    if problems:
        raise ConfigError(problems)
    rows: list[Row] = [
        _TomlRow({_title(key): value for key, value in table.items()}, index, text)
        for index, table in enumerate(tables)
    ]
    return _not_too_many(path, rows)


def _not_too_many(path: Path, rows: list[Row]) -> list[Row]:
    if len(rows) > MOST_TASKS:
        raise ConfigError(
            [
                Problem(
                    path, 0, 0, "", f"there are more than {MOST_TASKS:,} tasks", "keep to the plan"
                )
            ]
        )
    return rows


def _column(raw: str, index: int) -> int:
    """Return the column, from 1, in which value number ``index`` of a CSV line begins."""
    quoted = False
    for at, letter in enumerate(raw):
        if index == 0:
            return at + 1
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            index -= 1
    return len(raw) + 1 if index == 0 else 1
