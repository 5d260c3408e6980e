"""What a status page showed, as the store remembers it."""

from __future__ import annotations

from store_samples import ENGAGEMENT, NOW, SOURCE, fold

from engagewatch.model.batch import Batch
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.service import (
    Component,
    ComponentChange,
    ComponentState,
    Incident,
    IncidentUpdate,
    Maintenance,
)
from engagewatch.store.store import Store

UP, DOWN = ComponentState.UP, ComponentState.DOWN


def observe(store: Store, at: Instant, **states: ComponentState) -> int:
    components = tuple(Component(name, name.title(), state) for name, state in states.items())
    batch = Batch("page", None, components=components, server_time=at, observed=True)
    return store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW).change_seq


def spans(store: Store, component: str) -> list[tuple[str, int, int]]:
    statement = """SELECT state, from_at, until_at FROM state_span
        WHERE component_id = ? ORDER BY from_at"""
    return store.connection.execute(statement, (component,)).fetchall()


def test_consecutive_polls_make_one_span(store: Store) -> None:
    for minute in range(5):
        observe(store, minute * MINUTE, mail=UP)
    assert spans(store, "mail") == [("up", 0, 4 * MINUTE)]


def test_unpolled_time_is_in_no_span(store: Store) -> None:
    observe(store, 0, mail=UP)
    observe(store, 15 * MINUTE, mail=UP)
    observe(store, 31 * MINUTE, mail=UP)
    assert spans(store, "mail") == [("up", 0, 15 * MINUTE), ("up", 31 * MINUTE, 31 * MINUTE)]


def test_another_state_starts_another_span(store: Store) -> None:
    observe(store, 0, mail=UP, vpn=UP)
    observe(store, 60, mail=DOWN, vpn=UP)
    observe(store, 120, mail=DOWN, vpn=UP)
    assert spans(store, "mail") == [("up", 0, 0), ("down", 60, 120)]
    assert spans(store, "vpn") == [("up", 0, 120)]


def test_an_overtaken_answer_does_not_rewrite_what_was_seen(store: Store) -> None:
    observe(store, 0, mail=UP)
    observe(store, 120, mail=UP)
    observe(store, 60, mail=DOWN)
    assert spans(store, "mail") == [("up", 0, 120)]


def test_a_component_the_page_drops_is_kept_as_unlisted(store: Store) -> None:
    observe(store, 0, mail=UP, vpn=DOWN)
    observe(store, 60, mail=UP)
    statement = "SELECT id, state, listed FROM component ORDER BY id"
    assert store.connection.execute(statement).fetchall() == [("mail", "up", 1), ("vpn", "down", 0)]
    assert spans(store, "vpn") == [("down", 0, 0)]
    observe(store, 120, mail=UP, vpn=UP)
    assert store.connection.execute("SELECT SUM(listed) FROM component").get == 2


def test_a_partial_listing_observes_nothing(store: Store) -> None:
    observe(store, 0, mail=UP, vpn=UP)
    batch = Batch("page", None, components=(Component("mail", "E-mail", DOWN),), server_time=60)
    store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW)
    assert spans(store, "mail") == [("up", 0, 0)]
    assert store.connection.execute("SELECT SUM(listed) FROM component").get == 2


def incident(status: str, resolved_at: Instant | None = None, text: str = "") -> Incident:
    return Incident(
        id="i1",
        name="Mail is slow",
        status=status,
        impact="minor",
        started_at=100,
        posted_at=160,
        resolved_at=resolved_at,
        component_ids=("mail", "vpn"),
        updates=(IncidentUpdate("u1", 160, "investigating", text),),
        changes=(ComponentChange("mail", 160, ComponentState.DEGRADED),),
        url="https://status.example.net/i1",
    )


def test_incidents_are_updated_and_outlive_the_page(store: Store) -> None:
    def page(now: Instant, *incidents: Incident) -> int:
        batch = Batch("page", None, incidents=incidents)
        return store.ingest(ENGAGEMENT, SOURCE, batch, fold, now).change_seq

    first = page(1000, incident("investigating"))
    assert page(2000, incident("investigating")) == first
    assert page(3000, incident("resolved", resolved_at=2500, text="Fixed.")) == first + 1
    assert page(4000) == first + 1
    statement = """SELECT status, resolved_at, first_seen_at, component_ids FROM incident"""
    assert store.connection.execute(statement).fetchall() == [("resolved", 2500, 1000, "mail\nvpn")]
    assert store.connection.execute("SELECT text FROM incident_update").fetchall() == [("Fixed.",)]
    assert store.connection.execute("SELECT COUNT(*) FROM component_change").get == 1


def test_a_moved_maintenance_window_replaces_the_old_one(store: Store) -> None:
    def announce(from_at: Instant, until_at: Instant) -> None:
        work = Maintenance("m1", "Upgrade", "scheduled", 10, from_at, until_at, ("mail",))
        batch = Batch("page", None, maintenances=(work,))
        store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW)

    announce(100, 200)
    announce(300, 400)
    statement = "SELECT from_at, until_at, component_ids FROM maintenance"
    assert store.connection.execute(statement).fetchall() == [(300, 400, "mail")]
