"""What a source changes or loses behind our back: kept as it was, noted, and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from store_samples import (
    ENGAGEMENT,
    NOW,
    SOURCE,
    START,
    contents,
    event,
    fold,
    ingest,
    ticket,
)

from engagewatch.model.batch import Absence, Batch
from engagewatch.model.clock import Fold, Obligation
from engagewatch.model.instants import DAY
from engagewatch.model.service import Component, ComponentState
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.store.queries.scope import scope
from engagewatch.store.queries.source_lists import silent_edits
from engagewatch.store.store import Store


def edits(store: Store) -> list[tuple[str, str, str, str]]:
    of = scope(store, ENGAGEMENT, [SOURCE])
    return [(e.reference, e.field, e.was, e.became) for e in silent_edits(store, of, limit=50)]


def changed(name: str, number: int, kind: EventKind, value: str) -> Event:
    return replace(event(name, number, kind), value=value)


def test_a_creation_time_that_moves_is_noted(store: Store) -> None:
    ingest(store, [ticket("a")])
    ingest(store, [ticket("a", 2, created_at=START + 3600)])
    assert edits(store) == [("#a", "created", "2026-05-28T20:26:40Z", "2026-05-28T21:26:40Z")]


def test_a_priority_that_changes_without_a_word_is_noted_until_the_word_comes(store: Store) -> None:
    ingest(store, [ticket("a"), ticket("b")])
    ingest(store, [ticket("a", 120, priority="P4"), ticket("b", 120, priority="P4")])
    assert edits(store) == [("#a", "priority", "P2", "P4"), ("#b", "priority", "P2", "P4")]
    ingest(store, events=[changed("a", 2, EventKind.PRIORITY_CHANGED, "P4")])
    assert edits(store) == [("#b", "priority", "P2", "P4")]


def test_an_event_told_differently_the_second_time_stays_as_it_was_and_is_noted(
    store: Store,
) -> None:
    solved = changed("a", 9, EventKind.STATUS_CHANGED, "solved")
    ingest(store, [ticket("a")], [solved, event("a", 1)])
    before = contents(store)
    moved = [replace(solved, at=solved.at - 600), replace(event("a", 1), at=START)]
    for _ in range(2):
        ingest(store, events=moved)
    assert contents(store) == before
    assert edits(store) == [
        ("#a", "time of status_changed solved", "2026-05-28T20:35:40Z", "2026-05-28T20:25:40Z")
    ]


def test_a_claim_that_turns_round_is_noted(store: Store) -> None:
    missed = (Claim(Obligation.RESOLUTION, met=False),)
    ingest(store, [ticket("a", claims=missed)])
    ingest(store, [ticket("a", 1, claims=(Claim(Obligation.RESOLUTION, met=True),))])
    assert edits(store) == [("#a", "claimed resolution", "missed", "met")]


def test_an_older_version_delivered_late_is_no_edit(store: Store) -> None:
    ingest(store, [ticket("a", 5)])
    ingest(store, [ticket("a", 1, priority="P1", created_at=START - 60)])
    assert edits(store) == []


def counts(of: Ticket, events: Sequence[Event]) -> Fold:
    if of.subject == "cursed":
        raise ZeroDivisionError("no hours")
    return fold(of, events)


def test_a_ticket_that_cannot_be_counted_does_not_hold_up_its_page(store: Store) -> None:
    page = Batch("tickets", "1", (ticket("a"), ticket("b", subject="cursed"), ticket("c")))
    store.ingest(ENGAGEMENT, SOURCE, page, counts, NOW)
    assert store.cursor(ENGAGEMENT, SOURCE, "tickets") == "1"
    held = contents(store)
    assert [row[0] for row in held["ticket"]] == ["a", "b", "c"]
    assert [row[0] for row in held["standing"]] == ["a", "c"]
    assert store.health()[0].refused == 1
    assert [one.rebuilt for one in store.verify(ENGAGEMENT, SOURCE, counts)] == [
        "it cannot be counted (ZeroDivisionError: no hours); please report this"
    ]
    assert store.refold(ENGAGEMENT, SOURCE, counts, "v1") == 2
    # Once it can be, it is.
    store.ingest(ENGAGEMENT, SOURCE, Batch("tickets", "2", (ticket("b", 2),)), counts, NOW)
    assert store.health()[0].refused == 0
    assert store.verify(ENGAGEMENT, SOURCE, counts) == []


def sweep(store: Store, asked: int, *absences: Absence):
    return store.record_absences(ENGAGEMENT, SOURCE, absences, asked, fold, NOW)


def gone(name: str) -> Absence:
    return Absence(name, gone=True, reason="404")


def test_what_the_source_no_longer_has_is_kept_as_deleted_and_can_come_back(store: Store) -> None:
    ingest(store, [ticket(str(n)) for n in range(30)], [event("7", 1)])
    swept = sweep(store, 30, gone("7"), Absence("8", gone=False, reason="403"), gone("unheard of"))
    assert (swept.gone, swept.hidden, swept.refused) == (1, 1, False)
    deleted = [row[0] for row in contents(store)["ticket"] if row[6]]
    assert deleted == ["7"]
    assert ("7", "7-1") in [row[:2] for row in contents(store)["event"]]
    assert store.verify(ENGAGEMENT, SOURCE, fold) == []
    assert "7" not in store.open_tickets(ENGAGEMENT, SOURCE, 50)
    ingest(store, [ticket("7")])
    assert [row[0] for row in contents(store)["ticket"] if row[6]] == []
    assert store.connection.execute("SELECT ticket_id FROM absence").fetchall() == [("8",)]


def test_many_gone_at_once_are_not_believed(store: Store) -> None:
    ingest(store, [ticket(str(n)) for n in range(30)])
    assert sweep(store, 30, *map(gone, map(str, range(20)))).refused
    assert not any(row[6] for row in contents(store)["ticket"])
    (told,) = store.shrinkages(ENGAGEMENT, SOURCE)
    assert "20 of 30 tickets vanished at once and are kept" in str(told)
    assert not sweep(store, 30).refused
    assert store.shrinkages(ENGAGEMENT, SOURCE) == []


def see(store: Store, count: int, at: int) -> list[str]:
    parts = tuple(Component(str(n), f"Part {n}", ComponentState.UP) for n in range(count))
    batch = Batch("summary", None, components=parts, server_time=at, observed=True)
    store.ingest(ENGAGEMENT, SOURCE, batch, fold, at)
    rows = store.connection.execute("SELECT id FROM component WHERE listed = 1 ORDER BY id")
    return [row[0] for row in rows]


def test_a_status_page_that_lost_most_of_itself_is_not_believed_for_a_day(store: Store) -> None:
    assert len(see(store, 9, NOW)) == 9
    assert len(see(store, 8, NOW + 60)) == 8
    assert len(see(store, 2, NOW + 120)) == 8
    assert "6 of 8 components" in str(store.shrinkages(ENGAGEMENT, SOURCE)[0])
    assert len(see(store, 2, NOW + 120 + DAY)) == 2
    assert store.shrinkages(ENGAGEMENT, SOURCE) == []


def test_a_page_back_to_normal_is_no_longer_doubted(store: Store) -> None:
    see(store, 9, NOW)
    see(store, 1, NOW + 60)
    see(store, 9, NOW + 120)
    assert store.shrinkages(ENGAGEMENT, SOURCE) == []


@pytest.mark.parametrize("ahead", [60, DAY * 400])
def test_a_clock_that_runs_ahead_does_not_hide_what_comes(store: Store, ahead: int) -> None:
    def look(at: int, state: ComponentState, server_time: int) -> None:
        parts = (Component("a", "A", state),)
        batch = Batch("summary", None, components=parts, server_time=server_time, observed=True)
        store.ingest(ENGAGEMENT, SOURCE, batch, fold, at)

    look(NOW, ComponentState.UP, NOW + ahead)
    look(NOW + 300, ComponentState.DOWN, NOW + 300)
    spans = store.connection.execute("SELECT from_at, state FROM state_span ORDER BY from_at")
    assert spans.fetchall() == [(NOW, "up"), (NOW + 300, "down")]
