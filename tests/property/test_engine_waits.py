"""What must hold of waits for the client and of relief, whatever happened to a ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_reference import random_case

from engagewatch.engine.evidence import seconds
from engagewatch.engine.fold import Folder
from engagewatch.engine.relief import ButFor
from engagewatch.model.clock import ClockState
from engagewatch.model.policy import Pause
from engagewatch.model.sides import Side

DAY = 86400


@pytest.fixture(scope="module")
def cases() -> list:
    return [random_case(seed) for seed in range(400)]


def test_the_two_readings_differ_by_exactly_what_is_named(cases: list) -> None:
    named = [0, 0, 0]
    for ticket, events, policy in cases:
        start, end = ticket.created_at, events[-1].at + DAY
        found = Folder(policy).waits(ticket, events, start, end)
        if found.evidenced is None:
            continue
        extras = [seconds(each) for each in (found.unasked, found.stale, found.uncredited)]
        supported = seconds(found.claimed) - extras[0] - extras[1]
        assert supported == seconds(found.evidenced) - extras[2] >= 0
        named = [before + more for before, more in zip(named, extras, strict=True)]
    assert all(named)


def test_waits_of_a_life_are_those_of_its_standing(cases: list) -> None:
    for ticket, events, policy in cases:
        if not policy.has_history:
            continue
        folder = Folder(policy)
        standing = folder.fold(ticket, events).standing
        found = folder.waits(ticket, events, ticket.created_at, standing.court_since)
        assert seconds(found.claimed) == standing.claimed_wait
        if standing.evidenced_wait is not None:
            assert seconds(found.evidenced) == standing.evidenced_wait


def test_the_waits_of_two_months_are_those_of_both_together(cases: list) -> None:
    for ticket, events, policy in cases:
        folder = Folder(policy)
        start, end = ticket.created_at, events[-1].at + DAY
        middle = (start + end) // 2
        whole = folder.waits(ticket, events, start, end)
        halves = [folder.waits(ticket, events, *half) for half in ((start, middle), (middle, end))]
        for field in ("claimed", "evidenced", "unasked", "stale", "uncredited", "unseen"):
            assert seconds(getattr(whole, field)) == sum(seconds(getattr(h, field)) for h in halves)


def test_relief_takes_time_off_and_never_makes_a_miss(cases: list) -> None:
    outcomes = set()
    for ticket, events, policy in cases:
        rules = replace(policy.rules, pause=Pause.NONE, born_paused_counts=False)
        plain = replace(policy, rules=rules)
        sparing = replace(policy, rules=replace(rules, pause=Pause.EVIDENCED))
        now = events[-1].at + DAY
        folder = Folder(plain)
        spared = {
            (clock.obligation, clock.round): clock.state_at(now)
            for clock in Folder(sparing).fold(ticket, events).clocks
        }
        missed = {
            (miss.clock.obligation, miss.clock.round): miss
            for miss in folder.misses(ticket, events, now)
        }
        for clock in folder.fold(ticket, events).clocks:
            if clock.ledger is not Side.PROVIDER:
                continue
            name = (clock.obligation, clock.round)
            state = clock.state_at(now)
            assert (name in missed) is (state is ClockState.MISSED)
            if state is ClockState.MET:
                assert spared[name] is not ClockState.MISSED
            elif name in missed and missed[name].without_us is not None:
                miss = missed[name]
                assert 0 <= miss.without_us <= miss.consumed
                # Where the contract pauses for nothing, the test is the contract that does.
                assert (miss.outcome is ButFor.MISSED) is (spared[name] is ClockState.MISSED)
                outcomes.add(miss.outcome)
    assert {ButFor.MET, ButFor.MISSED} <= outcomes
