"""The simulated engagements: who they are, how much comes in, how well it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engagewatch.demo.people import Named, Role
from engagewatch.model.instants import (
    DAY,
    HOUR,
    MINUTE,
    Instant,
    to_datetime,
    to_instant,
    zone,
)
from engagewatch.model.policy import ALWAYS, CalendarSpec, Window

ZONE = "Europe/London"

OFFICE = CalendarSpec(
    name="office",
    timezone=ZONE,
    weekly=((Window(8 * 60, 18 * 60),),) * 5 + ((),) * 2,
    region="GB-ENG",
)
"""When both sides are at work."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is promised for one priority, in open seconds."""

    first_response: int
    resolution: int
    calendar: CalendarSpec = OFFICE


LEVELS: Mapping[str, Level] = {
    "urgent": Level(15 * MINUTE, 4 * HOUR, ALWAYS),
    "high": Level(30 * MINUTE, 8 * HOUR),
    "normal": Level(4 * HOUR, 24 * HOUR),
    "low": Level(8 * HOUR, 72 * HOUR),
}
"""By the tool's own name of the priority; the contract calls them P1 to P4."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Share of tickets that miss their targets, and how long the others take."""

    first_response: float
    resolution: float
    tempo: float
    """Usual share of the resolution target that is used up."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One simulated engagement."""

    key: str
    client: str
    provider: str
    client_domain: str
    provider_domain: str
    desk_name: str
    """The tool's subdomain."""
    days: int
    """Length of the history."""
    tickets: int
    users: int
    agents: int
    departments: tuple[tuple[str, int], ...]
    named: tuple[Named, ...]
    by_month: tuple[Quality, ...]
    """From the first month on; the last holds for the months after."""
    last_month: Quality
    this_month: Quality
    eventful: bool
    """Whether its status page has trouble to tell of, today too."""
    bad_week: Quality | None
    bad_week_days_ago: int
    first_ticket_id: int
    first_member_id: int
    first_audit_id: int
    organization_id: int
    live_gaps: tuple[tuple[int, int], tuple[int, int]]
    """Shortest and longest seconds between two live changes: in the first hours, and later."""
    open_tickets: int
    """How many open tickets the live desk hovers around."""
    words: tuple[tuple[str, str], ...] = ()
    """What the trade calls things, by what a distributor of goods calls them."""

    def localised(self, text: str) -> str:
        """Return ``text`` in the words of the client's trade."""
        for usual, own in self.words:
            text = text.replace(usual, own)
        return text


FINANCE_APPROVER = "r.okafor"
HR_LEAD = "h.marsh"
WAREHOUSE_LEAD = "d.price"
MANAGING_DIRECTOR = "g.pell"
LIAISON = "t.ainsley"
SALES_LEAD = "p.nair"
DELIVERY_MANAGER = "c.donnelly"

NORTHWIND = Profile(
    key="northwind",
    client="Northwind",
    provider="Contoso IT",
    client_domain="northwind.example",
    provider_domain="contoso-it.example",
    desk_name="contoso-it",
    days=425,
    tickets=5870,
    users=150,
    agents=12,
    departments=(
        ("Warehouse", 9),
        ("Sales", 8),
        ("Finance", 5),
        ("Purchasing", 4),
        ("Operations", 4),
        ("Marketing", 3),
        ("HR", 2),
        ("Quality", 2),
    ),
    named=(
        Named("Tom Ainsley", LIAISON, "Operations", 0.25),
        Named("Ruth Okafor", FINANCE_APPROVER, "Finance", 9.0),
        Named("Helen Marsh", HR_LEAD, "HR", 4.0),
        Named("Daniel Price", WAREHOUSE_LEAD, "Warehouse", 5.0),
        Named("Graham Pell", MANAGING_DIRECTOR, "Management", 6.0),
        Named("Priya Nair", SALES_LEAD, "Sales", 1.5),
        Named("Claire Donnelly", DELIVERY_MANAGER, "Service Desk", role=Role.ADMIN),
    ),
    by_month=(
        Quality(0.36, 0.30, 0.52),
        Quality(0.07, 0.06, 0.32),
        Quality(0.04, 0.035, 0.30),
    ),
    last_month=Quality(0.015, 0.015, 0.30),
    this_month=Quality(0.03, 0.04, 0.30),
    eventful=True,
    bad_week=Quality(0.46, 0.42, 0.60),
    bad_week_days_ago=131,
    first_ticket_id=41_000,
    first_member_id=70_001,
    first_audit_id=9_100_000_001,
    organization_id=310,
    live_gaps=((8, 20), (25, 60)),
    open_tickets=56,
)

ALDERFINCH = Profile(
    key="alder-finch",
    client="Alder & Finch",
    provider="Kestrel Support",
    client_domain="alderfinch.example",
    provider_domain="kestrel-support.example",
    desk_name="kestrel-support",
    days=300,
    tickets=585,
    users=30,
    agents=5,
    departments=(("Conveyancing", 4), ("Litigation", 4), ("Family", 3), ("Accounts", 2)),
    named=(
        Named("Marian Holloway", "m.holloway", "Management", 0.4),
        Named("Edwin Alder", "e.alder", "Management", 4.0),
        Named("Josh Tate", "j.tate", "Service Desk", role=Role.ADMIN),
    ),
    by_month=(Quality(0.09, 0.07, 0.40), Quality(0.05, 0.05, 0.34), Quality(0.015, 0.02, 0.28)),
    last_month=Quality(0.015, 0.02, 0.28),
    this_month=Quality(0.0, 0.02, 0.28),
    eventful=False,
    bad_week=None,
    bad_week_days_ago=0,
    first_ticket_id=8_200,
    first_member_id=3_001,
    first_audit_id=410_000_001,
    organization_id=77,
    live_gaps=((60, 150), (180, 420)),
    open_tickets=9,
    words=(
        ("ERP", "Case system"),
        ("Depot Wi-Fi and scanners", "Hearing room video"),
        ("Scanners in the depot", "Hearing room video"),
        ("scanners", "tablets"),
        ("Leeds depot", "Leeds office"),
        ("Leeds goods-in", "the post room"),
        ("the packing hall", "the library"),
        ("Warehouse", "Litigation"),
        ("warehouse", "archive"),
        ("Purchasing", "Family"),
        ("Marketing", "Probate"),
        ("Sales", "Conveyancing"),
        ("Stock level for item", "Client balance of matter"),
        ("opening orders", "opening matters"),
        ("Open orders", "Open matters"),
        ("orders@", "enquiries@"),
        ("returns@", "deeds@"),
        ("labels", "bundles"),
    ),
)


def started_at(profile: Profile, anchor: Instant) -> Instant:
    """Return when the engagement began: 08:00 local time on a Monday."""
    local = zone(ZONE)
    day = to_datetime(anchor - profile.days * DAY, local)
    day = day.replace(hour=8, minute=0, second=0)
    return to_instant(day) + (7 - day.weekday()) % 7 * DAY
