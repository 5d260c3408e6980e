"""What the flag rules look at of a plan and of meetings: late tasks, roles that did not come."""

from __future__ import annotations

from dataclasses import dataclass

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side


@dataclass(frozen=True, slots=True)
class LateTask:
    """A task of the plan that only its own side can finish now."""

    id: str
    title: str
    side: Side
    owner: str
    """Who holds it, as it may be shown; empty where the plan does not tell."""
    since: Instant
    days: int
    """Days past the day promised; 0 or fewer: it is not late."""
    holds_up: str
    """The gate, or ``the end of the plan``, that it makes late first; empty for neither."""
    delays: int
    """Days by which it makes that late."""
    spare: int
    """Days it may still lose before it does."""
    moved: int
    """How often its date was moved."""
    about: str = ""
    """Its subject on the list of what waits on the client, if it is on it."""


@dataclass(frozen=True, slots=True)
class MissedMeetings:
    """A required role that did not come to the last meetings of a series."""

    group: str
    """The series, or the meetings' title."""
    who: str
    """Stable name of the role."""
    words: str
    """The same as it may be shown."""
    side: Side
    running: int
    """Meetings missed in a row, the last one included; excused ones neither count nor end it."""
    dates: tuple[str, ...]
    """When these were, in words, the latest first."""
