"""Storing meetings and planned tasks that a source tells of.

What is no longer told, although everything was to be told, counts as called off; nothing is taken
out. Each date seen for a meeting or a task is kept, so that putting off can be counted.
"""

from __future__ import annotations

import json

import apsw

from engagewatch.model.batch import Batch
from engagewatch.model.instants import Instant
from engagewatch.model.meeting import Meeting
from engagewatch.model.plan import PlannedTask
from engagewatch.store.rows import joined
from engagewatch.store.tickets import as_array

_PUT_MEETING = """
INSERT INTO meeting (source_key, id, title, from_at, until_at, organiser, organised_by, called_off,
    invitees, updated_at, url, first_seen_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_key, id) DO UPDATE SET
    title = excluded.title, from_at = excluded.from_at, until_at = excluded.until_at,
    organiser = excluded.organiser, organised_by = excluded.organised_by,
    called_off = excluded.called_off, invitees = excluded.invitees,
    updated_at = excluded.updated_at, url = excluded.url
WHERE (title, from_at, until_at, organiser, organised_by, called_off, invitees, updated_at, url)
    IS DISTINCT FROM (excluded.title, excluded.from_at, excluded.until_at, excluded.organiser,
        excluded.organised_by, excluded.called_off, excluded.invitees, excluded.updated_at,
        excluded.url)
"""

_PUT_MEETING_DATE = """
INSERT INTO meeting_date (source_key, meeting_id, seen_at, from_at)
SELECT ?1, ?2, ?3, ?4
WHERE ?4 IS NOT (SELECT from_at FROM meeting_date WHERE source_key = ?1 AND meeting_id = ?2
    ORDER BY seen_at DESC LIMIT 1)
ON CONFLICT DO UPDATE SET from_at = excluded.from_at
"""

_CALL_OFF_MEETINGS = """
UPDATE meeting SET called_off = 1
WHERE source_key = ? AND called_off = 0 AND from_at >= ? AND from_at < ?
    AND id NOT IN (SELECT value FROM json_each(?))
"""

_PUT_TASK = """
INSERT INTO planned_task (source_key, id, title, owner, due, phase, role, start, usual_low,
    usual_high, client_hours, depends, evidence, gate, done_at, called_off)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_key, id) DO UPDATE SET
    title = excluded.title, owner = excluded.owner, due = excluded.due, phase = excluded.phase,
    role = excluded.role, start = excluded.start, usual_low = excluded.usual_low,
    usual_high = excluded.usual_high, client_hours = excluded.client_hours,
    depends = excluded.depends, evidence = excluded.evidence, gate = excluded.gate,
    done_at = excluded.done_at, called_off = excluded.called_off
WHERE (title, owner, due, phase, role, start, usual_low, usual_high, client_hours, depends,
        evidence, gate, done_at, called_off)
    IS DISTINCT FROM (excluded.title, excluded.owner, excluded.due, excluded.phase, excluded.role,
        excluded.start, excluded.usual_low, excluded.usual_high, excluded.client_hours,
        excluded.depends, excluded.evidence, excluded.gate, excluded.done_at, excluded.called_off)
"""

_PUT_TASK_DATE = """
INSERT INTO planned_date (source_key, task_id, seen_at, due)
SELECT ?1, ?2, ?3, ?4
WHERE ?4 IS NOT (SELECT due FROM planned_date WHERE source_key = ?1 AND task_id = ?2
    ORDER BY seen_at DESC LIMIT 1)
ON CONFLICT DO UPDATE SET due = excluded.due
"""

_CALL_OFF_TASKS = """
UPDATE planned_task SET called_off = 1
WHERE source_key = ? AND called_off = 0 AND done_at IS NULL
    AND id NOT IN (SELECT value FROM json_each(?))
"""


def put_appointments(
    connection: apsw.Connection, source_key: int, batch: Batch, now: Instant
) -> None:
    """Store the meetings and tasks of a batch; ``now`` is when it came."""
    for meeting in batch.meetings:
        connection.execute(_PUT_MEETING, (source_key, *_meeting_row(meeting), now))
        connection.execute(_PUT_MEETING_DATE, (source_key, meeting.id, now, meeting.from_at))
    if batch.meetings_between is not None:
        listed = as_array(meeting.id for meeting in batch.meetings)
        connection.execute(_CALL_OFF_MEETINGS, (source_key, *batch.meetings_between, listed))
    for task in batch.tasks:
        connection.execute(_PUT_TASK, (source_key, *_task_row(task)))
        connection.execute(_PUT_TASK_DATE, (source_key, task.id, now, task.due.isoformat()))
    if batch.lists_tasks:
        listed = as_array(task.id for task in batch.tasks)
        connection.execute(_CALL_OFF_TASKS, (source_key, listed))


def _meeting_row(meeting: Meeting) -> tuple[object, ...]:
    invitees = [
        [one.who, one.name, one.side, one.required, one.answer, one.attended]
        for one in meeting.invitees
    ]
    return (
        meeting.id,
        meeting.title,
        meeting.from_at,
        meeting.until_at,
        meeting.organiser,
        meeting.organised_by,
        1 if meeting.called_off else 0,
        json.dumps(invitees),
        meeting.updated_at,
        meeting.url,
    )


def _task_row(task: PlannedTask) -> tuple[object, ...]:
    return (
        task.id,
        task.title,
        task.owner,
        task.due.isoformat(),
        task.phase,
        task.role,
        None if task.start is None else task.start.isoformat(),
        task.usual_low,
        task.usual_high,
        task.client_hours,
        joined(task.depends),
        task.evidence,
        task.gate,
        task.done_at,
        1 if task.called_off else 0,
    )
