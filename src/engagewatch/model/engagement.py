"""An engagement: one client with one provider under one contract, as its file describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from engagewatch.model.instants import Instant
from engagewatch.model.policy import (
    CalendarSpec,
    Participation,
    Policy,
    Relief,
    Rules,
    ServiceLevel,
    levels_on,
)
from engagewatch.model.sides import Side, StatusMeaning

# Parts that many contracts have not: a file without them starts sooner.
if TYPE_CHECKING:
    from engagewatch.model.credits import Credits
    from engagewatch.model.meeting import MeetingSeries
    from engagewatch.model.plan import Onboarding
    from engagewatch.model.promise import Promise


class SourceKind(StrEnum):
    """What a source is polled for."""

    TICKETING = "ticketing"
    STATUS = "status"
    CALENDAR = "calendar"


class SecretKind(StrEnum):
    """Where a secret is kept. Never in the engagement file itself."""

    ENV = "env"
    FILE = "file"
    COMMAND = "command"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where to find a secret; says nothing of its value."""

    kind: SecretKind
    locator: tuple[str, ...]
    """The variable's name, the file's path, the command's words, or keyring service and user."""


class RunBy(StrEnum):
    """Whose word a status source is."""

    PROVIDER = "provider"
    """A page or monitoring of the provider's own: their claim."""
    CLIENT = "client"
    """Probes that the client runs itself: independent of the provider."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a server is reached, where the usual way does not do."""

    ca_file: Path | None = None
    """The only certificate authority to trust; ``None`` trusts the usual ones."""
    client_certificate: Path | None = None
    client_key: Path | None = None
    """Key of the certificate; ``None`` where its file holds the key too."""
    proxy: str = ""
    """Address of a proxy, ``direct`` for none; empty follows the environment."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One polled source."""

    id: str
    adapter: str
    """The registered adapter, e.g. ``zendesk``, ``statuspage`` or ``eventlog``."""
    url: str = ""
    """Base address, or empty for a source read from files."""
    user: str = ""
    secret: SecretReference | None = None
    interval: int = 300
    """Seconds between polls."""
    requests_per_minute: int | None = None
    """Own budget; ``None`` takes the adapter's polite default."""
    meanings: Mapping[str, StatusMeaning] = field(default_factory=dict)
    """Configured overrides: status (lower case) to meaning."""
    options: Mapping[str, object] = field(default_factory=dict)
    """What only this adapter knows, validated by its own settings model."""
    reach: Reach = field(default_factory=Reach)
    run_by: RunBy = RunBy.PROVIDER
    """Of a status source: whose probes or posts it tells."""


@dataclass(frozen=True, slots=True)
class Role:
    """A ``[[people]]`` row: who holds a role, so that screens can show the role."""

    role: str
    name: str = ""
    side: Side = Side.CLIENT
    matches: tuple[str, ...] = ()
    """Addresses, names or keys (lower case) by which sources know the person."""


class NameDisplay(StrEnum):
    """How people are shown."""

    NAMES = "names"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is kept and shown about people."""

    names: NameDisplay = NameDisplay.NAMES
    subjects: bool = True
    detect_questions: bool = True
    """Look for a question mark in provider messages; the text itself is never kept."""
    exclude_categories: tuple[str, ...] = ()
    """Tickets of these categories, groups or tags are dropped at ingest."""
    retention_days: int = 760


@dataclass(frozen=True, slots=True)
class UptimePromise:
    """Promised availability of components whose name matches."""

    component: str
    """Name as the status page writes it; ``*`` for all."""
    uptime: float
    """Promised share of time, 0 to 1."""
    calendar: str = "24x7"
    exclude_maintenance: bool = True
    weights: Mapping[str, float] = field(default_factory=dict)
    """How much of its time a state counts as down; defaults: down 1, the others 0."""


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many users the engagement serves from a date on."""

    since: date
    users: int


@dataclass(frozen=True, slots=True)
class Engagement:
    """One engagement file, validated."""

    id: str
    """The file's name without its ending."""
    name: str
    client: str
    provider: str
    started: date
    timezone: str
    calendars: Mapping[str, CalendarSpec]
    sources: tuple[SourceSettings, ...]
    service_levels: tuple[ServiceLevel, ...] = ()
    rules: Rules = field(default_factory=Rules)
    participation: Participation = field(default_factory=lambda: Participation(calendar="24x7"))
    uptime: tuple[UptimePromise, ...] = ()
    people: tuple[Role, ...] = ()
    meetings: tuple[MeetingSeries, ...] = ()
    headcount: tuple[Headcount, ...] = ()
    privacy: Privacy = field(default_factory=Privacy)
    maintenance: tuple[tuple[Instant, Instant], ...] = ()
    """Planned work that the contract names, from and until."""
    onboarding: Onboarding | None = None
    credits: Credits | None = None
    """The credit clause, where the contract has one."""
    promises: tuple[Promise, ...] = ()
    relief: Relief = Relief.NONE
    """What becomes of misses that our own time explains; no clock is counted by it."""
    notice_days: int = 10
    """Business days within which the provider gives notice, where relief hangs on it."""
    path: Path | None = None

    def source(self, source_id: str) -> SourceSettings:
        """Return the source called ``source_id``.

        Raises:
            KeyError: there is none.
        """
        for source in self.sources:
            if source.id == source_id:
                return source
        raise KeyError(source_id)

    def users_on(self, day: date) -> int:
        """Return how many users the engagement serves on ``day``; 0 where that is not told."""
        users = 0
        for row in self.headcount:
            if row.since <= day:
                users = row.users
        return users

    def in_force(self, day: date) -> Engagement:
        """Return the engagement with only the contract's rows that hold on ``day``."""
        return replace(self, service_levels=levels_on(self.service_levels, day))

    def policy(
        self,
        source: SourceSettings,
        default_meanings: Mapping[str, StatusMeaning],
        *,
        has_messages: bool = True,
        has_history: bool = True,
        automatic: tuple[str, ...] = (),
    ) -> Policy:
        """Return what the engine needs to count the tickets of ``source``.

        The adapter's default status meanings apply where the file does not override them.
        ``automatic`` are the keys by which the source knows the authors of automatic replies, whom
        the file names by address.
        """
        rules = self.rules
        if automatic:
            rules = replace(rules, auto_reply_authors=(*rules.auto_reply_authors, *automatic))
        return Policy(
            timezone=self.timezone,
            calendars=self.calendars,
            service_levels=self.service_levels,
            participation=self.participation,
            rules=rules,
            maintenance=self.maintenance,
            meanings={**default_meanings, **source.meanings},
            has_messages=has_messages,
            has_history=has_history,
        )
