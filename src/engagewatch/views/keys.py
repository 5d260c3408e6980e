"""Identities that survive a refresh: of tickets, and of figures that can explain themselves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from engagewatch.model.clock import Obligation
from engagewatch.model.sides import Side

if TYPE_CHECKING:
    from engagewatch.model.metric import Metric
    from engagewatch.model.participation import Part


class TicketKey(NamedTuple):
    """A ticket within an engagement; equal to the pair a flag carries."""

    source: str
    ticket_id: str


class FigureKind(StrEnum):
    """What a figure counts."""

    ATTAINMENT = "attainment"
    """Clocks met of clocks judged in a period."""
    WAITING = "waiting"
    """Items in the client's court."""
    AT_RISK = "at_risk"
    """Open provider clocks that are missed or due soon."""
    OPEN = "open"
    """Tickets not finished."""
    TICKETS = "tickets"
    """Tickets of the list, under its filter."""
    SILENT = "silent"
    """Open tickets on which somebody's word is missing."""
    UPTIME = "uptime"
    """A component's time up, of the time it was watched."""
    CANDOUR = "candour"
    """How long after the first sign of an outage the provider told of it, over ninety days."""
    PARTICIPATION = "participation"
    """One part of taking part in a period: one side's, or both sides'."""
    WAITS = "waits"
    """Claimed and evidenced waiting for us in a period."""
    RELIEF = "relief"
    """The provider's misses that our own time explains, in a period."""
    ATTENDANCE = "attendance"
    """Required attendances kept at the meetings of a year."""
    PLAN = "plan"
    """Tasks of the on-boarding plan that are done."""
    PLAN_SLIP = "plan_slip"
    """By how much a gate or the end of the plan is later than planned."""
    PLAN_DATES = "plan_dates"
    """Tasks of a side done by their dates."""
    PLAN_HOURS = "plan_hours"
    """The client's hours that the plan asks for."""
    METRIC = "metric"
    """What a metric of the catalogue came to in a month."""
    DISPUTES = "disputes"
    """Clocks of a month on which the provider's tool and our count differ."""
    CREDIT = "credit"
    """What the credit clause comes to for a month."""
    THEN_NOW = "then_now"
    """One measure before the engagement and since."""


PLAN_KINDS = (
    FigureKind.PLAN,
    FigureKind.PLAN_SLIP,
    FigureKind.PLAN_DATES,
    FigureKind.PLAN_HOURS,
)
"""The figures of the on-boarding plan."""


@dataclass(frozen=True, slots=True)
class FigureKey:
    """Which figure: enough to count it again and to list what is in it.

    ``None`` in a field means all of them. ``period`` is a month such as ``2026-03``; figures about
    this moment have none.
    """

    kind: FigureKind
    ledger: Side | None = None
    obligation: Obligation | None = None
    priority: str | None = None
    period: str | None = None
    component: tuple[str, str] | None = None
    """(source, component id), for an uptime."""
    filter_text: str = ""
    """What the ticket list is narrowed to."""
    part: Part | None = None
    """Which part of taking part."""
    subject: str = ""
    """Of figures of the on-boarding plan: a side, or the task that is a gate. Of before and after:
    the measure."""
    metric: Metric | None = None
    scope: str = "*"
    """Of a metric: a priority or a component; ``*`` for all."""


def handle_of(key: str) -> str:
    """Return a short name for what ``key`` identifies, to type on a command line.

    It follows from the key alone, so it is the same tomorrow and on another machine.
    """
    return hashlib.sha256(key.encode()).hexdigest()[:6]
