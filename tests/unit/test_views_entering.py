"""Ids of entries sort as they were made, and never meet."""

from __future__ import annotations

from engagewatch.model.entry import EntryKind
from engagewatch.views.entering import entry_id, make_entry

NOW = 1_790_000_000


def test_ids_sort_by_time_and_then_by_the_order_they_were_made() -> None:
    made = [entry_id(NOW + second) for second in (0, 0, 0, 5, 5_000_000_000)]
    assert sorted(made) == made
    assert len(set(made)) == len(made)


def test_an_entry_carries_what_was_said() -> None:
    entry = make_entry("acme", NOW, EntryKind.TASK_NOTED, "B10", {"note": "asked again"})
    assert (entry.engagement, entry.at, entry.subject) == ("acme", NOW, "B10")
    assert entry.values == {"note": "asked again"}
