"""Rows of a plan into its tasks: who owes what by when, and what is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from engagewatch.model.batch import Refused
from engagewatch.model.instants import to_datetime, zone
from engagewatch.model.plan import Owner, PlannedTask
from engagewatch.providers.eventlog.fields import FieldReader
from engagewatch.providers.eventlog.mapping import TASK_FIELDS, LogMapping
from engagewatch.providers.eventlog.reader import refusal

_SEPARATORS = re.compile(r"[,;\s]+")


class TaskTranslator:
    """Turns rows that are tasks of a plan into them."""

    def __init__(self, mapping: LogMapping, fields: FieldReader) -> None:
        self._fields = fields
        self._zone = zone(mapping.timezone)
        self._owners = {word.casefold(): owner for word, owner in mapping.owners.items()}
        self.tasks: dict[str, PlannedTask] = {}
        self.refused: list[Refused] = []

    def add(self, line: int, values: tuple[str, ...]) -> None:
        """Read one row; one that tells no task is refused."""
        try:
            task = self._task(dict(zip(TASK_FIELDS, values, strict=True)))
            if task.id in self.tasks:
                raise ValueError(f'the task "{task.id}" stands here a second time')
        except ValueError as error:
            self.refused.append(refusal(line, str(error)))
        else:
            self.tasks[task.id] = task

    def _task(self, row: Mapping[str, str]) -> PlannedTask:
        word, text = self._fields.word, self._fields.text
        key, due = word(row["task"]), self._day(row, "due")
        if key is None:
            raise ValueError("it names no task")
        if due is None:
            raise ValueError("it has no due day")
        gone = self._fields.verdict(row["called_off"], "called_off")
        return PlannedTask(
            id=key,
            title=text(row["title"]) or key,
            owner=self._owner(word(row["owner"])),
            due=due,
            phase=word(row["phase"]) or "",
            role=word(row["role"]) or "",
            start=self._day(row, "start"),
            client_hours=self._hours(row["client_hours"]),
            depends=tuple(one for one in _SEPARATORS.split(word(row["depends"]) or "") if one),
            evidence=text(row["evidence"]) or "",
            gate=word(row["gate"]) or "",
            done_at=self._fields.instant(row["done_at"], "done_at"),
            called_off=gone is True,
        )

    def _owner(self, told: str | None) -> Owner:
        if told is None:
            raise ValueError("it has no owner")
        owner = self._owners.get(told.casefold())
        if owner is not None:
            return owner
        try:
            return Owner(told.casefold().replace(" ", "_"))
        except ValueError:
            raise ValueError(
                f'its owner "{told}" is none of {", ".join(Owner)}; say which in [sources.owners]'
            ) from None

    def _day(self, row: Mapping[str, str], field: str) -> date | None:
        at = self._fields.instant(row[field], field)
        return None if at is None else to_datetime(at, self._zone).date()

    def _hours(self, raw: str) -> float:
        told = self._fields.word(raw)
        if told is None:
            return 0.0
        try:
            hours = float(told.replace(",", "."))
        except ValueError:
            hours = -1.0
        if not 0 <= hours <= 10_000:
            raise ValueError(f'client_hours: "{told}" is no number of hours')
        return hours
