"""Before and after: verdicts only where the data carry them."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, mannwhitneyu

from engagewatch.engine.comparison import Change, duration_shift, rate_ratio, share_difference


def test_known_difference_of_shares_that_cannot_be_told() -> None:
    found = share_difference(34, 40, 38, 40)
    assert found.effect == pytest.approx(0.10)
    assert found.interval.low == pytest.approx(-0.040, abs=5e-4)
    assert found.interval.high == pytest.approx(0.245, abs=5e-4)
    assert found.change is Change.CANNOT_TELL


def test_known_difference_of_shares_that_can() -> None:
    found = share_difference(170, 200, 190, 200)
    assert found.interval.low == pytest.approx(0.042, abs=5e-4)
    assert found.interval.high == pytest.approx(0.160, abs=5e-4)
    assert found.change is Change.MORE


def test_shares_need_trials_on_both_sides() -> None:
    with pytest.raises(ValueError, match="both sides"):
        share_difference(0, 0, 3, 4)


@pytest.mark.parametrize(
    ("before", "after", "ratio", "low", "high", "change"),
    [
        ((24, 6), (8, 3), 0.67, 0.26, 1.53, Change.CANNOT_TELL),
        ((36, 36), (3, 3), 1.00, 0.20, 3.16, Change.CANNOT_TELL),
        ((36, 36), (6, 3), 2.00, 0.69, 4.79, Change.CANNOT_TELL),
        ((36, 36), (0, 3), 0.00, 0.00, 1.29, Change.CANNOT_TELL),
        ((48, 12), (12, 6), 0.50, 0.24, 0.96, Change.LESS),
    ],
)
def test_known_ratios_of_rates(
    before: tuple[int, float],
    after: tuple[int, float],
    ratio: float,
    low: float,
    high: float,
    change: Change,
) -> None:
    found = rate_ratio(*before, *after)
    assert found.effect == pytest.approx(ratio, abs=5e-3)
    assert found.interval.low == pytest.approx(low, abs=5.1e-3)
    assert found.interval.high == pytest.approx(high, abs=5.1e-3)
    assert found.change is change


@settings(deadline=None)
@given(st.integers(0, 60), st.floats(0.5, 40), st.integers(0, 60), st.floats(0.5, 40))
def test_rate_ratio_is_the_exact_conditional_interval(
    before: int, before_time: float, after: int, after_time: float
) -> None:
    found = rate_ratio(before, before_time, after, after_time)
    if before + after == 0:
        assert found.change is Change.CANNOT_TELL
        assert found.interval.high == math.inf
        return
    exact = binomtest(after, before + after).proportion_ci(0.95, method="exact")
    scale = before_time / after_time

    def odds(share: float) -> float:
        return math.inf if share == 1 else share / (1 - share)

    assert found.interval.low == pytest.approx(odds(exact.low) * scale, rel=1e-6)
    assert found.interval.high == pytest.approx(odds(exact.high) * scale, rel=1e-6)


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="positive times"):
        rate_ratio(3, 0, 3, 1)


def _lognormal(draw: random.Random, middle: float, count: int) -> list[float]:
    return [draw.lognormvariate(math.log(middle), 1.2) for _ in range(count)]


def test_a_clear_change_of_durations_is_named() -> None:
    draw = random.Random(3)
    before, after = _lognormal(draw, 12, 60), _lognormal(draw, 3, 60)
    found = duration_shift(before, after)
    assert found.change is Change.LESS
    assert found.shift < 0
    assert found.ratio is not None
    assert found.ratio.effect in found.ratio.interval
    assert found.p_value == pytest.approx(mannwhitneyu(after, before).pvalue)
    assert duration_shift(after, before).change is Change.MORE
    assert duration_shift(before, after) == found  # the seed is fixed


def test_few_durations_carry_no_verdict() -> None:
    found = duration_shift([10.0] * 19, [1.0] * 19)
    assert found.p_value < 0.001
    assert found.change is Change.CANNOT_TELL
    assert duration_shift([10.0] * 20, [1.0] * 20).change is Change.LESS


def test_equal_durations_carry_no_verdict() -> None:
    found = duration_shift([5.0] * 25, [5.0] * 25)
    assert found.change is Change.CANNOT_TELL
    assert found.shift == 0


def test_durations_of_zero_leave_the_ratio_out() -> None:
    found = duration_shift([0.0, *[8.0] * 30], [2.0] * 30)
    assert found.ratio is None
    assert found.change is Change.LESS


def test_many_durations_are_compared_in_bounded_memory() -> None:
    draw = random.Random(5)
    before, after = _lognormal(draw, 8, 6000), _lognormal(draw, 8.8, 5000)
    found = duration_shift(before, after)
    assert found.change is Change.MORE
    assert found.ratio is not None
    assert found.ratio.effect == pytest.approx(1.1, abs=0.06)


def test_durations_need_both_sides() -> None:
    with pytest.raises(ValueError, match="both sides"):
        duration_shift([], [1.0])
