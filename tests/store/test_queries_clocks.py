"""Counting the clocks of a period: which belong to it, and how each stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from store_samples import ENGAGEMENT, SOURCE, opened, ticket

from engagewatch.model.batch import Batch
from engagewatch.model.clock import Clock, ClockState, CourtTime, Fold, Obligation, Standing
from engagewatch.model.policy import CountBy, Rules
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, Ticket
from engagewatch.store.errors import StoreCorrupt
from engagewatch.store.queries.clocks import (
    ClaimTally,
    Span,
    Tally,
    claim_tallies,
    disagreements,
    period_clocks,
    tallies,
)
from engagewatch.store.queries.scope import Scope, fetch, rule_versions, scope, snapshot
from engagewatch.store.store import Store

START, END = 1_780_000_000, 1_782_600_000
NOW = START + 1_000_000
SPAN = Span(START, END, NOW, Rules())
RESOLUTION = Obligation.RESOLUTION


def clock(state: ClockState, due_at: int | None, **fields: object) -> Clock:
    """Return a resolution clock of P2, stopped at its due instant unless it is open."""
    is_open = state in (ClockState.RUNNING, ClockState.PAUSED)
    known: dict[str, object] = {
        "obligation": RESOLUTION,
        "round": 1,
        "state": state,
        "started_at": START - 500,
        "stopped_at": None if is_open else due_at,
        "consumed": 3600,
        "running_since": START - 500 if state is ClockState.RUNNING else None,
        "target": 7200,
        "due_at": due_at,
        "calendar": "24x7",
        "priority": "P2",
        "felt": None,
    }
    return Clock(**{**known, **fields})  # type: ignore[arg-type]


STANDING = Standing(Side.PROVIDER, START, CourtTime(), CourtTime(), None, 0, None, None, 0, None)


def fill(store: Store, clocks: dict[str, Sequence[Clock]], **claims: Claim) -> Scope:
    """Store one ticket per entry with these very clocks; return the scope of the source."""

    def fold(of: Ticket, _events: Sequence[Event]) -> Fold:
        return Fold(STANDING, tuple(clocks[of.id]))

    tickets = tuple(
        ticket(name, claims=(claims[name],) if name in claims else ()) for name in clocks
    )
    store.ingest(ENGAGEMENT, SOURCE, Batch("tickets", None, tickets), fold, NOW)
    return scope(store, ENGAGEMENT, [SOURCE])


def test_the_period_s_first_instant_is_in_it_and_its_end_is_not(store: Store) -> None:
    of = fill(
        store,
        {
            "before": [clock(ClockState.MET, START - 1)],
            "first": [clock(ClockState.MET, START)],
            "last": [clock(ClockState.MISSED, END - 1)],
            "after": [clock(ClockState.MET, END)],
        },
    )
    assert tallies(store, of, SPAN) == {(RESOLUTION, "P2"): Tally(met=1, missed=1)}


def test_an_open_clock_is_missed_once_its_due_instant_has_passed(store: Store) -> None:
    of = fill(
        store,
        {
            "overdue": [clock(ClockState.RUNNING, NOW - 1)],
            "due this very second": [clock(ClockState.RUNNING, NOW)],
            "paused": [clock(ClockState.PAUSED, None)],
            "paused when overspent": [clock(ClockState.PAUSED, NOW - 10, consumed=9000)],
        },
    )
    assert tallies(store, of, SPAN)[RESOLUTION, "P2"] == Tally(missed=2, pending=2)
    lenient = Span(START, END, NOW, Rules(open_overdue_is_missed=False))
    assert tallies(store, of, lenient)[RESOLUTION, "P2"] == Tally(pending=4)


def test_a_paused_clock_belongs_to_the_period_under_way_alone(store: Store) -> None:
    of = fill(store, {"paused": [clock(ClockState.PAUSED, None)]})
    earlier = Span(START - 2_000_000, START, NOW, Rules())
    assert tallies(store, of, earlier) == {}
    assert tallies(store, of, SPAN)[RESOLUTION, "P2"] == Tally(pending=1)


def test_what_is_left_out_is_counted_apart_and_no_target_means_no_promise(store: Store) -> None:
    of = fill(
        store,
        {
            "merged": [clock(ClockState.EXCLUDED, NOW, reason="merged")],
            "unknown": [clock(ClockState.UNKNOWN, NOW)],
            "unpromised": [clock(ClockState.RUNNING, None, target=None)],
        },
    )
    assert tallies(store, of, SPAN) == {(RESOLUTION, "P2"): Tally(excluded=1, unknown=1)}


def test_obligations_and_priorities_are_counted_apart(store: Store) -> None:
    response = clock(ClockState.MISSED, NOW, obligation=Obligation.FIRST_RESPONSE)
    of = fill(
        store,
        {
            "1": [response, clock(ClockState.MET, NOW)],
            "2": [clock(ClockState.MET, NOW, priority="P1")],
        },
    )
    assert tallies(store, of, SPAN) == {
        (Obligation.FIRST_RESPONSE, "P2"): Tally(missed=1),
        (RESOLUTION, "P1"): Tally(met=1),
        (RESOLUTION, "P2"): Tally(met=1),
    }
    assert set(tallies(store, of, SPAN, [Obligation.FIRST_RESPONSE])) == {
        (Obligation.FIRST_RESPONSE, "P2")
    }


@pytest.mark.parametrize(
    ("count_by", "expected"),
    [
        (CountBy.DUE, Tally(met=1, pending=1)),
        (CountBy.STOPPED, Tally(missed=1, pending=1)),
        (CountBy.STARTED, Tally(met=1, missed=1)),
    ],
)
def test_the_contract_says_which_instant_counts(
    store: Store, count_by: CountBy, expected: Tally
) -> None:
    of = fill(
        store,
        {
            "due now, ended later": [
                clock(ClockState.MET, NOW, started_at=START + 1, stopped_at=END + 5)
            ],
            "ended now, due before": [
                clock(ClockState.MISSED, START - 5, started_at=START + 1, stopped_at=NOW)
            ],
            "open": [clock(ClockState.RUNNING, NOW + 5)],
        },
    )
    span = Span(START, END, NOW, Rules(count_by=count_by))
    assert tallies(store, of, span)[RESOLUTION, "P2"] == expected


def test_claims_are_held_against_the_last_round_and_within_the_tolerance(store: Store) -> None:
    says_met = Claim(RESOLUTION, met=True)
    first = clock(ClockState.MISSED, NOW, consumed=9000)
    of = fill(
        store,
        {
            "reopened": [first, clock(ClockState.MET, NOW + 5, round=2)],
            "contested": [first],
            "near": [clock(ClockState.MISSED, NOW, consumed=7260)],
            "no word": [first],
        },
        reopened=says_met,
        contested=says_met,
        near=says_met,
    )
    assert claim_tallies(store, of, SPAN) == {(RESOLUTION, "P2"): ClaimTally(3, 3, 1)}
    (found,) = disagreements(store, of, SPAN, RESOLUTION, 10)
    assert (found.ticket_id, found.source, found.claim) == ("contested", SOURCE, says_met)
    assert found.clock == first


def test_clocks_are_listed_misses_first_and_no_more_than_asked_for(store: Store) -> None:
    of = fill(
        store,
        {
            "open": [clock(ClockState.RUNNING, NOW + 5)],
            "met": [clock(ClockState.MET, NOW)],
            "late": [clock(ClockState.RUNNING, NOW - 5)],
            "missed": [clock(ClockState.MISSED, NOW - 9)],
            "other": [clock(ClockState.MISSED, NOW, priority="P1")],
        },
    )
    listed = period_clocks(store, of, SPAN, RESOLUTION, "P2")
    assert [one.ticket_id for one in listed] == ["late", "missed", "met", "open"]
    assert len(period_clocks(store, of, SPAN, RESOLUTION, limit=2)) == 2


def test_counting_a_period_reads_its_rows_through_the_index(store: Store) -> None:
    fill(store, {})
    plan = fetch(
        store,
        "EXPLAIN QUERY PLAN SELECT count(*) FROM clock c WHERE c.source_key = 1 "
        "AND c.obligation = 'resolution' AND c.target IS NOT NULL "
        "AND c.due_at >= 5 AND c.due_at < 9",
    )
    assert any("clock_by_due (source_key=? AND obligation=? AND due_at>?" in row[3] for row in plan)


def test_a_source_out_of_scope_is_not_counted(store: Store) -> None:
    fill(store, {"1": [clock(ClockState.MET, NOW)]})
    assert scope(store, ENGAGEMENT, ["another"]).sources == {}
    assert tallies(store, scope(store, "someone else", [SOURCE]), SPAN) == {}


def test_a_snapshot_shows_one_state_whatever_is_written_meanwhile(store: Store) -> None:
    of = fill(store, {"1": [clock(ClockState.MET, NOW)]})
    with snapshot(store):
        before = tallies(store, of, SPAN)
        fill(store, {"2": [clock(ClockState.MET, NOW)]})
        with snapshot(store):
            assert tallies(store, of, SPAN) == before
    assert tallies(store, of, SPAN)[RESOLUTION, "P2"] == Tally(met=2)


def test_a_damaged_store_is_told_in_the_store_s_own_words(path: Path) -> None:
    with opened(path) as store:
        fill(store, {"1": [clock(ClockState.MET, NOW)]})
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with Store.open(path, read_only=True) as store, pytest.raises(StoreCorrupt):
        fetch(store, "SELECT count(*) FROM clock")


def test_the_rules_clocks_were_counted_by_are_known_once_they_were_refolded(store: Store) -> None:
    of = fill(store, {"1": [clock(ClockState.MET, NOW)]})
    assert rule_versions(store, of) == ()
    store.refold(ENGAGEMENT, SOURCE, lambda of, events: Fold(STANDING, ()), "abc")
    assert rule_versions(store, of) == ("abc",)
