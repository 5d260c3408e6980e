"""The first response: the first public word of a human at the provider."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_samples import POLICY, Story, policy, when

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind

FIRST = Obligation.FIRST_RESPONSE


def test_a_public_answer_in_time_is_met() -> None:
    clock = Story("2026-03-02 10:00").says("2026-03-02 11:30").clock(FIRST)
    assert clock.state is ClockState.MET
    assert (clock.consumed, clock.target) == (90 * MINUTE, 2 * HOUR)
    assert clock.due_at == when("2026-03-02 12:00")
    assert clock.felt == 90 * MINUTE
    assert (clock.calendar, clock.priority, clock.owner) == ("office", "P2", "agent-1")


def test_exactly_on_target_is_met_and_a_second_later_is_missed() -> None:
    assert Story("2026-03-02 10:00").says("2026-03-02 12:00").clock(FIRST).state is ClockState.MET
    late = Story("2026-03-02 10:00").says("2026-03-02 12:00:01").clock(FIRST)
    assert late.state is ClockState.MISSED
    assert late.due_at == when("2026-03-02 12:00")


def test_judged_by_what_was_consumed_not_by_comparing_instants() -> None:
    # Two hours are used up at Monday's closing time; a word at Tuesday's opening took no longer.
    clock = Story("2026-03-02 15:00").says("2026-03-03 09:00").clock(FIRST)
    assert clock.state is ClockState.MET
    assert clock.due_at == when("2026-03-02 17:00")


def test_a_ticket_opened_at_night_starts_at_the_next_opening() -> None:
    clock = Story("2026-03-02 22:00").says("2026-03-03 09:30").clock(FIRST)
    assert clock.consumed == 30 * MINUTE
    assert clock.started_at == when("2026-03-02 22:00")


def test_an_unanswered_ticket_runs_with_its_due_instant() -> None:
    clock = Story("2026-03-02 16:00").clock(FIRST)
    assert clock.state is ClockState.RUNNING
    assert clock.due_at == when("2026-03-03 10:00")
    assert clock.running_since == when("2026-03-02 16:00")
    assert clock.state_at(when("2026-03-03 10:00")) is ClockState.RUNNING
    assert clock.state_at(when("2026-03-03 10:01")) is ClockState.MISSED


def test_what_is_no_response() -> None:
    story = (
        Story("2026-03-02 10:00")
        .says("2026-03-02 10:01", automatic=True)
        .add("2026-03-02 10:02", EventKind.ASSIGNED, Side.PROVIDER, value="agent-1")
        .add("2026-03-02 10:03", EventKind.NOTED, Side.PROVIDER)
        .becomes("2026-03-02 10:04", "open")
        .client("2026-03-02 10:05")
        .says("2026-03-02 10:06", side=Side.THIRD_PARTY)
    )
    assert story.clock(FIRST).state is ClockState.RUNNING
    assert story.says("2026-03-02 11:00").clock(FIRST).consumed == HOUR


@pytest.mark.parametrize(
    ("rule", "minute"),
    [
        ("responses_by_automation", 1),
        ("assignment_is_response", 2),
        ("internal_note_is_response", 3),
        ("status_change_is_response", 4),
    ],
)
def test_the_contract_may_let_other_things_count(rule: str, minute: int) -> None:
    story = (
        Story("2026-03-02 10:00")
        .says("2026-03-02 10:01", automatic=True)
        .add("2026-03-02 10:02", EventKind.ASSIGNED, Side.PROVIDER, value="agent-1")
        .add("2026-03-02 10:03", EventKind.NOTED, Side.PROVIDER)
        .becomes("2026-03-02 10:04", "open")
    )
    assert story.clock(FIRST, policy(**{rule: True})).consumed == minute * MINUTE


def test_a_status_changed_by_the_client_is_no_response() -> None:
    story = Story("2026-03-02 10:00").becomes("2026-03-02 10:04", "open", Side.CLIENT)
    rules = policy(status_change_is_response=True)
    assert story.clock(FIRST, rules).state is ClockState.RUNNING


def test_authors_named_as_automatic_do_not_respond() -> None:
    story = (
        Story("2026-03-02 10:00")
        .says("2026-03-02 10:01", actor="Robot@Desk.example")
        .says("2026-03-02 10:30", actor="agent-1")
    )
    rules = policy(auto_reply_authors=("robot@desk.example",))
    assert story.clock(FIRST, rules).consumed == 30 * MINUTE
    assert story.fold(rules).standing.last_provider_word == when("2026-03-02 10:30")


def test_messages_right_after_creation_may_count_as_automatic() -> None:
    story = Story("2026-03-02 10:00").says("2026-03-02 10:00:30").says("2026-03-02 10:40")
    assert story.clock(FIRST).consumed == 30
    assert story.clock(FIRST, policy(auto_reply_within=60)).consumed == 40 * MINUTE


def test_a_ticket_the_provider_opened_owes_no_first_response() -> None:
    story = Story("2026-03-02 10:00", opened_by=Side.PROVIDER).says("2026-03-02 10:00")
    clock = story.clock(FIRST)
    assert (clock.state, clock.reason) == (ClockState.EXCLUDED, "opened_by_provider")
    rules = policy(agent_opened_has_first_response=True)
    # Its own opening message does not answer it, the second one does.
    assert story.clock(FIRST, rules).state is ClockState.RUNNING
    assert story.says("2026-03-02 11:00").clock(FIRST, rules).consumed == HOUR


def test_waiting_does_not_pause_it_unless_the_contract_says_so() -> None:
    story = (
        Story("2026-03-02 10:00")
        .becomes("2026-03-02 10:30", "pending")
        .becomes("2026-03-02 12:30", "open")
        .says("2026-03-02 13:00")
    )
    assert story.clock(FIRST).state is ClockState.MISSED
    pausing = story.clock(FIRST, policy(first_response_pauses=True))
    assert (pausing.state, pausing.consumed, pausing.paused) == (ClockState.MET, HOUR, 2 * HOUR)


def test_a_changed_priority_brings_no_pause_into_it() -> None:
    story = (
        Story("2026-03-02 09:00", "P3")
        .becomes("2026-03-02 09:10", "pending")
        .becomes("2026-03-02 11:00", "open")
        .priority("2026-03-02 11:30", "P3", "P2")
        .says("2026-03-02 12:00")
    )
    clock = story.clock(FIRST)
    assert (clock.consumed, clock.paused, clock.state) == (3 * HOUR, 0, ClockState.MISSED)


def test_finished_without_a_word() -> None:
    quick = Story("2026-03-02 10:00").becomes("2026-03-02 11:00", "solved").clock(FIRST)
    assert (quick.state, quick.reason) == (ClockState.EXCLUDED, "finished_unanswered")
    slow = Story("2026-03-02 10:00").becomes("2026-03-02 13:00", "solved").clock(FIRST)
    assert (slow.state, slow.reason) == (ClockState.MISSED, "finished_unanswered")
    assert slow.stopped_at == when("2026-03-02 13:00")


def test_a_source_without_messages_shows_no_response_it_could_not_see() -> None:
    unseen = replace(POLICY, has_messages=False)
    story = Story("2026-03-02 10:00").becomes("2026-03-02 16:00", "solved")
    assert story.rounds(FIRST, unseen) == []
    # An explicit response, and a contract that lets an assignment count, can be seen.
    answered = Story("2026-03-02 10:00").says("2026-03-02 10:20")
    assert answered.clock(FIRST, unseen).consumed == 20 * MINUTE
    assigning = replace(unseen, rules=replace(unseen.rules, assignment_is_response=True))
    assert Story("2026-03-02 10:00").clock(FIRST, assigning).state is ClockState.RUNNING


def test_a_priority_without_a_level_is_measured_but_not_judged() -> None:
    clock = Story("2026-03-02 10:00", "Planning").says("2026-03-02 11:00").clock(FIRST)
    assert (clock.state, clock.reason) == (ClockState.EXCLUDED, "no_target")
    assert (clock.target, clock.due_at, clock.consumed) == (None, None, HOUR)
    assert clock.priority == "Planning"


def test_a_priority_is_matched_without_case_and_by_the_providers_names() -> None:
    levels = tuple(replace(row, matches=("Urgent",)) for row in POLICY.service_levels[:1])
    named = replace(POLICY, service_levels=levels)
    assert Story("2026-03-02 10:00", "URGENT").clock(FIRST, named).priority == "P1"
    assert Story("2026-03-02 10:00", "p1").clock(FIRST, named).target == 15 * MINUTE
