"""The resolution: pauses, reopenings, priority changes and tickets that are not judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_samples import POLICY, Story, policy, when

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.policy import Duration, Pause, PriorityChange, Reopen, ResolutionStop
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind

RESOLUTION = Obligation.RESOLUTION


class TestPauses:
    def story(self) -> Story:
        """Asked at 10:00, waiting 10:05, answered 12:00, status follows at 13:00, solved 16:00."""
        return (
            Story("2026-03-02 09:00")
            .asks("2026-03-02 10:00")
            .becomes("2026-03-02 10:05", "pending")
            .client("2026-03-02 12:00")
            .becomes("2026-03-02 13:00", "open")
            .becomes("2026-03-02 16:00", "solved")
        )

    @pytest.mark.parametrize(
        ("rules", "paused", "due"),
        [
            ({}, 115 * MINUTE, "2026-03-03 10:55"),
            ({"resume_at_reply": False}, 175 * MINUTE, "2026-03-03 11:55"),
            ({"pause": Pause.EVIDENCED}, 120 * MINUTE, "2026-03-03 11:00"),
            ({"pause": Pause.NONE}, 0, "2026-03-02 17:00"),
        ],
    )
    def test_what_the_contract_takes_off(
        self, rules: dict[str, object], paused: int, due: str
    ) -> None:
        clock = self.story().clock(RESOLUTION, policy(**rules))
        assert clock.paused == paused
        assert clock.consumed == 7 * HOUR - paused
        assert clock.felt == 7 * HOUR
        # What was left of the 8 h when it was solved is added after that.
        assert clock.due_at == when(due)

    def test_a_pause_without_a_question_is_claimed_but_not_evidenced(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 10:00", "pending")
            .becomes("2026-03-02 12:00", "open")
            .becomes("2026-03-02 13:00", "solved")
        )
        assert story.clock(RESOLUTION).paused == 2 * HOUR
        assert story.clock(RESOLUTION, policy(pause=Pause.EVIDENCED)).paused == 0
        standing = story.fold().standing
        assert (standing.claimed_wait, standing.evidenced_wait) == (2 * HOUR, 0)

    def test_a_question_under_an_open_status_is_evidence_only(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .asks("2026-03-02 10:00")
            .client("2026-03-02 12:00")
            .becomes("2026-03-02 13:00", "solved")
        )
        assert story.clock(RESOLUTION).paused == 0
        assert story.clock(RESOLUTION, policy(pause=Pause.EVIDENCED)).paused == 2 * HOUR

    def test_third_parties_and_nobody_pause_only_by_contract(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 10:00", "supplier")
            .becomes("2026-03-02 12:00", "parked")
            .becomes("2026-03-02 13:00", "solved")
        )
        assert story.clock(RESOLUTION).paused == 0
        assert story.clock(RESOLUTION, policy(third_party_pauses=True)).paused == 2 * HOUR
        assert story.clock(RESOLUTION, policy(nobody_pauses=True)).paused == HOUR

    def test_while_paused_nothing_is_due(self) -> None:
        story = Story("2026-03-02 09:00").asks("2026-03-02 10:00")
        clock = story.becomes("2026-03-02 10:00", "pending").clock(RESOLUTION)
        assert clock.state is ClockState.PAUSED
        assert (clock.due_at, clock.running_since, clock.consumed) == (None, None, HOUR)
        assert clock.state_at(when("2027-03-02 10:00")) is ClockState.PAUSED

    def test_a_pause_does_not_hide_a_miss(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-03 11:00", "pending")
        clock = story.clock(RESOLUTION)
        assert clock.state is ClockState.PAUSED
        assert clock.due_at == when("2026-03-02 17:00")
        assert clock.state_at(when("2026-03-03 12:00")) is ClockState.MISSED

    def test_after_a_pause_the_due_instant_moves(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 10:00", "pending")
            .becomes("2026-03-02 12:00", "open")
        )
        clock = story.clock(RESOLUTION)
        assert clock.state is ClockState.RUNNING
        assert clock.running_since == when("2026-03-02 12:00")
        assert (clock.consumed, clock.paused) == (HOUR, 2 * HOUR)
        assert clock.due_at == when("2026-03-03 11:00")

    def test_a_missed_clock_is_due_when_the_target_ran_out(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 10:00", "pending")
            .becomes("2026-03-02 12:00", "open")
            .becomes("2026-03-03 12:10", "solved")
        )
        clock = story.clock(RESOLUTION)
        assert clock.state is ClockState.MISSED
        assert clock.consumed == 9 * HOUR + 10 * MINUTE
        assert clock.due_at == when("2026-03-03 11:00")

    def test_born_waiting_counts_nothing(self) -> None:
        story = Story("2026-03-02 09:00", status="pending")
        story.events = []
        clock = story.clock(RESOLUTION)
        assert (clock.state, clock.consumed) == (ClockState.PAUSED, 0)

    def test_solved_while_waiting(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 10:00", "pending")
            .becomes("2026-03-02 16:00", "solved")
        )
        clock = story.clock(RESOLUTION)
        assert (clock.consumed, clock.paused, clock.state) == (HOUR, 6 * HOUR, ClockState.MET)
        assert clock.due_at == when("2026-03-03 15:00")


class TestReopening:
    def story(self, reopened: str = "2026-03-03 09:00") -> Story:
        return (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 12:00", "solved")
            .becomes(reopened, "open")
        )

    def test_soon_continues_with_the_gap_left_out(self) -> None:
        clock = self.story().becomes("2026-03-03 11:00", "solved").clock(RESOLUTION)
        assert (clock.consumed, clock.paused, clock.round) == (5 * HOUR, 0, 1)
        assert clock.felt == 26 * HOUR
        assert clock.due_at == when("2026-03-03 14:00")

    def test_while_open_again_it_runs(self) -> None:
        clock = self.story().clock(RESOLUTION)
        assert (clock.state, clock.consumed) == (ClockState.RUNNING, 3 * HOUR)
        assert clock.due_at == when("2026-03-03 14:00")

    def test_with_the_gap_counted(self) -> None:
        story = self.story().becomes("2026-03-03 11:00", "solved")
        clock = story.clock(RESOLUTION, policy(reopen=Reopen.CONTINUE_WITH_GAP))
        assert (clock.consumed, clock.state) == (10 * HOUR, ClockState.MISSED)

    def test_late_is_a_new_cycle(self) -> None:
        # Five business days after Monday noon end on the next Monday at noon.
        kept = self.story("2026-03-09 12:00").rounds(RESOLUTION)
        assert [clock.round for clock in kept] == [1]
        cycles = self.story("2026-03-09 12:01").rounds(RESOLUTION)
        assert [(clock.round, clock.state) for clock in cycles] == [
            (1, ClockState.MET),
            (2, ClockState.RUNNING),
        ]
        assert cycles[1].started_at == when("2026-03-09 12:01")

    def test_without_a_limit_it_always_continues(self) -> None:
        rules = policy(reopen_within=Duration())
        assert len(self.story("2026-06-09 12:00").rounds(RESOLUTION, rules)) == 1

    def test_new_cycle_by_contract(self) -> None:
        rounds = self.story().rounds(RESOLUTION, policy(reopen=Reopen.NEW_CYCLE))
        assert [clock.state for clock in rounds] == [ClockState.MET, ClockState.RUNNING]

    def test_gaps_and_pauses_are_told_apart(self) -> None:
        story = (
            self.story()
            .becomes("2026-03-03 10:00", "pending")
            .becomes("2026-03-03 11:00", "open")
            .becomes("2026-03-03 12:00", "solved")
        )
        clock = story.clock(RESOLUTION)
        assert (clock.consumed, clock.paused) == (5 * HOUR, HOUR)

    def test_closing_after_solving_changes_nothing(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 12:00", "solved")
        before = story.clock(RESOLUTION)
        assert story.becomes("2026-03-05 12:00", "closed").clock(RESOLUTION) == before

    def test_a_contract_that_ends_at_closing(self) -> None:
        rules = policy(stop=ResolutionStop.CLOSED)
        story = Story("2026-03-02 09:00").becomes("2026-03-02 12:00", "solved")
        assert story.clock(RESOLUTION, rules).state is ClockState.RUNNING
        clock = story.becomes("2026-03-02 15:00", "closed").clock(RESOLUTION, rules)
        assert (clock.consumed, clock.stopped_at) == (6 * HOUR, when("2026-03-02 15:00"))

    def test_solved_and_opened_again_before_closing_never_stopped(self) -> None:
        rules = policy(stop=ResolutionStop.CLOSED)
        clock = self.story().becomes("2026-03-03 11:00", "closed").clock(RESOLUTION, rules)
        assert (clock.consumed, clock.round) == (10 * HOUR, 1)


class TestPriorityChange:
    def story(self) -> Story:
        """P3 (24 h) at 09:00, P2 (8 h) from 15:00 on, solved the next day at 12:00: 11 h."""
        return (
            Story("2026-03-02 09:00", "P3")
            .priority("2026-03-02 15:00", "P3", "P2")
            .becomes("2026-03-03 12:00", "solved")
        )

    @pytest.mark.parametrize(
        ("rule", "state", "consumed", "priority"),
        [
            (PriorityChange.FROM_CREATION, ClockState.MISSED, 11 * HOUR, "P2"),
            (PriorityChange.FROM_CHANGE, ClockState.MET, 5 * HOUR, "P2"),
            (PriorityChange.AT_CREATION, ClockState.MET, 11 * HOUR, "P3"),
            (PriorityChange.WORST, ClockState.MISSED, 11 * HOUR, "P2"),
        ],
    )
    def test_each_rule(
        self, rule: PriorityChange, state: ClockState, consumed: int, priority: str
    ) -> None:
        clock = self.story().clock(RESOLUTION, policy(priority_change=rule))
        assert (clock.state, clock.consumed, clock.priority) == (state, consumed, priority)
        assert clock.started_at == when("2026-03-02 09:00")

    def test_pauses_before_the_change_are_kept(self) -> None:
        story = (
            Story("2026-03-02 09:00", "P3")
            .becomes("2026-03-02 10:00", "pending")
            .becomes("2026-03-02 14:00", "open")
            .priority("2026-03-02 15:00", "P3", "P2")
            .becomes("2026-03-03 12:00", "solved")
        )
        clock = story.clock(RESOLUTION)
        assert (clock.consumed, clock.state) == (7 * HOUR, ClockState.MET)

    def test_a_breach_survives_a_downgrade(self) -> None:
        story = (
            Story("2026-03-02 09:00", "P2")
            .priority("2026-03-03 10:00", "P2", "P3")
            .becomes("2026-03-03 12:00", "solved")
        )
        clock = story.clock(RESOLUTION)
        assert (clock.state, clock.reason) == (ClockState.MISSED, "breached_before_change")
        assert (clock.priority, clock.target) == ("P2", 8 * HOUR)
        assert clock.due_at == when("2026-03-02 17:00")
        recounted = story.clock(RESOLUTION, policy(breach_survives_downgrade=False))
        assert (recounted.state, recounted.priority) == (ClockState.MET, "P3")

    def test_a_breach_survives_while_the_ticket_is_open(self) -> None:
        story = Story("2026-03-02 09:00", "P2").priority("2026-03-03 10:00", "P2", "P3")
        assert story.clock(RESOLUTION).state_at(when("2026-03-03 10:01")) is ClockState.MISSED

    def test_a_downgrade_in_time_is_no_breach(self) -> None:
        story = (
            Story("2026-03-02 09:00", "P2")
            .priority("2026-03-02 10:00", "P2", "P3")
            .becomes("2026-03-03 12:00", "solved")
        )
        assert story.clock(RESOLUTION).state is ClockState.MET

    def test_a_change_after_the_response_does_not_touch_it(self) -> None:
        story = Story("2026-03-02 09:00", "P3").says("2026-03-02 12:00")
        story.priority("2026-03-02 13:00", "P3", "P2")
        assert story.clock(Obligation.FIRST_RESPONSE).priority == "P3"
        assert story.clock(RESOLUTION).priority == "P2"

    def test_the_calendar_changes_with_the_priority(self) -> None:
        story = Story("2026-03-02 15:00", "P2").priority("2026-03-02 16:00", "P2", "P1")
        clock = story.becomes("2026-03-02 18:00", "solved").clock(RESOLUTION)
        assert (clock.calendar, clock.consumed) == ("24x7", 3 * HOUR)

    def test_no_priority_at_first(self) -> None:
        story = Story("2026-03-02 09:00", "P2").priority("2026-03-02 10:00", "", "P2")
        clock = story.becomes("2026-03-02 12:00", "solved").clock(RESOLUTION)
        assert (clock.priority, clock.consumed) == ("P2", 3 * HOUR)


class TestNotJudged:
    def states(self, story: Story) -> set[tuple[ClockState, str]]:
        return {(clock.state, clock.reason) for clock in story.fold().clocks}

    def test_cancelled(self) -> None:
        story = Story("2026-03-02 09:00").says("2026-03-02 09:30")
        story.becomes("2026-03-02 10:00", "cancelled").becomes("2026-03-03 10:00", "closed")
        assert self.states(story) == {(ClockState.EXCLUDED, "cancelled")}
        assert story.clock(RESOLUTION).stopped_at == when("2026-03-02 10:00")

    def test_merged_by_event(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "closed")
        story.add("2026-03-02 10:00", EventKind.MERGED, Side.PROVIDER, value="2")
        assert self.states(story) == {(ClockState.EXCLUDED, "merged")}

    def test_merged_by_word_of_the_ticket(self) -> None:
        for more in ({"merged_into": "2"}, {"tags": ("printer", "closed_by_merge")}):
            story = Story("2026-03-02 09:00", **more).says("2026-03-02 09:30")
            assert self.states(story) == {(ClockState.EXCLUDED, "merged")}
            assert story.fold().standing.finished_at == when("2026-03-02 09:30")

    def test_deleted(self) -> None:
        story = Story("2026-03-02 09:00", deleted=True).says("2026-03-02 09:30")
        assert self.states(story) == {(ClockState.EXCLUDED, "deleted")}
        assert story.fold().standing.court is Side.NOBODY

    def test_cancelled_and_taken_up_again_is_judged(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "cancelled")
        story.becomes("2026-03-02 11:00", "open").becomes("2026-03-02 12:00", "solved")
        assert story.clock(RESOLUTION).state is ClockState.MET

    def test_an_earlier_cycle_stays_judged_when_a_later_one_is_cancelled(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 12:00", "solved")
        story.becomes("2026-06-02 12:00", "open").becomes("2026-06-02 13:00", "cancelled")
        assert [clock.state for clock in story.rounds(RESOLUTION)] == [
            ClockState.MET,
            ClockState.EXCLUDED,
        ]

    def test_no_target(self) -> None:
        story = Story("2026-03-02 09:00", None)
        running = story.clock(RESOLUTION)
        assert (running.state, running.due_at, running.priority) == (ClockState.RUNNING, None, "")
        stopped = story.becomes("2026-03-02 12:00", "solved").clock(RESOLUTION)
        assert (stopped.state, stopped.reason) == (ClockState.EXCLUDED, "no_target")
        assert (stopped.consumed, stopped.felt) == (3 * HOUR, 3 * HOUR)


def test_client_wait_is_told_whether_it_paused_or_not() -> None:
    story = (
        Story("2026-03-02 09:00")
        .asks("2026-03-02 10:00")
        .becomes("2026-03-02 10:00", "pending")
        .client("2026-03-02 12:00")
        .becomes("2026-03-02 12:00", "open")
        .becomes("2026-03-02 13:00", "solved")
    )
    assert story.clock(RESOLUTION).client_wait == 2 * HOUR
    unpaused = story.clock(RESOLUTION, policy(pause=Pause.NONE))
    assert (unpaused.paused, unpaused.client_wait) == (0, 2 * HOUR)


def test_a_calendar_that_is_not_there_is_named() -> None:
    broken = replace(POLICY, calendars={})
    with pytest.raises(KeyError, match="office"):
        Story("2026-03-02 09:00").fold(broken)
