"""Sources that show little: a verdict only where no reading of the gaps would change it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_samples import POLICY, Story, policy, when

from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.instants import HOUR
from engagewatch.model.policy import Pause, Policy
from engagewatch.model.ticket import EventKind

RESOLUTION = Obligation.RESOLUTION
SEEN = EventKind.OBSERVED
POLLED = replace(POLICY, has_messages=False, has_history=False)


def polled(**rules: object) -> Policy:
    return replace(policy(**rules), has_messages=False, has_history=False)


def table_row(solved: str) -> Story:
    """A ticket of which only creation and resolution are known."""
    story = Story("2026-03-02 09:00").becomes(solved, "solved")
    story.events = [event for event in story.events if event.kind is not EventKind.OPENED]
    return story


def seen(*sights: tuple[str, str]) -> Story:
    story = Story("2026-03-02 09:00", status=sights[-1][1])
    story.events = []
    for at, status in sights:
        story.add(at, SEEN, value=status)
    story.ticket = replace(story.ticket, updated_at=when(sights[-1][0]))
    return story


class TestOneRowPerTicket:
    def test_fast_enough_even_if_nothing_was_paused_is_met(self) -> None:
        assert table_row("2026-03-02 17:00").clock(RESOLUTION, POLLED).state is ClockState.MET

    def test_slow_may_have_been_paused(self) -> None:
        clock = table_row("2026-03-03 12:00").clock(RESOLUTION, POLLED)
        assert (clock.state, clock.reason) == (ClockState.UNKNOWN, "history_gap")
        assert (clock.consumed, clock.target) == (11 * HOUR, 8 * HOUR)

    def test_a_contract_without_pauses_leaves_no_doubt(self) -> None:
        clock = table_row("2026-03-03 12:00").clock(RESOLUTION, polled(pause=Pause.NONE))
        assert clock.state is ClockState.MISSED

    def test_the_response_is_exact(self) -> None:
        story = table_row("2026-03-03 12:00").says("2026-03-02 12:00")
        assert story.clock(Obligation.FIRST_RESPONSE, POLLED).state is ClockState.MISSED


class TestSights:
    def test_what_two_sights_agree_on_held_between_them(self) -> None:
        story = seen(
            ("2026-03-02 09:05", "open"),
            ("2026-03-03 12:00", "open"),
            ("2026-03-03 12:05", "solved"),
        )
        clock = story.clock(RESOLUTION, POLLED)
        assert clock.state is ClockState.MISSED

    def test_an_end_seen_late_may_have_been_in_time(self) -> None:
        story = seen(
            ("2026-03-02 09:05", "open"),
            ("2026-03-02 16:00", "open"),
            ("2026-03-03 12:00", "solved"),
        )
        for rules in ({}, {"pause": Pause.NONE}):
            clock = story.clock(RESOLUTION, polled(**rules))
            assert (clock.state, clock.reason) == (ClockState.UNKNOWN, "history_gap")

    def test_a_pause_seen_late_may_have_begun_early(self) -> None:
        def story(waiting_seen: str) -> Clock:
            return seen(
                ("2026-03-02 09:00", "open"),
                ("2026-03-02 16:00", "open"),
                (waiting_seen, "pending"),
                ("2026-03-04 09:00", "pending"),
                ("2026-03-04 09:30", "solved"),
            ).clock(RESOLUTION, POLLED)

        assert story("2026-03-02 16:30").state is ClockState.MET
        assert story("2026-03-03 12:00").state is ClockState.UNKNOWN

    def test_an_open_clock_is_late_only_when_that_is_certain(self) -> None:
        story = seen(("2026-03-02 15:00", "open"), ("2026-03-02 16:00", "open"))
        clock = story.clock(RESOLUTION, POLLED)
        # Until 15:00 nobody looked; it may have waited for the client all the time.
        assert (clock.state, clock.running_since) == (ClockState.RUNNING, when("2026-03-02 15:00"))
        assert clock.due_at == when("2026-03-03 15:00")

    def test_the_clients_reply_is_doubted_alike(self) -> None:
        def reply(first_seen: str, gone: str) -> Clock:
            return seen(
                ("2026-03-02 09:00", "open"),
                ("2026-03-02 10:00", "open"),
                (first_seen, "pending"),
                ("2026-03-02 13:00", "pending"),
                (gone, "open"),
            ).clock(Obligation.REPLY, POLLED)

        assert reply("2026-03-02 11:00", "2026-03-02 14:00").state is ClockState.MET
        assert reply("2026-03-02 11:00", "2026-03-02 14:01").state is ClockState.UNKNOWN
        assert reply("2026-03-02 11:00", "2026-03-03 09:00").state is ClockState.UNKNOWN

    def test_nothing_seen_after_creation(self) -> None:
        story = Story("2026-03-02 09:00", status="")
        story.events = []
        assert story.clock(RESOLUTION, POLLED).state is ClockState.RUNNING


class TestEvidenceUnseen:
    UNSEEN = replace(policy(pause=Pause.EVIDENCED), has_messages=False)

    def story(self, waited_until: str, solved: str) -> Story:
        return (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 10:00", "pending")
            .becomes(waited_until, "open")
            .becomes(solved, "solved")
        )

    @pytest.mark.parametrize(
        ("waited_until", "solved", "state"),
        [
            ("2026-03-02 12:00", "2026-03-02 17:00", ClockState.MET),
            ("2026-03-02 12:00", "2026-03-03 10:00", ClockState.UNKNOWN),
            ("2026-03-02 12:00", "2026-03-03 11:30", ClockState.MISSED),
        ],
    )
    def test_bounds(self, waited_until: str, solved: str, state: ClockState) -> None:
        clock = self.story(waited_until, solved).clock(RESOLUTION, self.UNSEEN)
        assert clock.state is state
        if state is ClockState.UNKNOWN:
            assert clock.reason == "pause_unseen"


class TestTheStatusATicketShows:
    """It is as old as the ticket's last change: what happened later is not undone by it."""

    @pytest.mark.parametrize("ended_at", ["2026-03-02 10:00", "2026-03-02 09:06"])
    @pytest.mark.parametrize("kind", [EventKind.STATUS_CHANGED, SEEN])
    def test_a_later_end_stands(self, kind: EventKind, ended_at: str) -> None:
        story = seen(("2026-03-02 09:05", "open")).add(ended_at, kind, value="cancelled")
        standing = story.fold(POLLED).standing
        assert (standing.finished_at, standing.reopened) == (when(ended_at), 0)

    @pytest.mark.parametrize("merged_at", ["2026-03-02 10:00", "2026-03-02 09:05"])
    def test_a_later_merge_stands(self, merged_at: str) -> None:
        story = seen(("2026-03-02 09:01", "open")).add(merged_at, EventKind.MERGED, value="2")
        changed_at = when("2026-03-02 09:05")
        story.ticket = replace(story.ticket, status="pending", updated_at=changed_at)
        standing = story.fold(POLLED).standing
        assert (standing.finished_at, standing.reopened) == (when(merged_at), 0)

    def test_a_later_message_says_nothing_of_the_status(self) -> None:
        story = seen(("2026-03-02 09:05", "open")).says("2026-03-02 12:00")
        story.ticket = replace(story.ticket, status="solved")
        assert story.fold(POLLED).standing.finished_at == when("2026-03-02 12:00")

    def test_one_that_came_back_is_open_again(self) -> None:
        story = seen(("2026-03-02 09:05", "open"), ("2026-03-02 10:00", "cancelled"))
        story.ticket = replace(story.ticket, status="open", updated_at=when("2026-03-02 11:00"))
        standing = story.fold(POLLED).standing
        assert (standing.finished_at, standing.reopened) == (None, 1)
