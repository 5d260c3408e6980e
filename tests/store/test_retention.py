"""Tickets whose retention has passed go with all that is kept about them, and stay away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

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
    opened,
    page,
    ticket,
)

from engagewatch.model.batch import Absence, Batch, Refused
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind, Person
from engagewatch.store import retention
from engagewatch.store.queries.retention import kept_since, retained_at
from engagewatch.store.queries.scope import scope
from engagewatch.store.store import Store

HORIZON = START + 50
TABLES = ("ticket", "event", "claim", "standing", "clock", "silent_edit", "absence", "refused")


def finished(name: str, at: int, **fields: object):
    """A ticket that the sample fold takes for finished at START + ``at``."""
    return ticket(name, at, deleted=True, **fields)


def remove(store: Store, before: int = HORIZON) -> int:
    removed = 0
    while (chunk := store.remove_finished(ENGAGEMENT, SOURCE, before)) is not None:
        removed += chunk
    store.finish_retention(ENGAGEMENT, SOURCE, NOW)
    return removed


def names(store: Store) -> list[object]:
    return [row[0] for row in contents(store)["ticket"]]


def people(store: Store) -> set[str]:
    return {row[0] for row in store.connection.execute("SELECT id FROM person")}


def test_only_what_finished_before_goes_and_nothing_of_it_is_left(store: Store) -> None:
    ingest(store, [ticket("open"), finished("late", 60), ticket("old", 8)])
    ingest(
        store,
        [finished("old", 10, created_at=START - 5)],
        [event("old", 1), event("old", 2), event("late", 1)],
    )
    store.record_absences(
        ENGAGEMENT, SOURCE, [Absence("old", gone=True, reason="404")], 10, fold, NOW
    )
    refused = Batch("tickets", None, refused=(Refused("ticket old", "odd"),))
    store.ingest(ENGAGEMENT, SOURCE, refused, fold, NOW)
    before = store.change_seq()
    assert remove(store) == 1
    assert names(store) == ["late", "open"]
    assert store.change_seq() > before
    for table in TABLES:
        left = store.connection.execute(f"SELECT * FROM {table}").fetchall()
        assert not any("old" in map(str, row) or "ticket old" in row for row in left), table
    assert store.connection.execute("SELECT count(*) FROM event").get == 1
    assert store.verify(ENGAGEMENT, SOURCE, fold) == []
    assert store.integrity_problems() == []


def test_the_horizon_is_told_once_something_went(store: Store) -> None:
    ingest(store, [finished("late", 60)])
    of = scope(store, ENGAGEMENT, [SOURCE])
    assert remove(store) == 0
    assert (kept_since(store, of), retained_at(store, of)) == (None, {SOURCE: NOW})
    assert remove(store, START + 70) == 1
    assert remove(store, START + 65) == 0
    assert kept_since(store, of) == START + 70


def test_no_name_is_left_in_the_file(path: Path) -> None:
    with opened(path) as store:
        ingest(store, [finished("a", 10, subject="Confidential subject of old")])
        remove(store)
    assert b"Confidential" not in path.read_bytes()


def test_what_is_read_again_stays_away(store: Store) -> None:
    again = Batch(
        "tickets",
        "next",
        (finished("a", 10), ticket("b")),
        (event("a", 1), event("a", 9), event("b", 1)),
    )
    store.ingest(ENGAGEMENT, SOURCE, again, fold, NOW)
    remove(store)
    after = contents(store)
    for uncounted in (False, True):
        store.ingest(ENGAGEMENT, SOURCE, again, None if uncounted else fold, NOW)
        assert contents(store) == after
    assert store.ingest(ENGAGEMENT, SOURCE, again, fold, NOW).events == 0
    # An older version, and the events alone, as a stream of their own tells them.
    ingest(store, [finished("a", 3)])
    ingest(store, events=[Event("a", "a-0", START + 10, EventKind.REPLIED)])
    assert contents(store) == after


def test_a_ticket_that_was_updated_since_comes_back_as_far_as_its_source_tells(
    store: Store,
) -> None:
    ingest(store, [finished("a", 10)], [event("a", 1)])
    remove(store)
    late = event("a", 2)
    # Told before its ticket, it waits.
    ingest(store, events=[late])
    assert contents(store)["orphan"] == [("a", "a-2")]
    ingest(store, [ticket("a", 120)], [event("a", 1)])
    assert names(store) == ["a"]
    assert [row[:2] for row in contents(store)["event"]] == [("a", "a-1"), ("a", "a-2")]
    assert store.verify(ENGAGEMENT, SOURCE, fold) == []
    # It is known like any other again: removing and telling it once more is the same story.
    ingest(store, [finished("a", 130)])
    assert remove(store, START + 140) == 1
    ingest(store, [ticket("a", 120)], [event("a", 1)])
    assert names(store) == []


def test_people_whom_nothing_names_any_more_go(store: Store) -> None:
    def person(name: str) -> Person:
        return Person(name, name.title(), Side.CLIENT, f"{name}@example.org")

    cast = [
        person(name)
        for name in ("requester", "assignee", "actor", "approver", "earlier", "gone", "idle")
    ]
    batch = Batch(
        "tickets",
        None,
        (
            ticket("b", requester="requester", assignee="assignee"),
            finished("a", 9, requester="gone"),
        ),
        (
            Event("b", "b1", START, EventKind.NOTED, actor="actor"),
            Event("b", "b2", START, EventKind.APPROVAL_REQUESTED, value="approver"),
            Event("b", "b3", START, EventKind.ASSIGNED, value="assignee", previous="earlier"),
            Event("a", "a1", START, EventKind.NOTED, actor="gone"),
        ),
        people=tuple(cast),
    )
    store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW)
    assert store.finish_retention(ENGAGEMENT, SOURCE, NOW) == 0, "nothing was removed yet"
    assert store.remove_finished(ENGAGEMENT, SOURCE, HORIZON) == 1
    assert store.finish_retention(ENGAGEMENT, SOURCE, NOW) == 2
    assert people(store) == {"requester", "assignee", "actor", "approver", "earlier"}


def test_a_chunk_is_bounded_and_other_sources_are_left_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    store.register_source(ENGAGEMENT, "other", "eventlog")
    batch = Batch("tickets", None, tuple(finished(str(n), n) for n in range(7)))
    for source in (SOURCE, "other"):
        store.ingest(ENGAGEMENT, source, batch, fold, NOW)
    removed: Iterable[int | None] = [
        store.remove_finished(ENGAGEMENT, SOURCE, HORIZON) for _ in range(4)
    ]
    assert list(removed) == [3, 3, 1, None]
    assert len(names(store)) == 7
    assert kept_since(store, scope(store, ENGAGEMENT, ["other"])) is None


def test_killed_while_removing_a_ticket_is_there_wholly_or_not_at_all(path: Path) -> None:
    worker = Path(__file__).with_name("retention_worker.py")
    with opened(path) as store:
        for number in range(4):
            store.ingest(ENGAGEMENT, SOURCE, page(number), fold, NOW)
        store.ingest(
            ENGAGEMENT,
            SOURCE,
            Batch("tickets", None, tuple(finished(str(n), 9) for n in range(90))),
            fold,
            NOW,
        )
    deaths, steps, left = 0, 50, 100
    while left > 10:
        done = subprocess.run(
            [sys.executable, str(worker), str(path), str(steps)], capture_output=True, check=False
        )
        assert done.stderr == b""
        deaths += done.returncode == -9
        steps = int(steps * 1.6)
        with Store.open(path) as store:
            held = contents(store)
            now_left = len(held["ticket"])
            assert now_left <= left
            left = now_left
            assert len(held["standing"]) == left
            assert len(held["event"]) == len(held["clock"]) == 2 * left
            removed = store.connection.execute("SELECT count(*) FROM removed_ticket").get
            assert removed + left == 100
            assert store.integrity_problems() == []
            assert store.verify(ENGAGEMENT, SOURCE, fold) == []
    assert deaths >= 3
