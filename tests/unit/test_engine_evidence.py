from __future__ import annotations

from dataclasses import replace

from engine_samples import POLICY, Story, when

from engagewatch.engine.evidence import Waits, seconds
from engagewatch.engine.fold import Folder
from engagewatch.model.instants import HOUR
from engagewatch.model.policy import Policy
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind

DAY = ("2026-03-02 00:00", "2026-03-03 00:00")


def waits(story: Story, under: Policy = POLICY, window: tuple[str, str] = DAY) -> Waits:
    start, end = map(when, window)
    return Folder(under).waits(story.ticket, story.events, start, end)


def hours_of(found: Waits) -> tuple[float, ...]:
    """Return claimed, evidenced, unasked, stale and uncredited time."""
    spans = (found.claimed, found.evidenced, found.unasked, found.stale, found.uncredited)
    return tuple(seconds(each) / HOUR for each in spans)


def test_a_pause_with_its_question_is_the_same_under_both_readings() -> None:
    story = Story("2026-03-02 09:00").asks("2026-03-02 10:00")
    story.becomes("2026-03-02 10:00", "pending").client("2026-03-02 13:00")
    story.becomes("2026-03-02 13:00", "open")
    assert hours_of(waits(story)) == (3, 3, 0, 0, 0)


def test_a_pause_without_a_question_is_unasked() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
    story.becomes("2026-03-02 14:00", "open")
    assert hours_of(waits(story)) == (4, 0, 4, 0, 0)


def test_a_pause_left_on_after_our_reply_is_stale() -> None:
    story = Story("2026-03-02 09:00").asks("2026-03-02 10:00")
    story.becomes("2026-03-02 10:00", "pending").client("2026-03-02 12:00")
    story.becomes("2026-03-02 17:00", "open")
    assert hours_of(waits(story)) == (7, 2, 0, 5, 0)


def test_a_new_question_ends_what_is_stale() -> None:
    story = Story("2026-03-02 09:00").asks("2026-03-02 10:00")
    story.becomes("2026-03-02 10:00", "pending").client("2026-03-02 12:00")
    story.asks("2026-03-02 15:00").client("2026-03-02 16:00").becomes("2026-03-02 18:00", "open")
    assert hours_of(waits(story)) == (8, 3, 0, 5, 0)


def test_our_silence_that_they_never_paused_for_counts_against_us() -> None:
    story = Story("2026-03-02 09:00").asks("2026-03-02 10:00").client("2026-03-02 16:00")
    assert hours_of(waits(story)) == (0, 6, 0, 0, 6)


def test_an_approval_is_a_question() -> None:
    story = Story("2026-03-02 09:00")
    story.add("2026-03-02 10:00", EventKind.APPROVAL_REQUESTED, Side.PROVIDER)
    story.becomes("2026-03-02 11:00", "pending")
    story.add("2026-03-02 15:00", EventKind.APPROVAL_DECIDED, Side.CLIENT, value="approved")
    story.becomes("2026-03-02 16:00", "open")
    assert hours_of(waits(story)) == (5, 5, 0, 1, 1)


def test_what_lasts_counts_to_the_end_of_the_window_and_only_what_is_in_it() -> None:
    story = Story("2026-03-01 09:00").asks("2026-03-01 10:00")
    story.becomes("2026-03-01 10:00", "pending")
    assert hours_of(waits(story)) == (24, 24, 0, 0, 0)
    assert hours_of(waits(story, window=("2026-02-01 00:00", "2026-03-01 00:00"))) == (0,) * 5


def test_where_messages_are_unseen_only_the_claim_is_known() -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
    story.becomes("2026-03-02 14:00", "open")
    found = waits(story, replace(POLICY, has_messages=False))
    assert seconds(found.claimed) == 4 * HOUR
    assert (found.evidenced, found.unasked, found.stale, found.uncredited) == (None,) * 4


def test_time_that_nobody_saw_is_in_no_reading() -> None:
    story = Story("2026-03-02 09:00", status="open")
    story.events.clear()
    story.add("2026-03-02 10:00", EventKind.OBSERVED, value="open")
    story.add("2026-03-02 12:00", EventKind.OBSERVED, value="pending")
    story.add("2026-03-02 15:00", EventKind.OBSERVED, value="pending")
    story.ticket = replace(story.ticket, status="pending", updated_at=when("2026-03-02 15:00"))
    found = waits(story, replace(POLICY, has_history=False), (DAY[0], "2026-03-02 15:00"))
    assert seconds(found.claimed) == 3 * HOUR
    assert seconds(found.unseen) >= 2 * HOUR
    assert all(
        until <= since or since >= when("2026-03-02 12:00") for since, until in found.claimed
    )
