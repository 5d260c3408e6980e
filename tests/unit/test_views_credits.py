"""Credits on screen: amounts under each reading, what relief takes off, and what can be claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from views_world import (
    NORTHWIND,
    NOW,
    World,
    answered,
    at,
    moved,
    opened,
    replied,
)

from engagewatch.model.clock import Obligation
from engagewatch.model.credits import CreditRule, Credits, CreditShape, CreditTier, Fee, Tripwire
from engagewatch.model.policy import Pause
from engagewatch.model.ticket import Claim
from engagewatch.views import brief, why
from engagewatch.views import credits as months
from engagewatch.views.credits import CreditRow
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.tone import Tone

RULE = CreditRule(
    "Resolutions",
    Obligation.RESOLUTION,
    tiers=(
        CreditTier(Decimal("0.95"), Decimal("0.05")),
        CreditTier(Decimal("0.60"), Decimal("0.10")),
    ),
)
CLAUSE = Credits(
    "GBP",
    CreditShape.TIERS,
    (Fee(date(2025, 11, 1), Decimal(1000)),),
    (RULE,),
    claim_days=30,
    tripwires=(Tripwire("may leave", "Resolutions", Decimal("0.9"), 2, 6),),
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Of February's three tickets one was late: it waited for us for a day."""
    world = opened(tmp_path, replace(NORTHWIND, credits=CLAUSE))
    for name in "ab":
        world.ticket(
            name,
            "02-03 10:00",
            moved("02-03 11:00", "solved"),
            claims=(Claim(Obligation.RESOLUTION, met=True),),
        )
    world.ticket(
        "late",
        "02-09 10:00",
        replied("02-09 11:00", asks=True),
        answered("02-11 11:00"),
        moved("02-11 12:00", "solved"),
        claims=(Claim(Obligation.RESOLUTION, met=True),),
    )
    return world


def month(world: World, key: str, now: int = NOW) -> CreditRow:
    view = months.build(world.store, world.engagement, now)
    return next(row for row in view.rows if row.key == key)


def test_a_month_under_each_reading(world: World) -> None:
    row = month(world, "2026-02")
    assert row.contract_words == "GBP 50.00"
    assert row.claimed_words == "GBP 0.00", "the provider's tool says that all three were met"
    assert row.felt_words == "GBP 50.00"
    assert row.relief_words == "GBP 0.00", "but for our day the late one was in time"
    (rule,) = row.rules
    assert (rule.measured_words, rule.outcome_words) == ("2 of 3", "below 95%: 5% of the fee")


def test_by_the_calendar_nothing_is_taken_off(tmp_path: Path) -> None:
    engagement = replace(
        NORTHWIND, credits=CLAUSE, rules=replace(NORTHWIND.rules, pause=Pause.CLAIMED)
    )
    world = opened(tmp_path, engagement)
    world.ticket(
        "paused",
        "02-09 10:00",
        replied("02-09 11:00", asks=True),
        moved("02-09 11:00", "pending"),
        answered("02-11 11:00"),
        moved("02-11 11:00", "open", "pending"),
        moved("02-11 12:00", "solved"),
    )
    row = month(world, "2026-02")
    assert (row.contract_words, row.felt_words) == ("GBP 0.00", "GBP 100.00")


def test_what_can_be_claimed_and_until_when(world: World) -> None:
    view = months.build(world.store, world.engagement, NOW)
    assert view.summary == ("GBP 50.00 for February 2026: claim by Mon 30 Mar 2026, 19 days left")
    assert view.tone is Tone.WARNING
    soon = months.build(world.store, world.engagement, at("03-30 22:00"))
    assert "0 days left" in soon.summary
    assert soon.tone is Tone.BAD
    late = month(world, "2026-02", at("04-02 10:00"))
    assert late.claim_words == "lapsed Mon 30 Mar 2026, never claimed"
    assert not late.can_claim


def test_a_credit_that_was_claimed_is_not_asked_for_again(world: World) -> None:
    world.store.enter([months.claimed("northwind", NOW, "2026-02", "letter 12")])
    row = month(world, "2026-02")
    assert row.claim_words == "claimed Wed 11 Mar"
    assert not row.can_claim
    view = months.build(world.store, world.engagement, NOW)
    assert view.summary == "Nothing is owed that can still be claimed."


def test_the_month_under_way_owes_nothing_yet(world: World) -> None:
    world.ticket("open", "03-02 10:00")
    row = month(world, "2026-03")
    assert (row.contract_words, row.owed, row.can_claim) == ("GBP 100.00", None, False)
    assert row.claim_words == "the month is not over"


def test_a_tripwire_tells_how_near_it_is(world: World) -> None:
    view = months.build(world.store, world.engagement, NOW)
    ((words, tone),) = view.tripwires
    assert words == (
        "may leave: Resolutions below 90% in 1 of the last 1 whole month (2 of 6 trip it)"
    )
    assert tone is Tone.WARNING


def test_an_uptime_nobody_measured_is_no_zero(tmp_path: Path) -> None:
    uptime = CreditRule("Mail", None, "Mail", (CreditTier(Decimal("0.99"), Decimal("0.1")),))
    world = opened(tmp_path, replace(NORTHWIND, credits=replace(CLAUSE, rules=(RULE, uptime))))
    world.ticket("a", "02-03 10:00", moved("02-03 11:00", "solved"))
    row = month(world, "2026-02")
    assert row.contract_words == "GBP 0.00 or more"
    assert "Mail could not be measured" in row.notes


def test_without_a_clause_it_says_how_to_write_one(tmp_path: Path) -> None:
    world = opened(tmp_path)
    view = months.build(world.store, world.engagement, NOW)
    assert (view.rows, view.has_clause) == ((), False)
    assert "[credits]" in view.summary


def test_the_brief_tells_of_a_credit_until_it_is_claimed_or_lapses(world: World) -> None:
    def told(now: int = NOW) -> list[str]:
        view = brief.build(world.store, world.engagement, now)
        return [line.title for line in view.all_flags if "can be claimed" in line.title]

    assert told() == ["GBP 50.00 of February 2026 can be claimed"]
    assert told(at("04-02 10:00")) == []
    world.store.enter([months.claimed("northwind", NOW, "2026-02")])
    assert told() == []


def test_a_credit_is_explained_by_the_clause_and_what_was_counted(world: World) -> None:
    figure = FigureKey(FigureKind.CREDIT, period="2026-02")
    view = why.build(world.store, world.engagement, NOW, figure)
    row = month(world, "2026-02")
    assert (view.title, view.value) == (
        "Credit, February 2026",
        f"{row.contract_words} of GBP 1,000.00",
    )
    assert "Resolutions: below 95%: 5%" in view.formula
    (rule,) = view.tickets
    assert (rule.subject, rule.ticket) == ("Resolutions", None)
    assert rule.words.startswith(row.rules[0].measured_words)
