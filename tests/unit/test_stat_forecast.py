"""Forecasts of a period: budget, outlook, chances, burn."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom, poisson

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.budget import Budget, Outlook, budget, certain_outlook, outlook
from engagewatch.engine.forecast import Burn, burn_alert, forecast
from engagewatch.engine.statistics import required
from engagewatch.model.instants import DAY

NOW = 1_772_000_000


@pytest.mark.parametrize(
    ("met", "judged", "more", "at_95", "at_90"),
    [
        (28, 30, 10, 0.422, 0.917),
        (29, 30, 10, 0.858, 0.991),
        (19, 20, 20, 0.519, 0.844),
        (9, 10, 30, 0.170, 0.408),
        (27, 30, 10, 0.0, 0.647),
    ],
)
def test_known_chances(met: int, judged: int, more: int, at_95: float, at_90: float) -> None:
    assert forecast(met, judged, more, 0.95).chance == pytest.approx(at_95, abs=5e-4)
    assert forecast(met, judged, more, 0.90).chance == pytest.approx(at_90, abs=5e-4)


def test_how_many_must_still_be_met() -> None:
    assert forecast(28, 30, 10, 0.95).needed == 10
    assert forecast(30, 30, 10, 0.95).needed == 8
    assert forecast(40, 40, 1, 0.95).needed == 0


def test_the_band_shows_what_an_uncertain_volume_does() -> None:
    chances = forecast(28, 30, 10, 0.95)
    assert chances.low == pytest.approx(0.196, abs=5e-4)
    assert chances.high == chances.chance


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(0, 60),
    st.sampled_from([0.8, 0.9, 0.95, 0.99]),
)
def test_chances_agree_with_scipy(count: tuple[int, int], more: int, target: float) -> None:
    met, judged = count

    def theirs(number: int) -> float:
        needed = required(target, judged + number) - met
        return float(betabinom.sf(needed - 1, number, 1 + met, 1 + judged - met))

    ours = forecast(met, judged, more, target)
    assert ours.chance == pytest.approx(theirs(more), abs=1e-8)
    volumes = range(more * 3 + 40)
    varying = sum(float(poisson.pmf(number, more)) * theirs(number) for number in volumes)
    assert ours.low == pytest.approx(min(ours.chance, varying), abs=1e-6)
    assert ours.high == pytest.approx(max(ours.chance, varying), abs=1e-6)


@pytest.mark.parametrize(
    ("met", "judged", "more", "expected"),
    [
        (27, 30, 10, Outlook.LOST),
        (38, 38, 2, Outlook.CLINCHED),
        (28, 30, 10, Outlook.ALIVE),
        (0, 0, 0, Outlook.CLINCHED),
    ],
)
def test_outlook_at_95(met: int, judged: int, more: int, expected: Outlook) -> None:
    assert outlook(met, judged, more, 0.95) is expected


def test_lost_by_count_is_not_certain_while_the_volume_is_not() -> None:
    # Three misses: lost among 57 tickets, kept among 60.
    assert outlook(27, 30, 27, 0.95) is Outlook.LOST
    assert certain_outlook(27, 30, 27, 0.95) is Outlook.ALIVE
    assert certain_outlook(20, 30, 10, 0.95) is Outlook.LOST
    assert certain_outlook(27, 30, 0, 0.95) is Outlook.LOST
    # Of an expected one, three may come: 57 met carry 60 tickets, 38 do not carry 41.
    assert certain_outlook(57, 57, 1, 0.95) is Outlook.CLINCHED
    assert certain_outlook(38, 38, 1, 0.95) is Outlook.ALIVE


def test_budget_in_tickets() -> None:
    whole = budget(Attainment(29, 30, 0.95), 10)
    assert whole == Budget(expected_total=40, expected=pytest.approx(2.0), allowance=2, used=1)
    assert whole.left == 1
    assert whole.consumed == pytest.approx(0.5)


def test_an_overspent_budget_is_shown_as_such() -> None:
    whole = budget(Attainment(17, 20, 0.95), 0)
    assert whole is not None
    assert whole.left == -2
    assert whole.consumed == pytest.approx(3.0)


def test_without_a_target_there_is_no_budget() -> None:
    assert budget(Attainment(17, 20), 5) is None


def test_burn_needs_volume_and_more_than_one_miss() -> None:
    month = Budget(40, 2.0, 2, 1)
    assert burn_alert([NOW - DAY // 2], NOW, month) is None
    few = Budget(14, 0.7, 0, 3)
    assert burn_alert([NOW - 60, NOW - 120, NOW - 180], NOW, few) is None


def test_burn_says_calm_before_fast_and_names_the_window() -> None:
    month = Budget(100, 5.0, 5, 3)
    today = [NOW - 3600 * hour for hour in (1, 2, 3)]
    alert = burn_alert(today, NOW, month)
    assert alert is not None
    assert (alert.burn, alert.days, alert.misses) == (Burn.CALM, 1, 3)
    assert alert.share == pytest.approx(0.6)
    two = burn_alert(today[:2], NOW, month)
    assert two is not None
    assert (two.burn, two.days) == (Burn.FAST, 1)


def test_a_window_must_eat_more_than_it_is_granted() -> None:
    exact = Budget(100, 100 * (1 - 0.95), 5, 3)  # a hair over 5 in floats
    spread = [NOW - 60, NOW - 2 * DAY, NOW - 4 * DAY]  # 3 of 5 within five days: just granted
    alert = burn_alert(spread, NOW, exact)
    assert alert is not None
    assert (alert.burn, alert.days, alert.share) == (Burn.FAST, 5, 0.6)
    assert burn_alert(spread[:2], NOW, exact) is None


def test_misses_outside_the_window_and_in_the_future_do_not_burn() -> None:
    month = Budget(40, 2.0, 2, 3)
    assert burn_alert([NOW - 16 * DAY, NOW - 20 * DAY, NOW + 60], NOW, month) is None


@pytest.mark.parametrize(
    ("tickets", "truth", "burn", "expected"),
    [
        (40, 0.95, Burn.CALM, 0.22),
        (100, 0.97, Burn.CALM, 0.08),
        (100, 0.97, Burn.FAST, 0.29),
        (100, 0.95, Burn.CALM, 0.30),
        (20, 0.90, Burn.FAST, 0.52),
        (100, 0.99, Burn.CALM, 0.00),
    ],
)
def test_how_often_a_month_raises_a_burn_alert(
    tickets: int, truth: float, burn: Burn, expected: float
) -> None:
    draw = random.Random(20260302)
    month = Budget(tickets, tickets * 0.05, 0, 0)
    months, raised = 1500, 0
    for _ in range(months):
        missed = [
            NOW + round(draw.random() * 30 * DAY) for _ in range(tickets) if draw.random() > truth
        ]
        alerts = [burn_alert(missed, at, month) for at in missed]
        # A calm alert is a fast one too.
        raised += any(
            alert is not None and (burn is Burn.FAST or alert.burn is Burn.CALM) for alert in alerts
        )
    assert raised / months == pytest.approx(expected, abs=0.05)
