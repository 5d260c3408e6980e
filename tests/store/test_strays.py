"""Events whose ticket never comes: kept for a while, then let go of, a ticket's all together."""

from __future__ import annotations

import pytest
from store_samples import ENGAGEMENT, SOURCE, START, contents, event, ingest, ticket

from engagewatch.store import orphans
from engagewatch.store.store import Store


def parked(store: Store) -> list[tuple[object, ...]]:
    return contents(store)["orphan"]


def test_events_wait_for_a_month_after_the_last_one_of_their_ticket(store: Store) -> None:
    # Event n happened n minutes after the start.
    ingest(store, events=[event("a", 1), event("a", 3), event("b", 2)])
    overdue = START + 2 * 60 + orphans.LONGEST_WAIT
    assert store.forget_strays(ENGAGEMENT, SOURCE, overdue) == 0
    seq = store.change_seq()
    assert store.forget_strays(ENGAGEMENT, SOURCE, overdue + 1) == 1
    assert store.change_seq() > seq
    # The earlier event of "a" is as old as that of "b", but a history is kept whole.
    assert parked(store) == [("a", "a-1"), ("a", "a-3")]
    assert ingest(store, [ticket("a")]).events == 2
    assert store.forget_strays(ENGAGEMENT, SOURCE, overdue * 2) == 0


def test_of_too_many_those_of_the_tickets_quiet_for_longest_go(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "MOST_PARKED", 4)
    ingest(store, events=[event("a", 1), event("a", 5), event("b", 2), event("b", 3)])
    assert store.forget_strays(ENGAGEMENT, SOURCE, START) == 0
    ingest(store, events=[event("c", 4)])
    assert store.forget_strays(ENGAGEMENT, SOURCE, START) == 2
    assert parked(store) == [("a", "a-1"), ("a", "a-5"), ("c", "c-4")]


def test_other_sources_keep_theirs(store: Store) -> None:
    store.register_source(ENGAGEMENT, "other", "eventlog")
    ingest(store, events=[event("a", 1)])
    assert store.forget_strays(ENGAGEMENT, "other", START * 2) == 0
    assert parked(store) == [("a", "a-1")]
