"""The client's own duties: replies and approvals, held against the same clocks."""

from __future__ import annotations

from dataclasses import replace

from engine_samples import POLICY, Story, when

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.policy import Duration
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind

REPLY = Obligation.REPLY
APPROVAL = Obligation.APPROVAL
SURVEY = Obligation.SURVEY
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

    def test_it_is_held_by_whoever_was_asked(self) -> None:
        story = (
            Story("2026-03-02 09:00")
            .add("2026-03-02 10:00", REQUESTED, value="okafor")
            .add("2026-03-02 11:00", REQUESTED, value="lee")
            .add("2026-03-02 12:00", REQUESTED)
            .add("2026-03-02 13:00", DECIDED, value="lee")
        )
        clocks = story.rounds(APPROVAL)
        assert [(clock.round, clock.owner, clock.is_open) for clock in clocks] == [
            (1, "okafor", True),
            (2, "lee", False),
            (3, None, True),
        ]
        ended = story.becomes("2026-03-02 14:00", "solved").rounds(APPROVAL)
        assert [clock.owner for clock in ended] == ["okafor", "lee", None]

    def test_withdrawn_when_the_ticket_ends(self) -> None:
        story = Story("2026-03-02 09:00").add("2026-03-02 10:00", REQUESTED)
        clock = story.becomes("2026-03-02 12:00", "solved").clock(APPROVAL)
        assert (clock.state, clock.reason) == (ClockState.EXCLUDED, "withdrawn")


SURVEYED = EventKind.SURVEYED
RATED = EventKind.RATED
FIVE_DAYS = replace(
    POLICY,
    participation=replace(POLICY.participation, survey_within=Duration(business_days=5)),
)


class TestSurvey:
    @staticmethod
    def asked(at: str = "2026-03-02 13:00") -> Story:
        return Story("2026-03-02 09:00").becomes("2026-03-02 12:00", "solved").add(at, SURVEYED)

    def test_runs_from_the_request_to_the_rating(self) -> None:
        clock = self.asked().clock(SURVEY, FIVE_DAYS)
        assert (clock.state, clock.due_at) == (ClockState.RUNNING, when("2026-03-09 13:00"))
        assert (clock.ledger, clock.owner, clock.calendar) == (Side.CLIENT, "client-1", "office")
        rated = self.asked().add("2026-03-03 09:00", RATED, Side.CLIENT, value="good")
        assert rated.clock(SURVEY, FIVE_DAYS).state is ClockState.MET
        assert rated.clock(SURVEY, FIVE_DAYS).consumed == 4 * HOUR
        late = self.asked().add("2026-03-09 13:01", RATED, Side.CLIENT, value="good")
        assert late.clock(SURVEY, FIVE_DAYS).state is ClockState.MISSED

    def test_without_a_target_it_is_shown_but_not_judged(self) -> None:
        clock = self.asked().clock(SURVEY)
        assert (clock.state, clock.target, clock.due_at) == (ClockState.RUNNING, None, None)
        rated = self.asked().add("2026-03-30 09:00", RATED, Side.CLIENT, value="good")
        assert rated.clock(SURVEY).reason == "no_target"

    def test_asking_again_does_not_restart_it_but_a_rating_ends_a_round(self) -> None:
        story = self.asked().add("2026-03-03 13:00", SURVEYED)
        assert story.clock(SURVEY, FIVE_DAYS).started_at == when("2026-03-02 13:00")
        story.add("2026-03-04 09:00", RATED).add("2026-03-05 09:00", SURVEYED)
        assert [clock.state for clock in story.rounds(SURVEY, FIVE_DAYS)] == [
            ClockState.MET,
            ClockState.RUNNING,
        ]

    def test_a_rating_nobody_asked_for_fulfils_no_duty(self) -> None:
        assert Story("2026-03-02 09:00").add("2026-03-02 10:00", RATED).rounds(SURVEY) == []

    def test_asked_and_rated_at_one_instant(self) -> None:
        story = Story("2026-03-02 09:00").add("2026-03-02 10:00", RATED)
        clock = story.add("2026-03-02 10:00", SURVEYED).clock(SURVEY, FIVE_DAYS)
        assert (clock.state, clock.consumed) == (ClockState.MET, 0)

    def test_a_deleted_ticket_withdraws_it(self) -> None:
        story = self.asked()
        story.ticket = replace(story.ticket, deleted=True)
        clock = story.clock(SURVEY, FIVE_DAYS)
        assert (clock.state, clock.reason, clock.felt) == (ClockState.EXCLUDED, "deleted", 0)

    def test_it_keeps_no_ticket_open(self) -> None:
        standing = self.asked().fold(FIVE_DAYS).standing
        assert standing.finished_at == when("2026-03-02 12:00")
        assert standing.court is Side.NOBODY
