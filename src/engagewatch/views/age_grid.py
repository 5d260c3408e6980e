"""Open tickets by priority and age, and the court that holds most of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from engagewatch.engine.flow import Backlog, TicketFlow, backlog
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.measures import Course
from engagewatch.views.ledger import priority_ranks

_OTHER = "other"
"""Stands for the priorities that the contract does not name."""


@dataclass(frozen=True, slots=True)
class AgeCell:
    """The open tickets of one priority and age."""

    count: int
    court: Side | None
    """Where most of them are; ``None`` for none."""


@dataclass(frozen=True, slots=True)
class AgeRow:
    """The open tickets of one priority, by age."""

    priority: str
    """In the contract's words; ``other`` for what it does not name."""
    cells: tuple[AgeCell, ...]
    total: int


def age_grid(
    engagement: Engagement,
    flows: Sequence[tuple[Course, TicketFlow]],
    stock: Backlog,
    now: Instant,
) -> tuple[AgeRow, ...]:
    """Return a row for each priority with open tickets, and one for all of them."""
    ranks = priority_ranks(engagement)
    names = {level.priority.casefold(): level.priority for level in engagement.service_levels}
    by_priority: dict[str, list[TicketFlow]] = defaultdict(list)
    for course, flow in flows:
        by_priority[names.get(course.priority.casefold(), _OTHER)].append(flow)
    order = sorted(by_priority, key=lambda name: ranks.get(name.casefold(), len(ranks)))
    rows = [_age_row(name, backlog(by_priority[name], now)) for name in order]
    return (*(row for row in rows if row.total), _age_row("all", stock))


def _age_row(priority: str, stock: Backlog) -> AgeRow:
    cells = []
    for bucket in stock.buckets:
        held = Counter(bucket.by_court).most_common(1)
        cells.append(AgeCell(bucket.count, held[0][0] if bucket.count else None))
    return AgeRow(priority, tuple(cells), stock.total)
