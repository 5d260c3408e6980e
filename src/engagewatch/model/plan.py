"""Tasks with an owner and a date: the on-boarding plan, from a file or from a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from engagewatch.model.instants import Instant


class Owner(StrEnum):
    """Who a task of the plan belongs to."""

    CLIENT = "client"
    PROVIDER = "provider"
    OUTGOING = "outgoing"
    """The provider or person who handed the work over."""
    THIRD_PARTY = "third_party"
    SHARED = "shared"


class FloatRule(StrEnum):
    """Whose late days use up the spare days between two tasks. The blame changes with it."""

    FIRST_COME = "first_come"
    """Whoever was late first."""
    PROPORTIONAL = "proportional"
    """Everybody who was late, in proportion to the days."""


@dataclass(frozen=True, slots=True)
class Onboarding:
    """``[onboarding]`` of an engagement file: where the plan is, and how slip is attributed."""

    start: date
    """Day 0 of the plan."""
    path: Path | None = None
    """The plan file, if the plan is one."""
    source: str = ""
    """The source that tells of the tasks, if one does."""
    categories: tuple[str, ...] = ()
    """Of ``source``: tickets of these categories, groups or tags are the tasks (lower case)."""
    scale: float = 1.0
    """Multiplies the days that a plan file counts from its start."""
    float_rule: FloatRule = FloatRule.FIRST_COME
    weekly_client_hours: float | None = None
    """Hours a week that the client said it can give."""
    has_outgoing: bool = True
    """Whether somebody hands the work over; ``False`` for a first outsourcing."""
    before_first_poll: tuple[str, ...] = ()
    """Tasks that have to be done before the tool first reads a source: seals and baselines."""


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One task as it was planned. What became of it since is told by entries, or by its source."""

    id: str
    title: str
    owner: Owner
    due: date
    """The last local day that is in time."""
    phase: str = ""
    role: str = ""
    start: date | None = None
    usual_low: int | None = None
    """Working days that such a task takes at least, usually."""
    usual_high: int | None = None
    client_hours: float = 0.0
    """Hours that it needs of the client."""
    depends: tuple[str, ...] = ()
    """Tasks to be finished before this one can be finished; starts may overlap."""
    evidence: str = ""
    """What shows that it is done."""
    gate: str = ""
    """Name of the gate that this task is, if it is one."""
    done_at: Instant | None = None
    """When its source says that it was done; a plan file says nothing of that."""
    called_off: bool = False


def is_plausible(day: date) -> bool:
    """Return whether a day can be meant: anything else is a slip of the keyboard."""
    return 1990 <= day.year <= 2190


def client_hours(tasks: Iterable[PlannedTask], since: date, until: date) -> float:
    """Return the hours that tasks need of the client from ``since`` to before ``until``.

    A task's hours are spread evenly over its days, from its start to its date.
    """
    hours = 0.0
    for task in tasks:
        first = min(task.start or task.due, task.due)
        length = (task.due - first).days + 1
        inside = (min(until, first + timedelta(length)) - max(since, first)).days
        hours += task.client_hours * max(0, inside) / length
    return hours
