"""Meetings and planned tasks, with every date they were promised for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from engagewatch.model.instants import Instant
from engagewatch.model.meeting import Answer, Invitee, Meeting
from engagewatch.model.plan import Owner, PlannedTask
from engagewatch.model.sides import Side
from engagewatch.store.queries.scope import Scope, each
from engagewatch.store.rows import split

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_MEETINGS = """
SELECT id, title, from_at, until_at, organiser, organised_by, called_off, invitees, updated_at,
    url, first_seen_at,
    (SELECT json_group_array(from_at) FROM (SELECT d.from_at FROM meeting_date d
        WHERE d.source_key = m.source_key AND d.meeting_id = m.id ORDER BY d.seen_at))
FROM meeting m
WHERE source_key = ? AND from_at >= ? AND from_at < ?
ORDER BY from_at, id
"""

_TASKS = """
SELECT id, title, owner, due, phase, role, start, usual_low, usual_high, client_hours, depends,
    evidence, gate, done_at, called_off,
    (SELECT json_group_array(json_array(seen_at, due)) FROM (SELECT d.seen_at, d.due
        FROM planned_date d WHERE d.source_key = t.source_key AND d.task_id = t.id
        ORDER BY d.seen_at))
FROM planned_task t
WHERE source_key = ?
ORDER BY due, id
"""


@dataclass(frozen=True, slots=True)
class StoredMeeting:
    """A meeting of a source, and what became of its date."""

    source: str
    meeting: Meeting
    dates: tuple[Instant, ...]
    """Every beginning that was seen for it, in order; the last one holds."""
    first_seen_at: Instant


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task of a source, and what became of its date."""

    source: str
    task: PlannedTask
    dates: tuple[tuple[Instant, date], ...]
    """Every due day that was seen for it, with when it was first seen, in order."""


def meetings(store: Store, of: Scope, since: Instant, until: Instant) -> list[StoredMeeting]:
    """Return the meetings that begin from ``since`` to before ``until``, in order of time."""
    found = [
        StoredMeeting(source, _meeting(row), tuple(json.loads(row[11])), row[10])
        for source, row in each(store, of, _MEETINGS, since, until)
    ]
    return sorted(found, key=lambda one: (one.meeting.from_at, one.source, one.meeting.id))


def planned_tasks(store: Store, of: Scope) -> list[StoredTask]:
    """Return the tasks that sources tell of, by due day."""
    found = [
        StoredTask(
            source,
            _task(row),
            tuple((seen_at, date.fromisoformat(due)) for seen_at, due in json.loads(row[15])),
        )
        for source, row in each(store, of, _TASKS)
    ]
    return sorted(found, key=lambda one: (one.task.due, one.source, one.task.id))


def _meeting(row: tuple[Any, ...]) -> Meeting:
    return Meeting(
        id=row[0],
        title=row[1],
        from_at=row[2],
        until_at=row[3],
        organiser=row[4],
        organised_by=None if row[5] is None else Side(row[5]),
        called_off=row[6] == 1,
        invitees=tuple(
            Invitee(
                who, name, None if side is None else Side(side), required, Answer(answer), attended
            )
            for who, name, side, required, answer, attended in json.loads(row[7])
        ),
        updated_at=row[8],
        url=row[9],
    )


def _task(row: tuple[Any, ...]) -> PlannedTask:
    return PlannedTask(
        id=row[0],
        title=row[1],
        owner=Owner(row[2]),
        due=date.fromisoformat(row[3]),
        phase=row[4],
        role=row[5],
        start=None if row[6] is None else date.fromisoformat(row[6]),
        usual_low=row[7],
        usual_high=row[8],
        client_hours=row[9],
        depends=split(row[10]),
        evidence=row[11],
        gate=row[12],
        done_at=row[13],
        called_off=row[14] == 1,
    )
