"""The client's own duties: replies and approvals, held against the same clocks."""

from __future__ import annotations

from dataclasses import replace

from engine_samples import POLICY, Story, when

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind

REPLY = Obligation.REPLY
APPROVAL = Obligation.APPROVAL
REQUESTED = EventKind.APPROVAL_REQUESTED
DECIDED = EventKind.APPROVAL_DECIDED


class TestReply:
    def test_a_question_is_open_until_the_client_answers(self) -> None:
        story = Story("2026-03-02 09:00").asks("2026-03-02 10:00")
        clock = story.clock(REPLY)
        assert (clock.state, clock.due_at) == (ClockState.RUNNING, when("2026-03-02 14:00"))
        assert (clock.ledger, clock.owner) == (Side.CLIENT, "client-1")
        answered = story.client("2026-03-02 15:00").clock(REPLY)
        assert (answered.state, answered.consumed) == (ClockState.MISSED, 5 * HOUR)

    def test_a_message_followed_by_waiting_is_a_question(self) -> None:
        story = Story("2026-03-02 09:00").says("2026-03-02 10:00")
        story.becomes("2026-03-02 10:10", "pending")
        assert story.clock(REPLY).started_at == when("2026-03-02 10:00")

    def test_waiting_much_later_makes_no_question_of_it(self) -> None:
        story = Story("2026-03-02 09:00").says("2026-03-02 10:00")
        story.becomes("2026-03-02 10:10:01", "pending")
        assert story.rounds(REPLY) == []

    def test_waiting_without_a_question_obliges_nobody(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
        assert story.rounds(REPLY) == []
        assert story.fold().standing.court is Side.CLIENT

    def test_an_automatic_question_obliges_nobody(self) -> None:
        story = Story("2026-03-02 09:00").says("2026-03-02 10:00", asks=True, automatic=True)
        assert story.rounds(REPLY) == []

    def test_asking_again_does_not_restart_it(self) -> None:
        story = Story("2026-03-02 09:00").asks("2026-03-02 10:00").asks("2026-03-02 12:00")
        assert story.clock(REPLY).started_at == when("2026-03-02 10:00")

    def test_rounds(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .asks("2026-03-02 10:00")
            .client("2026-03-02 11:00")
            .asks("2026-03-02 12:00")
        )
        assert [(clock.round, clock.state) for clock in story.rounds(REPLY)] == [
            (1, ClockState.MET),
            (2, ClockState.RUNNING),
        ]

    def test_withdrawn_when_the_provider_goes_on_without_an_answer(self) -> None:
        def asked() -> Story:
            story = Story("2026-03-02 09:00").asks("2026-03-02 10:00")
            return story.becomes("2026-03-02 10:00", "pending")

        for status in ("open", "solved"):
            soon = asked().becomes("2026-03-02 12:00", status).clock(REPLY)
            assert (soon.state, soon.reason) == (ClockState.EXCLUDED, "withdrawn")
            late = asked().becomes("2026-03-02 15:00", status).clock(REPLY)
            assert (late.state, late.reason) == (ClockState.MISSED, "withdrawn")

    def test_a_status_the_client_changes_is_an_answer(self) -> None:
        story = Story("2026-03-02 09:00").asks("2026-03-02 10:00")
        story.becomes("2026-03-02 10:00", "pending")
        assert story.becomes("2026-03-02 12:00", "open", Side.CLIENT).clock(REPLY).state is (
            ClockState.MET
        )

    def test_a_parting_question_in_the_closing_message_is_not_counted(self) -> None:
        story = Story("2026-03-02 09:00").asks("2026-03-02 10:00")
        assert story.becomes("2026-03-02 10:00", "solved").rounds(REPLY) == []

    def test_without_messages_the_status_tells(self) -> None:
        unseen = replace(POLICY, has_messages=False)
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
        assert story.clock(REPLY, unseen).due_at == when("2026-03-02 14:00")
        story.becomes("2026-03-02 12:00", "open")
        assert story.clock(REPLY, unseen).state is ClockState.MET
        assert story.fold(unseen).standing.evidenced_wait is None

    def test_the_target_goes_by_priority(self) -> None:
        urgent = Story("2026-03-02 09:00", "P1").asks("2026-03-02 10:00").clock(REPLY)
        assert urgent.target == 30 * MINUTE
        other = Story("2026-03-02 09:00", "whatever").asks("2026-03-02 10:00").clock(REPLY)
        assert other.target == 4 * HOUR

    def test_a_priority_may_have_its_own_reply_calendar(self) -> None:
        levels = tuple(replace(row, reply_calendar="24x7") for row in POLICY.service_levels)
        night = replace(POLICY, service_levels=levels)
        clock = Story("2026-03-02 09:00", "P1").asks("2026-03-02 22:00").clock(REPLY, night)
        assert (clock.calendar, clock.due_at) == ("24x7", when("2026-03-02 22:30"))


class TestApproval:
    def test_from_request_to_decision(self) -> None:
        story = Story("2026-03-02 09:00").add("2026-03-02 10:00", REQUESTED, value="change-7")
        clock = story.clock(APPROVAL)
        assert (clock.state, clock.due_at) == (ClockState.RUNNING, when("2026-03-04 10:00"))
        story.add("2026-03-03 10:00", DECIDED, value="change-7")
        assert story.clock(APPROVAL).consumed == 8 * HOUR

    def test_decisions_find_their_requests(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .add("2026-03-02 10:00", REQUESTED, value="a")
            .add("2026-03-02 11:00", REQUESTED, value="b")
            .add("2026-03-02 12:00", DECIDED, value="b")
            .add("2026-03-02 14:00", DECIDED, value="approved", previous="a")
        )
        assert [clock.consumed for clock in story.rounds(APPROVAL)] == [4 * HOUR, HOUR]

    def test_a_decision_without_a_name_answers_the_oldest_request(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .add("2026-03-02 10:00", REQUESTED)
            .add("2026-03-02 11:00", REQUESTED)
            .add("2026-03-02 12:00", DECIDED, value="approved")
        )
        assert [clock.state for clock in story.rounds(APPROVAL)] == [
            ClockState.MET,
            ClockState.RUNNING,
        ]

    def test_a_decision_nobody_asked_for_is_ignored(self) -> None:
        story = Story("2026-03-02 09:00").add("2026-03-02 12:00", DECIDED, value="approved")
        assert story.rounds(APPROVAL) == []

    def test_withdrawn_when_the_ticket_ends(self) -> None:
        story = Story("2026-03-02 09:00").add("2026-03-02 10:00", REQUESTED)
        clock = story.becomes("2026-03-02 12:00", "solved").clock(APPROVAL)
        assert (clock.state, clock.reason) == (ClockState.EXCLUDED, "withdrawn")
