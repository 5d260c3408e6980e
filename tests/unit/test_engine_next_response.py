"""Next responses and updates: every exchange is judged."""

from __future__ import annotations

from dataclasses import replace

from engine_samples import POLICY, Story, level, when

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.policy import Duration
from engagewatch.model.sides import Side

NEXT = Obligation.NEXT_RESPONSE
UPDATE = Obligation.UPDATE


def opened() -> Story:
    return Story("2026-03-02 09:00").says("2026-03-02 09:30")


def test_counts_from_the_oldest_unanswered_message() -> None:
    story = opened().client("2026-03-02 10:00").client("2026-03-02 11:00")
    clock = story.says("2026-03-02 12:00").clock(NEXT)
    assert (clock.consumed, clock.state) == (2 * HOUR, ClockState.MET)


def test_every_round_has_its_own_clock() -> None:
    story = (
        opened()
        .client("2026-03-02 10:00")
        .says("2026-03-02 10:30")
        .client("2026-03-02 11:00")
        .says("2026-03-02 16:00")
        .client("2026-03-02 16:30")
    )
    rounds = story.rounds(NEXT)
    assert [(clock.round, clock.state) for clock in rounds] == [
        (1, ClockState.MET),
        (2, ClockState.MISSED),
        (3, ClockState.RUNNING),
    ]
    assert rounds[2].due_at == when("2026-03-03 12:30")


def test_messages_before_the_first_response_belong_to_that() -> None:
    story = Story("2026-03-02 09:00").client("2026-03-02 09:00").client("2026-03-02 09:10")
    assert story.says("2026-03-02 09:30").rounds(NEXT) == []


def test_automatic_messages_neither_ask_nor_answer() -> None:
    story = opened().says("2026-03-02 10:00", Side.CLIENT, automatic=True)
    assert story.rounds(NEXT) == []
    story.client("2026-03-02 10:30").says("2026-03-02 10:31", automatic=True)
    assert story.clock(NEXT).state is ClockState.RUNNING


def test_finished_without_an_answer_is_missed_only_if_it_was_late() -> None:
    soon = opened().client("2026-03-02 10:00").becomes("2026-03-02 11:00", "solved").clock(NEXT)
    assert (soon.state, soon.reason) == (ClockState.EXCLUDED, "finished_unanswered")
    late = opened().client("2026-03-02 10:00").becomes("2026-03-02 15:00", "solved").clock(NEXT)
    assert (late.state, late.reason) == (ClockState.MISSED, "finished_unanswered")


def test_thanks_after_the_end_asks_for_nothing_until_the_ticket_is_reopened() -> None:
    story = opened().becomes("2026-03-02 11:00", "solved").client("2026-03-02 12:00")
    assert story.rounds(NEXT) == []
    story.becomes("2026-03-02 14:00", "open")
    assert story.clock(NEXT).started_at == when("2026-03-02 14:00")


def test_waiting_pauses_it_as_it_pauses_the_resolution() -> None:
    story = (
        opened()
        .client("2026-03-02 10:00")
        .becomes("2026-03-02 11:00", "pending")
        .becomes("2026-03-02 13:00", "open")
        .says("2026-03-02 14:00")
    )
    clock = story.clock(NEXT)
    assert (clock.consumed, clock.paused) == (2 * HOUR, 2 * HOUR)


def test_not_promised_means_not_timed() -> None:
    story = Story("2026-03-02 09:00").says("2026-03-02 09:30").client("2026-03-02 10:00")
    quiet = replace(POLICY, service_levels=(level("P2", resolution=Duration(8 * HOUR)),))
    assert story.rounds(NEXT, quiet) == []


def test_updates_are_due_from_word_to_word_until_the_end() -> None:
    regular = replace(
        POLICY, service_levels=(level("P2", resolution=Duration(8 * HOUR), update=Duration(HOUR)),)
    )
    story = (
        Story("2026-03-02 09:00")
        .says("2026-03-02 09:30")
        .says("2026-03-02 10:15")
        .says("2026-03-02 12:00")
        .becomes("2026-03-02 12:20", "solved")
    )
    rounds = story.rounds(UPDATE, regular)
    assert [(clock.consumed, clock.state) for clock in rounds] == [
        (45 * MINUTE, ClockState.MET),
        (105 * MINUTE, ClockState.MISSED),
        (20 * MINUTE, ClockState.EXCLUDED),
    ]
