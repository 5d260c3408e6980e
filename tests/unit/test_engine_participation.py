from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.participation import (
    PartCount,
    breakdown,
    direction,
    latency,
    satisfied_bounds,
    worst,
)
from engagewatch.model.participation import Part
from engagewatch.model.sides import Side


def count(
    part: Part, met: int, judged: int, target: float | None = 0.9, **more: object
) -> PartCount:
    return PartCount(part, Side.CLIENT, Attainment(met, judged, target), **more)  # type: ignore[arg-type]


def test_a_part_that_keeps_its_target_is_never_the_worst() -> None:
    replies, approvals = count(Part.REPLIES, 36, 40), count(Part.APPROVALS, 5, 9)
    assert worst([replies, approvals]) is approvals  # 36 of 40 is kept: it allows four
    assert worst([replies]) is None


def test_what_is_shown_to_be_behind_comes_before_what_may_be_chance() -> None:
    # 170 of 195 has more misses too many, and still may be a service of nine in ten.
    replies, approvals = count(Part.REPLIES, 170, 195), count(Part.APPROVALS, 3, 8)
    assert worst([replies, approvals]) is approvals
    far = count(Part.TASKS, 100, 195)
    assert worst([far, approvals]) is far  # known to be under 59%, the approvals under 70%
    few, many = count(Part.REPLIES, 17, 20), count(Part.TASKS, 80, 95)
    assert worst([few, many]) is many  # neither is shown to be behind: six too many against one


def test_one_late_item_of_one_does_not_outweigh_what_happens_every_day() -> None:
    single, daily = count(Part.TASKS, 0, 1), count(Part.REPLIES, 20, 30)
    assert worst([single, daily]) is daily


def test_of_equals_the_one_with_the_oldest_open_item_is_worse() -> None:
    newer = count(Part.REPLIES, 8, 10, oldest_open=200)
    older = count(Part.APPROVALS, 8, 10, oldest_open=100)
    assert worst([newer, older, count(Part.TASKS, 8, 10)]) is older


def test_without_a_target_or_a_case_nothing_lags() -> None:
    none_owed = PartCount(Part.SURVEYS, Side.PROVIDER, None)
    assert worst([count(Part.REPLIES, 0, 9, None), count(Part.TASKS, 0, 0), none_owed]) is None
    assert none_owed.verdict is None


def test_a_direction_needs_eight_months_in_a_row_with_five_judged() -> None:
    falling = [(20 - month, 20) for month in range(9)]
    assert direction(falling) == -1
    assert direction(falling[:7]) is None
    assert direction([*falling[:4], (1, 4), *falling[4:]]) is None
    assert direction([(1, 4), *falling]) == -1
    assert direction([(18, 20), (17, 20)] * 5) == 0


def test_decisions_that_are_pending_are_not_left_out() -> None:
    hours = [(1, True), (2, True), (2, True), (3, True), (5, True), (8, False), (8, True)]
    hours += [(13, False), (21, True), (40, False)]
    curve = latency(hours)
    assert curve is not None
    assert (curve.median(), curve.open) == (5, 3)
    assert latency(hours[:4]) is None


def test_who_did_not_answer_may_be_all_content_or_all_not() -> None:
    bounds = satisfied_bounds(6, 8, 40)
    assert bounds is not None
    assert (bounds.low, bounds.high) == (6 / 40, 38 / 40)
    assert satisfied_bounds(0, 0, 0) is None
    with pytest.raises(ValueError, match="cannot be"):
        satisfied_bounds(9, 8, 40)


def test_few_people_or_few_cases_are_not_broken_down() -> None:
    four_people = [("Approver", f"p{number % 4}", True) for number in range(12)]
    four_cases = [("Approver", f"p{number}", True) for number in range(4)]
    assert breakdown(four_people) is None
    assert breakdown(four_cases) is None


def test_roles_are_in_the_order_of_their_names_and_small_ones_go_together() -> None:
    cases = [("Warehouse", f"w{number}", True) for number in range(6)]
    cases += [("Finance", "f", number > 3) for number in range(5)]
    cases += [("HR", "h", False), ("", "x", True)]
    groups = breakdown(cases)
    assert groups is not None
    assert [(group.name, group.people, group.met, group.judged) for group in groups] == [
        ("Finance", 1, 1, 5),
        ("Warehouse", 6, 6, 6),
        ("", 2, 1, 2),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "A", "B", "C"]), st.sampled_from("abcdefgh"), st.booleans())
    )
)
def test_a_breakdown_leaves_no_case_out_and_names_no_small_group(
    cases: list[tuple[str, str, bool]],
) -> None:
    groups = breakdown(cases)
    if groups is None:
        assert len(cases) < 5 or len({person for _, person, _ in cases}) < 5
        return
    assert sum(group.judged for group in groups) == len(cases)
    assert sum(group.met for group in groups) == sum(met for _, _, met in cases)
    assert all(group.judged >= 5 for group in groups if group.name)
