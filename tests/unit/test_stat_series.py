"""Series over time: process charts and trends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from engagewatch.engine.process_chart import SignalKind, limits, signals
from engagewatch.engine.trend import trend

BASELINE = [12, 15, 11, 14, 13, 16, 12]


def test_limits_of_a_known_baseline() -> None:
    fixed = limits(BASELINE)
    assert fixed.centre == pytest.approx(13.286, abs=5e-4)
    assert fixed.mean_range == pytest.approx(3.0)
    assert fixed.low == pytest.approx(5.306, abs=5e-4)
    assert fixed.high == pytest.approx(21.266, abs=5e-4)


def test_a_point_outside_is_a_signal() -> None:
    fixed = limits([*BASELINE, 13])
    assert [(each.index, each.kind, each.above) for each in signals([14, 30, 2, 12], fixed)] == [
        (1, SignalKind.OUTSIDE, True),
        (2, SignalKind.OUTSIDE, False),
    ]


def test_a_short_baseline_shows_dots_only() -> None:
    fixed = limits(BASELINE)
    assert not fixed.may_signal
    assert signals([30], fixed) == []


def test_eight_in_a_row_on_one_side() -> None:
    fixed = limits([*BASELINE, 13])
    drift = [12] * 7 + [11, 11]
    assert [(each.index, each.kind, each.above) for each in signals(drift, fixed)] == [
        (7, SignalKind.RUN, False),
        (8, SignalKind.RUN, False),
    ]


def test_a_point_on_the_centre_or_across_ends_a_run() -> None:
    fixed = limits([10, 14] * 4)
    assert fixed.centre == 12
    assert signals([13] * 7 + [12] + [13] * 7, fixed) == []
    assert signals([13] * 7 + [11] + [13] * 7, fixed) == []


def test_counts_have_no_limit_below_nothing() -> None:
    fixed = limits([0, 3, 1, 4, 0, 2, 3, 1], floor=0)
    assert fixed.low == 0
    assert signals([0], fixed) == []


def test_a_baseline_of_one_point_has_no_limits() -> None:
    with pytest.raises(ValueError, match="two points"):
        limits([4])


def test_known_trend() -> None:
    found = trend([92, 95, 93, 90, 91, 88, 89, 86])
    assert found is not None
    assert found.slope == pytest.approx(-1.0)
    assert found.interval.low == pytest.approx(-1.75)
    assert found.interval.high == pytest.approx(-0.333, abs=5e-4)
    assert found.direction == -1


def test_no_trend_under_eight_periods() -> None:
    assert trend([1, 2, 3, 4, 5, 6, 7]) is None


def test_a_flat_or_noisy_series_shows_no_direction() -> None:
    flat = trend([5] * 12)
    assert flat is not None
    assert (flat.slope, flat.tau, flat.p_value, flat.direction) == (0, 0, 1, 0)
    noisy = trend([5, 9, 4, 8, 6, 9, 3, 8, 5, 7])
    assert noisy is not None
    assert noisy.direction == 0


@given(st.lists(st.integers(-50, 50), min_size=8, max_size=20))
def test_slope_is_the_median_of_pairwise_slopes(values: list[int]) -> None:
    found = trend(values)
    assert found is not None
    slopes = sorted((values[j] - values[i]) / (j - i) for j in range(len(values)) for i in range(j))
    middle = len(slopes) // 2
    expected = slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2
    assert found.slope == pytest.approx(expected)
    assert found.slope in found.interval
    if len(set(values)) > 1:
        assert found.tau == pytest.approx(kendalltau(range(len(values)), values).statistic)
