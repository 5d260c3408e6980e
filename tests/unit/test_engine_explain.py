"""Explanations: every second accounted for, and one sentence that says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_samples import POLICY, Story, policy, when

from engagewatch.engine.explain import Account, Explanation
from engagewatch.engine.fold import Folder
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.policy import Pause, Policy, PriorityChange
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, EventKind

LATER = "2026-04-01 12:00"


def explained(story: Story, now: str = LATER, under: Policy = POLICY) -> Explanation:
    return Folder(under).explain(story.ticket, story.events, when(now))


def account(
    story: Story,
    obligation: Obligation = Obligation.RESOLUTION,
    now: str = LATER,
    under: Policy = POLICY,
) -> Account:
    found = [
        row for row in explained(story, now, under).accounts if row.clock.obligation is obligation
    ]
    assert len(found) == 1
    return found[0]


def waited() -> Story:
    """Asked at 10:00, waiting until the answer at 11:30, then worked on."""
    return (
        Story("2026-03-02 09:12", "P1")
        .asks("2026-03-02 10:00")
        .becomes("2026-03-02 10:00", "pending")
        .client("2026-03-02 11:30")
        .becomes("2026-03-02 11:35", "open")
    )


class TestSentences:
    def test_missed(self) -> None:
        story = waited().becomes("2026-03-02 16:52", "solved")
        assert account(story).sentence == (
            "Missed by 2h 10m: 4h allowed, 6h 10m counted between Mon 2 Mar 09:12 and "
            "Mon 2 Mar 16:52; a further 1h 30m was paused while waiting for the client."
        )

    def test_met(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 11:00", "solved")
        assert account(story).sentence == (
            "Met with 6h to spare: 8h allowed, 2h counted between Mon 2 Mar 09:00 and "
            "Mon 2 Mar 11:00."
        )

    def test_on_target(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 17:00", "solved")
        assert account(story).sentence.startswith("Met exactly on target: 8h allowed, 8h counted")

    def test_by_seconds(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-03 09:00:20", "solved")
        assert account(story).sentence.startswith(
            "Missed by 20s: 8h allowed, 8h 20s counted between"
        )

    def test_running(self) -> None:
        row = account(Story("2026-03-02 09:00"), now="2026-03-02 12:00")
        assert row.sentence == (
            "Running: 3h of 8h counted since Mon 2 Mar 09:00; due Mon 2 Mar 17:00."
        )

    def test_overdue(self) -> None:
        row = account(Story("2026-03-02 09:00"), now="2026-03-03 12:00")
        assert row.state is ClockState.MISSED
        assert row.sentence == (
            "Overdue by 3h: 8h allowed, 11h counted since Mon 2 Mar 09:00; "
            "it was due Mon 2 Mar 17:00."
        )

    def test_paused(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
        assert account(story).sentence == (
            "Paused while waiting for the client: 1h of 8h counted since Mon 2 Mar 09:00."
        )

    def test_overdue_and_standing_still(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-03 10:00", "pending")
        assert "stands still at present, which does not undo that" in account(story).sentence

    def test_not_judged(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "cancelled")
        assert account(story).sentence == "Not judged, because the ticket was cancelled."

    def test_without_a_target(self) -> None:
        story = Story("2026-03-02 09:00", "Planning").becomes("2026-03-02 11:00", "solved")
        assert account(story).sentence == (
            "2h counted between Mon 2 Mar 09:00 and Mon 2 Mar 11:00; "
            "the contract sets no target for this priority."
        )

    def test_missed_before_the_priority_changed(self) -> None:
        story = Story("2026-03-02 09:00").priority("2026-03-03 10:00", "P2", "P3")
        story.becomes("2026-03-03 12:00", "solved")
        assert account(story).sentence.endswith("; what P2 allowed was missed before that changed.")

    def test_withdrawn(self) -> None:
        story = waited().becomes("2026-03-02 16:52", "solved")
        story.events = [event for event in story.events if event.side is not Side.CLIENT]
        row = account(story, Obligation.REPLY)
        assert row.sentence.endswith("; the provider went on without an answer.")

    def test_cannot_tell(self) -> None:
        unseen = replace(policy(pause=Pause.EVIDENCED), has_messages=False)
        story = (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 10:00", "pending")
            .becomes("2026-03-02 12:00", "open")
            .becomes("2026-03-03 10:00", "solved")
        )
        row = account(story, under=unseen)
        assert (row.at_least, row.at_most) == (7 * HOUR, 9 * HOUR)
        assert row.sentence == (
            "Cannot tell, because the contract pauses for evidenced questions, and the source "
            "shows no messages: 8h allowed, between 7h and 9h counted between Mon 2 Mar 09:00 "
            "and Tue 3 Mar 10:00."
        )

    def test_the_ticket_is_told_by_its_last_resolution(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 12:00", "solved")
        assert explained(story).sentence.startswith("Met with 5h to spare")
        assert explained(story.becomes("2026-06-01 12:00", "open")).sentence.startswith("Running")


class TestSegments:
    def test_each_stretch_says_whether_it_counted(self) -> None:
        row = account(waited().becomes("2026-03-02 12:00", "solved"))
        assert [(s.from_at, s.until_at, s.counted, s.seconds, s.why) for s in row.segments] == [
            (when("2026-03-02 09:12"), when("2026-03-02 10:00"), True, 48 * MINUTE, "counted"),
            (
                when("2026-03-02 10:00"),
                when("2026-03-02 11:30"),
                False,
                90 * MINUTE,
                "paused while waiting for the client (status pending)",
            ),
            (when("2026-03-02 11:30"), when("2026-03-02 12:00"), True, 30 * MINUTE, "counted"),
        ]

    def test_nights_are_shown(self) -> None:
        row = account(Story("2026-03-02 16:00").becomes("2026-03-03 10:00", "solved"))
        assert [(s.counted, s.seconds, s.why) for s in row.segments] == [
            (True, HOUR, "counted"),
            (False, 0, "not counted: outside office hours"),
            (True, HOUR, "counted"),
        ]

    def test_a_long_stretch_is_not_cut_at_every_night(self) -> None:
        row = account(Story("2026-03-02 09:00").becomes("2026-03-30 17:00", "solved"))
        assert [segment.why for segment in row.segments] == ["counted within office hours"]

    @pytest.mark.parametrize(
        ("story", "under", "why"),
        [
            (
                Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "supplier"),
                policy(third_party_pauses=True),
                "paused while with a third party (status supplier)",
            ),
            (
                Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "parked"),
                policy(nobody_pauses=True),
                "paused while in nobody's court (status parked)",
            ),
            (
                Story("2026-03-02 09:00").asks("2026-03-02 10:00"),
                policy(pause=Pause.EVIDENCED),
                "paused while a question to the client stood open",
            ),
            (
                Story("2026-03-02 09:00").add("2026-03-02 10:00", EventKind.APPROVAL_REQUESTED),
                policy(pause=Pause.EVIDENCED),
                "paused while the client was asked to approve",
            ),
        ],
    )
    def test_every_pause_says_why(self, story: Story, under: Policy, why: str) -> None:
        row = account(story, now="2026-03-02 11:00", under=under)
        assert row.segments[-1].why == why
        assert row.paused == HOUR

    def test_a_pause_is_cut_where_its_reason_changes(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
        story.becomes("2026-03-02 11:00", "supplier").becomes("2026-03-02 12:00", "solved")
        row = account(story, under=policy(third_party_pauses=True))
        assert [segment.seconds for segment in row.segments] == [HOUR, HOUR, HOUR]

    def test_finished_and_taken_up_again(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "solved")
        story.becomes("2026-03-02 11:00", "open").becomes("2026-03-02 12:00", "solved")
        row = account(story)
        assert row.segments[1].why == "not counted: the ticket was finished"
        assert (row.consumed, row.paused, row.felt) == (2 * HOUR, 0, 3 * HOUR)

    def test_a_clock_that_started_again(self) -> None:
        story = Story("2026-03-02 09:00", "P3").priority("2026-03-02 10:00", "P3", "P2")
        row = account(
            story, now="2026-03-02 12:00", under=policy(priority_change=PriorityChange.FROM_CHANGE)
        )
        assert row.segments[0].why.startswith("not counted: the terms changed")
        assert row.consumed == 2 * HOUR

    def test_a_doubt_is_shown_as_such(self) -> None:
        polled = replace(POLICY, has_messages=False, has_history=False)
        story = Story("2026-03-02 09:00", status="open")
        story.events = []
        story.add("2026-03-02 11:00", EventKind.OBSERVED, value="open")
        story.ticket = replace(story.ticket, updated_at=when("2026-03-02 11:00"))
        row = account(story, now="2026-03-02 12:00", under=polled)
        assert row.consumed == HOUR
        assert "nobody saw the status" in row.segments[0].why


class TestCourts:
    def test_each_says_why(self) -> None:
        story = waited().add("2026-03-02 12:00", EventKind.APPROVAL_REQUESTED)
        told = explained(story, now="2026-03-02 13:00")
        assert [(row.side, row.why, row.lasts) for row in told.courts] == [
            (Side.PROVIDER, "status new", False),
            (Side.CLIENT, "status pending", False),
            (Side.PROVIDER, "the client answered; the status still said pending", False),
            (Side.CLIENT, "the client was asked to approve", True),
        ]

    def test_a_finished_ticket_ends(self) -> None:
        told = explained(Story("2026-03-02 09:00").becomes("2026-03-02 12:00", "solved"))
        assert told.courts[-1].until_at == when("2026-03-02 12:00")
        assert not told.courts[-1].lasts

    def test_what_was_not_understood_is_noted(self) -> None:
        story = Story("2026-03-02 09:00", "Oddest").becomes("2026-03-02 12:00", "Zen mode")
        told = explained(story, under=replace(POLICY, has_messages=False))
        assert any("Zen mode" in note for note in told.notes)
        assert any("shows no messages" in note for note in told.notes)


def test_the_claim_stands_beside_the_account() -> None:
    claim = Claim(Obligation.RESOLUTION, met=True, source_field="made_sla")
    story = Story("2026-03-02 09:00", claims=(claim,)).becomes("2026-03-04 12:00", "solved")
    row = account(story)
    assert (row.claim, row.state) == (claim, ClockState.MISSED)
