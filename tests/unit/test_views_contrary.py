"""What speaks against a figure, whether the news is good or bad."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from views_world import LOG, NORTHWIND, NOW, World, at, moved, opened, replied

from engagewatch.model.clock import Obligation
from engagewatch.model.metric import Metric
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim
from engagewatch.views import contrary
from engagewatch.views.keys import FigureKey, FigureKind

MARCH = FigureKey(
    FigureKind.ATTAINMENT,
    ledger=Side.PROVIDER,
    obligation=Obligation.RESOLUTION,
    priority="P2",
    period="2026-03",
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = opened(tmp_path)
    for source in ("desk", "status"):
        world.read(source)
    return world


def solved(world: World, count: int, day: str = "03-09", claim: bool | None = None) -> None:
    claims = () if claim is None else (Claim(Obligation.RESOLUTION, met=claim),)
    for place in range(count):
        world.ticket(
            f"{day}-{place}",
            f"{day} 10:{place:02d}",
            replied(f"{day} 10:{place:02d}"),
            moved(f"{day} 11:{place:02d}", "solved"),
            claims=claims,
        )


def facts(world: World, figure: FigureKey = MARCH) -> tuple[str, ...]:
    return contrary.build(world.store, world.engagement, NOW, figure).facts


def test_a_good_count_of_few_cases_is_doubted(world: World) -> None:
    solved(world, 5)
    found = facts(world)
    assert found[0] == (
        "5 cases allow a true rate from 56.6% to 100.0%, on either side of the promised 95%."
    )


def test_what_is_still_open_is_counted_the_other_way(world: World) -> None:
    solved(world, 9)
    world.ticket("open", "03-11 09:30")
    assert (
        "1 are open or cannot be told: were they all missed, it would be 9 of 10 (90%)."
        in facts(world)
    )


def test_bad_news_is_doubted_as_well(world: World) -> None:
    world.ticket("late", "03-02 09:00", replied("03-02 09:10"), moved("03-05 18:00", "solved"))
    world.ticket("open", "03-11 09:30")
    found = " ".join(facts(world))
    assert "were they all met, it would be 1 of 2" in found


def test_who_counts_it_otherwise(world: World) -> None:
    solved(world, 3, claim=False)
    found = " ".join(facts(world))
    assert "The provider's own tool counts 0 of 3 met; on 3 clocks it contradicts" in found


def test_the_month_before_stands_beside_it(world: World) -> None:
    solved(world, 2, "02-09")
    world.ticket("late", "03-02 09:00", replied("03-02 09:10"), moved("03-05 18:00", "solved"))
    found = facts(world)
    assert any("The month before was better: 2 of 2 met in February 2026." in one for one in found)


def test_three_facts_at_most(world: World) -> None:
    solved(world, 3, claim=False)
    world.ticket("open", "03-11 09:30")
    solved(world, 2, "02-09")
    assert len(facts(world)) == 3


def test_a_metric_says_how_far_it_can_be_off_and_that_the_month_is_not_over(world: World) -> None:
    solved(world, 3)
    figure = FigureKey(FigureKind.METRIC, metric=Metric.RESOLUTION_MEDIAN, period="2026-03")
    found = facts(world, figure)
    assert found[0] == "It rests on 3; under 6 it is a list, not a figure."
    assert "March 2026 is not over: the slow ones are still to come." in found


def test_sources_that_are_old_or_hide_messages_bear_on_everything(tmp_path: Path) -> None:
    world = opened(tmp_path, replace(NORTHWIND, sources=(LOG,)))
    world.read("log", at("03-01 10:00"))
    found = facts(world, FigureKey(FigureKind.WAITING))
    assert found == ("Not up to date: log.", "Who wrote when is not shown by log.")


def test_nothing_on_record_is_an_answer(world: World) -> None:
    assert facts(world, FigureKey(FigureKind.OPEN)) == ()
