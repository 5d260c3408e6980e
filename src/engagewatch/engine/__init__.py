"""The clocks of both ledgers, and the statistics over them: pure functions without a present.

The names below are the public face of the clocks, each loaded when it is first used:

- :class:`Calendar`, :func:`compile_calendar`: open seconds between two instants, and due instants.
- :class:`Folder`: one ticket's events to its standing and clocks, and how they come to what they
  say (:class:`Explanation`, :class:`Account`). :func:`policy_version` fingerprints what it counts
  by.
- :class:`Task`, :func:`task_clocks`, :class:`Attendance`, :func:`attendance_clock`: the same clocks
  for duties that no ticket tells of.
- :func:`readings_of`, :func:`disagreements_of`, :func:`hypotheses`: what the provider's tool claims
  beside our count, and the rule that explains the difference. :data:`PRESETS`: the rules that
  common service desks come with.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engagewatch.engine.appointed import Attendance, Task, attendance_clock, task_clocks
    from engagewatch.engine.calendars import Calendar, NeverOpenError, compile_calendar
    from engagewatch.engine.disagreements import Disagreement, disagreements_of, hypotheses
    from engagewatch.engine.explain import Account, CourtSegment, Explanation, TimeSegment
    from engagewatch.engine.fold import Folder, policy_version
    from engagewatch.engine.readings import Readings, readings_of

__all__ = [
    "Account",
    "Attendance",
    "Calendar",
    "CourtSegment",
    "Disagreement",
    "Explanation",
    "Folder",
    "NeverOpenError",
    "Readings",
    "Task",
    "TimeSegment",
    "attendance_clock",
    "compile_calendar",
    "disagreements_of",
    "hypotheses",
    "policy_version",
    "readings_of",
    "task_clocks",
]

_HOMES = {
    "Account": "explain",
    "Attendance": "appointed",
    "Calendar": "calendars",
    "CourtSegment": "explain",
    "Disagreement": "disagreements",
    "Explanation": "explain",
    "Folder": "fold",
    "NeverOpenError": "calendars",
    "Readings": "readings",
    "Task": "appointed",
    "TimeSegment": "explain",
    "attendance_clock": "appointed",
    "compile_calendar": "calendars",
    "disagreements_of": "disagreements",
    "hypotheses": "disagreements",
    "policy_version": "fold",
    "readings_of": "readings",
    "task_clocks": "appointed",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
