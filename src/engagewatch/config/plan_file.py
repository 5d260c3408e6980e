"""Reading the file of an on-boarding plan: every problem of it at once, each with its place.

CSV with a row of titles, or TOML with one ``[[tasks]]`` table per task. Days count from the plan's
start; a date stands for itself. Lines of a CSV file that begin with ``#`` are comments.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from engagewatch.config.problems import ConfigError, Problem
from engagewatch.config.suggestions import did_you_mean, one_of
from engagewatch.model.plan import Onboarding, Owner, PlannedTask, is_plausible
from engagewatch.model.text import safe_text

LARGEST = 1_000_000
"""Bytes of a plan that are read."""
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
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_FURTHEST = 3660
"""Days from the start: a larger number is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The tasks of a plan file, in its order, and where each stands in it."""

    path: Path
    tasks: tuple[PlannedTask, ...]
    places: Mapping[str, tuple[int, int]]
    """Line and column of each task's row, counted from 1."""


class _Row(Protocol):
    """One task as it is written."""

    values: Mapping[str, Any]

    def place(self, key: str) -> tuple[int, int]:
        """Return line and column of a value."""
        ...


def load_plan(settings: Onboarding) -> Plan:
    """Read the plan file that ``settings`` name.

    Raises:
        ConfigError: it cannot be used; holds everything that is wrong with it.
        ValueError: the settings name no file.
    """
    if settings.path is None:
        raise ValueError("these settings name no plan file")
    text = _read(settings.path)
    reading = _Reading(settings.path, settings)
    if settings.path.suffix.lower() == ".toml":
        rows = _toml_rows(settings.path, text)
    else:
        rows = _csv_rows(settings.path, text)
    return reading.plan(rows)


def scaled(days: int, scale: float) -> int:
    """Return days from the start, scaled; halves go up, so that the order stays."""
    return int(days * scale + 0.5)


class _Reading:
    """Makes tasks of rows, and collects what is wrong with them."""

    def __init__(self, path: Path, settings: Onboarding) -> None:
        self._path = path
        self._settings = settings
        self._problems: list[Problem] = []

    def plan(self, rows: Sequence[_Row]) -> Plan:
        tasks: dict[str, PlannedTask] = {}
        by_id: dict[str, _Row] = {}
        for number, row in enumerate(rows, 1):
            before = len(self._problems)
            name = self._id(row, number)
            task = self._task(row, name)
            if name in by_id:
                line, _ = by_id[name].place("id")
                self._wrong(row, name, "id", f"line {line} has this id too", "change one of them")
            elif len(self._problems) == before:
                tasks[name] = task
            by_id.setdefault(name, row)
        for name, task in tasks.items():
            self._check_depends(by_id[name], task, by_id, tasks)
        if not self._problems:
            self._check_circles(by_id, tasks)
        if not rows:
            self._problems.append(
                Problem(self._path, 0, 0, "", "there is no task in it", "write at least one row")
            )
        if self._problems:
            raise ConfigError(
                sorted(self._problems, key=lambda problem: (problem.line, problem.column))
            )
        return Plan(
            self._path,
            tuple(tasks.values()),
            {name: by_id[name].place("id") for name in tasks},
        )

    def _task(self, row: _Row, name: str) -> PlannedTask:
        due = self._day(row, name, "due")
        start = self._day(row, name, "start")
        if start is not None and due is not None and due < start:
            self._wrong(row, name, "due", "this is before the start", "write a later day")
        low, high = (self._number(row, name, key) for key in ("usual_low", "usual_high"))
        if low is not None and high is not None and high < low:
            self._wrong(row, name, "usual_high", "this is less than usual_low", "swap the two")
        return PlannedTask(
            id=name,
            title=self._text(row, name, "title", needed=True),
            owner=self._owner(row, name),
            due=due or self._settings.start,
            phase=self._text(row, name, "phase"),
            role=self._text(row, name, "role"),
            start=start,
            usual_low=None if low is None else int(low),
            usual_high=None if high is None else int(high),
            client_hours=self._number(row, name, "client_hours", whole=False) or 0.0,
            depends=self._depends(row, name),
            evidence=self._text(row, name, "evidence"),
            gate=self._text(row, name, "gate"),
        )

    def _wrong(self, row: _Row, name: str, key: str, message: str, fix: str) -> None:
        line, column = row.place(key)
        self._problems.append(
            Problem(
                self._path,
                line,
                column,
                f"{name}.{key}" if name else key,
                safe_text(message),
                safe_text(fix),
            )
        )

    def _id(self, row: _Row, number: int) -> str:
        value = row.values.get("id")
        name = value.strip() if isinstance(value, str) else ""
        if not _ID.fullmatch(name):
            self._wrong(
                row, f"task {number}", "id",
                "an id is letters, digits, dots, dashes and underscores, at most 40 of them",
                f'write one such as "T{number:02d}"',
            )  # fmt: skip
            return f"task {number}"
        return name

    def _text(self, row: _Row, name: str, key: str, *, needed: bool = False) -> str:
        value = row.values.get(key, "")
        if not isinstance(value, str):
            self._wrong(row, name, key, "this must be text in quotes", f'for example {key} = "..."')
            return ""
        if needed and not value.strip():
            self._wrong(row, name, key, "this is empty", "say what is to be done")
        return safe_text(value.strip(), 200)

    def _owner(self, row: _Row, name: str) -> Owner:
        value = row.values.get("owner", "")
        word = value.strip().lower().replace(" ", "_") if isinstance(value, str) else ""
        if word in list(Owner):
            return Owner(word)
        known = [str(owner) for owner in Owner]
        what = f'"{word[:40]}" is no owner' if word else "nobody owns this task"
        close = did_you_mean(word, known) or f"use {one_of(known)}"
        self._wrong(row, name, "owner", what, close)
        return Owner.SHARED

    def _day(self, row: _Row, name: str, key: str) -> date | None:
        value = row.values.get(key)
        text = value.strip() if isinstance(value, str) else ""
        if type(value) is date:
            text = value.isoformat()
        if isinstance(value, int) and not isinstance(value, bool):
            text = str(value)
        if not text:
            if key == "due":
                self._wrong(
                    row, name, key, "there is no date", "write days from the start, or a date"
                )
            return None
        if re.fullmatch(r"\d{1,6}", text) and int(text) <= _FURTHEST:
            return self._settings.start + timedelta(scaled(int(text), self._settings.scale))
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.min
        if not is_plausible(day):
            fix = "write days from the start such as 14, or a date such as 2026-03-16"
            self._wrong(row, name, key, f'"{text[:40]}" is not a day', fix)
            return None
        return day

    def _number(self, row: _Row, name: str, key: str, *, whole: bool = True) -> float | None:
        value = row.values.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        text = str(value).strip()
        if re.fullmatch(r"\d{1,5}" if whole else r"\d{1,5}(\.\d{1,3})?", text):
            return float(text)
        example = "3" if whole else "1.5"
        self._wrong(row, name, key, f'"{text[:40]}" is not a number', f"write it like {example}")
        return None

    def _depends(self, row: _Row, name: str) -> tuple[str, ...]:
        value = row.values.get("depends", "")
        if isinstance(value, str):
            return tuple(dict.fromkeys(part for part in re.split(r"[;,\s]+", value) if part))
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(dict.fromkeys(one.strip() for one in value))
        self._wrong(row, name, "depends", "this must be a list of ids", 'write ["A01", "A02"]')
        return ()

    def _check_depends(
        self,
        row: _Row,
        task: PlannedTask,
        known: Mapping[str, _Row],
        tasks: Mapping[str, PlannedTask],
    ) -> None:
        for before in task.depends:
            if before not in known:
                close = did_you_mean(before, known) or "write the id of a task of this plan"
                self._wrong(row, task.id, "depends", f'there is no task "{before[:40]}"', close)
            elif before in tasks and tasks[before].due > task.due:
                self._wrong(
                    row, task.id, "depends",
                    f"{before} is due on {tasks[before].due}, after this one on {task.due}",
                    f"move one of the two dates, or leave {before} out",
                )  # fmt: skip

    def _check_circles(self, rows: Mapping[str, _Row], tasks: Mapping[str, PlannedTask]) -> None:
        circle = _circle({name: task.depends for name, task in tasks.items()})
        if circle:
            self._wrong(
                rows[circle[0]], circle[0], "depends",
                f"these wait for each other: {' - '.join(circle)}", "leave one of them out",
            )  # fmt: skip


def _circle(depends: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the first tasks found that depend on each other in a circle."""
    done: set[str] = set()
    for first in depends:
        trail: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = [(first, iter(depends[first]))]
        trail.append(first)
        while stack:
            below = next(stack[-1][1], None)
            if below is None:
                done.add(trail.pop())
                stack.pop()
            elif below in trail:
                return [*trail[trail.index(below) :], below]
            elif below not in done:
                trail.append(below)
                stack.append((below, iter(depends[below])))
    return []


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


def _csv_rows(path: Path, text: str) -> list[_Row]:
    lines = text.split("\n")
    reader = csv.reader(io.StringIO(text))
    titles: list[str] = []
    rows: list[_Row] = []
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


def _toml_rows(path: Path, text: str) -> list[_Row]:
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
    rows: list[_Row] = [
        _TomlRow({_title(key): value for key, value in table.items()}, index, text)
        for index, table in enumerate(tables)
    ]
    return _not_too_many(path, rows)


def _not_too_many(path: Path, rows: list[_Row]) -> list[_Row]:
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


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fix = "engagewatch init --onboarding writes one to start from"
        raise ConfigError([Problem(path, 0, 0, "", f"cannot be read: {reason}", fix)]) from None
    if len(raw) > LARGEST:
        raise ConfigError([Problem(path, 0, 0, "", "is too large to be a plan")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(
            [Problem(path, 0, 0, "", "is not UTF-8 text", "save the file as UTF-8")]
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
