"""Whether there is anything of a kind at all: asked before what reads it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.store.queries.scope import Scope, fetch

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_ANY_MEETING = """
SELECT EXISTS (SELECT 1 FROM meeting WHERE source_key = ?)
    OR EXISTS (SELECT 1 FROM entry WHERE engagement = ? AND kind = 'meeting_held')
"""


def knows_meetings(store: Store, of: Scope) -> bool:
    """Return whether a source told of a meeting, or anybody entered one."""
    return any(
        row[0]
        for key in of.sources or (0,)
        for row in fetch(store, _ANY_MEETING, (key, of.engagement))
    )
