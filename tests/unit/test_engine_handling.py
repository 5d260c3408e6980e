"""What was said about things that wait, and in what order they are told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.consequence import Consequence, Holds, grave_first, of_clock
from engagewatch.engine.handling import Handling, duty_of, handlings, state_of, subject_of
from engagewatch.model.clock import Obligation
from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.instants import Instant

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)


def said(*entries: tuple[EntryKind, dict[str, Value]]) -> Handling:
    made = [
        Entry(f"{at}", "northwind", at, kind, "desk/1/reply/1", values)
        for at, (kind, values) in enumerate(entries)
    ]
    return handlings(made)["desk/1/reply/1"]


def snoozed(until: str, state: str = "s") -> tuple[EntryKind, dict[str, Value]]:
    return EntryKind.SNOOZED, {"until": until, "why": "budget", "state": state}


def test_what_is_put_off_comes_back_on_its_day() -> None:
    handling = said(snoozed("2026-03-11"))
    assert handling.is_put_off(TUESDAY, "s")
    assert not handling.is_put_off(WEDNESDAY, "s")


def test_what_is_put_off_comes_back_when_it_changes() -> None:
    assert not said(snoozed("2026-03-11")).is_put_off(MONDAY, "another question")


def test_the_last_word_on_putting_off_holds() -> None:
    longer = said(snoozed("2026-03-10"), snoozed("2026-03-11"))
    assert longer.is_put_off(TUESDAY, "s")
    woken = said(snoozed("2026-03-11"), (EntryKind.WOKEN, {}))
    assert not woken.is_put_off(MONDAY, "s")
    assert woken.why == ""


def test_a_date_that_cannot_be_read_puts_nothing_off() -> None:
    assert not said(snoozed("soon")).is_put_off(MONDAY, "s")


def test_an_acknowledgement_is_of_what_was_there_to_see() -> None:
    handling = said((EntryKind.ACKNOWLEDGED, {"note": "on it", "state": "s"}))
    assert handling.is_acknowledged("s")
    assert not handling.is_acknowledged("asked again")
    assert handling.note == "on it"


def test_an_assignment_is_taken_back_by_an_empty_one() -> None:
    assert said((EntryKind.ASSIGNED, {"to": "IT lead"})).assigned_to == "IT lead"
    taken_back = said((EntryKind.ASSIGNED, {"to": "IT lead"}), (EntryKind.ASSIGNED, {"to": ""}))
    assert taken_back.assigned_at is None


def test_every_nudge_counts_and_nothing_else_is_lost_by_it() -> None:
    handling = said(
        (EntryKind.NUDGED, {}), (EntryKind.ASSIGNED, {"to": "IT lead"}), (EntryKind.NUDGED, {})
    )
    assert handling.nudges == (0, 2)
    assert handling.assigned_to == "IT lead"


def test_other_entries_say_nothing_of_it() -> None:
    made = Entry("1", "northwind", 1, EntryKind.TASK_DONE, "B10", {"on": "2026-03-09"})
    assert handlings([made]) == {}


@given(st.text(), st.sampled_from(Obligation), st.integers(0, 99))
def test_a_subject_tells_its_duty_whatever_the_ticket_is_called(
    ticket: str, obligation: Obligation, number: int
) -> None:
    subject = subject_of("desk", ticket, obligation, number)
    assert duty_of(subject) == ("desk", ticket, obligation, number)


@pytest.mark.parametrize("subject", ["surveys", "task/B10", "desk/1/tea/1", "desk/1/reply/x"])
def test_other_subjects_tell_none(subject: str) -> None:
    assert duty_of(subject) is None


def test_a_state_tells_nothing_from_nothing() -> None:
    assert state_of(None, 5) == "/5"


# The order of consequence.

CONSEQUENCES = st.builds(
    Consequence,
    st.sampled_from(Holds),
    st.decimals(0, 10_000, places=2),
    st.integers(0, 90),
    st.integers(0, 9),
    st.booleans(),
)
WAITS = st.lists(st.tuples(CONSEQUENCES, st.integers(0, 10**9)), max_size=12)


def key(wait: tuple[Consequence, Instant], name: str = "") -> tuple[object, ...]:
    return grave_first(*wait, name)


@given(WAITS, st.randoms())
def test_the_order_does_not_depend_on_the_order_of_arrival(
    waits: list[tuple[Consequence, Instant]], chance: object
) -> None:
    named = [(wait, str(at)) for at, wait in enumerate(waits)]
    shuffled = list(named)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sorted(shuffled, key=lambda one: key(*one)) == sorted(named, key=lambda one: key(*one))


@given(CONSEQUENCES, CONSEQUENCES, st.integers(0, 10**9), st.integers(0, 10**9))
def test_no_money_no_age_and_no_delay_outweighs_a_graver_rung(
    one: Consequence, other: Consequence, since: Instant, until: Instant
) -> None:
    if one.holds < other.holds:
        assert key((one, since)) < key((other, until))


def test_on_one_rung_money_comes_before_days_before_lateness_before_priority_before_age() -> None:
    ladder = [
        Consequence(Holds.CREDIT, Decimal(300)),
        Consequence(Holds.CREDIT, Decimal(200), plan_days=1, rank=3),
        Consequence(Holds.CREDIT, Decimal(200), rank=2, overdue=True),
        Consequence(Holds.CREDIT, Decimal(200), rank=1),
        Consequence(Holds.CREDIT, Decimal(200), rank=2),
    ]
    keys = [grave_first(one, 100, "") for one in ladder]
    assert keys == sorted(keys)
    assert grave_first(ladder[-1], 99, "") < keys[-1]


@pytest.mark.parametrize(
    ("rank", "has_target", "credit", "ours", "holds"),
    [
        (0, True, 0, True, Holds.FIRST_PRIORITY),
        (1, True, 200, True, Holds.CREDIT),
        (1, True, 0, True, Holds.CONTRACT),
        (0, False, 0, True, Holds.OURS),
        (0, False, 0, False, Holds.NOTHING),
    ],
)
def test_what_a_wait_in_a_ticket_holds_up(
    rank: int, has_target: bool, credit: int, ours: bool, holds: Holds
) -> None:
    assert of_clock(rank=rank, has_target=has_target, credit=Decimal(credit), ours=ours) is holds
