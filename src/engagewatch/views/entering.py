"""Making entries: what a person says now, ready for the store to keep."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.instants import Instant

_made = count()


def entry_id(now: Instant) -> str:
    """Return an id for an entry made at ``now``, in epoch seconds.

    Unique over installations. Ids sort by time as text, and those that one process makes within one
    second sort in the order they were made.
    """
    import secrets  # here: of the commands that import this, few enter anything

    return f"{now:012d}-{next(_made):06d}-{secrets.token_hex(6)}"


def make_entry(
    engagement: str,
    now: Instant,
    kind: EntryKind,
    subject: str,
    values: Mapping[str, Value] | None = None,
) -> Entry:
    """Return an entry made at ``now`` about ``subject``; ``Store.enter`` keeps it."""
    return Entry(entry_id(now), engagement, now, kind, subject, dict(values or {}))
