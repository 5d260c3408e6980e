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
    StateSpan,
)
from engagewatch.store.store import Store

UP, DOWN, UNKNOWN = ComponentState.UP, ComponentState.DOWN, ComponentState.UNKNOWN


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


def probed(store: Store, *seen: tuple[ComponentState, int, int]) -> int:
    told = tuple(StateSpan("mail", state, from_at, until_at) for state, from_at, until_at in seen)
    batch = Batch("page", None, spans=told)
    return store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW).change_seq


def test_probes_tell_what_was_between_two_polls(store: Store) -> None:
    observe(store, 0, mail=UP)
    observe(store, 10 * MINUTE, mail=UP)
    probed(store, (UP, 120, 180), (DOWN, 180, 240), (UP, 240, 300))
    assert spans(store, "mail") == [("up", 0, 180), ("down", 180, 240), ("up", 240, 600)]


def test_probes_make_known_what_nobody_polled(store: Store) -> None:
    observe(store, 0, mail=UP)
    observe(store, 100 * MINUTE, mail=UP)
    probed(store, (UP, 10 * MINUTE, 50 * MINUTE), (UP, 70 * MINUTE, 95 * MINUTE))
    assert spans(store, "mail") == [
        ("up", 0, 50 * MINUTE),
        ("up", 70 * MINUTE, 100 * MINUTE),
    ]


def test_probes_told_again_change_nothing(store: Store) -> None:
    told = ((UP, 0, 60), (DOWN, 60, 120), (UNKNOWN, 120, 180), (UP, 180, 240))
    probed(store, *told)
    observe(store, 300, mail=UP)
    before, seq = spans(store, "mail"), observe(store, 300, mail=UP)
    assert probed(store, *told) == seq
    assert probed(store, *told[1:]) == seq
    assert spans(store, "mail") == before
    assert before[-1] == ("up", 180, 300)


def test_time_without_probes_stays_a_gap_however_short(store: Store) -> None:
    probed(store, (UP, 0, 60), (UNKNOWN, 60, 120), (UP, 120, 180))
    assert spans(store, "mail") == [("up", 0, 60), ("unknown", 60, 120), ("up", 120, 180)]


def test_that_no_probe_ran_takes_nothing_back(store: Store) -> None:
    observe(store, 60, mail=UP)
    observe(store, 120, mail=UP)
    probed(store, (UNKNOWN, 0, 300))
    assert spans(store, "mail") == [("unknown", 0, 60), ("up", 60, 120), ("unknown", 120, 300)]


def test_a_single_probe_amid_a_polled_stretch(store: Store) -> None:
    observe(store, 0, mail=UP)
    observe(store, 600, mail=UP)
    seq = probed(store, (DOWN, 300, 300))
    seen = [("up", 0, 300), ("down", 300, 300), ("up", 301, 600)]
    assert spans(store, "mail") == seen
    assert probed(store, (DOWN, 300, 300)) == seq
    assert spans(store, "mail") == seen


def test_polls_go_on_from_what_probes_saw(store: Store) -> None:
    components = (Component("mail", "Mail", UP),)
    told = (StateSpan("mail", DOWN, 0, 240), StateSpan("mail", UP, 240, 300))
    batch = Batch("page", None, components=components, spans=told, server_time=330, observed=True)
    store.ingest(ENGAGEMENT, SOURCE, batch, fold, NOW)
    assert spans(store, "mail") == [("down", 0, 240), ("up", 240, 330)]


def test_an_open_incident_that_a_full_list_forgets_is_over(store: Store) -> None:
    def page(at: Instant, *incidents: Incident) -> None:
        batch = Batch("page", None, incidents=incidents, server_time=at, lists_open=True)
        store.ingest(ENGAGEMENT, SOURCE, batch, fold, at)

    page(1000, incident("investigating"))
    page(2000)
    page(3000)
    statement = "SELECT status, resolved_at FROM incident"
    assert store.connection.execute(statement).fetchall() == [("no longer listed", 2000)]
    page(4000, incident("identified"))
    assert store.connection.execute(statement).fetchall() == [("identified", None)]


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
