"""What common service desks do by default, told by what they make of the same ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_samples import POLICY, Story

from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.instants import HOUR
from engagewatch.model.presets import PRESETS
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind

FIRST, RESOLUTION = Obligation.FIRST_RESPONSE, Obligation.RESOLUTION


def clocks(story: Story, product: str, obligation: Obligation = RESOLUTION) -> list[Clock]:
    return story.rounds(obligation, replace(POLICY, rules=PRESETS[product].rules))


@pytest.mark.parametrize(
    ("product", "consumed"),
    [("zendesk", 6), ("servicenow", 4), ("jira", 6), ("zammad", 4), ("glpi", 4)],
)
def test_time_with_third_parties(product: str, consumed: int) -> None:
    story = (
        Story("2026-03-02 09:00")
        .becomes("2026-03-02 10:00", "pending")
        .becomes("2026-03-02 12:00", "supplier")
        .becomes("2026-03-02 14:00", "open")
        .becomes("2026-03-02 17:00", "solved")
    )
    assert clocks(story, product)[0].consumed == consumed * HOUR


@pytest.mark.parametrize(
    ("product", "state"),
    [("zendesk", ClockState.MISSED), ("zammad", ClockState.MET), ("freshservice", ClockState.MET)],
)
def test_waiting_before_the_first_response(product: str, state: ClockState) -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 10:00", "pending")
    story.says("2026-03-02 12:00")
    assert clocks(story, product, FIRST)[0].state is state


@pytest.mark.parametrize(("product", "cycles"), [("servicenow", 2), ("jira", 2), ("zammad", 1)])
def test_reopening_after_a_month(product: str, cycles: int) -> None:
    story = Story("2026-03-02 09:00").becomes("2026-03-02 12:00", "solved")
    assert len(clocks(story.becomes("2026-04-02 12:00", "open"), product)) == cycles


@pytest.mark.parametrize(
    ("product", "consumed", "state"),
    [
        ("zendesk", 11, ClockState.MISSED),
        ("servicenow", 5, ClockState.MET),
        ("glpi", 11, ClockState.MISSED),
    ],
)
def test_a_raised_priority(product: str, consumed: int, state: ClockState) -> None:
    story = Story("2026-03-02 09:00", "P3").priority("2026-03-02 15:00", "P3", "P2")
    (clock,) = clocks(story.becomes("2026-03-03 12:00", "solved"), product)
    assert (clock.consumed, clock.state) == (consumed * HOUR, state)


@pytest.mark.parametrize(("product", "state"), [("zendesk", "missed"), ("jira", "met")])
def test_a_priority_lowered_after_the_miss(product: str, state: str) -> None:
    story = Story("2026-03-02 09:00").priority("2026-03-03 10:00", "P2", "P3")
    assert clocks(story.becomes("2026-03-03 12:00", "solved"), product)[0].state == state


def test_taking_a_ticket_is_a_response_in_glpi_only() -> None:
    story = Story("2026-03-02 09:00")
    story.add("2026-03-02 10:00", EventKind.ASSIGNED, Side.PROVIDER, value="agent-1")
    assert clocks(story, "glpi", FIRST)[0].consumed == HOUR
    assert clocks(story, "zendesk", FIRST)[0].state is ClockState.RUNNING
