"""Durations: the unfinished count in, quantiles say how sure they are or keep quiet."""

from __future__ import annotations

import random
import warnings
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, binom, ecdf

from engagewatch.engine.durations import (
    Observation,
    interval_ranks,
    kaplan_meier,
    quantile,
    upper_rank,
)
from engagewatch.engine.silence import MEDIAN_INTERVAL_NEEDS, P90_NEEDS, P95_NEEDS

WORKED = [
    Observation(length, finished)
    for length, finished in [
        (1, True), (2, True), (2, True), (3, True), (5, True),
        (8, False), (8, True), (13, False), (21, True), (40, False),
    ]
]  # fmt: skip

observations = st.lists(
    st.tuples(st.integers(1, 30), st.booleans()).map(lambda each: Observation(*each)),
    min_size=1,
    max_size=40,
)


def test_worked_example_with_open_tickets() -> None:
    curve = kaplan_meier(WORKED)
    assert [step.at for step in curve.steps] == [1, 2, 3, 5, 8, 21]
    shares = [step.surviving for step in curve.steps]
    assert shares == pytest.approx([0.9, 0.7, 0.6, 0.5, 0.4, 0.2])
    assert curve.median() == 5
    assert (curve.observed, curve.finished, curve.open) == (10, 7, 3)


def test_leaving_open_tickets_out_would_flatter() -> None:
    assert median(each.length for each in WORKED if each.finished) == 3
    assert kaplan_meier(WORKED).median() == 5


@settings(deadline=None)
@given(observations)
def test_curve_and_band_agree_with_scipy(durations: list[Observation]) -> None:
    ended = [each.length for each in durations if each.finished]
    still = [each.length for each in durations if not each.finished]
    if not ended:
        assert kaplan_meier(durations).steps == ()
        return
    theirs = ecdf(CensoredData(uncensored=ended, right=still)).sf
    curve = kaplan_meier(durations)
    assert [step.surviving for step in curve.steps] == pytest.approx(
        [float(theirs.evaluate(step.at)) for step in curve.steps]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where nothing or everything survives
        band = theirs.confidence_interval(method="log-log")
    for step in curve.steps:
        if step.interval is None:
            assert step.surviving == 0
            continue
        assert step.interval.low == pytest.approx(float(band.low.evaluate(step.at)), abs=1e-9)
        assert step.interval.high == pytest.approx(float(band.high.evaluate(step.at)), abs=1e-9)


@given(
    st.lists(
        st.tuples(st.integers(0, 10), st.integers(1, 20), st.booleans()), min_size=1, max_size=25
    )
)
def test_late_entries_are_at_risk_only_from_their_entry_on(
    raw: list[tuple[int, int, bool]],
) -> None:
    durations = [Observation(entry + stay, finished, entry) for entry, stay, finished in raw]
    for step in kaplan_meier(durations).steps:
        at_risk = [
            each
            for each in durations
            if each.length >= step.at and (each.entered < step.at or each.entered == 0)
        ]
        assert step.at_risk == len(at_risk)
        assert step.ended == sum(each.finished and each.length == step.at for each in at_risk)


def test_instant_resolutions_count() -> None:
    curve = kaplan_meier([Observation(0, True), Observation(0, True), Observation(4, True)])
    assert curve.steps[0].at_risk == 3
    assert curve.median() == 0


def test_a_median_not_reached_is_an_answer() -> None:
    curve = kaplan_meier([Observation(1, True)] + [Observation(9, False)] * 3)
    assert curve.median() is None
    assert curve.surviving(0.5) == 1.0
    assert curve.surviving(1) == pytest.approx(0.75)
    assert curve.surviving(100) == pytest.approx(0.75)


def test_the_median_has_an_interval_from_six_on() -> None:
    five = kaplan_meier([Observation(at, True) for at in range(1, 6)])
    assert five.median_interval() is None
    assert kaplan_meier(WORKED).median_interval() == (1, None)
    many = kaplan_meier([Observation(at, True) for at in range(1, 101)])
    low, high = many.median_interval() or (None, None)
    assert low is not None
    assert high is not None
    assert low < 50 < high


def test_the_curve_finds_the_true_median_where_closed_tickets_alone_do_not() -> None:
    draw = random.Random(7)
    opened, truth = [], []
    for _ in range(3000):
        truth.append(draw.expovariate(2 if draw.random() < 0.5 else 1 / 12))
        opened.append(draw.random() * 30)
    seen = [
        Observation(min(length, 30 - start), length <= 30 - start)
        for start, length in zip(opened, truth, strict=True)
    ]
    estimate = kaplan_meier(seen).median()
    assert estimate == pytest.approx(median(truth), rel=0.15)
    assert median(each.length for each in seen if each.finished) < 0.7 * median(truth)


def test_an_end_before_the_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="first seen"):
        kaplan_meier([Observation(2, True, entered=3)])


@pytest.mark.parametrize(
    ("n", "ranks"),
    [
        (5, None), (6, (1, 6)), (8, (1, 8)), (10, (2, 9)), (15, (4, 12)), (20, (6, 15)),
        (30, (10, 21)), (50, (18, 33)), (100, (40, 61)),
    ],
)  # fmt: skip
def test_ranks_that_enclose_the_median(n: int, ranks: tuple[int, int] | None) -> None:
    assert interval_ranks(n, 0.5) == ranks


@settings(deadline=None)
@given(st.integers(1, 3000), st.sampled_from([0.25, 0.5, 0.75, 0.9, 0.95]))
def test_enclosing_ranks_are_sure_enough_and_no_wider_than_needed(n: int, share: float) -> None:
    ranks = interval_ranks(n, share)
    if ranks is None:
        # The extremes are not sure enough on one side.
        assert binom.pmf(0, n, share) > 0.025 or binom.pmf(n, n, share) > 0.025
        return
    low, high = ranks
    assert binom.cdf(low - 1, n, share) <= 0.025 + 1e-12 < binom.cdf(low, n, share) + 2e-12
    assert binom.sf(high - 1, n, share) <= 0.025 + 1e-12 < binom.sf(high - 2, n, share) + 2e-12


def test_silence_rules_are_where_no_bound_exists() -> None:
    assert upper_rank(P90_NEEDS - 1, 0.9) is None
    assert upper_rank(P90_NEEDS, 0.9) == P90_NEEDS
    assert upper_rank(P95_NEEDS - 1, 0.95) is None
    assert upper_rank(P95_NEEDS, 0.95) == P95_NEEDS
    assert interval_ranks(MEDIAN_INTERVAL_NEEDS - 1, 0.5) is None
    assert interval_ranks(35, 0.9) is None
    assert interval_ranks(36, 0.9) is not None


def test_a_high_quantile_of_few_is_not_shown() -> None:
    assert quantile(range(1, 29), 0.9) is None
    shown = quantile(range(1, 30), 0.9)
    assert shown is not None
    assert (shown.value, shown.low, shown.high, shown.bound) == (27, None, None, 29)


def test_quantile_with_its_interval() -> None:
    shown = quantile(range(1, 101), 0.5)
    assert shown is not None
    assert (shown.value, shown.low, shown.high) == (50, 40, 61)
    assert quantile([], 0.5) is None
    assert quantile([7.0], 0.5) is not None
