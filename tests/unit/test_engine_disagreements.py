"""Claims against our clocks: whether they agree, and which rule explains it if not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_samples import POLICY, Story, when

from engagewatch.engine.disagreements import Disagreement, disagreements_of, hypotheses
from engagewatch.engine.readings import readings_of
from engagewatch.engine.variations import Cause, variations_of
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import HOUR
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim

RESOLUTION = Obligation.RESOLUTION
NOW = when("2026-06-01 12:00")


def claiming(story: Story, **claim: object) -> Story:
    claims = (Claim(RESOLUTION, **claim),)  # type: ignore[arg-type]
    story.ticket = replace(story.ticket, claims=claims)
    return story


def disagreement(story: Story) -> Disagreement:
    (found,) = disagreements_of(story.ticket, story.events, POLICY, NOW)
    return found


def waited() -> Story:
    """Solved after 9 h, of which 2 h waited for the client: 7 h of 8 h."""
    return (
        Story("2026-03-02 09:00")
        .becomes("2026-03-02 10:00", "pending")
        .becomes("2026-03-02 12:00", "open")
        .becomes("2026-03-03 10:00", "solved")
    )


def words(found: Disagreement) -> list[tuple[str, ...]]:
    return [explanation.words for explanation in found.explanations]


class TestAgreement:
    @pytest.mark.parametrize("claim", [{"met": True}, {"elapsed": 7 * HOUR}, {"elapsed": 25_259}])
    def test_within_the_tolerance(self, claim: dict[str, object]) -> None:
        story = claiming(waited(), **claim)
        assert disagreements_of(story.ticket, story.events, POLICY, NOW) == ()

    def test_a_verdict_that_hangs_on_the_tolerance(self) -> None:
        story = claiming(
            Story("2026-03-02 09:00").becomes("2026-03-03 09:00:40", "solved"), met=True
        )
        assert story.clock(RESOLUTION).state is ClockState.MISSED
        assert disagreements_of(story.ticket, story.events, POLICY, NOW) == ()

    def test_the_time_told_of_an_open_ticket_may_be_stale(self) -> None:
        story = claiming(Story("2026-03-02 09:00"), met=False, elapsed=HOUR)
        assert disagreements_of(story.ticket, story.events, POLICY, NOW) == ()

    def test_what_is_not_judged_is_not_compared(self) -> None:
        story = claiming(
            Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "cancelled"), met=False
        )
        assert disagreements_of(story.ticket, story.events, POLICY, NOW) == ()


class TestCauses:
    def test_a_claim_that_counts_on_through_pauses(self) -> None:
        found = disagreement(claiming(waited(), met=False, elapsed=9 * HOUR))
        assert (found.claimed_met, found.contract_met) == (False, True)
        assert (found.gap, found.in_favour_of) == (2 * HOUR, Side.CLIENT)
        assert ("does not pause while waiting for the client",) in words(found)
        assert {cause for one in found.explanations for cause in one.causes} == {Cause.PAUSE}

    def test_a_claim_that_pauses_with_third_parties(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "supplier")
        story.becomes("2026-03-02 15:00", "open").becomes("2026-03-03 12:00", "solved")
        found = disagreement(claiming(story, met=True, elapsed=6 * HOUR))
        assert found.in_favour_of is Side.PROVIDER
        assert words(found) == [("pauses with third parties",)]

    def test_a_claim_in_calendar_hours(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-03 10:00", "solved")
        found = disagreement(claiming(story, elapsed=25 * HOUR))
        assert ("counts 24x7 hours",) in words(found)

    def test_a_claim_to_the_closing(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-02 12:00", "solved")
        story.becomes("2026-03-05 12:00", "closed")
        found = disagreement(claiming(story, met=False))
        assert ("stops at the closing, not at the resolution",) in words(found)

    def test_a_claim_under_another_target(self) -> None:
        story = Story("2026-03-02 09:00").becomes("2026-03-03 11:00", "solved")
        found = disagreement(claiming(story, met=True, target=12 * HOUR))
        assert ("allows another time",) in words(found)

    def test_a_claim_that_forgets_a_miss(self) -> None:
        story = Story("2026-03-02 09:00").priority("2026-03-03 10:00", "P2", "P3")
        story.becomes("2026-03-03 12:00", "solved")
        found = disagreement(claiming(story, met=True))
        assert ("forgets a miss when the priority is lowered afterwards",) in words(found)

    def test_two_rules_only_where_one_does_not_do(self) -> None:
        story = waited().becomes("2026-03-04 10:00", "closed")
        found = disagreement(claiming(story, elapsed=17 * HOUR))
        assert all(len(explanation.causes) == 2 for explanation in found.explanations)
        assert (
            "stops at the closing, not at the resolution",
            "does not pause while waiting for the client",
        ) in words(found)

    def test_what_no_rule_explains(self) -> None:
        found = disagreement(claiming(waited(), elapsed=12_345))
        assert found.explanations == ()
        assert found.in_favour_of is None

    def test_an_open_ticket_claimed_to_be_in_time(self) -> None:
        found = disagreement(claiming(Story("2026-03-02 09:00"), met=True))
        assert (found.contract_met, found.gap) == (False, None)

    def test_no_variation_is_our_own_contract(self) -> None:
        for variation in variations_of(POLICY):
            assert variation.apply(POLICY) != POLICY, variation.words


def test_a_providers_rules_are_found_from_many_tickets() -> None:
    stories = []
    for hour in range(10, 17):
        story = (
            Story("2026-03-02 09:00")
            .becomes("2026-03-02 10:00", "pending")
            .becomes(f"2026-03-02 {hour}:30", "open")
            .becomes("2026-03-03 11:00", "solved")
        )
        stories.append(claiming(story, elapsed=26 * HOUR))
    cases = [(story.ticket, story.events) for story in stories]
    ours, *_ = [one for one in hypotheses(cases, POLICY, RESOLUTION) if not one.words]
    best = hypotheses(cases, POLICY, RESOLUTION)[0]
    assert (ours.agreed, ours.compared) == (0, 7)
    assert (best.agreed, best.compared) == (7, 7)
    assert set(best.words) == {"does not pause while waiting for the client", "counts 24x7 hours"}


def test_three_readings_side_by_side() -> None:
    story = claiming(waited(), met=False, elapsed=9 * HOUR)
    readings = readings_of(story.clock(RESOLUTION), story.ticket.claims[0], NOW)
    assert (readings.claimed_met, readings.claimed) == (False, 9 * HOUR)
    assert (readings.contract_met, readings.contract) == (True, 7 * HOUR)
    assert readings.felt == 25 * HOUR


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ({}, None),
        ({"elapsed": 7 * HOUR}, True),
        ({"elapsed": 9 * HOUR}, None),  # tools count on through pauses
        ({"elapsed": 7 * HOUR, "target": 6 * HOUR}, None),
        ({"due_at": when("2026-03-03 09:00")}, False),
        ({"due_at": when("2026-03-03 11:00")}, True),
    ],
)
def test_a_verdict_may_follow_from_what_is_told(
    claim: dict[str, object], verdict: bool | None
) -> None:
    story = claiming(waited(), **claim)
    readings = readings_of(story.clock(RESOLUTION), story.ticket.claims[0], NOW)
    assert readings.claimed_met is verdict
