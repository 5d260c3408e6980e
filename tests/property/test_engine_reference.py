"""The engine against a second, slow one, in weeks in which the clocks change."""

from __future__ import annotations

import pytest
from engine_reference import STEP, SlowClock, SlowEngine, is_open, random_case

from engagewatch.engine.calendars import compile_calendar
from engagewatch.engine.fold import Folder
from engagewatch.model.clock import Clock, ClockState, CourtTime, Obligation
from engagewatch.model.sides import Side


def same(fast: Clock, slow: SlowClock, *, inclusive: bool) -> bool:
    """Whether both engines tell the same of one duty; a running clock is asked where it stands."""
    if fast.stopped_at is None:
        running = fast.running_since is not None
        # A target used up exactly when a pause began is not missed yet: it is due on resuming.
        used_up = inclusive and running and fast.consumed == fast.target
        due = fast.running_since if used_up else slow.due_at
        return (
            fast.started_at == slow.started_at
            and fast.target == slow.target
            and fast.due_at == due
            and running == (not slow.paused_now)
            and (running or fast.consumed == slow.consumed)
        )
    return (fast.started_at, fast.stopped_at, fast.consumed, fast.target, fast.due_at) == (
        slow.started_at,
        slow.stopped_at,
        slow.consumed,
        slow.target,
        slow.due_at,
    )


@pytest.mark.parametrize("block", range(8))
def test_random_tickets(block: int) -> None:
    for seed in range(block * 20, block * 20 + 20):
        ticket, events, policy = random_case(seed)
        fold = Folder(policy).fold(ticket, events)
        slow = SlowEngine(ticket, events, policy)

        def clocks(obligation: Obligation, fold=fold) -> list[Clock]:
            return [clock for clock in fold.clocks if clock.obligation is obligation]

        standing = fold.standing
        assert standing.court is slow.court(slow.end), seed
        for calendar, shares in (("24x7", standing.elapsed), ("desk", standing.business)):
            expected = slow.courts(standing.court_since, calendar)
            assert shares == CourtTime(
                expected[Side.PROVIDER],
                expected[Side.CLIENT],
                expected[Side.THIRD_PARTY],
                expected[Side.NOBODY],
            ), seed
        for obligation, expected_clocks in (
            (Obligation.FIRST_RESPONSE, [slow.first_response()]),
            (Obligation.RESOLUTION, slow.resolutions()),
            (Obligation.REPLY, slow.replies()),
            (Obligation.SURVEY, slow.surveys()),
        ):
            found = clocks(obligation)
            assert len(found) == len(expected_clocks), (seed, obligation)
            for fast, expected_clock in zip(found, expected_clocks, strict=True):
                inclusive = policy.rules.exactly_on_target_is_met
                assert same(fast, expected_clock, inclusive=inclusive), (seed, fast, expected_clock)
                if fast.state in (ClockState.MET, ClockState.MISSED):
                    late = slow.late(expected_clock)
                    assert (fast.state is ClockState.MISSED) == late, seed


@pytest.mark.parametrize("seed", range(40))
def test_calendars_open_and_close_as_the_wall_clock_says(seed: int) -> None:
    ticket, _, policy = random_case(seed)
    spec = policy.calendars["desk"]
    calendar = compile_calendar(spec)
    start = ticket.created_at - 2 * 86400
    total = 0
    for at in range(start, start + 8 * 86400, STEP):
        expected = is_open(spec, at)
        assert calendar.is_open(at) == expected, at
        assert calendar.seconds_between(start, at) == total
        total += STEP * expected
