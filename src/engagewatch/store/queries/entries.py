"""What people entered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engagewatch.model.entry import Entry, EntryKind
from engagewatch.store.queries.scope import fetch

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_ENTRIES = """
SELECT id, engagement, at, kind, subject, "values" FROM entry
WHERE engagement = ?1 AND (?2 IS NULL OR kind IN (SELECT value FROM json_each(?2)))
    AND (?3 IS NULL OR subject = ?3)
ORDER BY at, id
"""


def entries(
    store: Store,
    engagement: str,
    kinds: Iterable[EntryKind] | None = None,
    subject: str | None = None,
) -> list[Entry]:
    """Return the entries of an engagement in the order they were made.

    Only those of ``kinds`` and about ``subject``, where these are given. Kinds that a newer
    version wrote are left out.
    """
    wanted = None if kinds is None else json.dumps(list(kinds))
    known = {str(kind): kind for kind in EntryKind}
    return [
        Entry(key, owner, at, known[kind], about, json.loads(values))
        for key, owner, at, kind, about, values in fetch(
            store, _ENTRIES, (engagement, wanted, subject)
        )
        if kind in known
    ]
