"""Tickets as the screens ask for them."""

from __future__ import annotations

from dataclasses import replace

from store_samples import ENGAGEMENT, NOW, SOURCE, START, event, fold, ticket

from engagewatch.model.batch import Batch
from engagewatch.model.clock import Clock, ClockState, Fold, Obligation
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.store.queries import changes
from engagewatch.store.queries.people import everybody, one_by_one, people
from engagewatch.store.queries.scope import Scope, scope
from engagewatch.store.queries.tickets import (
    find_ticket,
    open_count,
    open_tickets,
    openings,
    ticket_list,
)
from engagewatch.store.store import Store


def fill(store: Store, *names: str, **fields: object) -> Scope:
    tickets = tuple(ticket(name, **fields) for name in names)
    events = tuple(event(name, number) for name in names for number in (2, 1))
    store.ingest(ENGAGEMENT, SOURCE, Batch("tickets", None, tickets, events), fold, NOW)
    return scope(store, ENGAGEMENT, [SOURCE])


def running(cycle: int, due_at: int) -> Clock:
    return Clock(
        Obligation.RESOLUTION, cycle, ClockState.RUNNING, START, None, 0, START, 60, due_at,
        "24x7", "P2", None,
    )  # fmt: skip


def test_a_ticket_is_found_by_its_id_and_by_what_people_call_it(store: Store) -> None:
    of = fill(store, "7", "8")
    by_id = find_ticket(store, of, SOURCE, "7")
    assert by_id is not None
    assert by_id == find_ticket(store, of, SOURCE, "#7")
    assert by_id.ticket == ticket("7")
    assert list(by_id.events) == [event("7", 1), event("7", 2)]
    assert find_ticket(store, of, SOURCE, "9") is None
    assert find_ticket(store, of, "another", "7") is None


def test_the_list_leaves_deleted_tickets_out(store: Store) -> None:
    fill(store, "1", "2")
    of = fill(store, "3", deleted=True)
    assert sorted(row[0] for _, row in ticket_list(store, of)) == ["1", "2"]
    assert open_count(store, of) == 2


def test_a_finished_ticket_is_open_work_while_one_of_its_clocks_stands(store: Store) -> None:
    def finished(of, events):  # type: ignore[no-untyped-def]
        made = fold(of, events)
        clocks = (running(1, NOW),) if of.id == "resolved" else ()
        return Fold(replace(made.standing, finished_at=START + 5), clocks)

    tickets = (ticket("resolved"), ticket("closed"))
    store.ingest(ENGAGEMENT, SOURCE, Batch("tickets", None, tickets), finished, NOW)
    (found,) = open_tickets(store, scope(store, ENGAGEMENT, [SOURCE]))
    assert (found.id, found.clocks) == ("resolved", (running(1, NOW),))


def test_the_latest_cycle_of_a_reopened_ticket_is_listed(store: Store) -> None:
    def reopened(of, events):  # type: ignore[no-untyped-def]
        standing = replace(fold(of, events).standing, reopened=1)
        first = replace(
            running(1, NOW), state=ClockState.MISSED, stopped_at=NOW, running_since=None
        )
        return Fold(standing, (first, running(2, NOW + 9)))

    store.ingest(ENGAGEMENT, SOURCE, Batch("tickets", None, (ticket("1"),)), reopened, NOW)
    ((_, row),) = ticket_list(store, scope(store, ENGAGEMENT, [SOURCE]))
    assert row[12:14] == ("running", NOW + 9)


def test_openings_since_name_the_client_s_own_tickets(store: Store) -> None:
    fill(store, "theirs", opened_by=Side.PROVIDER, created_at=START + 50)
    fill(store, "early", created_at=START - 50, updated_at=START + 60)
    of = fill(store, "ours", created_at=START + 50, updated_at=START + 60, requester="lee")
    (one,) = openings(store, of, START)
    assert (one.source, one.at, one.ticket_id, one.requester) == (SOURCE, START + 50, "ours", "lee")


def test_changes_are_those_after_the_moment_up_to_now(store: Store) -> None:
    fill(store, "old", created_at=START, updated_at=START + 900)
    of = fill(store, "new", created_at=START + 100, updated_at=START + 900)
    assert [one.id for one in changes.opened(store, of, START, NOW, 5).latest] == ["new"]
    assert changes.opened(store, of, START + 100, NOW, 5).count == 0
    assert changes.opened(store, of, START, START + 99, 5).count == 0


def test_people_are_the_same_read_at_once_or_one_by_one(store: Store) -> None:
    lee = Person("lee", "Lee Park", Side.CLIENT, "lee@example.net")
    batch = Batch("people", None, people=(lee,))
    store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW)
    of = scope(store, ENGAGEMENT, [SOURCE])
    assert people(store, of) == [(SOURCE, lee)]
    for find in (everybody(store, of), one_by_one(store, of)):
        assert find(SOURCE, "lee") == lee
        assert find(SOURCE, "nobody") is None
        assert find("another", "lee") is None
