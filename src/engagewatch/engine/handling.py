"""How things that wait are handled: who has them, what was noted, until when they are put off.

Everything follows from the entries about a thing, read in the order they were made; the last word
of each kind holds. What is put off comes back on its day, and at once when the thing itself
changes: its state is a short text of the facts that matter (when it is due, when it was last asked
about), taken down with the entry and compared ever after. The same holds for what was
acknowledged: somebody has seen *this*, not whatever becomes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from engagewatch.model.clock import Obligation
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant

HANDLED = (
    EntryKind.ASSIGNED,
    EntryKind.ACKNOWLEDGED,
    EntryKind.SNOOZED,
    EntryKind.WOKEN,
    EntryKind.NUDGED,
)
"""The entries that :func:`handlings` reads.

``assigned``: ``to``. ``acknowledged``: ``note``, ``state``. ``snoozed``: ``until`` (a local date),
``why``, ``state``. ``nudged``: ``kind``. Any may carry ``about``: what the thing was called.
"""


@dataclass(frozen=True, slots=True)
class Handling:
    """What people said about one thing that waits."""

    assigned_to: str = ""
    """A role of ``[[people]]``, or whatever was typed."""
    assigned_at: Instant | None = None
    acknowledged_at: Instant | None = None
    note: str = ""
    noted_state: str = ""
    until: date | None = None
    """The local day on which it comes back; ``None`` while it is not put off."""
    why: str = ""
    put_off_state: str = ""
    nudges: tuple[Instant, ...] = ()
    about: str = ""
    """What it was called when something was last entered about it."""

    def is_put_off(self, today: date, state: str) -> bool:
        """Return whether it is off the list on the local day ``today``, being in ``state``."""
        return self.until is not None and today < self.until and state == self.put_off_state

    def is_acknowledged(self, state: str) -> bool:
        """Return whether somebody has said to have seen it as it is now."""
        return self.acknowledged_at is not None and state == self.noted_state


UNHANDLED = Handling()
"""Nobody has said anything yet."""


def handlings(entries: Iterable[Entry]) -> dict[str, Handling]:
    """Return how things are handled, by subject; ``entries`` in the order they were made."""
    found: dict[str, Handling] = {}
    for entry in entries:
        if entry.kind in HANDLED:
            found[entry.subject] = _after(found.get(entry.subject, UNHANDLED), entry)
    return found


def state_of(*facts: object) -> str:
    """Return the state of a thing from the facts whose change brings it back."""
    return "/".join("" if fact is None else str(fact) for fact in facts)


def subject_of(source: str, ticket: str, obligation: Obligation, round_: int) -> str:
    """Return the subject of a duty of ours in a ticket; round 0: only its status claims one."""
    return f"{source}/{ticket}/{obligation.value}/{round_}"


def duty_of(subject: str) -> tuple[str, str, Obligation, int] | None:
    """Return source, ticket, obligation and round of a subject of :func:`subject_of`.

    ``None`` for a subject of another make.
    """
    source, slash, rest = subject.partition("/")
    parts = rest.rsplit("/", 2)
    if not slash or len(parts) != 3 or not parts[2].isdigit():
        return None
    try:
        return source, parts[0], Obligation(parts[1]), int(parts[2])
    except ValueError:
        return None


def _after(before: Handling, entry: Entry) -> Handling:
    about = entry.text("about") or before.about
    if entry.kind is EntryKind.ASSIGNED:
        to = entry.text("to")
        return replace(before, about=about, assigned_to=to, assigned_at=entry.at if to else None)
    if entry.kind is EntryKind.ACKNOWLEDGED:
        return replace(
            before,
            about=about,
            acknowledged_at=entry.at,
            note=entry.text("note"),
            noted_state=entry.text("state"),
        )
    if entry.kind is EntryKind.SNOOZED:
        return replace(
            before,
            about=about,
            until=entry.day("until"),
            why=entry.text("why"),
            put_off_state=entry.text("state"),
        )
    if entry.kind is EntryKind.WOKEN:
        return replace(before, about=about, until=None, why="", put_off_state="")
    return replace(before, about=about, nudges=(*before.nudges, entry.at))
