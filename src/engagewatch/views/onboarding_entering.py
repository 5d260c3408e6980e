"""What people say of a task of the plan, as entries: done, moved, noted, opened again, called off.

The plan file is never written to. Each function refuses what makes no sense, in words.
"""

from __future__ import annotations

from datetime import date

from engagewatch.engine.onboarding import Stage
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant
from engagewatch.model.plan import is_plausible
from engagewatch.model.text import safe_text
from engagewatch.views.entering import make_entry
from engagewatch.views.onboarding_plan import TaskState

LONGEST_NOTE = 500
"""Characters of a note or a reason that are kept."""
_SHOWN = 12
"""Characters of what was typed that are told back; the rest of the line says what to type."""


def parse_past_day(text: str, today: date) -> date:
    """Return the day meant by ``2026-03-09``, ``today`` or ``yesterday``.

    Raises:
        ValueError: it is none of these, or after ``today``.
    """
    wanted = text.strip().lower()
    if wanted == "today":
        return today
    if wanted == "yesterday":
        return date.fromordinal(today.toordinal() - 1)
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        how = "write today, yesterday or 2026-03-09"
        raise ValueError(f'"{shown}" is not a day: {how}') from None
    if day > today:
        raise ValueError(f"{day} is still to come")
    return day


def done(engagement: str, now: Instant, one: TaskState, on: date, note: str = "") -> Entry:
    """Return that a task was finished on a local day; ``note`` says what shows it.

    Raises:
        ValueError: it is over already.
    """
    _refuse_if_over(one)
    if not is_plausible(on):
        raise ValueError(f"{on} cannot be meant")
    values = {"on": on.isoformat(), "note": _kept(note)}
    return make_entry(engagement, now, EntryKind.TASK_DONE, one.id, values)


def moved(engagement: str, now: Instant, one: TaskState, due: date, why: str) -> Entry:
    """Return that a task is promised for another day. The plan's day stays, and this is counted.

    Raises:
        ValueError: it is over already, or promised for that day, or no reason is given.
    """
    _refuse_if_over(one)
    if not is_plausible(due):
        raise ValueError(f"{due} cannot be meant")
    if due == one.promised:
        raise ValueError(f"{one.id} is promised for {due} already")
    if not why.strip():
        raise ValueError("a reason is needed: it stands beside the new date")
    values = {"due": due.isoformat(), "why": _kept(why)}
    return make_entry(engagement, now, EntryKind.TASK_MOVED, one.id, values)


def noted(engagement: str, now: Instant, one: TaskState, note: str) -> Entry:
    """Return a note about a task.

    Raises:
        ValueError: it is empty.
    """
    if not note.strip():
        raise ValueError("the note is empty")
    return make_entry(engagement, now, EntryKind.TASK_NOTED, one.id, {"note": _kept(note)})


def reopened(engagement: str, now: Instant, one: TaskState, note: str = "") -> Entry:
    """Return that a task is not over after all.

    Raises:
        ValueError: it is open.
    """
    if one.standing.is_open:
        raise ValueError(f"{one.id} is open")
    return make_entry(engagement, now, EntryKind.TASK_REOPENED, one.id, {"note": _kept(note)})


def called_off(engagement: str, now: Instant, one: TaskState, note: str) -> Entry:
    """Return that a task will not be done, and why.

    Raises:
        ValueError: it is over already, or no reason is given.
    """
    _refuse_if_over(one)
    if not note.strip():
        raise ValueError("a reason is needed: whoever depends on it no longer waits")
    return make_entry(engagement, now, EntryKind.TASK_CALLED_OFF, one.id, {"note": _kept(note)})


def _kept(words: str) -> str:
    """Return what is kept of what was typed: nothing that could do harm on a screen later."""
    return safe_text(words, LONGEST_NOTE).strip()


def _refuse_if_over(one: TaskState) -> None:
    if one.stage is Stage.DONE:
        raise ValueError(f"{one.id} is done, since {one.standing.finish}; reopen it first")
    if one.stage is Stage.CALLED_OFF:
        raise ValueError(f"{one.id} is called off; reopen it first")
