"""Felt and recorded: answers as people give them, and the factors they come to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.before_after import MONTH
from engagewatch.engine.felt import (
    Felt,
    Guess,
    Was,
    factors,
    felt_from,
    parse_count,
    parse_length,
    values_of,
    was,
    was_from,
)
from engagewatch.model.instants import DAY, HOUR


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("12", 12, 12), ("about 12", 12, 12), ("10-15", 10, 15), ("10 to 15", 10, 15), ("~8", 8, 8)],
)
def test_counts_may_be_ranges(text: str, low: float, high: float) -> None:
    assert parse_count(text) == Guess(low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3h", 3 * HOUR, 3 * HOUR),
        ("2-4 hours", 2 * HOUR, 4 * HOUR),
        ("90 min - 1 day", 5400, DAY),
        ("6 months", 6 * MONTH, 6 * MONTH),
        ("1,5 d", 1.5 * DAY, 1.5 * DAY),
    ],
)
def test_lengths_may_be_ranges(text: str, low: float, high: float) -> None:
    assert parse_length(text) == Guess(low, high)


@pytest.mark.parametrize("text", ["", "no idea", "?", "No Idea", "don't know"])
def test_no_idea_is_an_answer(text: str) -> None:
    assert parse_count(text) is None
    assert parse_length(text) is None


@pytest.mark.parametrize("text", ["many", "15-10", "1-2-3", "3h", "-3", "9" * 400])
def test_what_is_no_count_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a number|smaller one"):
        parse_count(text)


def test_a_length_needs_its_unit() -> None:
    with pytest.raises(ValueError, match="3h"):
        parse_length("3")


def test_three_years_that_feel_like_half_a_year_are_a_factor_of_six() -> None:
    felt = Felt(Guess(9, 9), Guess(6 * MONTH, 6 * MONTH), Guess(HOUR, 3 * HOUR), date(2026, 2, 1))
    recorded = Was(36, round(36 * MONTH), 6 * HOUR, date(2026, 1, 2))
    found = factors(felt, recorded)
    assert found is not None
    assert found.span is not None
    assert found.span.middle == pytest.approx(6)
    assert found.count == Guess(0.25, 0.25)
    assert found.worst == Guess(pytest.approx(1 / 6), 0.5)
    assert found.offset_days == 30


def test_under_three_recorded_there_is_no_factor() -> None:
    felt = Felt(Guess(9, 9), None, None, None)
    assert factors(felt, Was(2, DAY, None, None)) is None
    three = factors(felt, Was(3, DAY, None, None))
    assert three is not None
    assert (three.count, three.span, three.worst, three.offset_days) == (
        Guess(3, 3),
        None,
        None,
        None,
    )


def test_the_record_of_outages() -> None:
    found = was([(0, HOUR), (DAY, None), (3 * DAY, 3 * DAY + 60)], date(2026, 1, 4))
    assert found == Was(3, 3 * DAY, HOUR, date(2026, 1, 4))
    assert was([], None) == Was(0, 0, None, None)


guesses = st.none() | st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)).map(
    lambda pair: Guess(min(pair), max(pair))
)
days = st.none() | st.dates()


@given(
    st.builds(Felt, guesses, guesses, guesses, days),
    st.builds(
        Was, st.integers(0, 999), st.integers(0, 10**9), st.none() | st.integers(0, 10**9), days
    ),
)
def test_an_entry_keeps_what_was_answered_and_what_was_on_record(felt: Felt, recorded: Was) -> None:
    values = values_of(felt, recorded, (0, DAY))
    assert felt_from(values) == felt
    assert was_from(values) == recorded
