"""Sealing promises: noting, once and for good, what was promised and when it was first seen.

Terms that differ from those sealed last are sealed as well: a later reader sees every amendment
with its date, whoever moved the goalposts.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from engagewatch.engine.promises import digest_of, seal_of, terms_of
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant
from engagewatch.store.queries.entries import entries
from engagewatch.store.store import Store


def seal_promises(store: Store, engagements: Iterable[Engagement], now: Instant) -> int:
    """Seal the promises whose present terms are not sealed yet; return how many were.

    Raises:
        StoreError: the store cannot be read or written.
    """
    new = [entry for engagement in engagements for entry in _unsealed(store, engagement, now)]
    if new:
        store.enter(new)
    return len(new)


def _unsealed(store: Store, engagement: Engagement, now: Instant) -> Iterable[Entry]:
    if not engagement.promises:
        return
    known = sorted(
        entries(store, engagement.id, [EntryKind.SEALED]), key=lambda entry: entry.subject
    )
    seals = {
        promise: seal_of(list(its)) for promise, its in groupby(known, lambda one: one.subject)
    }
    for promise in engagement.promises:
        terms = terms_of(promise)
        digest = digest_of(terms)
        seal = seals.get(promise.id)
        if seal is None or seal.latest != digest:
            # Two processes that seal the same terms in the same second make the same entry.
            key = f"{now:012d}-sealed-{engagement.id}-{promise.id}-{digest[:12]}"
            yield Entry(key, engagement.id, now, EntryKind.SEALED, promise.id, terms)
