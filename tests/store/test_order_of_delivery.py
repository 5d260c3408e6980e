"""However a source delivers its history - any order, any pages, twice - the store ends the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import ENGAGEMENT, SOURCE, contents, event, fold, ingest, opened, ticket

from engagewatch.model.ticket import Event, Ticket

# Names that a JSON array, an index or a comparison could trip over.
NAMES = st.sampled_from(["1", "01", "1.0", "a", "A", "a b", 'q"uote', "é", "漢字", "🙂", "null"])
TICKETS = st.builds(ticket, NAMES, st.integers(0, 4))
EVENTS = st.builds(event, NAMES, st.integers(1, 6))
HISTORY = st.lists(st.one_of(TICKETS, EVENTS), max_size=30)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Ticket | Event], list[list[Ticket | Event]]]:
    """Return a history, and pages that hold all of it: shuffled, some of it repeated."""
    history = draw(HISTORY)
    repeated = draw(st.lists(st.sampled_from(history), max_size=10)) if history else []
    stream = draw(st.permutations(history + repeated))
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pages = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    return history, pages


def deliver(store, records: list[Ticket | Event]) -> None:
    ingest(
        store,
        [record for record in records if isinstance(record, Ticket)],
        [record for record in records if isinstance(record, Event)],
    )


@settings(max_examples=150, deadline=None)
@given(deliveries())
def test_incremental_equals_rebuild_whatever_the_delivery(delivery) -> None:
    history, pages = delivery
    with tempfile.TemporaryDirectory() as folder:
        with opened(Path(folder) / "pages.db") as store:
            for page in pages:
                deliver(store, page)
            incremental = contents(store)
            assert store.verify(ENGAGEMENT, SOURCE, fold) == []
            store.refold(ENGAGEMENT, SOURCE, fold, "again")
            assert contents(store) == incremental
            assert store.integrity_problems() == []
        with opened(Path(folder) / "whole.db") as whole:
            deliver(whole, history)
            assert contents(whole) == incremental
    orphans = {record.ticket_id for record in history if isinstance(record, Event)}
    orphans -= {record.id for record in history if isinstance(record, Ticket)}
    assert {row[0] for row in incremental["orphan"]} == orphans
