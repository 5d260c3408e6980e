"""Flags: what needs a person, from pure rules over the situation.

The rules are in ``flag_rules_*``; this module runs them all and puts the consequence first.
Recency plays no part in the order: what is new is not more important for it.
"""

from __future__ import annotations

from engagewatch.engine.flag_rules_contract import credit_flags
from engagewatch.engine.flag_rules_participation import meeting_flags, survey_flags, task_flags
from engagewatch.engine.flag_rules_record import period_flags, source_flags, unmapped_flags
from engagewatch.engine.flag_rules_tickets import (
    CHECKS_PER_CLOCK,
    CHECKS_PER_TICKET,
    ticket_flags,
)
from engagewatch.engine.situation import Situation
from engagewatch.model.flag import Flag
from engagewatch.model.instants import Instant


def raise_flags(situation: Situation, now: Instant) -> list[Flag]:
    """Return every flag at ``now``: by severity, then weight, then key, so the order is stable."""
    flags = _service_flags(situation, now)
    for ticket in situation.tickets:
        flags += ticket_flags(ticket, situation, now)
    for source in situation.sources:
        flags += source_flags(source, situation, now)
    for period in situation.periods:
        flags += period_flags(period, situation)
    for status in situation.unmapped:
        flags += unmapped_flags(status)
    for task in situation.late_tasks:
        flags += task_flags(task, situation)
    for missed in situation.missed_meetings:
        flags += meeting_flags(missed, situation)
    for credit in situation.credits:
        flags += credit_flags(credit, situation)
    flags += survey_flags(situation)
    flags.sort(key=lambda flag: (-flag.severity, -flag.weight, flag.key))
    return flags


def _service_flags(situation: Situation, now: Instant) -> list[Flag]:
    if not (situation.components or situation.incidents or situation.planned):
        return []
    # Where no service is watched, nobody need wait for what it imports.
    from engagewatch.engine.flag_rules_services import component_flags, news_flags, planned_flags

    flags = component_flags(situation, now)
    for incident in situation.incidents:
        flags += news_flags(incident, situation, now)
    for work in situation.planned:
        flags += planned_flags(work, situation, now)
    return flags


def checks_run(situation: Situation) -> int:
    """Return how many checks :func:`raise_flags` makes, so that a quiet brief can say so."""
    clocks = sum(len(ticket.clocks) for ticket in situation.tickets)
    return (
        CHECKS_PER_TICKET * len(situation.tickets)
        + CHECKS_PER_CLOCK * clocks
        + len(situation.components)
        + len(situation.incidents)
        + len(situation.planned)
        + 2 * len(situation.sources)
        + 2 * len(situation.periods)
        + len(situation.unmapped)
        + len(situation.late_tasks)
        + len(situation.missed_meetings)
        + len(situation.credits)
        + (situation.surveys is not None)
    )
