"""Service credits: the three shapes, what repeats, what is earned back, and until when to claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.credits import Measured, assess, money, tier_of, tripwires, without
from engagewatch.model.clock import Obligation
from engagewatch.model.credits import (
    CreditRule,
    Credits,
    CreditShape,
    CreditTier,
    Fee,
    Tripwire,
)

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))

UPTIME = CreditRule(
    "uptime",
    None,
    tiers=(
        CreditTier(Decimal("0.9999"), Decimal("0.10")),
        CreditTier(Decimal("0.99"), Decimal("0.30")),
        CreditTier(Decimal("0.95"), Decimal("1")),
    ),
)
CLOUD = Credits(
    "EUR", CreditShape.TIERS, (Fee(date(2025, 6, 1), Decimal(4000)),), (UPTIME,), claim_months=2
)
RESOLUTION = CreditRule(
    "resolution",
    Obligation.RESOLUTION,
    tiers=(
        CreditTier(Decimal("0.95"), points=1),
        CreditTier(Decimal("0.90"), points=2),
        CreditTier(Decimal("0.80"), points=3),
    ),
)
POINTS = Credits(
    "GBP",
    CreditShape.POINTS,
    (Fee(date(2025, 6, 1), Decimal(10_000)),),
    (RESOLUTION,),
    points_table=((1, Decimal("0.01")), (4, Decimal("0.05"))),
    repeat_factor=Decimal(2),
)
KEPT = Measured(100, 100)


def one_month(clause: Credits, **measured: Measured) -> Mapping[str, Measured]:
    assert set(measured) <= {rule.name for rule in clause.rules}
    return measured


@pytest.mark.parametrize(
    ("up", "amount"),
    [
        (999_900, "0.00"),
        (999_899, "400.00"),
        (990_000, "400.00"),
        (989_999, "1200.00"),
        (949_999, "4000.00"),
    ],
)
def test_tiers_of_a_published_cloud_commitment(up: int, amount: str) -> None:
    (credit,) = assess(CLOUD, [(JANUARY, {"uptime": Measured(up, 1_000_000)})])
    assert credit.amount == Decimal(amount)


def test_a_share_of_the_pool_at_risk() -> None:
    rule = replace(
        RESOLUTION,
        tiers=(CreditTier(Decimal("0.95")),),
        allocation=Decimal("0.5"),
        weight=Decimal("0.4"),
    )
    clause = Credits(
        "USD",
        CreditShape.POOL,
        (Fee(date(2025, 1, 1), Decimal(100_000)),),
        (rule,),
        at_risk=Decimal("0.10"),
    )
    (credit,) = assess(clause, [(JANUARY, {"resolution": Measured(94, 100)})])
    assert credit.amount == Decimal(2000)


def test_the_pool_is_never_exceeded() -> None:
    rule = replace(RESOLUTION, tiers=(CreditTier(Decimal("0.95")),), multiplier=Decimal(3))
    clause = Credits(
        "USD",
        CreditShape.POOL,
        (Fee(date(2025, 1, 1), Decimal(1000)),),
        (rule,),
        at_risk=Decimal("0.10"),
    )
    (credit,) = assess(clause, [(JANUARY, {"resolution": Measured(0, 10)})])
    assert (credit.amount, credit.capped) == (Decimal(100), True)


def test_points_double_when_the_failure_repeats() -> None:
    severe, minor = Measured(70, 100), Measured(94, 100)
    months = [
        (JANUARY, one_month(POINTS, resolution=severe)),
        (FEBRUARY, one_month(POINTS, resolution=minor)),
        (MARCH, one_month(POINTS, resolution=severe)),
        (APRIL, one_month(POINTS, resolution=KEPT)),
    ]
    found = assess(POINTS, months)
    assert [credit.points for credit in found] == [3, 2, 6, 0]
    assert [credit.amount for credit in found] == [Decimal(100), Decimal(100), Decimal(500), 0]
    assert [credit.rules[0].repeated for credit in found] == [False, True, True, False]


def test_a_mild_shortfall_is_earned_back_by_good_months_and_a_grave_one_is_not() -> None:
    clause = replace(CLOUD, earn_back_months=2)
    mild, grave = Measured(995, 1000), Measured(900, 1000)
    months = [(JANUARY, {"uptime": mild}), (FEBRUARY, {"uptime": KEPT})]
    assert assess(clause, months)[0].amount == Decimal(400), "one good month is not enough"
    months.append((MARCH, {"uptime": KEPT}))
    first = assess(clause, months)[0]
    assert (first.amount, first.rules[0].earned_back) == (Decimal(0), True)
    months[0] = (JANUARY, {"uptime": grave})
    assert assess(clause, months)[0].amount == Decimal(4000)


def test_a_month_without_tickets_is_neither_good_nor_bad_for_earning_back() -> None:
    clause = replace(CLOUD, earn_back_months=2)
    months = [
        (JANUARY, {"uptime": Measured(995, 1000)}),
        (FEBRUARY, {"uptime": KEPT}),
        (MARCH, {}),
        (APRIL, {"uptime": KEPT}),
    ]
    assert assess(clause, months)[0].rules[0].earned_back
    assert not assess(clause, months[:3])[0].rules[0].earned_back


def test_the_cap_and_the_minimum() -> None:
    (capped,) = assess(
        replace(CLOUD, cap=Decimal("0.15")), [(JANUARY, {"uptime": Measured(9, 10)})]
    )
    assert (capped.amount, capped.capped, capped.uncapped) == (Decimal(600), True, Decimal(1))
    (small,) = assess(
        replace(CLOUD, minimum=Decimal(500)), [(JANUARY, {"uptime": Measured(995, 1000)})]
    )
    assert (small.amount, small.too_small) == (Decimal(0), True)


def test_nothing_is_owed_for_what_was_not_measured_or_too_seldom() -> None:
    (unmeasured,) = assess(CLOUD, [(JANUARY, {})])
    assert (unmeasured.amount, unmeasured.rules[0].tier) == (Decimal(0), None)
    assert tier_of(replace(RESOLUTION, needs=10), Measured(0, 9)) is None
    assert tier_of(replace(RESOLUTION, needs=10), Measured(0, 10)) == 2


def test_the_fee_of_the_month_counts() -> None:
    clause = replace(CLOUD, fees=(*CLOUD.fees, Fee(FEBRUARY, Decimal(5000))))
    down = {"uptime": Measured(995, 1000)}
    before, after = assess(clause, [(JANUARY, down), (FEBRUARY, down)])
    assert (before.amount, after.amount) == (Decimal(400), Decimal(500))
    (early,) = assess(clause, [(date(2025, 5, 1), down)])
    assert early.amount is None, "no fee is known: no amount can be told"


def test_until_when_a_credit_can_be_claimed() -> None:
    (by_months,) = assess(CLOUD, [(date(2026, 11, 1), {})])
    assert by_months.claim_by == date(2027, 1, 31)
    (by_days,) = assess(replace(CLOUD, claim_months=None, claim_days=30), [(JANUARY, {})])
    assert by_days.claim_by == date(2026, 3, 2)
    assert by_days.days_left(date(2026, 3, 2)) == 0
    assert by_days.days_left(date(2026, 3, 5)) == -3
    (never,) = assess(replace(CLOUD, claim_months=None), [(JANUARY, {})])
    assert never.claim_by is None


def test_halves_go_to_even() -> None:
    assert [money(Decimal(text)) for text in ("0.125", "0.135", "2.675")] == [
        Decimal("0.12"),
        Decimal("0.14"),
        Decimal("2.68"),
    ]


def test_a_tripwire_of_three_months_in_six() -> None:
    wire = Tripwire("may leave", "resolution", Decimal("0.85"), 3, 6)
    clause = replace(POINTS, tripwires=(wire,))
    low, good = {"resolution": Measured(80, 100)}, {"resolution": Measured(99, 100)}
    months = [
        (date(2026, number, 1), row)
        for number, row in enumerate((low, good, low, {}, low, good, good, good), 1)
    ]
    (early,) = tripwires(clause, months[:3])
    assert (early.below, early.left, early.tripped_in) == (2, 1, None)
    (tripped,) = tripwires(clause, months[:5])
    assert (tripped.left, tripped.tripped_in, tripped.seen) == (0, date(2026, 5, 1), 4)
    (later,) = tripwires(clause, months)
    assert (later.below, later.tripped_in) == (2, date(2026, 5, 1)), "once tripped, it is on record"


def test_months_with_a_gap_are_refused() -> None:
    with pytest.raises(ValueError, match="does not follow"):
        assess(CLOUD, [(JANUARY, {}), (MARCH, {})])


def test_excused_misses_are_not_judged() -> None:
    assert without(Measured(17, 20), 2) == Measured(17, 18)
    with pytest.raises(ValueError, match="excused"):
        without(Measured(17, 20), 4)


@given(
    st.lists(
        st.integers(0, 50).flatmap(lambda n: st.builds(Measured, st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([CLOUD, POINTS, replace(CLOUD, earn_back_months=1, cap=Decimal("0.2"))]),
)
def test_a_credit_is_never_negative_nor_above_the_fee_and_excusing_a_miss_never_adds(
    measured: list[Measured], clause: Credits
) -> None:
    name = clause.rules[0].name
    starts = [date(2026 + place // 12, place % 12 + 1, 1) for place in range(len(measured))]
    found = assess(
        clause, [(start, {name: one}) for start, one in zip(starts, measured, strict=True)]
    )
    excused = assess(
        clause,
        [
            (start, {name: without(one, min(1, one.judged - one.met))})
            for start, one in zip(starts, measured, strict=True)
        ],
    )
    for before, after in zip(found, excused, strict=True):
        assert before.amount is not None
        assert after.amount is not None
        assert before.fee is not None
        assert 0 <= before.amount <= before.fee
        if clause.earn_back_months is None:
            assert after.amount <= before.amount
