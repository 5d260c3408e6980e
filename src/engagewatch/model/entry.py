"""Entries: what people write into engagewatch, and what it notes for good.

Entries are only ever added. Whoever wants to know how something stands reads its entries in order;
what was entered by mistake is put right by a later entry, never taken out. So the record can always
say who held which opinion when, and moved goalposts show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engagewatch.model.instants import Instant

Value = str | int | float | bool | None
"""What one field of an entry may hold: everything JSON can say without nesting."""


class EntryKind(StrEnum):
    """What an entry says about its subject. Stored as text: never rename one."""

    # About something that waits (the subject is its key on the list of what waits)
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    NUDGED = "nudged"

    # About a task of the on-boarding plan (the subject is its id)
    TASK_DONE = "task_done"
    TASK_REOPENED = "task_reopened"
    TASK_MOVED = "task_moved"
    TASK_CALLED_OFF = "task_called_off"
    TASK_NOTED = "task_noted"

    # About a meeting (the subject is its key), and what was decided and taken on in it
    MEETING_HELD = "meeting_held"
    MEETING_CALLED_OFF = "meeting_called_off"
    ATTENDED = "attended"
    DECISION = "decision"
    ACTION = "action"

    # About a promise (the subject is its id)
    SEALED = "sealed"

    # About a ticket whose claimed and contract readings differ
    DISPUTED = "disputed"

    # About a duty of a ticket that the provider missed (source/ticket/duty)
    RELIEF_NOTICE = "relief_notice"

    # About the credit of a month (the subject is the month)
    CREDIT_CLAIMED = "credit_claimed"

    # About a period of a figure (the subject is the period)
    FROZEN = "frozen"

    # About the time before, as somebody remembers it
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing entered, at one time, about one subject of one engagement."""

    id: str
    """Unique over all engagements and installations; sorts by time of entry."""
    engagement: str
    at: Instant
    kind: EntryKind
    subject: str
    """What it is about: a key that is stable across polls, e.g. ``desk/4711`` or ``B10``."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """What it says, by field. The rules that read a kind name its fields."""

    def text(self, name: str) -> str:
        """Return the text of a field; empty where it has none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def instant(self, name: str) -> Instant | None:
        """Return the instant of a field; ``None`` where it has none."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def day(self, name: str) -> date | None:
        """Return the date of a field; ``None`` where it has none that can be read."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            return None
