from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from views_world import LONDON, NORTHWIND, NOW, World, at, moved, opened, replied

from engagewatch.model.clock import Obligation
from engagewatch.model.policy import CountBy, Rules
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim
from engagewatch.views import clock_view, sla, why
from engagewatch.views.period import parse_period
from engagewatch.views.sla import SlaRow, SlaView


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        yield world


def met(world: World, name: str, day: str = "03-03", **fields: object) -> None:
    world.ticket(
        name, f"{day} 09:00", replied(f"{day} 09:10"), moved(f"{day} 12:00", "solved"), **fields
    )


def missed(world: World, name: str, **fields: object) -> None:
    world.ticket(
        name, "03-02 09:00", replied("03-02 09:10"), moved("03-04 12:00", "solved"), **fields
    )


def row(view: SlaView, obligation: Obligation, priority: str) -> SlaRow:
    rows = (*view.provider.rows, *view.client.rows)
    return next(row for row in rows if (row.obligation, row.priority) == (obligation, priority))


def test_a_month_counts_what_was_due_in_it(world: World) -> None:
    met(world, "february", "02-25")
    met(world, "march")
    missed(world, "late")
    world.ticket("open and overdue", "03-09 09:00", replied("03-09 09:05"))
    world.ticket("open", "03-11 09:00", replied("03-11 09:05"))
    world.ticket(
        "paused", "03-10 09:00", replied("03-10 09:05", asks=True), moved("03-10 10:00", "pending")
    )
    march = row(sla.build(world.store, world.engagement, NOW), Obligation.RESOLUTION, "P2")
    assert (march.met, march.judged, march.missed, march.pending) == (1, 3, 2, 2)
    february = sla.build(world.store, world.engagement, NOW, parse_period("2026-02", LONDON))
    assert february.is_complete
    counted = row(february, Obligation.RESOLUTION, "P2")
    assert (counted.met, counted.judged, counted.pending) == (1, 1, 0)


def test_under_ten_judged_there_is_a_count_and_no_percentage(world: World) -> None:
    for number in range(9):
        met(world, str(number))
    few = row(sla.build(world.store, world.engagement, NOW), Obligation.RESOLUTION, "P2")
    assert (few.met_words, few.percent) == ("9 of 9", None)
    met(world, "tenth")
    ten = row(sla.build(world.store, world.engagement, NOW), Obligation.RESOLUTION, "P2")
    assert (ten.met_words, ten.percent) == ("10 of 10 (100%)", 100.0)
    assert (ten.low, ten.high) == (pytest.approx(72.2, abs=0.1), 100.0)


def test_both_verdicts_stand_side_by_side(world: World) -> None:
    for number in range(18):
        met(world, str(number))
    missed(world, "a")
    missed(world, "b")
    found = row(sla.build(world.store, world.engagement, NOW), Obligation.RESOLUTION, "P2")
    # 18 of 20 against 95%: broken as a count, and no evidence yet of a service below it.
    assert found.met_words == "18 of 20 (90%)"
    assert found.contract_words == "broken: 1 miss more than the 1 allowed"
    assert found.evidence_words.startswith("cannot tell yet")
    assert (found.misses_left, found.misses_left_words) == (-1, "1 miss too many")


def test_a_promise_without_any_clock_is_shown_as_not_judged(world: World) -> None:
    found = row(sla.build(world.store, world.engagement, NOW), Obligation.RESOLUTION, "P1")
    assert found.met_words == "none judged yet"
    assert found.contract_words == "nothing to judge"
    assert (found.percent, found.low, found.high) == (None, None, None)
    assert found.target_words == "4h"


def test_our_own_ledger_follows_the_same_rules(world: World) -> None:
    world.ticket(
        "1",
        "03-03 09:00",
        replied("03-03 09:10", asks=True),
        moved("03-03 09:10", "pending"),
        # We allow ourselves four hours and took a day.
        replace(replied("03-04 09:10"), side=Side.CLIENT, actor="lee"),
    )
    view = sla.build(world.store, world.engagement, NOW)
    reply = row(view, Obligation.REPLY, "P2")
    assert (reply.met, reply.judged, reply.target_words) == (0, 1, "4h")
    assert reply.promised == 90.0
    assert view.client.total.value == "0 of 1"
    assert view.client.title == "Northwind: what it owes the provider"


def test_what_the_provider_claims_stands_beside_our_count(world: World) -> None:
    missed(world, "contested", claims=[Claim(Obligation.RESOLUTION, met=True)])
    missed(world, "conceded", claims=[Claim(Obligation.RESOLUTION, met=False)])
    met(world, "too strict", claims=[Claim(Obligation.RESOLUTION, met=False)])
    met(world, "silent")
    view = sla.build(world.store, world.engagement, NOW)
    found = row(view, Obligation.RESOLUTION, "P2")
    assert (found.claimed_met, found.claimed_judged, found.disagreements) == (1, 3, 2)
    assert found.claimed_words == "1 of 3"
    by_reference = {one.reference: one for one in view.disagreements}
    assert by_reference["#contested"].words == (
        "claimed met; by our count missed: resolution took 19h of 8h"
    )
    assert by_reference["#contested"].in_favour_of is Side.PROVIDER
    assert by_reference["#too strict"].in_favour_of is Side.CLIENT
    assert (view.disagreement_count, view.claims_compared) == (2, 3)
    assert row(view, Obligation.FIRST_RESPONSE, "P2").claimed_words == "says nothing"


def test_a_counted_time_is_a_claim_against_the_target(world: World) -> None:
    missed(world, "late", claims=[Claim(Obligation.RESOLUTION, elapsed=7 * 3600)])
    met(world, "fine", claims=[Claim(Obligation.RESOLUTION, elapsed=3 * 3600)])
    world.ticket("open", "03-11 09:00", claims=[Claim(Obligation.RESOLUTION, elapsed=60)])
    view = sla.build(world.store, world.engagement, NOW)
    found = row(view, Obligation.RESOLUTION, "P2")
    assert (found.claimed_words, found.disagreements) == ("2 of 2", 1)
    (one,) = view.disagreements
    assert one.words == "claimed met: 7h of 8h; by our count missed: resolution took 19h of 8h"
    readings = clock_view.build(world.store, world.engagement, NOW, "desk", "late").readings
    assert {reading.obligation: reading.agrees for reading in readings} == {
        Obligation.FIRST_RESPONSE: None,
        Obligation.RESOLUTION: False,
    }


def test_a_time_that_ran_on_through_a_pause_claims_no_miss(world: World) -> None:
    world.ticket(
        "paused",
        "03-03 09:00",
        replied("03-03 09:10", asks=True),
        moved("03-03 10:00", "pending"),
        replace(replied("03-04 16:00"), side=Side.CLIENT, actor="lee"),
        moved("03-04 16:00", "open", "pending"),
        moved("03-04 16:30", "solved"),
        claims=[Claim(Obligation.RESOLUTION, elapsed=15 * 3600)],
    )
    view = sla.build(world.store, world.engagement, NOW)
    found = row(view, Obligation.RESOLUTION, "P2")
    assert (found.met, found.claimed_words, found.disagreements) == (1, "says nothing", 0)
    readings = clock_view.build(world.store, world.engagement, NOW, "desk", "paused").readings
    (claimed,) = (one for one in readings if one.obligation is Obligation.RESOLUTION)
    assert (claimed.claimed, claimed.agrees) == ("15h of 8h", None)


def test_a_claimed_due_instant_is_held_against_the_end(world: World) -> None:
    missed(world, "late", claims=[Claim(Obligation.RESOLUTION, due_at=at("03-05 12:00"))])
    found = row(sla.build(world.store, world.engagement, NOW), Obligation.RESOLUTION, "P2")
    assert (found.claimed_words, found.disagreements) == ("1 of 1", 1)


def test_a_claim_within_the_tolerance_is_no_disagreement(world: World) -> None:
    end = replace(moved("03-03 17:00", "solved"), at=at("03-03 17:00"))
    over = replace(end, at=at("03-04 09:00") + 45)
    world.ticket(
        "1",
        "03-03 09:00",
        replied("03-03 09:10"),
        over,
        claims=[Claim(Obligation.RESOLUTION, met=True)],
    )
    view = sla.build(world.store, world.engagement, NOW)
    assert row(view, Obligation.RESOLUTION, "P2").missed == 1
    assert view.disagreement_count == 0


def test_an_overdue_clock_waits_for_its_end_where_the_contract_says_so(tmp_path: Path) -> None:
    lenient = replace(NORTHWIND, rules=Rules(open_overdue_is_missed=False))
    with (world := opened(tmp_path, lenient)).store:
        world.ticket("1", "03-09 09:00", replied("03-09 09:05"))
        found = row(sla.build(world.store, lenient, NOW), Obligation.RESOLUTION, "P2")
    assert (found.judged, found.pending) == (0, 1)


def test_counting_by_end_moves_a_clock_to_the_month_it_ended_in(tmp_path: Path) -> None:
    by_end = replace(NORTHWIND, rules=Rules(count_by=CountBy.STOPPED))
    with (world := opened(tmp_path, by_end)).store:
        # Due on 27 February, resolved on 2 March.
        world.ticket("1", "02-26 09:00", replied("02-26 09:05"), moved("03-02 12:00", "solved"))
        world.ticket("open", "03-11 09:00", replied("03-11 09:05"))
        march = row(sla.build(world.store, by_end, NOW), Obligation.RESOLUTION, "P2")
        period = parse_period("2026-02", LONDON)
        february = row(sla.build(world.store, by_end, NOW, period), Obligation.RESOLUTION, "P2")
    assert (march.judged, march.missed, march.pending) == (1, 1, 1)
    assert (february.judged, february.pending) == (0, 0)


def test_every_figure_opens_into_the_tickets_it_counts(world: World) -> None:
    met(world, "a")
    missed(world, "b")
    world.ticket("c", "03-04 09:00", replied("03-04 09:10"), status="open", merged_into="a")
    world.ticket("d", "03-11 09:00", replied("03-11 09:05"))
    world.refold()
    found = row(sla.build(world.store, world.engagement, NOW), Obligation.RESOLUTION, "P2")
    derivation = why.build(world.store, world.engagement, NOW, found.figure.key)
    assert derivation.title == "Resolution, P2, March 2026"
    assert derivation.value == found.met_words == "1 of 2"
    assert (derivation.met, derivation.judged) == (found.met, found.judged)
    assert [(one.reference, one.words) for one in derivation.tickets] == [
        ("#b", "missed: resolution took 19h of 8h"),
        ("#a", "met: resolution took 3h of 8h"),
        ("#d", "running: resolution still open, due Wed 11 Mar 17:00"),
        ("#c", "excluded: the ticket was merged into another"),
    ]
    assert derivation.not_counted == (
        "1 not due yet or paused",
        "1 excluded (1 because the ticket was merged into another)",
    )
    assert derivation.total == 4
    assert derivation.rule_version
    assert derivation.as_of == NOW


def test_the_ledgers_total_is_the_sum_of_its_rows(world: World) -> None:
    met(world, "a")
    missed(world, "b")
    met(world, "c", priority="urgent")
    view = sla.build(world.store, world.engagement, NOW)
    total = view.provider.total
    assert total.judged == sum(row.judged for row in view.provider.rows) == 6
    assert total.met == sum(row.met for row in view.provider.rows)
    derivation = why.build(world.store, world.engagement, NOW, total.key)
    assert (derivation.met, derivation.judged) == (total.met, total.judged)
    assert derivation.value == total.value


def test_an_amended_contract_shows_the_promise_that_holds_now(world: World) -> None:
    first = NORTHWIND.service_levels[0]
    amended = replace(first, attainment=0.5, since=date(2026, 4, 1))
    later = replace(NORTHWIND, service_levels=(*NORTHWIND.service_levels, amended))
    today = sla.build(world.store, later, NOW)
    assert row(today, Obligation.RESOLUTION, first.priority) == row(
        sla.build(world.store, NORTHWIND, NOW), Obligation.RESOLUTION, first.priority
    )
    afterwards = sla.build(world.store, later, at("04-02 12:00"))
    assert row(afterwards, Obligation.RESOLUTION, first.priority).promised == 50


def test_the_same_clocks_by_the_calendar_are_what_people_felt(world: World) -> None:
    world.ticket("overnight", "03-09 16:30", moved("03-10 10:00", "solved"))
    found = row(sla.build(world.store, NORTHWIND, NOW), Obligation.RESOLUTION, "P2")
    assert (found.met, found.judged) == (1, 1)
    assert found.felt_words == "0 of 1", "17 hours for those who waited, of 8 promised"
