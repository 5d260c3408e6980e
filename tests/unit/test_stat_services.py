"""Uptime: what was seen, what was told, and what nobody knows stay three things."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.day_strip import Coverage, day_cells, midnight
from engagewatch.engine.services import (
    ComponentTime,
    History,
    Record,
    Tally,
    UptimeVerdict,
    component_time,
    known_uptime,
    observed_uptime,
    record,
    reported_uptime,
)
from engagewatch.engine.silence import COVERAGE_NEEDS
from engagewatch.engine.timeline import flatten, reported_pieces
from engagewatch.model.engagement import UptimePromise
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, parse_iso
from engagewatch.model.service import (
    ComponentChange,
    ComponentState,
    Incident,
    Maintenance,
    StateSpan,
)

UP, DEGRADED, PARTIAL, DOWN, MAINTENANCE, UNKNOWN = (
    ComponentState.UP,
    ComponentState.DEGRADED,
    ComponentState.PARTIAL,
    ComponentState.DOWN,
    ComponentState.MAINTENANCE,
    ComponentState.UNKNOWN,
)
START = parse_iso("2026-03-02T00:00:00Z")
PROMISE = UptimePromise("*", 0.999)


def seen(state: ComponentState, start: float, end: float) -> StateSpan:
    """A span on the component under test, in hours after START."""
    return StateSpan("mail", state, START + round(start * HOUR), START + round(end * HOUR))


def told(
    start: float,
    end: float | None,
    *changes: tuple[float, ComponentState],
    impact: str = "major",
    posted: float | None = None,
) -> Incident:
    return Incident(
        id=f"i{start}",
        name="Mail trouble",
        status="resolved" if end is not None else "investigating",
        impact=impact,
        started_at=START + round(start * HOUR),
        posted_at=START + round((start if posted is None else posted) * HOUR),
        resolved_at=None if end is None else START + round(end * HOUR),
        component_ids=("mail",),
        changes=tuple(
            ComponentChange("mail", START + round(at * HOUR), state) for at, state in changes
        ),
    )


def planned(start: float, end: float, announced: float = -100) -> Maintenance:
    times = [START + round(hours * HOUR) for hours in (announced, start, end)]
    return Maintenance("m", "Update", "completed", *times, component_ids=("mail",))


def known(
    spans: list[StateSpan],
    incidents: list[Incident] | None = None,
    work: list[Maintenance] | None = None,
    history: History | None = None,
) -> Record:
    return record("mail", spans, incidents or [], work or [], history)


def divided(what: Record, hours: float = 24) -> ComponentTime:
    return component_time(what, START, START + round(hours * HOUR))


def test_time_nobody_polled_is_unknown_and_not_up() -> None:
    time = divided(known([seen(UP, 0, 6), seen(UP, 12, 18)]))
    assert time.observed == Tally(up=12 * HOUR)
    assert time.unknown == 12 * HOUR
    assert time.coverage == 0.5
    uptime = observed_uptime(time, PROMISE)
    assert uptime.share == 1.0
    assert uptime.verdict is UptimeVerdict.CANNOT_TELL
    assert uptime.coverage < COVERAGE_NEEDS


def test_nothing_known_has_no_uptime_at_all() -> None:
    time = divided(known([]))
    assert time.unknown == time.seconds == DAY
    uptime = observed_uptime(time, PROMISE)
    assert (uptime.share, uptime.coverage) == (None, 0.0)
    assert uptime.verdict is UptimeVerdict.CANNOT_TELL


def test_a_poll_that_could_not_tell_is_unknown() -> None:
    time = divided(known([seen(UP, 0, 6), seen(UNKNOWN, 6, 12), seen(UP, 12, 24)]))
    assert time.unknown == 6 * HOUR


def test_between_close_polls_the_earlier_state_holds_and_over_a_gap_none() -> None:
    close = divided(known([seen(UP, 0, 12), seen(DOWN, 12.25, 24)]))
    assert (close.observed.up, close.observed.down, close.unknown) == (
        12 * HOUR + 15 * MINUTE,
        11 * HOUR + 45 * MINUTE,
        0,
    )
    apart = divided(known([seen(UP, 0, 12), seen(DOWN, 12.26, 24)]))
    assert apart.unknown == round(0.26 * HOUR)


def test_other_components_do_not_count() -> None:
    other = StateSpan("web", DOWN, START, START + DAY)
    assert divided(known([other])).unknown == DAY


def test_history_fills_unpolled_time_as_reported_never_as_observed() -> None:
    history = History(START - DAY, START + 2 * DAY)
    time = divided(known([seen(UP, 0, 6)], [told(8, 10, (8, DOWN))], history=history))
    assert time.observed == Tally(up=6 * HOUR)
    assert time.reported_only == Tally(up=16 * HOUR, down=2 * HOUR)
    assert time.unknown == 0
    assert time.coverage == 0.25
    assert time.reported == Tally(up=22 * HOUR, down=2 * HOUR)


def test_what_we_saw_and_what_the_page_told_are_two_readings() -> None:
    history = History(START, START + DAY)
    time = divided(known([seen(DOWN, 0, 4), seen(UP, 4, 24)], history=history))
    assert observed_uptime(time, PROMISE).verdict is UptimeVerdict.BREACHED
    assert reported_uptime(time, PROMISE).verdict is UptimeVerdict.KEPT
    assert known_uptime(time, PROMISE).down_seconds == 4 * HOUR


def test_an_incident_follows_its_updates_and_ends_with_its_resolution() -> None:
    incident = told(1, 6, (2, DOWN), (3, PARTIAL), (5, UP))
    pieces = reported_pieces("mail", [incident], START + DAY)
    hours = [((a - START) / HOUR, (b - START) / HOUR, state) for a, b, state in pieces]
    # Back-dated: what the first update says held from the start the page names.
    assert hours == [(1, 3, DOWN), (3, 5, PARTIAL)]


def test_a_component_drawn_in_later_was_not_down_from_the_start() -> None:
    incident = Incident(
        "i", "Trouble", "resolved", "major", START, START, START + 6 * HOUR, ("mail", "web"), (),
        (
            ComponentChange("web", START + HOUR, DOWN),
            ComponentChange("mail", START + 4 * HOUR, PARTIAL),
        ),
    )  # fmt: skip
    assert reported_pieces("mail", [incident], START + DAY) == [
        (START + 4 * HOUR, START + 6 * HOUR, PARTIAL)
    ]
    assert reported_pieces("web", [incident], START + DAY) == [(START, START + 6 * HOUR, DOWN)]


@pytest.mark.parametrize(
    ("impact", "state"), [("minor", DEGRADED), ("major", PARTIAL), ("critical", DOWN)]
)
def test_without_component_states_the_impact_speaks(impact: str, state: ComponentState) -> None:
    pieces = reported_pieces("mail", [told(1, None, impact=impact)], START + 3 * HOUR)
    assert pieces == [(START + HOUR, START + 3 * HOUR, state)]


def test_an_incident_without_impact_is_no_trouble() -> None:
    assert reported_pieces("mail", [told(1, 2, impact="none")], START + DAY) == []


def test_announced_work_is_taken_out_as_promised() -> None:
    what = known([seen(UP, 0, 10), seen(DOWN, 10, 14), seen(UP, 14, 24)], work=[planned(10, 14)])
    time = divided(what)
    assert time.observed == Tally(up=20 * HOUR, maintenance=4 * HOUR)
    uptime = observed_uptime(time, PROMISE)
    assert (uptime.share, uptime.excluded_seconds) == (1.0, 4 * HOUR)
    assert uptime.verdict is UptimeVerdict.KEPT


def test_work_on_another_component_excuses_nothing() -> None:
    elsewhere = replace(planned(0, 4), component_ids=("web",))
    time = divided(known([seen(DOWN, 0, 4), seen(UP, 4, 24)], work=[elsewhere]))
    assert time.observed == Tally(up=20 * HOUR, down=4 * HOUR)


def test_uptime_is_of_the_time_that_counts() -> None:
    what = known([seen(DOWN, 0, 1), seen(UP, 1, 24)], work=[planned(10, 14)])
    uptime = observed_uptime(divided(what), PROMISE)
    assert uptime.share == pytest.approx(19 / 20)
    assert uptime.allowed_seconds == pytest.approx(20 * HOUR * 0.001)


def test_work_that_the_promise_does_not_exclude_counts_as_it_was_seen() -> None:
    promise = UptimePromise("*", 0.999, exclude_maintenance=False)
    what = known(
        [seen(UP, 0, 10), seen(MAINTENANCE, 10, 12), seen(UP, 12, 24)], work=[planned(10, 14)]
    )
    time = component_time(what, START, START + DAY, exclude_maintenance=False)
    uptime = observed_uptime(time, promise)
    assert (uptime.down_seconds, uptime.excluded_seconds) == (2 * HOUR, 0)
    assert uptime.verdict is UptimeVerdict.BREACHED


def test_work_announced_after_it_began_excuses_only_what_follows() -> None:
    what = known([seen(DOWN, 0, 4), seen(UP, 4, 24)], work=[planned(0, 4, announced=3)])
    assert divided(what).observed == Tally(up=20 * HOUR, down=3 * HOUR, maintenance=HOUR)


def test_weights_say_how_much_a_state_counts_as_down() -> None:
    time = divided(known([seen(PARTIAL, 0, 10), seen(UP, 10, 24)]))
    assert observed_uptime(time, PROMISE).down_seconds == 0
    weighed = UptimePromise("*", 0.9, weights={"partial": 0.3})
    uptime = observed_uptime(time, weighed)
    assert uptime.down_seconds == pytest.approx(3 * HOUR)
    assert uptime.verdict is UptimeVerdict.BREACHED


def test_a_breach_no_gap_could_undo_is_told_despite_gaps() -> None:
    uptime = observed_uptime(divided(known([seen(DOWN, 0, 1)]), 24), PROMISE)
    assert uptime.verdict is UptimeVerdict.BREACHED
    assert uptime.coverage < COVERAGE_NEEDS


def test_a_promise_no_gap_could_break_is_kept_despite_gaps() -> None:
    # Ten hours a day allow an hour of downtime; half an hour was not seen.
    promise = UptimePromise("*", 0.9)
    uptime = observed_uptime(divided(known([seen(UP, 0, 9.5)]), 10), promise)
    assert uptime.allowed_seconds == pytest.approx(HOUR)
    assert uptime.verdict is UptimeVerdict.KEPT
    more = observed_uptime(divided(known([seen(DOWN, 0, 0.75), seen(UP, 0.75, 9.5)]), 10), promise)
    assert more.verdict is UptimeVerdict.CANNOT_TELL


def test_exactly_the_allowed_downtime_is_kept() -> None:
    # 99.9 % of 30 days allows 43.2 minutes.
    month = 30 * 24
    spans = [seen(DOWN, 0, 43.2 / 60), seen(UP, 43.2 / 60, month)]
    uptime = observed_uptime(divided(known(spans), month), PROMISE)
    assert uptime.allowed_seconds == pytest.approx(43.2 * 60)
    assert uptime.down_seconds == 2592
    assert uptime.verdict is UptimeVerdict.KEPT


@pytest.mark.parametrize(
    ("promise", "minutes"),
    [(0.99, 432), (0.995, 216), (0.999, 43.2), (0.9995, 21.6), (0.9999, 4.32)],
)
def test_allowed_minutes_of_thirty_days(promise: float, minutes: float) -> None:
    time = divided(known([seen(UP, 0, 720)]), 720)
    uptime = observed_uptime(time, UptimePromise("*", promise))
    assert uptime.allowed_seconds == pytest.approx(minutes * 60)


def test_only_a_calendars_open_time_counts_where_promised() -> None:
    def office(a: Instant, b: Instant) -> int:
        """Open from 08:00 to 18:00 UTC on the one day looked at."""
        return max(0, min(b, START + 18 * HOUR) - max(a, START + 8 * HOUR))

    what = known([seen(DOWN, 0, 9), seen(UP, 9, 24)])
    time = component_time(what, START, START + DAY, measure=office)
    assert time.seconds == 10 * HOUR
    assert time.observed == Tally(up=9 * HOUR, down=HOUR)


spans_drawn = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 40), st.sampled_from(list(ComponentState))),
    max_size=12,
)
incidents_drawn = st.lists(
    st.tuples(
        st.integers(-50, 250),
        st.none() | st.integers(0, 80),
        st.lists(st.tuples(st.integers(0, 90), st.sampled_from(list(ComponentState))), max_size=4),
    ),
    max_size=5,
)
windows_drawn = st.lists(
    st.tuples(st.integers(0, 250), st.integers(1, 40), st.integers(-50, 60)), max_size=3
)


@given(spans_drawn, incidents_drawn, windows_drawn, st.booleans(), st.booleans())
def test_the_parts_are_exactly_all_the_time(
    raw_spans: list[tuple[int, int, ComponentState]],
    raw_incidents: list[tuple[int, int | None, list[tuple[int, ComponentState]]]],
    raw_windows: list[tuple[int, int, int]],
    exclude: bool,
    has_history: bool,
) -> None:
    at, spans = START - 20 * MINUTE, []
    for gap, length, state in raw_spans:
        start = at + gap * MINUTE // 5 + 1
        at = start + length * MINUTE
        spans.append(StateSpan("mail", state, start, at))
    incidents = []
    for number, (start_minute, length, changes) in enumerate(raw_incidents):
        start = START + start_minute * MINUTE
        incidents.append(
            Incident(
                str(number), "", "", "minor", start, start,
                None if length is None else start + length * MINUTE, ("mail",), (),
                tuple(ComponentChange("mail", start + at * MINUTE, state) for at, state in changes),
            )
        )  # fmt: skip
    work = [
        Maintenance("m", "", "", START + (a - ahead) * MINUTE, START + a * MINUTE,
                    START + (a + length) * MINUTE, ("mail",))
        for a, length, ahead in raw_windows
    ]  # fmt: skip
    history = History(START + 10 * MINUTE, START + 190 * MINUTE) if has_history else None
    what = record("mail", spans, incidents, work, history)
    end = START + 240 * MINUTE
    time = component_time(what, START, end, exclude_maintenance=exclude)
    assert time.observed.total + time.reported_only.total + time.unknown == end - START
    assert time.observed.total <= time.seconds
    # Cutting the time in two changes nothing.
    middle = START + 77 * MINUTE + 7
    halves = [
        component_time(what, a, b, exclude_maintenance=exclude)
        for a, b in ((START, middle), (middle, end))
    ]
    assert halves[0].observed + halves[1].observed == time.observed
    assert halves[0].reported + halves[1].reported == time.reported
    assert halves[0].unknown + halves[1].unknown == time.unknown


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 20), st.sampled_from(list(ComponentState))),
        max_size=8,
    )
)
def test_where_several_speak_the_worst_holds(
    raw: list[tuple[int, int, ComponentState]],
) -> None:
    order = [UNKNOWN, UP, MAINTENANCE, DEGRADED, PARTIAL, DOWN]
    pieces = [(a, a + length, state) for a, length, state in raw]
    flat = flatten(pieces)
    assert all(a[1] <= b[0] for a, b in pairwise(flat))
    for second in range(52):
        said = [state for a, b, state in pieces if a <= second < b]
        shown = [state for a, b, state in flat if a <= second < b]
        assert shown == ([max(said, key=order.index)] if said else [])


LONDON = ZoneInfo("Europe/London")


def test_days_are_local_and_as_long_as_they_are() -> None:
    now = parse_iso("2026-03-30T12:00:00+01:00")
    cells = day_cells(known([]), 3, LONDON, now)
    assert [(cell.day, cell.seconds) for cell in cells] == [
        (date(2026, 3, 28), 24 * HOUR),
        (date(2026, 3, 29), 23 * HOUR),  # clocks go forward
        (date(2026, 3, 30), 12 * HOUR),  # today so far
    ]
    autumn = day_cells(known([]), 2, LONDON, parse_iso("2026-10-26T00:30:00Z"))
    assert [cell.seconds for cell in autumn] == [25 * HOUR, 30 * MINUTE]
    assert midnight(date(2026, 3, 30), LONDON) == parse_iso("2026-03-29T23:00:00Z")


def test_a_days_cell_says_the_worst_and_how_it_is_known() -> None:
    history = History(START + 3 * DAY, START + 5 * DAY)
    what = known(
        [
            seen(UP, 0, 12), seen(DOWN, 12, 12.5), seen(UP, 12.5, 24),  # day 1: all seen
            seen(UP, 24 + 9, 24 + 17),  # day 2: office hours only
        ],
        [told(72 + 3, 72 + 5, (72 + 3, PARTIAL))],  # day 4: told, not seen
        history=history,
    )  # fmt: skip
    cells = day_cells(what, 5, ZoneInfo("UTC"), START + 5 * DAY - 1)
    assert [(cell.state, cell.coverage) for cell in cells] == [
        (DOWN, Coverage.OBSERVED),
        (UP, Coverage.PARTIAL),
        (UNKNOWN, Coverage.UNKNOWN),
        (PARTIAL, Coverage.REPORTED),
        (UP, Coverage.REPORTED),
    ]
    assert cells[0].down_seconds == 30 * MINUTE
    assert cells[1].known_seconds == 8 * HOUR
