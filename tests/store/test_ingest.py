"""Storing batches: what is kept, what is replaced, what costs nothing."""

from __future__ import annotations

from collections.abc import Sequence

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

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.clock import Fold, Obligation
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, EventKind, Person, Ticket
from engagewatch.store.errors import UnknownSource
from engagewatch.store.ingest import MOST_REFUSED
from engagewatch.store.store import Store


class Spy:
    """A fold that remembers what it was asked to fold."""

    def __init__(self) -> None:
        self.calls: list[tuple[Ticket, list[Event]]] = []

    def __call__(self, of: Ticket, events: Sequence[Event]) -> Fold:
        self.calls.append((of, sorted(events, key=lambda one: one.id)))
        return fold(of, events)


FULL = Ticket(
    id="7f3a-é-漢-🙂",
    reference="INC0010045",
    subject="Ça ne marche pas",
    status="waiting on customer",
    priority=None,
    created_at=START,
    updated_at=START + 5,
    requester="u1",
    assignee="a1",
    group="second line",
    category="incident",
    opened_by=Side.THIRD_PARTY,
    url="https://desk.example.net/t/7f3a",
    deleted=True,
    merged_into="8",
    tags=("vip", "laptop"),
    claims=(
        Claim(Obligation.FIRST_RESPONSE, None, None, 900, START + 900, "metrics.reply"),
        Claim(Obligation.RESOLUTION, True, 3600, 7200, None, "made_sla"),
    ),
)


def test_a_ticket_and_its_events_come_back_as_they_went_in(store: Store) -> None:
    first = Event(FULL.id, "e1", START, EventKind.OPENED)
    second = Event(
        FULL.id,
        "e2",
        START + 1,
        EventKind.STATUS_CHANGED,
        Side.PROVIDER,
        "a1",
        "b",
        "a",
        True,
        True,
    )
    third = Event(FULL.id, "e3", START + 2, EventKind.REPLIED, Side.CLIENT, "u1", asks=True)
    ingest(store, [FULL], [first, second])
    spy = Spy()
    store.ingest(ENGAGEMENT, SOURCE, Batch("events", None, events=(third,)), spy, NOW)
    assert spy.calls == [(FULL, [first, second, third])]


def test_a_page_delivered_again_changes_nothing(store: Store) -> None:
    tickets = [ticket(name) for name in "abc"]
    events = [event(name, n) for name in "abc" for n in (1, 2)]
    first = ingest(store, tickets, events)
    assert (first.tickets, first.events, first.refolded) == (3, 6, 3)
    before = contents(store)
    again = ingest(store, tickets, events)
    assert (again.tickets, again.events, again.refolded) == (0, 0, 0)
    assert again.change_seq == first.change_seq == store.change_seq()
    assert contents(store) == before


def test_only_touched_tickets_are_refolded(store: Store) -> None:
    ingest(store, [ticket(name) for name in "abc"], [event(name, 1) for name in "abc"])
    spy = Spy()
    batch = Batch(
        "tickets",
        None,
        tickets=(ticket("a"), ticket("b", 1), ticket("c")),
        events=(event("a", 1), event("c", 2)),
    )
    result = store.ingest(ENGAGEMENT, SOURCE, batch, spy, NOW)
    assert sorted(of.id for of, _ in spy.calls) == ["b", "c"]
    assert (result.tickets, result.events, result.refolded) == (1, 1, 2)


def test_the_newest_version_of_a_ticket_wins_whatever_the_order(store: Store) -> None:
    ingest(store, [ticket("a", 3), ticket("a", 1)])
    ingest(store, [ticket("a", 2)])
    assert store.connection.execute("SELECT subject FROM ticket").get == "Subject a v3"
    assert store.connection.execute("SELECT elapsed FROM claim").get == 3


def test_of_two_versions_of_one_instant_the_later_fetched_wins(store: Store) -> None:
    ingest(store, [ticket("a", subject="first")])
    ingest(store, [ticket("a", subject="second")])
    assert store.connection.execute("SELECT subject FROM ticket").get == "second"


def test_an_event_read_again_with_other_content_changes_nothing(store: Store) -> None:
    ingest(store, [ticket("a")], [event("a", 1)])
    rewritten = Event("a", "a-1", START + 999, EventKind.NOTED)
    assert ingest(store, events=[rewritten]).refolded == 0
    assert store.connection.execute("SELECT at, kind FROM event").fetchall() == [
        (START + 60, "replied")
    ]


def test_events_wait_for_their_ticket(store: Store) -> None:
    result = ingest(store, events=[event("a", 1), event("b", 1)])
    assert (result.events, result.refolded) == (0, 0)
    result = ingest(store, [ticket("a")], [event("a", 2)])
    assert (result.tickets, result.events, result.refolded) == (1, 2, 1)
    held = contents(store)
    assert [row[:2] for row in held["event"]] == [("a", "a-1"), ("a", "a-2")]
    assert held["orphan"] == [("b", "b-1")]


def test_a_waiting_event_is_not_replaced_by_a_later_read_of_it(store: Store) -> None:
    ingest(store, events=[event("a", 1)])
    ingest(store, [ticket("a")], [Event("a", "a-1", START + 999, EventKind.NOTED)])
    assert store.connection.execute("SELECT at FROM event").fetchall() == [(START + 60,)]


def test_claims_follow_the_ticket(store: Store) -> None:
    claims = (Claim(Obligation.FIRST_RESPONSE, True), Claim(Obligation.RESOLUTION, True))
    ingest(store, [ticket("a", claims=claims)])
    result = ingest(store, [ticket("a", claims=(Claim(Obligation.RESOLUTION, False),))])
    assert result.refolded == 1
    assert contents(store)["claim"] == [("a", "resolution", 0, None)]


def test_clocks_that_no_longer_exist_are_dropped(store: Store) -> None:
    ingest(store, [ticket("a")], [event("a", 1), event("a", 2)])

    def forgetful(of: Ticket, events: Sequence[Event]) -> Fold:
        return fold(of, events[:1])

    batch = Batch("tickets", None, (ticket("a", 1),))
    store.ingest(ENGAGEMENT, SOURCE, batch, forgetful, NOW)
    assert len(contents(store)["clock"]) == 1


def test_a_deleted_ticket_stays(store: Store) -> None:
    ingest(store, [ticket("a")], [event("a", 1)])
    ingest(store, [ticket("a", 1, deleted=True)])
    held = contents(store)
    assert [row[6] for row in held["ticket"]] == [1]
    assert len(held["event"]) == 1


def test_the_same_id_in_two_sources_is_two_tickets(store: Store) -> None:
    store.register_source(ENGAGEMENT, "other", "eventlog")
    ingest(store, [ticket("a")], [event("a", 1)])
    store.ingest(ENGAGEMENT, "other", Batch("tickets", None, (ticket("a", 4),)), fold, NOW)
    assert [row[2] for row in contents(store)["ticket"]] == ["Subject a v0", "Subject a v4"]
    assert len(contents(store)["event"]) == 1


def test_the_cursor_comes_with_its_page_or_not_at_all(store: Store) -> None:
    ingest(store, [ticket("a")], cursor="one")
    assert store.cursor(ENGAGEMENT, SOURCE, "tickets") == "one"
    assert store.cursor(ENGAGEMENT, SOURCE, "other") is None

    def stopped(of: Ticket, events: Sequence[Event]) -> Fold:
        raise KeyboardInterrupt

    before, seq = contents(store), store.change_seq()
    with pytest.raises(KeyboardInterrupt):
        store.ingest(ENGAGEMENT, SOURCE, Batch("tickets", "two", (ticket("b"),)), stopped, NOW)
    assert store.cursor(ENGAGEMENT, SOURCE, "tickets") == "one"
    assert (contents(store), store.change_seq()) == (before, seq)
    ingest(store, [ticket("b")], cursor="two")
    assert store.cursor(ENGAGEMENT, SOURCE, "tickets") == "two"


def test_an_idle_poll_saves_its_cursor_without_announcing_data(store: Store) -> None:
    seq = ingest(store, [ticket("a")], cursor="one").change_seq
    assert ingest(store, [ticket("a")], cursor="two").change_seq == seq
    assert store.cursor(ENGAGEMENT, SOURCE, "tickets") == "two"


def test_a_batch_without_a_cursor_leaves_the_stream_where_it_was(store: Store) -> None:
    ingest(store, cursor="one")
    ingest(store, [ticket("a")])
    assert store.cursor(ENGAGEMENT, SOURCE, "tickets") == "one"


def test_readers_notice_a_commit(store: Store) -> None:
    with store.reader() as reader:
        assert not reader.changed()
        ingest(store, [ticket("a")])
        assert reader.changed()
        assert not reader.changed()
        assert reader.change_seq() == store.change_seq() == 1
    assert store.changed()
    assert not store.changed()


def test_people_are_updated(store: Store) -> None:
    def meet(*people: Person) -> int:
        batch = Batch("people", None, people=people)
        return store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW).change_seq

    first = meet(
        Person("u1", "R. Okafor", Side.CLIENT, "r@x.example"), Person("a", "A", Side.PROVIDER)
    )
    assert meet(Person("u1", "R. Okafor", Side.CLIENT, "r@x.example")) == first
    assert meet(Person("u1", "Rose Okafor", Side.CLIENT)) == first + 1
    rows = store.connection.execute("SELECT id, name, side, address FROM person ORDER BY id")
    assert rows.fetchall() == [("a", "A", "provider", ""), ("u1", "Rose Okafor", "client", "")]


def test_refused_records_are_counted_and_forgotten_once_readable(store: Store) -> None:
    def refuse(*records: str) -> None:
        refused = tuple(Refused(record, "no creation time") for record in records)
        store.ingest(ENGAGEMENT, SOURCE, Batch("tickets", None, refused=refused), fold, NOW)

    refuse("a", "line 7")
    refuse("a")
    assert store.health()[0].refused == 2
    ingest(store, [ticket("a")])
    assert store.health()[0].refused == 1
    refuse(*(f"row {n}" for n in range(3 * MOST_REFUSED)))
    assert store.health()[0].refused == MOST_REFUSED


def test_a_source_must_be_registered(store: Store) -> None:
    with pytest.raises(UnknownSource, match="'nobody'"):
        store.ingest(ENGAGEMENT, "nobody", Batch("tickets", None), fold, NOW)
