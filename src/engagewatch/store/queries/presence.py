"""Whether there is anything of a kind at all: asked before what reads it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.store.queries.scope import Scope, each, fetch

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_ANY_MEETING = """
SELECT EXISTS (SELECT 1 FROM meeting WHERE source_key = ?)
    OR EXISTS (SELECT 1 FROM entry WHERE engagement = ? AND kind = 'meeting_held')
"""

_ANY_SERVICE = """
SELECT EXISTS (SELECT 1 FROM component WHERE source_key = ?1)
    OR EXISTS (SELECT 1 FROM maintenance WHERE source_key = ?1)
"""


def knows_meetings(store: Store, of: Scope) -> bool:
    """Return whether a source told of a meeting, or anybody entered one."""
    return any(
        row[0]
        for key in of.sources or (0,)
        for row in fetch(store, _ANY_MEETING, (key, of.engagement))
    )


def knows_services(store: Store, of: Scope) -> bool:
    """Return whether a source told of a component, or of planned work."""
    return any(row[0] for _, row in each(store, of, _ANY_SERVICE))
