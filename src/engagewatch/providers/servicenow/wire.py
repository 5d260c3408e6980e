"""The parts of ServiceNow's JSON that are read: every value is text, and nothing at all is "".

A field the account may not read is missing or empty without a word, so everything has a default.
"""

from __future__ import annotations

from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import Struct, field

_Record = TypeVar("_Record")


class Pair(Struct):
    """A value with what people see for it (``display_value=all``), or a reference."""

    value: str | None = None
    display_value: str | None = None


Cell: TypeAlias = str | Pair | None
"""A field in any of its shapes: plain, with its label, or an empty reference (``""``)."""


def raw(cell: Cell) -> str:
    """Return the stored value of a field, ``""`` for none."""
    if isinstance(cell, Pair):
        return cell.value or ""
    return cell or ""


def shown(cell: Cell) -> str:
    """Return what people see for a field: its label, else its stored value."""
    if isinstance(cell, Pair):
        return cell.display_value or cell.value or ""
    return cell or ""


class Page(Struct, Generic[_Record]):
    """A page of one table; a query that was cut off has ``error`` beside part of the result."""

    result: list[_Record] | None = None
    error: Any = None


class Task(Struct):
    """A record of a table that extends ``task``."""

    id: Cell = field(default=None, name="sys_id")
    number: Cell = None
    short_description: Cell = None
    state: Cell = None
    hold_reason: Cell = None
    priority: Cell = None
    category: Cell = None
    opened_at: Cell = None
    opened_by: Cell = None
    created_on: Cell = field(default=None, name="sys_created_on")
    updated_on: Cell = field(default=None, name="sys_updated_on")
    modifications: Cell = field(default=None, name="sys_mod_count")
    resolved_at: Cell = None
    closed_at: Cell = None
    active: Cell = None
    made_sla: Cell = None
    caller_id: Cell = None
    requested_for: Cell = None
    assigned_to: Cell = None
    assignment_group: Cell = None
    company: Cell = None


class AuditRow(Struct):
    """One field of one record changed by one save."""

    id: Cell = field(default=None, name="sys_id")
    tablename: Cell = None
    documentkey: Cell = None
    fieldname: Cell = None
    oldvalue: Cell = None
    newvalue: Cell = None
    user: Cell = None
    record_checkpoint: Cell = None
    created_on: Cell = field(default=None, name="sys_created_on")


class JournalRow(Struct):
    """A comment (the customer sees it) or a work note (they do not)."""

    id: Cell = field(default=None, name="sys_id")
    element: Cell = None
    element_id: Cell = None
    value: Cell = None
    created_on: Cell = field(default=None, name="sys_created_on")
    created_by: Cell = field(default=None, name="sys_created_by")


class SlaRow(Struct):
    """The instance's own clock of one agreement on one ticket."""

    id: Cell = field(default=None, name="sys_id")
    task: Cell = None
    name: Cell = field(default=None, name="sla.name")
    kind: Cell = field(default=None, name="sla.type")
    target: Cell = field(default=None, name="sla.target")
    allowed: Cell = field(default=None, name="sla.duration")
    schedule: Cell = None
    stage: Cell = None
    active: Cell = None
    has_breached: Cell = None
    start_time: Cell = None
    planned_end_time: Cell = None
    duration: Cell = None
    business_duration: Cell = None
    updated_on: Cell = field(default=None, name="sys_updated_on")


class MetricRow(Struct):
    """How long a field of a record had one value."""

    id: Cell = field(default=None, name="sys_id")
    table: Cell = None
    record: Cell = field(default=None, name="id")
    measured: Cell = field(default=None, name="definition.field")
    value: Cell = field(default=None, name="field_value")
    start: Cell = None
    end: Cell = None


class SurveyRow(Struct):
    """One request to rate a record, and whether it was answered."""

    id: Cell = field(default=None, name="sys_id")
    task: Cell = field(default=None, name="task_id")
    method: Cell = field(default=None, name="metric_type.evaluation_method")
    user: Cell = None
    state: Cell = None
    taken_on: Cell = None
    created_on: Cell = field(default=None, name="sys_created_on")
    updated_on: Cell = field(default=None, name="sys_updated_on")


class ScoreRow(Struct):
    """What was answered to one question of a survey."""

    id: Cell = field(default=None, name="sys_id")
    survey: Cell = field(default=None, name="instance")
    score: Cell = field(default=None, name="actual_value")


class ApprovalRow(Struct):
    """One person asked to approve one record."""

    id: Cell = field(default=None, name="sys_id")
    state: Cell = None
    approver: Cell = None
    task: Cell = field(default=None, name="sysapproval")
    group: Cell = None
    created_on: Cell = field(default=None, name="sys_created_on")
    updated_on: Cell = field(default=None, name="sys_updated_on")


class UserRow(Struct):
    """Somebody with an account."""

    id: Cell = field(default=None, name="sys_id")
    user_name: Cell = None
    name: Cell = None
    email: Cell = None
    company: Cell = None


class MemberRow(Struct):
    """Somebody's membership in a group."""

    id: Cell = field(default=None, name="sys_id")
    user: Cell = None
    group: Cell = None


class ChoiceRow(Struct):
    """The label of one value of one field."""

    id: Cell = field(default=None, name="sys_id")
    table: Cell = field(default=None, name="name")
    element: Cell = None
    value: Cell = None
    label: Cell = None


class DeletedRow(Struct):
    """A record that was deleted."""

    id: Cell = field(default=None, name="sys_id")
    documentkey: Cell = None
    tablename: Cell = None
    created_on: Cell = field(default=None, name="sys_created_on")
