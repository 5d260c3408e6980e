"""What was promised, as the engine needs it: calendars, service levels, counting rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engagewatch.model.clock import Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.sides import StatusMeaning


@dataclass(frozen=True, slots=True)
class Window:
    """Open hours on one weekday, in local minutes since midnight.

    A window that runs past midnight has ``end > 1440``.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateException:
    """A date whose hours differ: closed when ``windows`` is empty, else open just then."""

    day: date
    windows: tuple[Window, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """What a calendar's week and public holidays are from a date on.

    It rules the windows that start on ``since`` or later: a night shift of the evening before still
    ends in the morning.
    """

    since: date
    weekly: tuple[tuple[Window, ...], ...]
    region: str | None = None


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """A named business calendar, as configured.

    ``weekly`` holds the windows of Monday to Sunday. ``region`` is a country, or a country and
    subdivision (``GB-ENG``), whose public holidays are closed days.
    """

    name: str
    timezone: str
    weekly: tuple[tuple[Window, ...], ...]
    region: str | None = None
    exceptions: tuple[DateException, ...] = ()
    """Dates with hours of their own, whichever version holds then."""
    versions: tuple[CalendarVersion, ...] = ()
    """What replaces ``weekly`` and ``region`` from later dates on; in order of their dates."""
    closures: tuple[tuple[Instant, Instant], ...] = ()
    """Closed spans, whatever the hours say."""

    @property
    def is_always_open(self) -> bool:
        """Whether it is 24x7: every instant counts, so daylight saving does not matter."""
        full = (Window(0, 1440),)
        return (
            self.region is None
            and not self.exceptions
            and not self.versions
            and not self.closures
            and all(windows == full for windows in self.weekly)
        )

    def version_on(self, day: date) -> CalendarVersion:
        """Return the week and the public holidays that hold on the local date ``day``."""
        held = [version for version in self.versions if version.since <= day]
        return held[-1] if held else CalendarVersion(date.min, self.weekly, self.region)


ALWAYS = CalendarSpec("24x7", "UTC", ((Window(0, 1440),),) * 7)
"""The calendar that never closes; every engagement has it."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A target as written: seconds of open time, or business days (open time of a usual day)."""

    seconds: int = 0
    business_days: int = 0

    def __str__(self) -> str:
        """Return it the way an engagement file writes it, e.g. ``4h``, ``90m`` or ``2bd``."""
        if self.business_days:
            return f"{self.business_days}bd"
        for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
            if self.seconds and self.seconds % size == 0:
                return f"{self.seconds // size}{unit}"
        return f"{self.seconds}s"


class Pause(StrEnum):
    """Which of the client's time the contract takes off the resolution clock."""

    NONE = "none"
    CLAIMED = "claimed"
    """While the status says the provider waits for the client."""
    EVIDENCED = "evidenced"
    """While a question to the client really stood open."""


class Relief(StrEnum):
    """What the contract makes of a miss that would have been met but for the client's time."""

    NONE = "none"
    """It stays a miss."""
    AUTOMATIC_PAUSE = "automatic_pause"
    """It is no miss."""
    NOTICE_REQUIRED = "notice_required"
    """It is no miss if the provider gave notice of it in time."""


class Reopen(StrEnum):
    """What a reopened ticket does to its resolution clock."""

    CONTINUE = "continue"
    """Same clock; the time it was resolved is left out."""
    CONTINUE_WITH_GAP = "continue_with_gap"
    """Same clock; the time it was resolved counts."""
    NEW_CYCLE = "new_cycle"
    """A new clock from the reopening."""


class PriorityChange(StrEnum):
    """Where the target of a changed priority counts from."""

    FROM_CREATION = "from_creation"
    FROM_CHANGE = "from_change"
    AT_CREATION = "at_creation"
    """The priority at creation holds, whatever comes later."""
    WORST = "worst"
    """The strictest priority the ticket ever had."""


class CountBy(StrEnum):
    """Which instant puts a clock into a period."""

    DUE = "due"
    STOPPED = "stopped"
    STARTED = "started"


class Amendment(StrEnum):
    """Which contract holds for a ticket that was open when the contract changed."""

    BY_CREATION = "by_creation"
    """The one of the day it was created."""
    AT_NEXT_UPDATE = "at_next_update"
    """The new one, from the first event after the change on, as if its priority had changed."""


class BusinessDay(StrEnum):
    """What a target in business days means."""

    HOURS = "hours"
    """The opening hours of a usual day, for each day."""
    SAME_TIME = "same_time"
    """To the same time of day, so many working days later."""
    END_OF_DAY = "end_of_day"
    """To the end of the day so many working days later."""


class ResolutionStop(StrEnum):
    """Which status ends the resolution clock."""

    RESOLVED = "resolved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Rules:
    """How clocks are counted under the contract. The defaults are the documented ones."""

    pause: Pause = Pause.CLAIMED
    third_party_pauses: bool = False
    nobody_pauses: bool = False
    first_response_pauses: bool = False
    resume_at_reply: bool = True
    """A pause ends with the client's answer, not with the status change that follows it."""
    stop: ResolutionStop = ResolutionStop.RESOLVED
    reopen: Reopen = Reopen.CONTINUE
    reopen_within: Duration = Duration(business_days=5)
    """A reopening later than this is a new cycle. Zero: no limit."""
    priority_change: PriorityChange = PriorityChange.FROM_CREATION
    breach_survives_downgrade: bool = True
    amendment: Amendment = Amendment.BY_CREATION
    responses_by_automation: bool = False
    assignment_is_response: bool = False
    internal_note_is_response: bool = False
    status_change_is_response: bool = False
    auto_reply_within: int = 0
    """Provider messages within so many seconds of creation are auto-acknowledgements."""
    auto_reply_authors: tuple[str, ...] = ()
    """Keys, names or addresses whose messages are automatic."""
    agent_opened_has_first_response: bool = False
    count_by: CountBy = CountBy.DUE
    open_overdue_is_missed: bool = True
    claim_tolerance: int = 60
    """Seconds by which a claim may differ before it is a disagreement."""
    exactly_on_target_is_met: bool = True
    """Whether a clock that used up exactly what was allowed is in time."""
    business_day: BusinessDay = BusinessDay.HOURS
    """Of the targets of clocks; ``reopen_within`` is in hours always."""
    born_paused_counts: bool = False
    """A pause that the ticket was created in begins with the first response only."""
    maintenance_counts: bool = True
    """Whether the provider's clocks run on through the contract's maintenance windows."""
    not_judged_within: int = 0
    """A ticket finished within so many calendar seconds of its creation is not judged."""
    question_window: int = 600
    """A provider message followed by a waiting status within so many seconds is a question."""


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The promised levels of one priority: one ``[[sla]]`` row.

    It applies to tickets created from ``since`` to ``until``, dates in the engagement's zone, both
    included. Of several rows of a priority the latest that applies holds.
    """

    priority: str
    calendar: str
    targets: Mapping[Obligation, Duration]
    attainment: float | None = None
    """Promised share met, 0 to 1."""
    matches: tuple[str, ...] = ()
    """The provider's names of this priority, compared without case; its own name always counts."""
    reply_calendar: str | None = None
    since: date | None = None
    """The first day it applies; ``None``: from the beginning."""
    until: date | None = None
    """The last day it applies; ``None``: until a later row follows."""

    def applies_on(self, day: date) -> bool:
        """Return whether it is part of the contract on ``day``."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


def levels_on(levels: Iterable[ServiceLevel], day: date) -> tuple[ServiceLevel, ...]:
    """Return the rows of ``levels`` that hold on ``day``: one per priority, in the file's order."""
    held: dict[str, ServiceLevel] = {}
    for level in levels:
        if not level.applies_on(day):
            continue
        name = level.priority.casefold()
        before = held.get(name)
        if before is None or (level.since or date.min) > (before.since or date.min):
            held[name] = level
    return tuple(held.values())


@dataclass(frozen=True, slots=True)
class Participation:
    """The client's own targets, held against the same clocks."""

    calendar: str
    reply: Mapping[str, Duration] = field(default_factory=dict)
    """By priority name; ``default`` serves the rest."""
    approval: Duration | None = None
    survey_within: Duration | None = None
    """How soon a request to rate the service is answered."""
    attainment: float | None = None
    attendance: float | None = None
    survey: float | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """All that decides how one source's tickets are counted. Equal policies give equal folds."""

    timezone: str
    calendars: Mapping[str, CalendarSpec]
    service_levels: tuple[ServiceLevel, ...]
    participation: Participation
    rules: Rules = field(default_factory=Rules)
    meanings: Mapping[str, StatusMeaning] = field(default_factory=dict)
    """Status (lower case) to meaning, for this source."""
    maintenance: tuple[tuple[Instant, Instant], ...] = ()
    """Planned work that the contract names, from and until."""
    has_messages: bool = True
    """The source shows who wrote when; without it questions and replies are read from statuses."""
    has_history: bool = True
    """The source gives status history; without it only observations bound what happened."""
