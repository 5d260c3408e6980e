"""Before and after the start: windows, lengths, and the two guards against seeing what is not."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, logrank

from engagewatch.engine.before_after import (
    MONTH,
    Logging,
    Window,
    compare_lengths,
    decided_in_bad_patch,
    log_rank,
    logging_guard,
    longest_gap,
    user_months,
    window,
    without_quarter,
)
from engagewatch.engine.comparison import Change, rate_ratio
from engagewatch.engine.durations import Observation
from engagewatch.model.instants import DAY, HOUR


def done(*lengths: float) -> list[Observation]:
    return [Observation(length, True) for length in lengths]


@pytest.mark.parametrize("seed", range(25))
def test_log_rank_agrees_with_scipy_on_random_lengths(seed: int) -> None:
    rng = random.Random(seed)
    sides = [
        [
            Observation(float(rng.randrange(1, 30)), rng.random() < 0.8)
            for _ in range(rng.randrange(5, 60))
        ]
        for _ in range(2)
    ]
    before, after = (
        CensoredData(
            uncensored=[one.length for one in side if one.finished],
            right=[one.length for one in side if not one.finished],
        )
        for side in sides
    )
    expected = logrank(after, before)
    statistic, p_value = log_rank(*sides)
    assert abs(statistic) == pytest.approx(abs(expected.statistic), rel=1e-9)
    assert p_value == pytest.approx(expected.pvalue, rel=1e-9)


def test_open_ones_decide_by_log_rank_and_take_the_medians_along() -> None:
    rng = np.random.default_rng(7)
    before = done(*rng.lognormal(3, 0.8, 80))
    quick = [*done(*rng.lognormal(1.5, 0.8, 80)), Observation(90.0, False)]
    found = compare_lengths(before, quick)
    assert (found.change, found.censored) == (Change.LESS, True)
    assert found.shift is not None
    assert found.shift < 0
    assert compare_lengths(quick, before).change is Change.MORE


def test_nothing_ends_after_is_longer() -> None:
    never = [Observation(500.0, False)] * 30
    found = compare_lengths(done(*range(1, 41)), never)
    assert (found.change, found.after.median) == (Change.MORE, None)


def test_lengths_all_over_are_compared_by_their_shift() -> None:
    before = done(*(10 + n for n in range(30)))
    found = compare_lengths(before, done(*(40 + n for n in range(30))))
    assert (found.change, found.shift, found.censored) == (Change.MORE, 30, False)


def test_under_twenty_a_side_nothing_is_tested() -> None:
    found = compare_lengths(done(*range(1, 20)), done(*range(100, 140)))
    assert (found.change, found.p_value) == (Change.CANNOT_TELL, None)
    assert found.shift == 109


def test_nothing_observed_is_no_median() -> None:
    found = compare_lengths([], done(1.0))
    assert (found.before.median, found.shift, found.change) == (None, None, Change.CANNOT_TELL)


def test_user_months_follow_the_headcount_and_begin_where_it_is_known() -> None:
    year = Window(0, round(12 * MONTH))
    half = round(6 * MONTH)
    found = user_months(year, [(-DAY, 100), (half, 140)])
    assert found is not None
    assert found[0] == pytest.approx(6 * 100 + 6 * 140, rel=1e-6)
    late = user_months(year, [(half, 140)])
    assert late is not None
    assert late[0] == pytest.approx(6 * 140, rel=1e-6)
    assert late[1].start == half
    assert user_months(year, []) is None
    assert user_months(year, [(year.end, 10)]) is None
    assert window(5, 5) is None


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=6), st.integers(1, 2000))
def test_the_parts_of_a_window_have_its_user_months(changes: list[int], cut: int) -> None:
    heads = [(at * DAY, 10 + at % 7) for at in sorted({0, *changes})]
    whole = user_months(Window(0, 2001 * DAY), heads)
    parts = [
        user_months(Window(0, cut * DAY), heads),
        user_months(Window(cut * DAY, 2001 * DAY), heads),
    ]
    assert whole is not None
    assert sum(part[0] for part in parts if part) == pytest.approx(whole[0])


@pytest.mark.parametrize(
    ("early", "outages", "expected"),
    [
        ((125, 100.0), None, Logging.NOT_MORE),
        ((160, 100.0), rate_ratio(12, 12, 3, 3), Logging.MORE_LOGGED),
        ((160, 100.0), rate_ratio(12, 12, 6, 3), Logging.MORE_BOTH),
        ((160, 100.0), None, Logging.CANNOT_TELL),
        ((0, 0.0), None, Logging.NOT_MORE),
    ],
)
def test_more_tickets_are_more_trouble_only_where_outages_rose_too(
    early: tuple[int, float], outages: object, expected: Logging
) -> None:
    assert logging_guard((100, 100.0), early, outages) is expected  # type: ignore[arg-type]


def test_a_start_in_a_bad_patch_is_told_and_the_longer_record_shown() -> None:
    quiet = [n * 60 * DAY for n in range(9)]
    patch = [(560 + 10 * n) * DAY for n in range(6)]
    over = Window(0, 660 * DAY)
    found = decided_in_bad_patch([*quiet, *patch], over)
    assert found is not None
    assert (found.events, found.others) == (6, 9)
    whole = rate_ratio(15, over.months, 2, 6.0)
    calmer = without_quarter(found, (2, 6.0))
    assert calmer.effect > whole.effect


def test_no_patch_is_told_of_where_an_earlier_one_was_as_bad_or_the_record_is_short() -> None:
    early = [n * 10 * DAY for n in range(6)]
    late = [(560 + 10 * n) * DAY for n in range(6)]
    assert decided_in_bad_patch([*early, *late], Window(0, 660 * DAY)) is None
    assert decided_in_bad_patch(early, Window(0, 100 * DAY)) is None
    assert decided_in_bad_patch([], Window(0, 660 * DAY)) is None


def test_the_longest_gap() -> None:
    assert longest_gap([9 * HOUR, HOUR, 2 * HOUR]) == (2 * HOUR, 9 * HOUR)
    assert longest_gap([HOUR]) is None
