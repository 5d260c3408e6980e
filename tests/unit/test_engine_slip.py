"""Slip is attributed exactly; the worked example, and the laws around it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.slip import END, Step, in_order, slip_of
from engagewatch.model.plan import FloatRule, Owner, PlannedTask

START = date(2026, 1, 5)


def day(number: int) -> date:
    return START + timedelta(number)


def step(
    name: str, owner: Owner, due: int, finish: int, usual: int = 0, depends: tuple[str, ...] = ()
) -> tuple[str, Step]:
    task = PlannedTask(name, name, owner, day(due), usual_low=usual, depends=depends)
    return name, Step(task, day(finish), depends)


HANDOVER = dict(
    [
        step("B01", Owner.OUTGOING, 14, 24, 3),
        step("B10", Owner.PROVIDER, 21, 34, 2, ("B01",)),
        step("D01", Owner.SHARED, 28, 35, 1, ("B10",)),
    ]
)


def test_late_days_are_inherited_or_own() -> None:
    first, second, third = slip_of(HANDOVER, "D01", FloatRule.FIRST_COME).chain
    assert (first.late, first.inherited, first.own) == (10, 0, 10)
    assert (second.late, second.inherited, second.own) == (13, 5, 8)
    assert (third.late, third.inherited, third.own) == (7, 7, 0)
    assert third.spare == 6


def test_float_goes_to_whoever_was_late_first() -> None:
    slip = slip_of(HANDOVER, "D01", FloatRule.FIRST_COME)
    assert slip.days == 7
    assert slip.parts == {Owner.PROVIDER: 7}
    assert slip.chain[-1].float_used == {Owner.OUTGOING: 5, Owner.PROVIDER: 1}
    assert slip.chain[1].float_used == {Owner.OUTGOING: 5}


def test_float_is_shared_out_in_proportion() -> None:
    slip = slip_of(HANDOVER, "D01", FloatRule.PROPORTIONAL)
    assert slip.days == 7
    assert slip.parts == {Owner.OUTGOING: Fraction(35, 13), Owner.PROVIDER: Fraction(56, 13)}
    assert {owner: round(float(days), 1) for owner, days in slip.parts.items()} == {
        Owner.OUTGOING: 2.7,
        Owner.PROVIDER: 4.3,
    }


@pytest.mark.parametrize("rule", list(FloatRule))
def test_slip_and_float_are_the_late_days_that_came_in(rule: FloatRule) -> None:
    slip = slip_of(HANDOVER, "D01", rule)
    assert sum(slip.parts.values()) + sum(slip.chain[-1].float_used.values()) == 13


def test_two_chains_late_by_the_same_day_share_the_days_that_differ() -> None:
    steps = dict(
        [
            step("A", Owner.CLIENT, 10, 16),
            step("B", Owner.PROVIDER, 10, 16),
            step("C", Owner.PROVIDER, 10, 16, 0, ("A", "B")),
        ]
    )
    slip = slip_of(steps, "C", FloatRule.FIRST_COME)
    assert slip.parts == {Owner.SHARED: 6}
    assert slip.chain[-1].beside == ("B",)


def test_a_chain_that_is_late_by_fewer_days_is_not_blamed() -> None:
    steps = dict(
        [
            step("A", Owner.CLIENT, 10, 16),
            step("B", Owner.PROVIDER, 10, 14),
            step("C", Owner.PROVIDER, 10, 16, 0, ("A", "B")),
        ]
    )
    slip = slip_of(steps, "C", FloatRule.FIRST_COME)
    assert slip.parts == {Owner.CLIENT: 6}
    assert (slip.chain[-1].next_after, slip.chain[-1].next_inherited) == ("B", 4)


def test_what_is_quicker_than_usual_makes_up_days() -> None:
    steps = dict(
        [
            step("A", Owner.CLIENT, 10, 20),
            step("B", Owner.PROVIDER, 15, 21, 5, ("A",)),
        ]
    )
    slip = slip_of(steps, "B", FloatRule.FIRST_COME)
    assert slip.parts == {Owner.CLIENT: 6}
    assert slip.chain[-1].made_up == 4


def test_dates_that_contradict_the_order_are_nobodys_days() -> None:
    steps = dict(
        [
            step("A", Owner.CLIENT, 20, 20),
            step("B", Owner.PROVIDER, 15, 20, 0, ("A",)),
        ]
    )
    assert slip_of(steps, "B", FloatRule.FIRST_COME).parts == {None: 5}


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="depends on itself"):
        in_order({"A": ("B",), "B": ("A",)})


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Step]:
    steps: dict[str, Step] = {}
    for number in range(draw(st.integers(1, 9))):
        before = draw(st.sets(st.sampled_from(sorted(steps)))) if steps else set()
        due = draw(st.integers(0, 40))
        late = draw(st.integers(-10, 25))
        name, made = step(
            f"T{number}",
            draw(st.sampled_from(list(Owner))),
            due,
            max(0, due + late),
            draw(st.integers(0, 6)),
            tuple(sorted(before)),
        )
        steps[name] = made
    return steps


@given(plans(), st.sampled_from(list(FloatRule)))
def test_every_day_of_slip_has_one_owner(steps: dict[str, Step], rule: FloatRule) -> None:
    for milestone in (*steps, END):
        slip = slip_of(steps, milestone, rule)
        assert slip.days == max(0, (slip.forecast - slip.planned).days)
        assert sum(slip.parts.values()) == slip.days
        assert all(days > 0 for days in slip.parts.values())


@given(plans(), st.sampled_from(list(FloatRule)))
def test_no_late_day_is_lost_between_two_tasks(steps: dict[str, Step], rule: FloatRule) -> None:
    chain = slip_of(steps, END, rule).chain
    for before, link in pairwise(chain):
        gone = sum(link.float_used.values()) + link.made_up
        assert before.late == link.inherited + gone or before.late < link.inherited
        assert link.late == link.inherited + link.own
        assert sum(link.float_used.values()) <= max(0, link.spare)


@given(plans())
def test_the_float_rule_moves_blame_and_not_the_date(steps: dict[str, Step]) -> None:
    first = slip_of(steps, END, FloatRule.FIRST_COME)
    other = slip_of(steps, END, FloatRule.PROPORTIONAL)
    assert (first.days, first.forecast) == (other.days, other.forecast)


def test_own_late_days_of_a_ticket_are_split_by_whose_court_it_was_in() -> None:
    task = PlannedTask("T1", "T1", Owner.PROVIDER, day(10))
    courts = ((Owner.CLIENT, 300), (Owner.PROVIDER, 100), (Owner.THIRD_PARTY, 0))
    slip = slip_of({"T1": Step(task, day(18), (), courts)}, END, FloatRule.FIRST_COME)
    assert slip.parts == {Owner.CLIENT: 6, Owner.PROVIDER: 2}
