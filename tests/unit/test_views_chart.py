"""Scales of charts: round ticks that hold everything there is to see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.views.chart import ChartLine, ChartPoint, LineKind, make_chart

HOUR = 3600.0


def hours(value: float) -> str:
    return f"{value / HOUR:g}h"


def test_ticks_are_round_hours() -> None:
    points = [ChartPoint("Jan", 7 * HOUR, 6 * HOUR, 9 * HOUR), ChartPoint("Feb", 12 * HOUR)]
    chart = make_chart("t", points, [], hours, step_base=HOUR)
    assert [tick.words for tick in chart.ticks] == ["6h", "8h", "10h", "12h"]


def test_shares_never_leave_nought_to_one() -> None:
    points = [ChartPoint("Jan", 0.97, 0.91, 0.999)]
    path = ChartLine(LineKind.PATH, "promised", (1.0,))
    chart = make_chart("t", points, [path], str, step_base=0.01, ceiling_at=1.0)
    assert chart.high == 1.0
    assert chart.low >= 0.0


def test_a_huge_interval_does_not_flatten_the_points() -> None:
    points = [ChartPoint("Jan", 5.0, 4.0, float("inf")), ChartPoint("Feb", 7.0, 1.0, 900.0)]
    chart = make_chart("t", points, [], str)
    assert chart.high <= 12


def test_nothing_to_draw_has_no_ticks() -> None:
    assert make_chart("t", [ChartPoint("Jan", None)], [], str).ticks == ()


@given(
    st.lists(st.floats(0, 1e7), min_size=1, max_size=24),
    st.sampled_from([1.0, 0.01, HOUR]),
)
def test_every_point_is_on_the_scale(values: list[float], base: float) -> None:
    chart = make_chart(
        "t",
        [ChartPoint(str(at), value) for at, value in enumerate(values)],
        [],
        str,
        step_base=base,
    )
    assert chart.low <= min(values)
    assert chart.high >= max(values)
    assert 2 <= len(chart.ticks) <= 8
    assert chart.ticks[0].value == pytest.approx(chart.low)
    assert chart.ticks[-1].value == pytest.approx(chart.high)
