"""A change costs what the change is, whatever the store holds. Counted in steps, not in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest
from store_samples import ENGAGEMENT, NOW, SOURCE, event, fold, ingest, opened, page, ticket

from engagewatch.store import rebuild
from engagewatch.store.store import Store


def steps_of_a_change(path: Path, pages: int) -> tuple[int, int]:
    """Return the steps for changing 20 tickets, and for reading them once more, in a filled store.

    A step is ten instructions of SQLite's virtual machine.
    """
    with opened(path) as store:
        for number in range(pages):
            store.ingest(ENGAGEMENT, SOURCE, page(number, size=200), fold, NOW)
        names = [str(n) for n in range(0, pages * 200, pages * 10)]
        changed, news = [ticket(name, 2) for name in names], [event(name, 3) for name in names]
        counts: list[int] = []
        for _ in range(2):
            counts.append(0)
            count_steps(store, counts)
            ingest(store, changed, news)
    return counts[0], counts[1]


def count_steps(store: Store, counts: list[int]) -> None:
    def step() -> bool:
        counts[-1] += 1
        return False

    assert store._writer is not None
    store._writer.set_progress_handler(step, 10)


def test_a_change_costs_the_same_in_a_large_store(tmp_path: Path) -> None:
    small = steps_of_a_change(tmp_path / "small.db", 2)
    large = steps_of_a_change(tmp_path / "large.db", 40)
    assert large[0] < 1.1 * small[0]
    assert large[1] < 1.1 * small[1]
    assert 3 * small[1] < small[0]


def test_clocks_that_stayed_the_same_are_not_written_again(store: Store) -> None:
    ingest(store, [ticket("a")], [event("a", n) for n in range(1, 4)])
    writer = store._writer
    assert writer is not None
    before = writer.total_changes()
    ingest(store, events=[event("a", 4)])
    # The event, its clock, the standing, the store's change number.
    assert writer.total_changes() - before == 4
    before = writer.total_changes()
    store.refold(ENGAGEMENT, SOURCE, fold, "v1")
    # The store's change number for its chunk and at the end, the fingerprint.
    assert writer.total_changes() - before == 3


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_a_rebuild_reads_each_ticket_once_whatever_the_chunk(
    store: Store, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(rebuild, "CHUNK", chunk)
    names = [str(n) for n in range(10)]
    ingest(store, map(ticket, names), [event(name, 1) for name in names])
    seen: list[str] = []

    def counting(of, events):
        seen.append(of.id)
        return fold(of, events)

    store.refold(ENGAGEMENT, SOURCE, counting, "v1")
    assert seen == names
