"""Flag rules on services: components in trouble, late news of incidents, planned work."""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.engine.phrases import counted, listed, moment, span
from engagewatch.engine.situation import Situation
from engagewatch.engine.situation_services import ComponentNow, IncidentNews, PlannedWork
from engagewatch.engine.timeline import BADNESS
from engagewatch.model.flag import Flag, Severity
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant
from engagewatch.model.service import ComponentState
from engagewatch.model.sides import Side

LATE_AFTER = 30 * MINUTE
"""News of an incident later than this after its first sign is flagged."""

VERY_LATE_AFTER = 2 * HOUR

AHEAD = 2 * DAY
"""Planned work is announced in the brief from so long before it begins."""

SHORT_NOTICE = DAY

_TROUBLE = {
    ComponentState.DOWN: (Severity.URGENT, 900.0, "down"),
    ComponentState.PARTIAL: (Severity.ATTENTION, 600.0, "partly down"),
    ComponentState.DEGRADED: (Severity.NOTICE, 300.0, "degraded"),
}


def component_flags(situation: Situation, now: Instant) -> list[Flag]:
    """Return one flag per incident under way, and one per troubled component without one."""
    groups: dict[tuple[str, str], list[ComponentNow]] = {}
    for component in situation.components:
        if component.state in _TROUBLE:
            cause = component.incident_id or f"component {component.id}"
            groups.setdefault((component.source, cause), []).append(component)
    return [
        _trouble(source, cause, group, situation, now) for (source, cause), group in groups.items()
    ]


def _trouble(
    source: str, cause: str, group: Sequence[ComponentNow], situation: Situation, now: Instant
) -> Flag:
    lead = max(group, key=lambda component: BADNESS[component.state])
    severity, weight, state = _TROUBLE[lead.state]
    # Each component's own state would make a long title; the worst one speaks for an incident.
    names = listed([component.name for component in group])
    since = min(
        (component.since for component in group if component.since is not None), default=None
    )
    duration = "" if since is None else f" for {span(now - since)}"
    sentences = [f"Last seen {state}{duration}."]
    if lead.incident:
        sentences.append(f'{situation.provider}\'s page names it: "{lead.incident}".')
    else:
        sentences.append(f"{situation.provider}'s page names no incident for it.")
    if lead.earlier_incidents is not None:
        base = counted(lead.earlier_incidents, "incident")
        sentences.append(f"The ninety days before had {base} on it.")
    return Flag(
        rule="component_down",
        key=f"component_down:{source}:{cause}",
        severity=severity,
        side=Side.PROVIDER,
        title=f"{names}: {state}",
        detail=" ".join(sentences),
        next_step="Tell those who depend on it, and follow the incident's updates."
        if lead.incident
        else f"Check whether users notice, and ask {situation.provider} if they know.",
        since=since,
        weight=weight + min(50, len(group)),
        screen="services",
    )


def news_flags(incident: IncidentNews, situation: Situation, now: Instant) -> list[Flag]:
    """Flag an incident that was posted late, or is not posted yet.

    The lag runs from the first independent sign to the provider's first public word.
    """
    lag = (now if incident.posted_at is None else incident.posted_at) - incident.first_sign_at
    if lag < LATE_AFTER:
        return []
    sign = f"First sign: {incident.sign}, {moment(incident.first_sign_at, situation.timezone)}."
    if incident.posted_at is None:
        title = f"{incident.name}: not posted after {span(lag)}"
        word = f"{situation.provider} has posted nothing on it so far."
        step = f"Ask {situation.provider} whether they know, and to post what they know."
    else:
        title = f"{incident.name}: posted {span(lag)} after the first sign"
        posted = moment(incident.posted_at, situation.timezone)
        word = f"{situation.provider} first posted it {posted}."
        step = "Raise at the next review how soon incidents are to be posted."
    return [
        Flag(
            rule="incident_posted_late",
            key=f"incident_posted_late:{incident.source}:{incident.id}",
            severity=Severity.ATTENTION if lag >= VERY_LATE_AFTER else Severity.NOTICE,
            side=Side.PROVIDER,
            title=title,
            detail=f"{sign} {word}",
            next_step=step,
            since=incident.first_sign_at,
            weight=200 + min(100.0, lag / HOUR),
            screen="services",
        )
    ]


def planned_flags(work: PlannedWork, situation: Situation, now: Instant) -> list[Flag]:
    """Flag planned work that begins within two days or is under way."""
    if work.until_at <= now or work.from_at - now > AHEAD:
        return []
    start = moment(work.from_at, situation.timezone)
    length = span(work.until_at - work.from_at)
    notice = work.from_at - work.announced_at
    told = f"announced {span(notice)} ahead" if notice > 0 else "announced after it began"
    affected = listed(work.components) or "No component named"
    under_way = work.from_at <= now
    return [
        Flag(
            rule="maintenance_upcoming",
            key=f"maintenance_upcoming:{work.source}:{work.id}",
            severity=Severity.NOTICE,
            side=Side.CLIENT,
            title=f"{work.name}: planned work {'under way' if under_way else start}",
            detail=f"{affected}: from {start} for {length}, {told}.",
            next_step="Tell those who depend on it."
            if notice >= SHORT_NOTICE
            else f"Tell those who depend on it, and ask {situation.provider} for earlier notice.",
            since=work.announced_at,
            weight=100.0,
            screen="services",
        )
    ]
