"""What must hold of calendars and folds whatever goes in."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from engine_reference import ZONES, random_case
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.calendars import Calendar, NeverOpenError
from engagewatch.engine.fold import Folder, policy_version
from engagewatch.model.clock import ClockState
from engagewatch.model.policy import (
    Amendment,
    CalendarSpec,
    CalendarVersion,
    DateException,
    Duration,
    Window,
)

START = 1_767_225_600  # 2026-01-01
INSTANTS = st.integers(START, START + 500 * 86400)
SPANS = st.integers(1, 60 * 86400)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    made = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, 1439))
        made.append(Window(start, draw(st.integers(start + 1, start + 1440))))
    return tuple(made)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    weekly = (*(draw(windows()) for _ in range(6)), (Window(600, 700),))
    days = st.integers(0, 500).map(lambda offset: date(2026, 1, 1) + timedelta(days=offset))
    exceptions = draw(
        st.lists(st.builds(DateException, days, windows()), max_size=4, unique_by=lambda e: e.day)
    )
    turns = draw(st.lists(days, max_size=2, unique=True).map(sorted))
    versions = tuple(
        CalendarVersion(day, (*(draw(windows()) for _ in range(6)), (Window(600, 700),)))
        for day in turns
    )
    return Calendar(
        CalendarSpec(
            "any",
            draw(st.sampled_from(ZONES)),
            weekly,
            exceptions=tuple(exceptions),
            versions=versions,
        )
    )


@given(calendars(), INSTANTS, SPANS)
def test_adding_consumes_exactly_what_was_added(calendar: Calendar, at: int, span: int) -> None:
    due = calendar.add(at, span)
    assert calendar.seconds_between(at, due) == span
    assert calendar.seconds_between(at, due - 1) == span - 1


@given(calendars(), INSTANTS, SPANS)
def test_subtracting_undoes_adding(calendar: Calendar, at: int, span: int) -> None:
    earlier = calendar.subtract(at, span)
    assert calendar.seconds_between(earlier, at) == span
    assert calendar.seconds_between(earlier + 1, at) == span - 1
    assert calendar.add(earlier, span) <= at
    assert calendar.subtract(calendar.add(at, span), span) >= at


@given(calendars(), st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
def test_spans_are_monotone_bounded_and_add_up(calendar: Calendar, points: list[int]) -> None:
    a, b, c = points
    assert 0 <= calendar.seconds_between(a, b) <= b - a
    whole = calendar.seconds_between(a, c)
    assert calendar.seconds_between(a, b) + calendar.seconds_between(b, c) == whole
    assert calendar.seconds_between(c, a) == -whole
    assert calendar.counted(c) - calendar.counted(a) == whole


@given(calendars(), INSTANTS)
def test_openings_and_closings_agree(calendar: Calendar, at: int) -> None:
    opening = calendar.next_opening(at)
    closing = calendar.next_closing(at)
    assert calendar.is_open(opening)
    assert (opening == at) == calendar.is_open(at)
    assert calendar.seconds_between(at, opening) == 0
    assert closing is not None
    assert not calendar.is_open(closing)
    assert calendar.seconds_between(opening, closing) == closing - opening
    until = at + 20 * 86400
    spans = list(calendar.openings(at, until))
    assert sum(end - start for start, end in spans) == calendar.seconds_between(at, until)


@given(calendars(), INSTANTS)
def test_the_table_may_grow_in_any_direction(calendar: Calendar, at: int) -> None:
    before = calendar.seconds_between(at, at + 86400)
    calendar.add(at, 300 * 6000)  # at least the 100 minutes of every Sunday: six years
    calendar.subtract(at, 300 * 6000)
    assert calendar.seconds_between(at, at + 86400) == before


SEEDS = range(400)


@pytest.fixture(scope="module")
def cases() -> list:
    """Random tickets, each once more in a log so coarse that many events share an instant."""
    made = [random_case(seed) for seed in SEEDS]
    for ticket, events, policy in made[:]:
        start = ticket.created_at
        coarse = [_move(event, event.at - (event.at - start) % 28_800) for event in events]
        made.append((ticket, coarse, policy))
    return made


def test_courts_divide_all_of_the_time(cases: list) -> None:
    for ticket, events, policy in cases:
        folder = Folder(policy)
        standing = folder.fold(ticket, events).standing
        assert standing.elapsed.total == standing.court_since - ticket.created_at
        if standing.finished_at is not None:
            assert standing.court_since == standing.finished_at
        business = folder.compiled.business
        assert standing.business.total == business.seconds_between(
            ticket.created_at, standing.court_since
        )


def test_order_repetition_and_earlier_folds_do_not_matter(cases: list) -> None:
    pick = random.Random(7)
    for ticket, events, policy in cases:
        folder = Folder(policy)
        whole = folder.fold(ticket, events)
        for upto in range(len(events)):
            folder.fold(ticket, events[:upto])
        mixed = [*events, *pick.choices(events, k=3)]
        pick.shuffle(mixed)
        assert folder.fold(ticket, mixed) == whole
        assert Folder(policy).fold(ticket, tuple(reversed(events))) == whole


def test_events_of_one_instant_are_ordered_by_kind_and_id(cases: list) -> None:
    pick = random.Random(8)
    for ticket, events, policy in cases:
        crowded = [_move(event, ticket.created_at + 3600) for event in events[1:]]
        folder = Folder(policy)
        whole = folder.fold(ticket, [events[0], *crowded])
        pick.shuffle(crowded)
        assert folder.fold(ticket, [*crowded, events[0]]) == whole


def _move(event, at):
    return type(event)(
        event.ticket_id,
        event.id,
        at,
        event.kind,
        event.side,
        event.actor,
        event.value,
        event.previous,
        event.automatic,
        event.asks,
    )


def test_clocks_are_consistent_in_themselves(cases: list) -> None:
    for ticket, events, policy in cases:
        for clock in Folder(policy).fold(ticket, events).clocks:
            assert clock.consumed >= 0
            assert clock.paused >= 0
            assert clock.client_wait >= 0
            assert (clock.stopped_at is None) == (clock.felt is None)
            if clock.felt is not None:
                assert clock.consumed + clock.paused <= clock.felt
            if clock.state is ClockState.MET:
                assert clock.target is not None
                assert clock.consumed <= clock.target
                assert policy.rules.exactly_on_target_is_met or clock.consumed < clock.target
            if clock.state is ClockState.MISSED:
                assert clock.target is not None
                assert clock.consumed >= clock.target
                if policy.rules.exactly_on_target_is_met:
                    assert clock.consumed > clock.target
                assert clock.due_at is not None
                assert clock.stopped_at is not None
                assert clock.due_at < clock.stopped_at
            if clock.state is ClockState.RUNNING:
                assert clock.running_since is not None
                assert clock.due_at is not None or clock.target is None


def test_a_finished_reading_does_not_change_when_the_clock_is_asked_later(cases: list) -> None:
    for ticket, events, policy in cases:
        for clock in Folder(policy).fold(ticket, events).clocks:
            if clock.stopped_at is not None:
                assert clock.state_at(clock.stopped_at + 10**9) is clock.state


def test_policy_version_is_stable_and_tells_policies_apart(cases: list) -> None:
    versions = {policy_version(policy) for _, _, policy in cases}
    again = {policy_version(random_case(seed)[2]) for seed in SEEDS}
    assert versions == again
    assert len(versions) > len(SEEDS) * 0.95


def test_a_contract_amended_tomorrow_changes_nothing_today(cases: list) -> None:
    for ticket, events, policy in cases:
        tomorrow = datetime.fromtimestamp(ticket.created_at, ZoneInfo(policy.timezone)).date()
        tomorrow += timedelta(days=1)
        rows = tuple(row for row in policy.service_levels if row.since is None)
        amended = tuple(
            replace(row, since=tomorrow, targets=dict.fromkeys(row.targets, Duration(1)))
            for row in rows
        )
        before, after = (
            replace(
                policy,
                service_levels=levels,
                rules=replace(policy.rules, amendment=Amendment.BY_CREATION),
            )
            for levels in (rows, rows + amended)
        )
        assert policy_version(before) != policy_version(after)
        assert Folder(after).fold(ticket, events) == Folder(before).fold(ticket, events)


def test_beyond_the_known_years_only_the_due_instant_is_missing() -> None:
    ticket, events, policy = random_case(3)
    far = [_move(event, event.at + 240 * 365 * 86400) for event in events]
    moved = type(ticket)("1", "#1", "", ticket.status, ticket.priority, far[0].at, far[-1].at)
    fold = Folder(policy).fold(moved, far)
    assert fold.clocks
    with pytest.raises(NeverOpenError):
        Folder(policy).compiled.business.add(moved.created_at, 1)


def test_explanations_account_for_every_second(cases: list) -> None:
    for ticket, events, policy in cases:
        folder = Folder(policy)
        fold = folder.fold(ticket, events)
        now = events[-1].at + 7200
        told = folder.explain(ticket, events, now)
        assert told.standing == fold.standing
        assert tuple(account.clock for account in told.accounts) == fold.clocks
        at = ticket.created_at
        for court in told.courts:
            assert court.from_at == at
            at = court.until_at
        assert at == (fold.standing.finished_at or now)
        for account in told.accounts:
            _check_account(folder, account, now)


def _check_account(folder: Folder, account, now: int) -> None:
    clock = account.clock
    at = clock.started_at
    for segment in account.segments:
        assert segment.from_at == at
        assert segment.until_at > at
        at = segment.until_at
    assert at == (clock.stopped_at or now)
    assert account.felt == at - clock.started_at
    if clock.stopped_at is not None:
        assert (account.consumed, account.paused) == (clock.consumed, clock.paused)
    elif clock.running_since is not None:
        terms = {name: folder.compiled.terms(name) for name in ("high", "low")}
        calendar = terms[clock.priority].promises[clock.obligation].calendar
        assert account.consumed == clock.consumed + calendar.seconds_between(
            clock.running_since, now
        )
    else:
        assert account.consumed == clock.consumed
    assert account.sentence.endswith(".")
