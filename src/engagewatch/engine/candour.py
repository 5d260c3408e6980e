"""Candour: how long after the first independent sign of an outage the provider posted it.

Outages that signs show and the page never told of are no lags, but they are not left out either:
in the median they count as "at least until now".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engagewatch.engine.durations import Observation
from engagewatch.engine.signs import (
    CLUSTER_NEEDS,
    CLUSTER_WITHIN,
    FAILURE_NEEDS,
    Cluster,
    Failure,
    Opening,
    Signs,
    clusters_of,
    gathered,
    people_needed,
)
from engagewatch.model.instants import Instant
from engagewatch.model.service import Incident


class SignKind(StrEnum):
    """What showed an outage first."""

    PROBES = "probes"
    """The client's own probes failed."""
    TICKETS = "tickets"
    """Two people or more wrote in."""
    STATED = "stated"
    """Nothing of ours; the start that the provider itself names."""


@dataclass(frozen=True, slots=True)
class Candour:
    """Who knew first, and by how much."""

    first_sign_at: Instant
    kind: SignKind
    lag: int
    """Seconds from the first sign to the provider's first public word; negative: they told first.
    """
    openings: tuple[Opening, ...] = ()
    """The tickets that may be about it."""
    failures: tuple[Failure, ...] = ()


def candour(incident: Incident, services: Collection[str], signs: Signs) -> Candour:
    """Return the candour of one incident on ``services``, which are named in lower case.

    The first sign is a failure of the client's own probes, or the moment at which a second person
    wrote within a quarter of an hour of a first, whichever came first. (Of tickets that name no
    service it takes as many people as chance would hardly bring.) Without either, the start that
    the provider names is the sign.
    """
    start = min(incident.started_at, incident.posted_at)
    end = max(incident.posted_at, _end(incident, signs))
    openings = signs.openings_about(services, start, end)
    failures = signs.failures_about(services, start, end)
    found = [(one.from_at, SignKind.PROBES) for one in failures]
    named = any(one.services for one in openings)
    wrote = gathered(openings, CLUSTER_NEEDS if named else signs.people)
    if wrote is not None:
        found.append((wrote, SignKind.TICKETS))
    elif not named:
        # Chance brings a few tickets about nothing in particular at any time.
        openings = []
    at, kind = min(found, default=(start, SignKind.STATED))
    return Candour(at, kind, incident.posted_at - at, tuple(openings), tuple(failures))


def _end(incident: Incident, signs: Signs) -> Instant:
    if incident.resolved_at is not None:
        return incident.resolved_at
    last = [one.at for one in signs.openings[-1:]] + [one.until_at for one in signs.failures]
    return max(last, default=incident.posted_at)


@dataclass(frozen=True, slots=True)
class Unadmitted:
    """An outage that our signs show and the provider's page never told of."""

    service: str
    first_sign_at: Instant
    until_at: Instant
    """The last sign of it."""
    kind: SignKind
    """Which sign came first."""
    failures: tuple[Failure, ...]
    openings: tuple[Opening, ...]
    """The tickets on the service meanwhile, and in the quarter of an hour before."""

    @property
    def people(self) -> int:
        """How many different people wrote."""
        return len({one.requester for one in self.openings})


Stretch = tuple[Instant, Instant]


def unadmitted(
    signs: Signs, told: Mapping[str, Sequence[Stretch]], since: Instant, now: Instant
) -> list[Unadmitted]:
    """Return the outages since ``since`` that our signs show and the page never told of.

    ``told`` has a row for each service that the page lists, with the stretches in which it told of
    any trouble or planned work there. A sign within a quarter of an hour of one of them is
    admitted. Services that the page does not list cannot be admitted there, and are left out.
    """
    found = []
    for service, stretches in told.items():
        about = signs.about(service, since)
        needed = people_needed(len(about), now - since)
        signals: list[Failure | Cluster] = [
            one
            for one in signs.failures
            if one.service == service
            and one.from_at >= since
            and one.until_at - one.from_at >= FAILURE_NEEDS
        ]
        signals += clusters_of(service, about, needed)
        for group in _joined(signals):
            begin = min(one.from_at for one in group)
            end = max(one.until_at for one in group)
            if any(a - CLUSTER_WITHIN <= end and begin <= b + CLUSTER_WITHIN for a, b in stretches):
                continue
            around = [one for one in about if begin - CLUSTER_WITHIN <= one.at <= end]
            found.append(_unadmitted(service, group, around, end))
    return sorted(found, key=lambda one: (one.first_sign_at, one.service))


def _joined(signals: Iterable[Failure | Cluster]) -> list[list[Failure | Cluster]]:
    """Return the signs of one service in groups, each of them one outage."""
    groups: list[list[Failure | Cluster]] = []
    end: Instant = 0
    for one in sorted(signals, key=lambda one: one.from_at):
        if groups and one.from_at - end <= CLUSTER_WITHIN:
            groups[-1].append(one)
        else:
            groups.append([one])
            end = one.until_at
        end = max(end, one.until_at)
    return groups


def _unadmitted(
    service: str, group: Sequence[Failure | Cluster], openings: Sequence[Opening], end: Instant
) -> Unadmitted:
    failures = tuple(one for one in group if isinstance(one, Failure))
    first = [(one.from_at, SignKind.PROBES) for one in failures]
    first += [(one.sign_at, SignKind.TICKETS) for one in group if isinstance(one, Cluster)]
    at, kind = min(first)
    return Unadmitted(service, at, end, kind, failures, tuple(openings))


def lags(told: Iterable[Candour], never: Iterable[Unadmitted], now: Instant) -> list[Observation]:
    """Return the durations that a median lag is made of.

    What the provider told before any sign counts as no lag at all; what it never told of counts as
    not ended.
    """
    ended = [Observation(max(0, one.lag), True) for one in told]
    return ended + [Observation(max(0, now - one.first_sign_at), False) for one in never]
