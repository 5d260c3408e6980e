"""Counting statistics: published values, scipy's answers, and exactness where contracts need it."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from engagewatch.engine.statistics import (
    Interval,
    allowance,
    clean_run,
    decimals_of,
    percent,
    required,
    share_text,
    trials_to_tell,
    wilson,
)

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
targets = st.integers(1, 9999).map(lambda hundredths: hundredths / 10_000)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (5, 5, 0.566, 1.000),
        (9, 10, 0.596, 0.982),
        (10, 10, 0.722, 1.000),
        (17, 20, 0.640, 0.948),
        (19, 20, 0.764, 0.991),
        (20, 20, 0.839, 1.000),
        (27, 30, 0.744, 0.965),
        (36, 40, 0.769, 0.960),
        (38, 40, 0.835, 0.986),
        (40, 40, 0.912, 1.000),
        (57, 60, 0.863, 0.983),
        (95, 100, 0.888, 0.978),
        (190, 200, 0.910, 0.973),
        (54, 60, 0.799, 0.953),
    ],
)
def test_wilson_interval_of_known_counts(k: int, n: int, low: float, high: float) -> None:
    interval = wilson(k, n)
    assert (round(interval.low, 3), round(interval.high, 3)) == (low, high)


@given(counts)
def test_wilson_agrees_with_scipy(count: tuple[int, int]) -> None:
    k, n = count
    theirs = binomtest(k, n).proportion_ci(0.95, method="wilson")
    ours = wilson(k, n)
    assert ours.low == pytest.approx(theirs.low, abs=1e-9)
    assert ours.high == pytest.approx(theirs.high, abs=1e-9)


@given(counts)
def test_wilson_holds_the_observed_share_and_stays_within_0_and_1(count: tuple[int, int]) -> None:
    k, n = count
    interval = wilson(k, n)
    assert 0.0 <= interval.low <= interval.high <= 1.0
    assert k / n in interval


@given(st.integers(1, 5000))
def test_wilson_ends_are_exact_when_all_or_none_were_met(n: int) -> None:
    assert wilson(n, n).high == 1.0
    assert wilson(0, n).low == 0.0


def test_wilson_of_nothing_excludes_nothing() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)


@pytest.mark.parametrize(("k", "n"), [(3, 2), (-1, 2), (0, -1)])
def test_wilson_refuses_impossible_counts(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        wilson(k, n)


@given(targets, st.integers(0, 100_000))
def test_required_is_the_exact_ceiling_of_the_written_target(target: float, n: int) -> None:
    exact = Fraction(str(target)) * n
    assert required(target, n) == -(-exact.numerator // exact.denominator)


def test_required_does_not_fall_for_binary_fractions() -> None:
    assert 0.07 * 100 > 7  # what a float would ask for
    assert required(0.07, 100) == 7
    assert allowance(0.95, 20) == 1
    assert allowance(0.95, 39) == 1
    assert allowance(0.95, 40) == 2
    assert required(1.0, 17) == 17


@given(counts, st.integers(0, 4))
def test_a_shown_percentage_never_overstates(count: tuple[int, int], decimals: int) -> None:
    k, n = count
    text = percent(k, n, decimals)
    shown = Fraction(text.rstrip("%")) / 100
    assert shown <= Fraction(k, n) < shown + Fraction(1, 100 * 10**decimals)
    assert (text == "100%") == (k == n)


@pytest.mark.parametrize(
    ("k", "n", "decimals", "text"),
    [
        (14, 15, 1, "93.3%"),
        (19, 20, 1, "95%"),
        (1999, 2000, 1, "99.9%"),
        (1999, 2000, 2, "99.95%"),
        (2999, 3000, 0, "99%"),
        (0, 7, 1, "0%"),
        (1, 200, 2, "0.5%"),
    ],
)
def test_percent_text(k: int, n: int, decimals: int, text: str) -> None:
    assert percent(k, n, decimals) == text


def test_percent_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no percentage"):
        percent(0, 0)


@pytest.mark.parametrize(
    ("share", "text", "decimals"),
    [
        (0.95, "95%", 0),
        (0.9995, "99.95%", 2),
        (1.0, "100%", 0),
        (0.999, "99.9%", 1),
        (0.05, "5%", 0),
    ],
)
def test_a_promised_share_reads_as_it_was_written(share: float, text: str, decimals: int) -> None:
    assert share_text(share) == text
    assert decimals_of(share) == decimals


@pytest.mark.parametrize(
    ("target", "run"), [(0.80, 16), (0.90, 35), (0.95, 73), (0.98, 189), (0.99, 381)]
)
def test_clean_run_needed(target: float, run: int) -> None:
    assert clean_run(target) == run
    assert wilson(run, run).low >= target
    assert wilson(run - 1, run - 1).low < target


def test_no_clean_run_proves_perfection() -> None:
    assert clean_run(1.0) is None


def test_a_perfect_share_needs_a_clean_run_to_tell() -> None:
    assert trials_to_tell(1.0, 0.95) == clean_run(0.95)
    assert trials_to_tell(0.95, 0.95) is None


@pytest.mark.parametrize(
    ("share", "target"),
    [(0.85, 0.95), (0.90, 0.95), (0.99, 0.95), (0.80, 0.90), (0.97, 0.90), (0.70, 0.80)],
)
def test_trials_to_tell_have_about_the_power_they_promise(share: float, target: float) -> None:
    n = trials_to_tell(share, target)
    assert n is not None
    telling = [k for k in range(n + 1) if target not in wilson(k, n)]
    power = float(sum(binom.pmf(telling, n, share)))
    assert 0.74 <= power <= 0.90


def test_no_statistics_module_loads_scipy_or_numpy() -> None:
    names = (
        "statistics, attainment, forecast, durations, process_chart, trend, comparison, flow, "
        "candour, services, day_strip, flags"
    )
    code = (
        f"import sys\nfrom engagewatch.engine import {names}\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'scipy', 'numpy', 'pydantic'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
