"""Instants are whole UTC seconds, whatever zone they were written in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.model.instants import isoformat, parse_iso, to_datetime, to_instant


@given(st.integers(min_value=0, max_value=4_102_444_800), st.integers(min_value=-12, max_value=14))
def test_an_instant_does_not_depend_on_the_zone_it_is_written_in(at: int, hours: int) -> None:
    moment = to_datetime(at, timezone(timedelta(hours=hours)))
    assert to_instant(moment) == at
    assert parse_iso(moment.isoformat()) == at
    assert parse_iso(isoformat(at)) == at


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_instant(datetime(2026, 3, 2, 9, 0))
    with pytest.raises(ValueError, match="time zone"):
        parse_iso("2026-03-02T09:00:00")


def test_fractions_round_down() -> None:
    assert to_instant(datetime(1970, 1, 1, 0, 0, 1, 999_999, tzinfo=UTC)) == 1
