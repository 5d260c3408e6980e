"""All that the store knows of an engagement's services, read once: accounts, posts, and signs.

A service is what a status source calls a component. Several sources may tell of one service: they
are the same where their names are, whatever the case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engagewatch.engine import services as engine
from engagewatch.engine.candour import Candour, Stretch, Unadmitted, candour, unadmitted
from engagewatch.engine.signs import Namer, Opening, Signs, failures_of, people_needed
from engagewatch.engine.timeline import announced_windows
from engagewatch.model.engagement import Engagement, RunBy
from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState, Incident, Maintenance, StateSpan
from engagewatch.store.queries import services as stored
from engagewatch.store.queries.scope import Scope
from engagewatch.store.queries.tickets import TicketOpening, openings

if TYPE_CHECKING:
    from engagewatch.store.store import Store

ComponentKey = tuple[str, str]
"""(source, component id)."""


@dataclass(frozen=True)
class Story:
    """What the status sources told since an instant, and what people wrote meanwhile."""

    engagement: Engagement
    since: Instant
    now: Instant
    components: Sequence[stored.StoredComponent]
    spans: Mapping[ComponentKey, Sequence[StateSpan]]
    incidents: Sequence[tuple[str, Incident]]
    """Those that had begun, newest first by source."""
    works: Sequence[tuple[str, Maintenance]]
    first: Mapping[str, Instant]
    """When the oldest incident that each page ever told of began."""
    read_at: Mapping[str, Instant | None]
    """When each source was last read."""
    has_tickets: bool
    """Whether it was read with the tickets."""
    written: Sequence[TicketOpening]
    """The tickets that our people opened; empty where they were not asked for."""

    @cached_property
    def names(self) -> Mapping[ComponentKey, str]:
        """What each component is called."""
        return {(row.source, row.component.id): row.component.name for row in self.components}

    def run_by(self, source: str) -> RunBy:
        """Return whose word a source is."""
        return self.engagement.source(source).run_by

    def record(self, key: ComponentKey, *, at_the_time: bool = False) -> engine.Record:
        """Return what is known of a component.

        With ``at_the_time`` incidents count from when they were posted, not from the start that
        the page named later.
        """
        known = self._records.get((key, at_the_time))
        if known is None:
            known = self._records[key, at_the_time] = self._record(key, at_the_time=at_the_time)
        return known

    @cached_property
    def _records(self) -> dict[tuple[ComponentKey, bool], engine.Record]:
        return {}

    def _record(self, key: ComponentKey, *, at_the_time: bool) -> engine.Record:
        source, component_id = key
        own = [incident for name, incident in self.incidents if name == source]
        return engine.record(
            component_id,
            self.spans.get(key, ()),
            [engine.as_posted(incident) for incident in own] if at_the_time else own,
            [work for name, work in self.works if name == source],
            self.history(source),
            self._agreed(key),
        )

    def _agreed(self, key: ComponentKey) -> tuple[Stretch, ...]:
        """Return the contract's windows; for our own probes also those of the provider's page."""
        windows = self.engagement.maintenance
        if self.run_by(key[0]) is RunBy.CLIENT:
            windows += tuple(self._announced.get(self.names.get(key, "").casefold(), ()))
        return windows

    @cached_property
    def _announced(self) -> Mapping[str, Sequence[Stretch]]:
        found: defaultdict[str, list[Stretch]] = defaultdict(list)
        for (source, component_id), name in self.names.items():
            if self.run_by(source) is RunBy.PROVIDER:
                works = [work for other, work in self.works if other == source]
                found[name.casefold()] += announced_windows(component_id, works)
        return found

    def windows(self, service: str) -> list[Stretch]:
        """Return the planned work on a service: what was announced, and the contract's."""
        return [*self.engagement.maintenance, *self._announced.get(service, ())]

    def history(self, source: str) -> engine.History | None:
        """Return how far a page's account reaches: from the oldest incident it ever told of."""
        first, read_at = self.first.get(source), self.read_at.get(source)
        if first is None or read_at is None or first >= read_at:
            return None
        return engine.History(first, read_at)

    def of_service(self, service: str) -> list[stored.StoredComponent]:
        """Return the components of one service, the provider's first."""
        found = [row for row in self.components if row.component.name.casefold() == service]
        return sorted(found, key=lambda row: self.run_by(row.source) is RunBy.CLIENT)

    @cached_property
    def provided(self) -> Mapping[str, Sequence[ComponentKey]]:
        """The services that the provider tells of, in lower case, with their components."""
        found: defaultdict[str, list[ComponentKey]] = defaultdict(list)
        for (source, component_id), name in self.names.items():
            if self.run_by(source) is RunBy.PROVIDER:
                found[name.casefold()].append((source, component_id))
        return found

    @cached_property
    def signs(self) -> Signs:
        """What showed on our side."""
        namer = Namer(self.names.values())
        written = [
            Opening(
                one.at,
                one.requester,
                namer.named(one.subject, one.category),
                one.source,
                one.ticket_id,
                one.reference,
                one.subject,
            )
            for one in self.written
        ]
        failures = [
            failure
            for key, name in self.names.items()
            if self.run_by(key[0]) is RunBy.CLIENT
            for failure in failures_of(name.casefold(), key[0], self.record(key).observed)
        ]
        return Signs(
            tuple(sorted(written, key=lambda one: one.at)),
            tuple(sorted(failures, key=lambda one: one.from_at)),
            people_needed(sum(not one.services for one in written), max(1, self.now - self.since)),
        )

    def services_of(self, source: str, incident: Incident) -> frozenset[str]:
        """Return the services an incident is on, in lower case."""
        return frozenset(
            self.names[source, one].casefold()
            for one in incident.component_ids
            if (source, one) in self.names
        )

    @cached_property
    def candours(self) -> Mapping[tuple[str, str], Candour]:
        """How soon the provider told of each of its incidents, by (source, incident id)."""
        return {
            (source, incident.id): candour(incident, self.services_of(source, incident), self.signs)
            for source, incident in self.incidents
            if self.run_by(source) is RunBy.PROVIDER
        }

    @cached_property
    def never_admitted(self) -> Sequence[Unadmitted]:
        """The outages our signs show and the provider's pages, as far as read, never told of."""
        told = {service: self._told_of(service, keys) for service, keys in self.provided.items()}
        return [
            one
            for one in unadmitted(self.signs, told, self.since, self.now)
            if self._was_watched(one)
        ]

    def _told_of(self, service: str, keys: Sequence[ComponentKey]) -> list[Stretch]:
        found = self.windows(service)
        for source, component_id in keys:
            for other, incident in self.incidents:
                if other == source and component_id in (incident.component_ids or (component_id,)):
                    start = min(incident.started_at, incident.posted_at)
                    found.append((start, incident.resolved_at or self.now))
            # What the page showed without an incident was shown all the same.
            found += [
                (start, end)
                for start, end, state in self.record((source, component_id)).observed
                if state is not ComponentState.UP
            ]
        return found

    def _was_watched(self, one: Unadmitted) -> bool:
        """Whether the page's word on that time is known: it was read later, and reaches so far."""
        for source, component_id in self.provided[one.service]:
            read_at = self.read_at.get(source)
            history = self.history(source)
            spans = self.spans.get((source, component_id), ())
            starts = [span.from_at for span in spans[:1]]
            starts += [history.since] if history is not None else []
            if read_at is not None and starts and min(starts) <= one.first_sign_at <= read_at:
                return True
        return False


def read_story(
    store: Store,
    engagement: Engagement,
    of: Scope,
    since: Instant,
    now: Instant,
    *,
    with_tickets: bool = False,
) -> Story:
    """Return what the sources in scope told since ``since``; call it within one snapshot."""
    return Story(
        engagement=engagement,
        since=since,
        now=now,
        components=stored.components(store, of),
        spans=stored.state_spans(store, of, since, now + 1),
        incidents=[one for one in stored.incidents(store, of, since) if one[1].posted_at <= now],
        works=stored.maintenances(store, of, since),
        first=stored.first_incidents(store, of),
        read_at={one.source: one.last_success_at for one in store.health(engagement.id)},
        has_tickets=with_tickets,
        written=openings(store, of, since) if with_tickets else (),
    )
