"""What a valid engagement file leaves open or may not mean: worth a note, not an error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engagewatch.config.advice_contract import contract_advice
from engagewatch.config.kinds import CALENDAR_KINDS, STATUS_KINDS
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, NameDisplay
from engagewatch.model.policy import ALWAYS


def advice(engagement: Engagement, today: date) -> list[str]:
    """Return notes on an engagement, each a sentence that says what to do."""
    return [
        *_sources(engagement),
        *_targets(engagement),
        *_calendars(engagement),
        *_own_days(engagement, today),
        *_participation(engagement),
        *_people(engagement),
        *_dates(engagement, today),
        *_meetings(engagement),
        *contract_advice(engagement),
    ]


def _sources(engagement: Engagement) -> Iterator[str]:
    if not engagement.sources:
        yield "There is no source yet, so nothing can be watched: add a [[sources]] table."
    watches_services = any(source.adapter in STATUS_KINDS for source in engagement.sources)
    if engagement.uptime and not watches_services:
        yield (
            "[[uptime]] promises an availability, but no source tells of services: "
            'add one with kind = "statuspage".'
        )


def _targets(engagement: Engagement) -> Iterator[str]:
    has_tickets = any(
        source.adapter not in STATUS_KINDS | CALENDAR_KINDS for source in engagement.sources
    )
    if has_tickets and not engagement.service_levels:
        yield "No [[sla]] row: clocks are shown, but none can be met or missed."
    for level in engagement.service_levels:
        if Obligation.RESOLUTION not in level.targets:
            yield f"{level.priority} has no resolution target: its resolution is never judged."
        if level.attainment is None:
            yield (
                f'{level.priority} has no attainment, such as "95%": its months are counted, '
                "but neither kept nor broken."
            )
        for obligation, target in level.targets.items():
            if level.calendar != ALWAYS.name and target.seconds >= 86400:
                hours = target.seconds / 3600
                yield (
                    f"{level.priority} {obligation.value} = {target} means {hours:g} open hours "
                    f'of "{level.calendar}". Write it in "bd" if business days were meant.'
                )


def _calendars(engagement: Engagement) -> Iterator[str]:
    used = {level.calendar for level in engagement.service_levels}
    used |= {level.reply_calendar for level in engagement.service_levels if level.reply_calendar}
    used |= {promise.calendar for promise in engagement.uptime}
    used.add(engagement.participation.calendar)
    for name, calendar in engagement.calendars.items():
        if name == ALWAYS.name:
            continue
        if name not in used:
            yield f'Nothing uses the calendar "{name}".'
        elif not calendar.is_always_open and calendar.region is None:
            yield f'The calendar "{name}" keeps no public holidays: add holidays = "GB-ENG" or so.'


def _own_days(engagement: Engagement, today: date) -> Iterator[str]:
    for name, calendar in engagement.calendars.items():
        if calendar.exceptions and (last := max(one.day for one in calendar.exceptions)) < today:
            yield f'The last own day of the calendar "{name}" was {last}: add those that follow.'


def _participation(engagement: Engagement) -> Iterator[str]:
    if not engagement.participation.reply and not engagement.participation.approval:
        yield (
            "[participation] sets no targets: what waits on us is shown, "
            "but our own ledger judges nothing."
        )


def _people(engagement: Engagement) -> Iterator[str]:
    if engagement.privacy.names is NameDisplay.ROLES and not engagement.people:
        yield (
            'names = "roles" shows roles only, but no [[people]] row names one: '
            "everybody is just their side."
        )


def _meetings(engagement: Engagement) -> Iterator[str]:
    if engagement.participation.attendance is not None and not engagement.meetings:
        yield (
            "[participation] has a target for attendance, but no [[meetings]] row says who has to "
            "come: whoever the calendar calls required is counted."
        )


def _dates(engagement: Engagement, today: date) -> Iterator[str]:
    if engagement.started > today:
        yield f"The engagement starts on {engagement.started}: nothing before counts."
    if not engagement.headcount:
        return
    if engagement.headcount[0].since > engagement.started:
        yield f"The headcount before {engagement.headcount[0].since} is not known."
