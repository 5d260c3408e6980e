from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from engine_samples import POLICY, Story, policy, when

from engagewatch.engine.fold import Folder
from engagewatch.engine.relief import ButFor, Miss, Standing, notices_of, standing_of
from engagewatch.model.clock import Obligation
from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.instants import HOUR
from engagewatch.model.policy import Pause, Policy, Relief

NOW = "2026-03-06 17:00"


def misses(story: Story, under: Policy) -> dict[Obligation, Miss]:
    found = Folder(under).misses(story.ticket, story.events, when(NOW))
    return {miss.clock.obligation: miss for miss in found}


def week_of_silence() -> Story:
    """An eight-hour promise: two hours of work, six of ours, three more of work, all in a day."""
    story = Story("2026-03-02 09:00").says("2026-03-02 09:30").asks("2026-03-02 11:00")
    return story.client("2026-03-02 17:00").becomes("2026-03-03 12:00", "solved")


def test_a_miss_that_our_silence_explains_would_have_been_met() -> None:
    # 09-17 and 09-12 are 11 hours of 8; the question stood open for 6 of them.
    miss = misses(week_of_silence(), policy(pause=Pause.CLAIMED))[Obligation.RESOLUTION]
    assert (miss.consumed, miss.without_us) == (11 * HOUR, 5 * HOUR)
    assert miss.outcome is ButFor.MET


def test_a_miss_that_is_too_long_without_us_as_well_stands() -> None:
    story = Story("2026-03-02 09:00").says("2026-03-02 09:30").asks("2026-03-02 15:00")
    story.client("2026-03-02 16:00").becomes("2026-03-03 16:00", "solved")
    miss = misses(story, POLICY)[Obligation.RESOLUTION]
    assert (miss.consumed, miss.without_us) == (15 * HOUR, 14 * HOUR)
    assert miss.outcome is ButFor.MISSED


def test_exactly_on_target_without_us_is_met_unless_the_contract_says_otherwise() -> None:
    story = Story("2026-03-02 09:00").says("2026-03-02 09:30").asks("2026-03-02 15:00")
    story.client("2026-03-02 16:00").becomes("2026-03-03 10:00", "solved")
    assert misses(story, POLICY)[Obligation.RESOLUTION].outcome is ButFor.MET
    strict = policy(exactly_on_target_is_met=False)
    assert misses(story, strict)[Obligation.RESOLUTION].outcome is ButFor.MISSED


def test_what_the_contract_paused_already_is_not_taken_off_twice() -> None:
    story = Story("2026-03-02 09:00").says("2026-03-02 09:30").asks("2026-03-02 11:00")
    story.becomes("2026-03-02 11:00", "pending").client("2026-03-02 13:00")
    story.becomes("2026-03-02 13:00", "open").becomes("2026-03-03 13:00", "solved")
    miss = misses(story, POLICY)[Obligation.RESOLUTION]
    assert (miss.consumed, miss.without_us) == (10 * HOUR, 10 * HOUR)
    assert miss.outcome is ButFor.MISSED


def test_notice_bears_on_contracts_that_require_it_alone() -> None:
    due, late = date(2026, 3, 17), date(2026, 3, 18)
    required = Relief.NOTICE_REQUIRED
    assert standing_of(required, due, due) is Standing.NOTICE_GIVEN
    assert standing_of(required, late, due) is Standing.NOTICE_LATE
    assert standing_of(required, late, None) is Standing.NOTICE_GIVEN
    assert standing_of(required, None, due) is Standing.NOTICE_MISSING
    assert standing_of(Relief.NONE, due, due) is Standing.NOT_GRANTED
    assert standing_of(Relief.AUTOMATIC_PAUSE, late, due) is Standing.GRANTED


def test_of_notices_the_last_entry_counts() -> None:
    def entry(subject: str, **values: Value) -> Entry:
        return Entry(subject, "northwind", 0, EntryKind.RELIEF_NOTICE, subject, values)

    told = [
        entry("a", on="2026-03-10"), entry("b", on="2026-03-11"), entry("a", on="2026-03-12"),
        entry("b", on=None), entry("c", on="soon"), entry("d"),
    ]  # fmt: skip
    assert notices_of(told) == {"a": date(2026, 3, 12)}


def test_an_open_ticket_is_tested_as_of_now() -> None:
    story = Story("2026-03-05 09:00").says("2026-03-05 09:30").asks("2026-03-05 11:00")
    story.client("2026-03-06 16:00")
    miss = misses(story, POLICY)[Obligation.RESOLUTION]
    assert (miss.consumed, miss.without_us) == (16 * HOUR, 3 * HOUR)
    assert miss.outcome is ButFor.MET


def test_a_first_response_that_may_not_pause_is_not_excused() -> None:
    story = Story("2026-03-02 09:00").says("2026-03-03 10:00", asks=True)
    story.client("2026-03-03 11:00").becomes("2026-03-03 11:30", "solved")
    assert misses(story, POLICY)[Obligation.FIRST_RESPONSE].outcome is ButFor.MISSED


def test_without_messages_nobody_can_tell() -> None:
    unseen = replace(POLICY, has_messages=False)
    miss = misses(week_of_silence(), unseen)[Obligation.RESOLUTION]
    assert (miss.without_us, miss.outcome) == (None, ButFor.CANNOT_TELL)


def test_what_was_met_is_no_miss() -> None:
    story = Story("2026-03-02 09:00").says("2026-03-02 09:30").becomes("2026-03-02 10:00", "solved")
    assert misses(story, POLICY) == {}


@pytest.mark.parametrize(
    ("relief", "standing"),
    [
        (Relief.NONE, Standing.NOT_GRANTED),
        (Relief.AUTOMATIC_PAUSE, Standing.GRANTED),
        (Relief.NOTICE_REQUIRED, Standing.NOTICE_MISSING),
    ],
)
def test_what_a_candidate_is_worth_is_for_the_contract_to_say(
    relief: Relief, standing: Standing
) -> None:
    assert standing_of(relief) is standing
