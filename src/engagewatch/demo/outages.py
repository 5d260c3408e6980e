"""The status page's story: outages told in time, told late and never told, and planned work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from engagewatch.demo.page import (
    DEGRADED,
    MAINTENANCE,
    MAJOR,
    OPERATIONAL,
    PARTIAL,
    PageComponent,
    Post,
    StatusPage,
    Update,
)
from engagewatch.demo.profile import ZONE, Profile
from engagewatch.engine.calendars import Calendar
from engagewatch.model.instants import (
    DAY,
    HOUR,
    MINUTE,
    Instant,
    to_datetime,
    to_instant,
    zone,
)

COMPONENTS: Sequence[tuple[str, str, str]] = (
    ("mail", "E-mail", "Business applications"),
    ("erp", "ERP", "Business applications"),
    ("files", "File shares", "Business applications"),
    ("identity", "Sign-in and MFA", "Business applications"),
    ("vpn", "VPN gateway", "Network"),
    ("wifi", "Office Wi-Fi", "Network"),
    ("depot", "Depot Wi-Fi and scanners", "Network"),
    ("phones", "Telephony", "Network"),
    ("printing", "Printing", "Workplace"),
    ("backup", "Backup", "Workplace"),
)
"""Key, name on the page, group."""

TROUBLES: Sequence[tuple[str, str, str]] = (
    ("VPN gateway unstable", "vpn", PARTIAL),
    ("Mail delivery delayed", "mail", DEGRADED),
    ("ERP slow for all users", "erp", DEGRADED),
    ("ERP not reachable", "erp", MAJOR),
    ("File shares not reachable", "files", MAJOR),
    ("Scanners in the depot offline", "depot", PARTIAL),
    ("Calls dropping", "phones", PARTIAL),
    ("Sign-in failing for some users", "identity", PARTIAL),
    ("Print queue stuck", "printing", DEGRADED),
    ("Nightly backup incomplete", "backup", DEGRADED),
    ("Office Wi-Fi unstable", "wifi", DEGRADED),
)
_IMPACT = {DEGRADED: "minor", PARTIAL: "major", MAJOR: "critical"}

_INVESTIGATING = "We are looking into reports of this problem."
_IDENTIFIED = "The cause has been found and a fix is being prepared."
_MONITORING = "A fix is in place. We are watching the results."
_RESOLVED = "This incident has been resolved."
_POSTMORTEM = "What happened, and what we change because of it, is written up in the report."


@dataclass(frozen=True, slots=True)
class Cluster:
    """Users who notice the same trouble and write to the desk."""

    component: str
    start: Instant
    """When the first of them writes."""
    spread: int
    """Seconds over which they come in."""
    count: int
    solved_at: Instant
    story: str = "outage"


@dataclass(frozen=True, slots=True)
class Outages:
    """A page, and the tickets that its troubles cause."""

    page: StatusPage
    clusters: tuple[Cluster, ...]


class Chronicler:
    """Writes the page of one engagement."""

    def __init__(self, profile: Profile, rng: Random, hours: Calendar) -> None:
        """Prepare the components; ``hours`` are the office's."""
        self.profile = profile
        self.rng = rng
        self.hours = hours
        self.ids: Mapping[str, str] = {key: self._id() for key, _, _ in COMPONENTS}
        self.incidents: list[Post] = []
        self.maintenances: list[Post] = []
        self.clusters: list[Cluster] = []

    def outages(self, started: Instant, anchor: Instant) -> Outages:
        """Write everything from ``started`` to a day after ``anchor``."""
        self._ordinary(started, anchor, 1.0 if self.profile.eventful else 0.35)
        if self.profile.eventful:
            self._told_late(anchor)
            self._last_month(anchor)
            self._never_told(anchor)
            self._told_first(anchor)
            self._bad_week(anchor)
            self._now(anchor)
        self._planned(started, anchor)
        components = [
            PageComponent(self.ids[key], self.profile.localised(name), group, position)
            for position, (key, name, group) in enumerate(COMPONENTS, 1)
        ]
        page = StatusPage(
            self._id(),
            f"{self.profile.provider} status",
            started,
            components,
            self.incidents,
            self.maintenances,
        )
        return Outages(page, tuple(self.clusters))

    # -- incidents ------------------------------------------------------------------------------

    def _ordinary(self, started: Instant, anchor: Instant, rate: float) -> None:
        """One trouble a fortnight, three times as many in the first months."""
        at = started + 3 * DAY
        while at < anchor - 14 * DAY:
            begin = self._office_time(at)
            name, key, state = self.rng.choice(TROUBLES)
            length = int(self.rng.lognormvariate(4.0, 0.55) * MINUTE)
            told = begin + self.rng.randrange(2, 14) * MINUTE
            self._incident(name, key, state, told, begin + length)
            if state is not DEGRADED:
                count = self.rng.randrange(2, 8)
                self._cluster(key, begin + 3 * MINUTE, 20 * MINUTE, count, begin + length)
            early = at - started < 80 * DAY
            days = self.rng.uniform(4, 10) if early else self.rng.uniform(10, 19)
            at += int(days / rate * DAY)

    def _told_late(self, anchor: Instant) -> None:
        """The page said nothing for 40 minutes while users were writing in."""
        begin = self._morning(anchor, 70 * HOUR) + 95 * MINUTE
        told, end = begin + 40 * MINUTE, begin + 131 * MINUTE
        post = self._incident("ERP not reachable", "erp", MAJOR, told, end, started_at=begin)
        post.backdated_at = end + 3 * HOUR
        written = "The start of this incident has been corrected after analysis."
        post.updates.append(Update(self._id(), end + 3 * HOUR, "postmortem", written))
        self._cluster("erp", begin + MINUTE, 36 * MINUTE, 13, end + 8 * MINUTE, "told late")

    def _last_month(self, anchor: Instant) -> None:
        """Long enough to fall short of what was promised for the whole of last month."""
        first = to_datetime(anchor, zone(ZONE)).replace(day=1, hour=12)
        begin = self._morning(to_instant(first - timedelta(days=17)), 0) + 80 * MINUTE
        end = begin + 104 * MINUTE
        self._incident("ERP not reachable", "erp", MAJOR, begin + 6 * MINUTE, end)
        self._cluster("erp", begin, 20 * MINUTE, 6, end + 10 * MINUTE)

    def _never_told(self, anchor: Instant) -> None:
        begin = self._morning(anchor, 230 * HOUR) + 4 * HOUR
        self._cluster("printing", begin, 25 * MINUTE, 8, begin + 3 * HOUR, "never told")

    def _told_first(self, anchor: Instant) -> None:
        told = self._morning(anchor, 150 * HOUR) + 30 * MINUTE
        self._incident("VPN gateway unstable", "vpn", PARTIAL, told, told + 95 * MINUTE)
        self._cluster("vpn", told + 19 * MINUTE, 30 * MINUTE, 4, told + 100 * MINUTE)

    def _bad_week(self, anchor: Instant) -> None:
        first = anchor - self.profile.bad_week_days_ago * DAY
        for day, name, key, state, hours in (
            (0, "Mail not delivered after migration", "mail", MAJOR, 5),
            (1, "Calendars missing after migration", "mail", PARTIAL, 7),
            (2, "Sign-in failing for some users", "identity", PARTIAL, 3),
        ):
            begin = self._morning(first + day * DAY, 0) + 25 * MINUTE
            end = begin + hours * HOUR
            self._incident(name, key, state, begin + 17 * MINUTE, end)
            self._cluster(key, begin, 45 * MINUTE, 9 - 2 * day, end + 20 * MINUTE)

    def _now(self, anchor: Instant) -> None:
        """One component is degraded and about to recover; more trouble comes later."""
        told = anchor - 47 * MINUTE
        post = self._incident(
            "Office Wi-Fi unstable in Leeds", "wifi", DEGRADED, told, anchor + 26 * MINUTE
        )
        post.updates[1].at = anchor - 19 * MINUTE
        post.updates[2].at = anchor + 13 * MINUTE
        post.updates[2].states = {self.ids["wifi"]: OPERATIONAL}
        self._cluster("wifi", told - 9 * MINUTE, 40 * MINUTE, 5, anchor + 31 * MINUTE, "now")
        at = anchor + 110 * MINUTE
        for name, key, state in (
            ("Calls dropping", "phones", PARTIAL),
            ("ERP slow for all users", "erp", DEGRADED),
            ("Mail delivery delayed", "mail", DEGRADED),
            ("Sign-in failing for some users", "identity", PARTIAL),
        ):
            self._incident(name, key, state, at, at + self.rng.randrange(25, 55) * MINUTE)
            at += 5 * HOUR

    def _incident(
        self,
        name: str,
        key: str,
        state: str,
        told: Instant,
        end: Instant,
        *,
        started_at: Instant | None = None,
    ) -> Post:
        end = max(end, told + 12 * MINUTE)
        component = self.ids[key]
        length = end - told
        updates = [
            Update(self._id(), told, "investigating", _INVESTIGATING, {component: state}),
            Update(self._id(), told + length // 4, "identified", _IDENTIFIED),
            Update(self._id(), told + length * 3 // 4, "monitoring", _MONITORING),
            Update(self._id(), end, "resolved", _RESOLVED, {component: OPERATIONAL}),
        ]
        if state is MAJOR and started_at is None and self.rng.random() < 0.5:
            updates.append(Update(self._id(), end + DAY, "postmortem", _POSTMORTEM))
        start = told if started_at is None else started_at
        post = Post(
            self._id(), self.profile.localised(name), _IMPACT[state], start, updates, (component,)
        )
        self.incidents.append(post)
        return post

    def _cluster(
        self,
        key: str,
        start: Instant,
        spread: int,
        count: int,
        solved_at: Instant,
        story: str = "outage",
    ) -> None:
        self.clusters.append(Cluster(key, start, spread, count, solved_at, story))

    # -- planned work ---------------------------------------------------------------------------

    def _planned(self, started: Instant, anchor: Instant) -> None:
        """Patches on one Sunday a month, an upgrade soon, and something in the next hours."""
        for number, begin in enumerate(self._sundays(started, anchor)):
            keys = ("erp", "files") if number % 2 else ("mail", "identity")
            end = begin + (4 if number == 5 else 3) * HOUR
            self._work("Monthly patches", keys, begin - 7 * DAY, (begin, begin + 3 * HOUR), end)
        evening = self._morning(anchor, 0) + 12 * HOUR
        self._work(
            "ERP upgrade to 24.2",
            ("erp",),
            anchor - 5 * DAY,
            (evening + 2 * DAY, evening + 2 * DAY + 3 * HOUR),
            evening + 2 * DAY + 3 * HOUR,
        )
        if not self.profile.eventful:
            return
        begin = self._morning(anchor - 40 * DAY, 0) + 13 * HOUR
        window = (begin, begin + HOUR)
        self._work("Emergency firewall update", ("vpn",), begin - 90 * MINUTE, window, window[1])
        begin = anchor + 150 * MINUTE
        window = (begin, begin + 45 * MINUTE)
        self._work("Firewall firmware", ("vpn",), anchor - 26 * HOUR, window, window[1])

    def _work(
        self,
        name: str,
        keys: Sequence[str],
        announced: Instant,
        window: tuple[Instant, Instant],
        end: Instant,
    ) -> None:
        components = tuple(self.ids[key] for key in keys)
        begin = window[0]
        updates = [
            Update(self._id(), announced, "scheduled", "Planned work. Expect short interruptions."),
            Update(
                self._id(),
                begin,
                "in_progress",
                "Work is in progress.",
                dict.fromkeys(components, MAINTENANCE),
            ),
            Update(
                self._id(),
                end,
                "completed",
                "The planned work has been completed.",
                dict.fromkeys(components, OPERATIONAL),
            ),
        ]
        self.maintenances.append(
            Post(
                self._id(),
                self.profile.localised(name),
                "maintenance",
                begin,
                updates,
                components,
                window=window,
            )
        )

    def _sundays(self, started: Instant, anchor: Instant) -> Iterator[Instant]:
        """Yield 06:00 local time on every fourth Sunday, up to a week after ``anchor``."""
        local = zone(ZONE)
        day = to_datetime(anchor, local).date()
        day += timedelta(days=6 - day.weekday())
        days = []
        while to_instant(datetime.combine(day, time(6), local)) > started + 10 * DAY:
            days.append(day)
            day -= timedelta(days=28)
        for day in reversed(days):
            yield to_instant(datetime.combine(day, time(6), local))

    # -- times ----------------------------------------------------------------------------------

    def _office_time(self, at: Instant) -> Instant:
        """Return some time in the working day that follows ``at``."""
        return self._morning(at, 0) + self.rng.randrange(20, 440) * MINUTE

    def _morning(self, at: Instant, back: int) -> Instant:
        """Return the first opening after the instant ``back`` open seconds before ``at``."""
        before = self.hours.subtract(at, back)
        closing = self.hours.next_closing(before) if self.hours.is_open(before) else None
        return self.hours.next_opening(before if closing is None else closing)

    def _id(self) -> str:
        return "".join(self.rng.choices("bcdfghjkmnpqrstvwxyz0123456789", k=12))
