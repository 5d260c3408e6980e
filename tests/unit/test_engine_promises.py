"""Promises: the glide path, the verdict an interval allows, the seal and what was changed since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.metrics import Reading, of_level, of_share
from engagewatch.engine.promises import (
    PromiseState,
    digest_of,
    judge,
    path_on,
    seal_of,
    terms_of,
)
from engagewatch.engine.statistics import Interval
from engagewatch.model.baseline import Grade
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.metric import Metric
from engagewatch.model.promise import PathShape, PathStep, Promise, PromiseBaseline

HOUR = 3600.0
FIXES = Promise(
    "faster-fixes",
    "Half the wait",
    "proposal p.12",
    starts=date(2026, 3, 1),
    by=date(2026, 9, 1),
    metric=Metric.RESOLUTION_MEDIAN,
    target=8 * HOUR,
    baseline=PromiseBaseline(18 * HOUR, Grade.DOCUMENTS, "invoices"),
)
HALFWAY = date(2026, 6, 1)
"""92 of 184 days: the path is at 13 hours."""


def hours(value: float, low: float, high: float, count: int = 40) -> Reading:
    return Reading(value * HOUR, count, interval=Interval(low * HOUR, high * HOUR), needs=6)


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), 18),
        (HALFWAY, 13),
        (date(2026, 9, 1), 8),
        (date(2027, 1, 1), 8),
    ],
)
def test_the_path_leads_evenly_from_the_baseline_to_the_target(
    day: date, asked: float | None
) -> None:
    path = path_on(FIXES, day)
    assert path is None if asked is None else path == pytest.approx(asked * HOUR)


def test_steps_ask_nothing_more_between_them() -> None:
    steps = (PathStep(date(2026, 5, 1), 15 * HOUR), PathStep(date(2026, 7, 1), 10 * HOUR))
    stepped = replace(FIXES, shape=PathShape.STEPS, steps=steps)
    days = [date(2026, 4, 1), date(2026, 5, 1), HALFWAY, date(2026, 7, 2), date(2026, 9, 1)]
    assert [path_on(stepped, day) for day in days] == [
        None, 15 * HOUR, 15 * HOUR, 10 * HOUR, 8 * HOUR,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reading", "state"),
    [
        (hours(16, 14, 17), PromiseState.BEHIND),
        (hours(10, 8, 12), PromiseState.AHEAD),
        (hours(12, 10, 15), PromiseState.ON_PATH),
        (hours(14, 10, 17), PromiseState.ON_PATH),
        (hours(14, 10, 20), PromiseState.CANNOT_TELL),
        (hours(10, 8, 12, count=4), PromiseState.CANNOT_TELL),
        (Reading(None, 0), PromiseState.CANNOT_TELL),
        (None, PromiseState.CANNOT_TELL),
    ],
)
def test_the_verdict_is_what_the_interval_allows(
    reading: Reading | None, state: PromiseState
) -> None:
    assert judge(FIXES, reading, HALFWAY, 30).state is state


def test_more_is_better_where_it_is() -> None:
    promise = replace(
        FIXES,
        metric=Metric.ONE_TOUCH,
        target=0.7,
        baseline=PromiseBaseline(0.5, Grade.EXPORT, "old desk"),
    )
    assert judge(promise, of_share(38, 40), HALFWAY, 30).state is PromiseState.AHEAD
    assert judge(promise, of_share(10, 40), HALFWAY, 30).state is PromiseState.BEHIND


def test_without_a_baseline_an_interval_that_holds_the_path_tells_nothing() -> None:
    promise = replace(FIXES, baseline=None, shape=PathShape.AT_ONCE)
    assert judge(promise, hours(8, 6, 10), HALFWAY, 30).state is PromiseState.CANNOT_TELL
    assert judge(promise, hours(6, 5, 7), HALFWAY, 30).state is PromiseState.AHEAD


def test_nothing_is_tested_against_memory() -> None:
    remembered = replace(FIXES, baseline=PromiseBaseline(18 * HOUR, Grade.MEMORY, "people"))
    assert judge(FIXES, hours(12, 10, 15), HALFWAY, 30).state is PromiseState.ON_PATH
    assert judge(remembered, hours(12, 10, 15), HALFWAY, 30).state is PromiseState.CANNOT_TELL


def test_what_is_counted_is_compared_as_it_is() -> None:
    promise = replace(
        FIXES,
        metric=Metric.BACKLOG,
        target=20.0,
        baseline=PromiseBaseline(60, Grade.EXPORT, "old desk"),
    )
    states = [judge(promise, of_level(value, 1), HALFWAY, 30).state for value in (39, 41, 30, 50)]
    assert states == [
        PromiseState.ON_PATH,
        PromiseState.ON_PATH,
        PromiseState.AHEAD,
        PromiseState.BEHIND,
    ]


def test_when_it_can_be_told() -> None:
    told = judge(FIXES, hours(14, 9, 20, count=30), HALFWAY, 30)
    # The way to the path is 1 h, the interval reaches 5 h that way: 25 times as many are needed.
    assert told.can_tell_on == date(2028, 5, 21)
    soon = judge(FIXES, hours(16, 12, 20, count=30), HALFWAY, 30)
    assert soon.can_tell_on is not None
    assert (soon.can_tell_on - HALFWAY).days == 24
    never = judge(FIXES, hours(13.01, 9, 20, count=30), HALFWAY, 30)
    assert never.can_tell_on is None, "too near the path to be told soon"


def test_before_it_starts_and_without_a_metric() -> None:
    early = judge(FIXES, hours(30, 29, 31), date(2026, 2, 1), 30)
    assert early.state is PromiseState.NOT_STARTED
    joy = Promise("joy", "You will not notice us", "kick-off", starts=date(2026, 3, 1))
    assert judge(joy, None, HALFWAY, 30).state is PromiseState.UNMEASURABLE


def sealed(at: int, promise: Promise) -> Entry:
    return Entry(f"{at}", "northwind", at, EntryKind.SEALED, promise.id, terms_of(promise))


def test_the_seal_names_what_was_changed_and_when() -> None:
    moved = replace(FIXES, by=date(2026, 12, 1), target=10 * HOUR)
    seal = seal_of([sealed(1, FIXES), sealed(2, FIXES), sealed(3, moved)])
    assert seal is not None
    assert (seal.at, seal.digest) == (1, digest_of(terms_of(FIXES)))
    (amendment,) = seal.amendments
    assert amendment.at == 3
    assert amendment.changes == (
        ("by", "2026-09-01", "2026-12-01"),
        ("target", 8 * HOUR, 10 * HOUR),
    )
    assert seal.latest == digest_of(terms_of(moved))
    assert seal_of([]) is None


def test_going_back_to_the_first_terms_is_an_amendment_too() -> None:
    moved = replace(FIXES, target=10 * HOUR)
    seal = seal_of([sealed(1, FIXES), sealed(2, moved), sealed(3, FIXES)])
    assert seal is not None
    assert [one.at for one in seal.amendments] == [2, 3]
    assert seal.latest == seal.digest


@given(
    st.floats(1, 40), st.floats(0, 10), st.floats(0, 10), st.integers(6, 500), st.integers(0, 400)
)
def test_a_verdict_never_contradicts_its_interval(
    value: float, below: float, above: float, count: int, days: int
) -> None:
    day = date.fromordinal(date(2026, 3, 1).toordinal() + days)
    verdict = judge(FIXES, hours(value, max(0, value - below), value + above, count), day, 30)
    assert verdict.path is not None
    assert verdict.reading is not None
    assert verdict.reading.interval is not None
    interval = verdict.reading.interval
    if verdict.state is PromiseState.BEHIND:
        assert interval.low > verdict.path
    if verdict.state is PromiseState.AHEAD:
        assert interval.high <= verdict.path
    if verdict.can_tell_on is not None:
        assert verdict.state is PromiseState.CANNOT_TELL
        assert verdict.can_tell_on > day
