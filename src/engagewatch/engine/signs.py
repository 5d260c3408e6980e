"""Signs of an outage that do not come from the provider: our own probes, and people who write in.

A ticket cluster is two people or more who write within a quarter of an hour about one service. A
busy desk has such pairs every day by chance: where chance alone would bring one, more people are
needed before a cluster is a sign by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp

from engagewatch.engine.timeline import Piece
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant
from engagewatch.model.service import ComponentState

CLUSTER_WITHIN = 15 * MINUTE
"""People who write within so long of each other are a cluster."""

CLUSTER_NEEDS = 2
"""People of a cluster, where chance would not bring as many together."""

FAILURE_NEEDS = 5 * MINUTE
"""A failure shorter than this is a blip: no outage by itself."""

LONGEST_LEAD = DAY
"""A failure that began longer before the provider's account is some other matter."""

_BY_CHANCE = 0.05
"""Clusters that chance may bring in a quarter before more people are needed: about one in two years
over all of ten services."""

_QUARTER = 90 * DAY

_WORKING_WEEK = 40 / 168
"""Share of the time in which tickets are written: they crowd into working hours."""

_MOST_NEEDED = 50
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_SHORTEST_WORD = 3
_TROUBLE = frozenset({ComponentState.DOWN, ComponentState.PARTIAL})


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody on our side opened a ticket."""

    at: Instant
    requester: str
    services: frozenset[str] = frozenset()
    """The services it may name, as :class:`Namer` knows them; empty: it names none."""
    source: str = ""
    ticket_id: str = ""
    reference: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Our own probes saw a service fail."""

    service: str
    from_at: Instant
    until_at: Instant
    source: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """People who wrote about one service at about the same time."""

    service: str
    from_at: Instant
    """When the first of them wrote."""
    sign_at: Instant
    """When there were enough of them."""
    until_at: Instant
    """When the last of them wrote."""
    openings: tuple[Opening, ...]

    @property
    def people(self) -> int:
        """How many different people wrote."""
        return len({one.requester for one in self.openings})


_CONNECTIVES = frozenset({"and", "for", "the", "und", "with"})
"""Words of a service's name that name nothing."""


class Namer:
    """Tells which services a text may name: by any word of a service's name."""

    def __init__(self, names: Iterable[str]) -> None:
        """Know the services called ``names``."""
        words: dict[str, set[str]] = {}
        for name in names:
            for word in _words(name):
                words.setdefault(word, set()).add(name.casefold())
        self._services = words

    def named(self, *texts: str) -> frozenset[str]:
        """Return the services that any of ``texts`` may name, in lower case.

        Services that share a word are all of them named by it.
        """
        found: set[str] = set()
        for text in texts:
            for word in _words(text) & self._services.keys():
                found |= self._services[word]
        return frozenset(found)


def _words(text: str) -> set[str]:
    words = {word for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST_WORD}
    return words - _CONNECTIVES


def failures_of(service: str, source: str, pieces: Iterable[Piece]) -> Iterator[Failure]:
    """Yield the stretches in which probes saw a service down or partly down, joined up."""
    open_since: Instant | None = None
    last: Instant = 0
    for start, end, state in pieces:
        troubled = state in _TROUBLE
        if open_since is not None and (not troubled or start > last):
            yield Failure(service, open_since, last, source)
            open_since = None
        if troubled:
            open_since = start if open_since is None else open_since
            last = end
    if open_since is not None:
        yield Failure(service, open_since, last, source)


def people_needed(count: int, seconds: int) -> int:
    """Return how many people make a cluster that chance would hardly bring.

    With ``count`` tickets about a service in ``seconds``, written in a working week's hours at even
    chance, count * P(X >= people - 1) clusters are to be expected, X Poisson with the mean number
    of tickets in a quarter of an hour. The least number of people is taken for which less than 0.05
    of a cluster is expected in ninety days, and never under two.
    """
    per_quarter = count * _QUARTER / max(seconds, _QUARTER)
    mean = count * CLUSTER_WITHIN / max(seconds * _WORKING_WEEK, HOUR)
    below, term = 0.0, exp(-mean)
    for more in range(1, _MOST_NEEDED):
        below += term
        term *= mean / more
        if per_quarter * (1 - below) < _BY_CHANCE:
            return max(CLUSTER_NEEDS, more + 1)
    return _MOST_NEEDED


def clusters_of(service: str, openings: Sequence[Opening], people: int) -> Iterator[Cluster]:
    """Yield the clusters of a service's tickets, in order of time, of at least ``people`` each."""
    run: list[Opening] = []
    for one in sorted(openings, key=_opened_at):
        if run and one.at - run[-1].at > CLUSTER_WITHIN:
            yield from _cluster(service, run, people)
            run = []
        run.append(one)
    yield from _cluster(service, run, people)


def _cluster(service: str, run: Sequence[Opening], people: int) -> Iterator[Cluster]:
    """Yield the run of tickets as a cluster, once enough people wrote within a quarter hour."""
    at = gathered(run, people)
    if at is not None:
        yield Cluster(service, run[0].at, at, run[-1].at, tuple(run))


@dataclass(frozen=True, slots=True)
class Signs:
    """Everything on our side that could have shown an outage, in order of time."""

    openings: tuple[Opening, ...] = ()
    failures: tuple[Failure, ...] = ()
    people: int = CLUSTER_NEEDS
    """How many people make a cluster among the tickets that name no service."""

    def about(self, service: str, since: Instant) -> list[Opening]:
        """Return the tickets since ``since`` that name this service and no other."""
        alone = frozenset({service})
        return [one for one in self.openings if one.services == alone and one.at >= since]

    def openings_about(
        self, services: Collection[str], start: Instant, end: Instant
    ) -> list[Opening]:
        """Return the tickets about ``services`` in a stretch of trouble, and those just before.

        Those that name the service count, from a quarter of an hour before the start, and from
        further back as long as each follows the other within a quarter of an hour. Where none
        names it, those that name no service at all may be about it.
        """
        first = bisect_left(self.openings, start - LONGEST_LEAD, key=_opened_at)
        last = bisect_right(self.openings, end, key=_opened_at)
        found, nameless = [], []
        reach = start - CLUSTER_WITHIN
        for one in reversed(self.openings[first:last]):
            if one.services & frozenset(services):
                if one.at >= reach:
                    found.append(one)
                    reach = min(reach, one.at - CLUSTER_WITHIN)
            elif not one.services and one.at >= start - CLUSTER_WITHIN:
                nameless.append(one)
        return (found or nameless)[::-1]

    def failures_about(
        self, services: Collection[str], start: Instant, end: Instant
    ) -> list[Failure]:
        """Return the failures of ``services`` in a stretch of trouble, and those just before."""
        return [
            one
            for one in self.failures
            if one.service in services
            and one.until_at >= start - CLUSTER_WITHIN
            and start - LONGEST_LEAD <= one.from_at <= end
        ]


def gathered(openings: Sequence[Opening], people: int) -> Instant | None:
    """Return when so many people had written within a quarter of an hour."""
    first = 0
    within: Counter[str] = Counter()
    for one in openings:
        within[one.requester] += 1
        while one.at - openings[first].at > CLUSTER_WITHIN:
            within[openings[first].requester] -= 1
            first += 1
        if sum(count > 0 for count in within.values()) >= people:
            return one.at
    return None


def _opened_at(one: Opening) -> Instant:
    return one.at
