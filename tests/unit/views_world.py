"""A small engagement in a real store, folded by the real engine: the ground of the views' tests.

It is Wednesday 11 March 2026, 10:00 in London. The office is open on weekdays from 9 to 17.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from engagewatch.engine.fold import Folder, policy_version
from engagewatch.model.batch import Batch
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import (
    Engagement,
    Role,
    SourceSettings,
    UptimePromise,
)
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import Instant, to_instant, zone
from engagewatch.model.policy import (
    ALWAYS,
    CalendarSpec,
    Duration,
    Participation,
    ServiceLevel,
    Window,
)
from engagewatch.model.service import Component, ComponentState, Incident, Maintenance
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, EventKind, Person, Ticket
from engagewatch.store.store import Store
from engagewatch.views.policy import policy_of

LONDON = "Europe/London"


def at(text: str, year: int = 2026) -> Instant:
    """Return an instant of London, written ``03-02 09:00``."""
    return to_instant(datetime.fromisoformat(f"{year}-{text}").replace(tzinfo=zone(LONDON)))


NOW = at("03-11 10:00")

HOUR = 3600

OFFICE = CalendarSpec("office", LONDON, ((Window(540, 1020),),) * 5 + ((), ()))

DESK = SourceSettings("desk", "zendesk", url="https://desk.example.net")
LOG = SourceSettings("log", "eventlog", options={"path": "incidents.csv", "rows": "states"})
STATUS = SourceSettings("status", "statuspage", url="https://status.example.net")

NORTHWIND = Engagement(
    id="northwind",
    name="Northwind / Contoso IT",
    client="Northwind",
    provider="Contoso IT",
    started=date(2025, 11, 3),
    timezone=LONDON,
    calendars={"office": OFFICE, "24x7": ALWAYS},
    sources=(DESK, STATUS),
    service_levels=(
        ServiceLevel(
            "P1",
            "24x7",
            {
                Obligation.FIRST_RESPONSE: Duration(seconds=900),
                Obligation.RESOLUTION: Duration(seconds=4 * HOUR),
            },
            attainment=0.95,
            matches=("urgent",),
        ),
        ServiceLevel(
            "P2",
            "office",
            {
                Obligation.FIRST_RESPONSE: Duration(seconds=1800),
                Obligation.RESOLUTION: Duration(seconds=8 * HOUR),
            },
            attainment=0.95,
            matches=("high",),
        ),
    ),
    participation=Participation(
        calendar="office",
        reply={"P1": Duration(seconds=1800), "default": Duration(seconds=4 * HOUR)},
        approval=Duration(business_days=2),
        attainment=0.9,
    ),
    uptime=(UptimePromise("*", 0.995),),
    people=(Role("Finance approver", "R. Okafor", matches=("okafor@northwind.example",)),),
)

PEOPLE = (
    Person("okafor", "Ruth Okafor", Side.CLIENT, "okafor@northwind.example"),
    Person("lee", "Lee Park", Side.CLIENT, "lee@northwind.example"),
    Person("zoe", "Zoe Hall", Side.PROVIDER),
)


class World:
    """A store to be filled ticket by ticket."""

    def __init__(self, store: Store, engagement: Engagement = NORTHWIND) -> None:
        self.store = store
        self.engagement = engagement
        for settings in engagement.sources:
            store.register_source(engagement.id, settings.id, settings.adapter)

    def ticket(
        self,
        name: str,
        opened: str,
        *events: Event,
        priority: str | None = "high",
        status: str | None = None,
        source: str = "desk",
        requester: str = "lee",
        claims: Iterable[Claim] = (),
        **fields: object,
    ) -> None:
        """Store a ticket ``#name`` with what happened to it."""
        created = at(opened)
        renamed = tuple(
            replace(event, ticket_id=name, id=f"{name}-{place}")
            for place, event in enumerate(events)
        )
        statuses = [event.value for event in events if event.kind is EventKind.STATUS_CHANGED]
        ticket = Ticket(
            id=name,
            reference=f"#{name}",
            subject=str(fields.pop("subject", f"Subject {name}")),
            status=status or (statuses[-1] if statuses else "open"),
            priority=priority,
            created_at=created,
            updated_at=max([created, *(event.at for event in events)]),
            requester=requester,
            assignee="zoe",
            claims=tuple(claims),
            **fields,  # type: ignore[arg-type]
        )
        opening = Event(name, f"{name}-opened", created, EventKind.OPENED, value="new")
        self.store_batch(
            source, Batch("tickets", None, (ticket,), (opening, *renamed), people=PEOPLE)
        )

    def store_batch(self, source: str, batch: Batch, now: Instant = NOW) -> None:
        """Store a batch of a source, folded under the engagement's policy."""
        policy = policy_of(self.store, self.engagement, self.engagement.source(source))
        folder = Folder(policy)
        self.store.ingest(self.engagement.id, source, batch, folder.fold, now)

    def refold(self, source: str = "desk") -> None:
        """Fold everything again, so that the store knows the policy's fingerprint."""
        policy = policy_of(self.store, self.engagement, self.engagement.source(source))
        version = policy_version(policy)
        self.store.refold(self.engagement.id, source, Folder(policy).fold, version)

    def read(self, source: str, when: Instant = NOW, **fields: object) -> None:
        """Note that a source was read successfully."""
        self.store.record_health(
            SourceHealth(
                self.engagement.id,
                source,
                last_attempt_at=when,
                last_success_at=when,
                **fields,  # type: ignore[arg-type]
            )
        )

    def services(
        self,
        seen: Iterable[tuple[Instant, ComponentState]],
        incidents: Iterable[Incident] = (),
        maintenances: Iterable[Maintenance] = (),
    ) -> None:
        """Let polls see the one component, ``Mail``, in the states told."""
        for when, state in seen:
            component = Component("mail", "Mail", state)
            batch = Batch("summary", None, components=(component,), server_time=when, observed=True)
            self.store_batch("status", batch, when)
        self.store_batch(
            "status",
            Batch("history", None, incidents=tuple(incidents), maintenances=tuple(maintenances)),
        )


def opened(tmp_path: Path, engagement: Engagement = NORTHWIND) -> World:
    """Return a world in a new store."""
    return World(Store.open(tmp_path / "views.db"), engagement)


def replied(when: str, *, asks: bool = False) -> Event:
    """The provider wrote to the client."""
    return Event("", "", at(when), EventKind.REPLIED, Side.PROVIDER, "zoe", asks=asks)


def answered(when: str) -> Event:
    """The client wrote."""
    return Event("", "", at(when), EventKind.REPLIED, Side.CLIENT, "lee")


def noted(when: str) -> Event:
    """The provider wrote an internal note."""
    return Event("", "", at(when), EventKind.NOTED, Side.PROVIDER, "zoe")


def moved(when: str, status: str, before: str = "open") -> Event:
    """The status changed."""
    return Event("", "", at(when), EventKind.STATUS_CHANGED, Side.PROVIDER, "zoe", status, before)


def approval_requested(when: str, of: str = "") -> Event:
    """The provider asked for an approval, of whom if that is told."""
    return Event("", "", at(when), EventKind.APPROVAL_REQUESTED, Side.PROVIDER, "zoe", of)


def surveyed(when: str) -> Event:
    """The provider's tool asked the client to rate the service."""
    return Event("", "", at(when), EventKind.SURVEYED, Side.PROVIDER)
