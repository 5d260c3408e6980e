"""Bars, strips and meters: what they draw for what they are given."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engagewatch.model.instants import DAY, HOUR, to_instant
from engagewatch.model.service import ComponentState
from engagewatch.model.sides import Side
from engagewatch.tui.widgets.court_bar import (
    CLOSED_TIME,
    COUNTED_TIME,
    PAUSED_TIME,
    Stretch,
    TimeScale,
    clock_bar,
    court_bar,
    event_marks,
    time_axis,
)
from engagewatch.tui.widgets.day_strip import Day, day_strip, legend
from engagewatch.tui.widgets.interval_bar import interval_bar
from engagewatch.tui.widgets.lines import Part, width_of
from engagewatch.tui.widgets.meter import meter

MONDAY = to_instant(datetime(2026, 3, 2, tzinfo=UTC))
NAMES = {
    Side.PROVIDER: "Contoso",
    Side.CLIENT: "us",
    Side.THIRD_PARTY: "third party",
    Side.NOBODY: "nobody",
}


def text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


def test_the_court_bar_names_each_court_where_it_fits_and_fills_the_rest() -> None:
    scale = TimeScale(MONDAY, MONDAY + 10 * HOUR, 40)
    bar = court_bar(
        [
            Stretch(MONDAY, MONDAY + 5 * HOUR, Side.PROVIDER.value),
            Stretch(MONDAY + 5 * HOUR, MONDAY + 9 * HOUR, Side.CLIENT.value),
            Stretch(MONDAY + 9 * HOUR, MONDAY + 10 * HOUR, Side.THIRD_PARTY.value),
        ],
        scale,
        NAMES,
    )
    assert text(bar) == "█████ Contoso ██████▓▓▓▓▓▓ us ▓▓▓▓▓▓▒▒▒▒"


@given(
    st.integers(1, 400),
    st.integers(1, 90 * DAY),
    st.lists(st.integers(0, 90 * DAY), max_size=6),
)
def test_bars_are_exactly_as_wide_as_their_scale(width: int, span: int, cuts: list[int]) -> None:
    scale = TimeScale(MONDAY, MONDAY + span, width)
    edges = sorted({0, span, *(cut % (span + 1) for cut in cuts)})
    sides = [side.value for side in Side]
    ways = [COUNTED_TIME, PAUSED_TIME, CLOSED_TIME]
    pairs = list(pairwise(edges))
    courts = [
        Stretch(MONDAY + start, MONDAY + end, sides[index % 4])
        for index, (start, end) in enumerate(pairs)
    ]
    counted = [
        Stretch(MONDAY + start, MONDAY + end, ways[index % 3])
        for index, (start, end) in enumerate(pairs)
    ]
    assert width_of(court_bar(courts, scale, NAMES)) == width
    assert width_of(clock_bar(counted, scale, "good", MONDAY + span // 2)) == width
    assert width_of(event_marks([(MONDAY + edge, "dim") for edge in edges], scale)) == width
    assert width_of(time_axis(scale, "Europe/London")) == width


def test_the_clock_bar_tells_counted_paused_and_closed_apart_and_marks_the_due_instant() -> None:
    scale = TimeScale(MONDAY, MONDAY + 8 * HOUR, 16)
    bar = clock_bar(
        [
            Stretch(MONDAY, MONDAY + 2 * HOUR, COUNTED_TIME),
            Stretch(MONDAY + 2 * HOUR, MONDAY + 4 * HOUR, PAUSED_TIME),
            Stretch(MONDAY + 4 * HOUR, MONDAY + 6 * HOUR, CLOSED_TIME),
        ],
        scale,
        "warning",
        MONDAY + 7 * HOUR,
    )
    assert text(bar) == "━━━━╌╌╌╌····  ◆ "


def test_a_short_count_on_a_long_bar_is_not_lost_among_closed_hours() -> None:
    scale = TimeScale(MONDAY, MONDAY + 10 * DAY, 20)
    bar = clock_bar(
        [
            Stretch(MONDAY, MONDAY + 2 * HOUR, COUNTED_TIME),
            Stretch(MONDAY + 2 * HOUR, MONDAY + 10 * DAY, CLOSED_TIME),
        ],
        scale,
        "good",
        None,
    )
    assert text(bar) == "━" + "·" * 19


def test_the_axis_names_days_and_hours_in_the_local_zone() -> None:
    start = MONDAY + 9 * HOUR
    axis = text(time_axis(TimeScale(start, start + DAY, 80), "Europe/Lisbon"))
    assert axis.startswith("╷Mon 09:00")
    assert "╷Tue 3 Mar" in axis
    assert "╷18:00" in axis


def test_seen_told_and_unknown_days_differ_in_shape() -> None:
    up = ComponentState.UP
    days = [
        Day(ComponentState.UNKNOWN),
        Day(up),
        Day(up, told=True),
        Day(up, partial=True),
        Day(ComponentState.DEGRADED),
        Day(ComponentState.DOWN),
    ]
    drawn = text(day_strip(days, 8))
    assert drawn.startswith("  ")
    assert len(set(drawn.strip())) == 6
    assert len(legend(days)) == 6


def test_a_narrow_strip_keeps_the_newest_days() -> None:
    days = [Day(ComponentState.DOWN)] + [Day(ComponentState.UP)] * 5
    assert text(day_strip(days, 5)) == "▄▄▄▄▄"


def test_a_meter_without_a_target_does_not_look_like_an_empty_one() -> None:
    assert text(meter(None, 4, "good")) == "····"
    assert text(meter(0.0, 4, "good")) == "────"
    assert text(meter(0.01, 4, "good")) == "━───"
    assert text(meter(0.99, 4, "good")) == "━━━─"
    assert text(meter(7.0, 4, "good")) == "━━━━"


def test_an_interval_shows_its_promise_and_when_it_reaches_past_the_scale() -> None:
    assert text(interval_bar(80.0, 99.0, 95.0, 10)) == "──────━━━│"
    assert text(interval_bar(10.0, 60.0, None, 10)) == "←━━───────"
    assert text(interval_bar(None, None, 95.0, 10)) == "·" * 10
