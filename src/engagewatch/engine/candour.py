"""Candour: how long after the first independent sign of an incident the provider posted it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.service import Incident

CLUSTER_WITHIN = 15 * MINUTE
"""Two people who open tickets within so long of each other are a sign."""


@dataclass(frozen=True, slots=True)
class Candour:
    """Who knew first, and by how much."""

    first_sign_at: Instant
    from_tickets: bool
    """The sign is our people's tickets; otherwise the start the provider itself names."""
    lag: int
    """Seconds from the first sign to the provider's first public word; negative: they told first.
    """


def candour(incident: Incident, opened: Iterable[tuple[Instant, str]]) -> Candour:
    """Return the candour of one incident.

    ``opened`` are (opening, requester) of the tickets around it. The sign is there when a second
    person has opened a ticket within 15 minutes of a first, no earlier than 15 minutes before the
    start the provider names, so that the desk's ordinary traffic is not taken for a sign. Without
    such tickets the start the provider names is the sign.
    """
    earliest = incident.started_at - CLUSTER_WITHIN
    end = incident.resolved_at
    around = sorted(
        each for each in opened if earliest <= each[0] and (end is None or each[0] <= end)
    )
    for (first, requester), (second, other) in pairwise(around):
        if other != requester and second - first <= CLUSTER_WITHIN:
            return Candour(second, True, incident.posted_at - second)
    start = min(incident.started_at, incident.posted_at)
    return Candour(start, False, incident.posted_at - start)
