"""Whose court a ticket is in, and how its time divides up."""

from __future__ import annotations

from dataclasses import replace

from engine_samples import POLICY, Story, policy, when

from engagewatch.model.clock import CourtTime
from engagewatch.model.instants import HOUR
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind


def test_the_status_says_whose_court_it_is() -> None:
    story = (
        Story("2026-03-02 09:00")
        .becomes("2026-03-02 10:00", "pending")
        .becomes("2026-03-02 12:00", "supplier")
        .becomes("2026-03-02 15:00", "parked")
        .becomes("2026-03-02 19:00", "open")
    )
    standing = story.fold().standing
    assert (standing.court, standing.court_since) == (Side.PROVIDER, when("2026-03-02 19:00"))
    assert standing.elapsed == CourtTime(HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR)
    assert standing.business == CourtTime(HOUR, 2 * HOUR, 3 * HOUR, 2 * HOUR)


def test_the_clients_answer_moves_it_before_the_status_does() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
    story.client("2026-03-02 11:00")
    standing = story.fold().standing
    assert (standing.court, standing.court_since) == (Side.PROVIDER, when("2026-03-02 11:00"))
    by_status = story.fold(policy(resume_at_reply=False)).standing
    assert (by_status.court, by_status.court_since) == (Side.CLIENT, when("2026-03-02 10:00"))


def test_the_providers_word_moves_it_back_while_the_status_still_says_waiting() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
    story.client("2026-03-02 11:00").says("2026-03-02 12:00")
    assert story.fold().standing.court is Side.CLIENT


def test_a_pending_approval_is_in_the_clients_court() -> None:
    story = Story("2026-03-02 09:00").add("2026-03-02 10:00", EventKind.APPROVAL_REQUESTED)
    assert story.fold().standing.court is Side.CLIENT
    story.add("2026-03-02 12:00", EventKind.APPROVAL_DECIDED)
    standing = story.fold().standing
    assert standing.court is Side.PROVIDER
    assert standing.elapsed.client == 2 * HOUR


def test_a_finished_ticket_is_in_nobodys_court() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "solved")
    story.becomes("2026-03-06 10:00", "closed")
    standing = story.fold().standing
    assert (standing.court, standing.finished_at) == (Side.NOBODY, when("2026-03-02 10:00"))
    assert standing.court_since == when("2026-03-02 10:00")
    assert standing.elapsed.total == HOUR


def test_reopenings_are_counted() -> None:
    story = Story("2026-03-02 09:00")
    for hour in (10, 12, 14):
        story.becomes(f"2026-03-02 {hour}:00", "solved").becomes(
            f"2026-03-02 {hour + 1}:00", "open"
        )
    standing = story.fold().standing
    assert (standing.reopened, standing.finished_at) == (3, None)


def test_a_status_without_a_meaning_is_nobodys_and_named() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "Zen mode")
    standing = story.fold().standing
    assert (standing.court, standing.unmapped) == (Side.NOBODY, ("Zen mode",))


def test_statuses_are_matched_without_case() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "Pending")
    assert story.fold().standing.court is Side.CLIENT


def test_a_court_held_for_no_time_leaves_no_trace() -> None:
    story = (
        Story("2026-03-02 09:00")
        .becomes("2026-03-02 10:00", "pending")
        .becomes("2026-03-02 10:00", "open")
    )
    standing = story.fold().standing
    assert (standing.court, standing.court_since) == (Side.PROVIDER, when("2026-03-02 09:00"))


def test_words_are_remembered() -> None:
    story = Story("2026-03-02 09:00").says("2026-03-02 10:00").client("2026-03-02 11:00")
    standing = story.fold().standing
    assert standing.last_provider_word == when("2026-03-02 10:00")
    assert standing.last_client_word == when("2026-03-02 11:00")


def test_claimed_and_evidenced_waiting_differ() -> None:
    story = (
        Story("2026-03-02 09:00")
        .asks("2026-03-02 10:00")
        .becomes("2026-03-02 11:00", "pending")
        .client("2026-03-02 12:00")
        .becomes("2026-03-02 14:00", "open")
    )
    standing = story.becomes("2026-03-02 15:00", "supplier").fold().standing
    assert standing.claimed_wait == 3 * HOUR
    assert standing.evidenced_wait == 2 * HOUR


def test_the_status_at_creation_is_read_from_the_first_change() -> None:
    story = Story("2026-03-02 09:00", status="open")
    story.events = []
    story.add(
        "2026-03-02 11:00",
        EventKind.STATUS_CHANGED,
        Side.PROVIDER,
        value="open",
        previous="pending",
    )
    assert story.fold().standing.elapsed.client == 2 * HOUR


def test_a_finished_status_without_history_of_it_is_not_read_back_to_creation() -> None:
    story = Story("2026-03-02 09:00", status="solved")
    story.events = []
    assert story.fold(POLICY).standing.finished_at is None
    known = replace(POLICY, has_history=False)
    story.ticket = replace(story.ticket, updated_at=when("2026-03-02 11:00"))
    assert story.fold(known).standing.finished_at == when("2026-03-02 11:00")


def test_events_dated_before_the_creation_count_as_at_creation() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 08:00", "pending")
    standing = story.becomes("2026-03-02 10:00", "open").fold().standing
    assert standing.elapsed == CourtTime(client=HOUR)


def test_opened_and_finished_again_at_one_instant_never_came_back() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "solved")
    story.becomes("2026-03-02 12:00", "open").becomes("2026-03-02 12:00", "closed")
    standing = story.fold().standing
    assert (standing.reopened, standing.finished_at) == (0, when("2026-03-02 10:00"))
    assert standing.court_since == when("2026-03-02 10:00")


def test_parked_and_finished_are_both_nobodys_and_yet_two_spans() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "parked")
    standing = story.becomes("2026-03-02 12:00", "solved").fold().standing
    assert standing.court_since == standing.finished_at == when("2026-03-02 12:00")
    assert standing.elapsed == CourtTime(provider=HOUR, nobody=2 * HOUR)


def test_reopened_to_be_parked_and_finished_at_one_instant_never_came_back() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "solved")
    for status in ("parked", "solved"):
        story.becomes("2026-03-02 12:00", status)
    standing = story.fold().standing
    assert standing.court_since == standing.finished_at == when("2026-03-02 10:00")
