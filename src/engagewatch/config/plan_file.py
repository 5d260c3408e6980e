"""Reading the file of an on-boarding plan: every problem of it at once, each with its place.

CSV with a row of titles, or TOML with one ``[[tasks]]`` table per task. Days count from the plan's
start; a date stands for itself. Lines of a CSV file that begin with ``#`` are comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from engagewatch.config.plan_rows import Row, csv_rows, toml_rows
from engagewatch.config.problems import ConfigError, Problem
from engagewatch.config.suggestions import did_you_mean, one_of
from engagewatch.model.plan import Onboarding, Owner, PlannedTask, is_plausible
from engagewatch.model.text import safe_text

LARGEST = 1_000_000
"""Bytes of a plan that are read."""
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
        rows = toml_rows(settings.path, text)
    else:
        rows = csv_rows(settings.path, text)
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

    def plan(self, rows: Sequence[Row]) -> Plan:
        tasks: dict[str, PlannedTask] = {}
        by_id: dict[str, Row] = {}
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

    def _task(self, row: Row, name: str) -> PlannedTask:
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

    def _wrong(self, row: Row, name: str, key: str, message: str, fix: str) -> None:
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

    def _id(self, row: Row, number: int) -> str:
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

    def _text(self, row: Row, name: str, key: str, *, needed: bool = False) -> str:
        value = row.values.get(key, "")
        if not isinstance(value, str):
            self._wrong(row, name, key, "this must be text in quotes", f'for example {key} = "..."')
            return ""
        if needed and not value.strip():
            self._wrong(row, name, key, "this is empty", "say what is to be done")
        return safe_text(value.strip(), 200)

    def _owner(self, row: Row, name: str) -> Owner:
        value = row.values.get("owner", "")
        word = value.strip().lower().replace(" ", "_") if isinstance(value, str) else ""
        if word in list(Owner):
            return Owner(word)
        known = [str(owner) for owner in Owner]
        what = f'"{word[:40]}" is no owner' if word else "nobody owns this task"
        close = did_you_mean(word, known) or f"use {one_of(known)}"
        self._wrong(row, name, "owner", what, close)
        return Owner.SHARED

    def _day(self, row: Row, name: str, key: str) -> date | None:
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

    def _number(self, row: Row, name: str, key: str, *, whole: bool = True) -> float | None:
        value = row.values.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        text = str(value).strip()
        if re.fullmatch(r"\d{1,5}" if whole else r"\d{1,5}(\.\d{1,3})?", text):
            return float(text)
        example = "3" if whole else "1.5"
        self._wrong(row, name, key, f'"{text[:40]}" is not a number', f"write it like {example}")
        return None

    def _depends(self, row: Row, name: str) -> tuple[str, ...]:
        value = row.values.get("depends", "")
        if isinstance(value, str):
            return tuple(dict.fromkeys(part for part in re.split(r"[;,\s]+", value) if part))
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(dict.fromkeys(one.strip() for one in value))
        self._wrong(row, name, "depends", "this must be a list of ids", 'write ["A01", "A02"]')
        return ()

    def _check_depends(
        self,
        row: Row,
        task: PlannedTask,
        known: Mapping[str, Row],
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

    def _check_circles(self, rows: Mapping[str, Row], tasks: Mapping[str, PlannedTask]) -> None:
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
