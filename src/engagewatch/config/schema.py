"""The engagement file, table by table.

Field docstrings and examples serve twice: in the JSON schema for editors, and in messages about
what is missing or wrong.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from engagewatch.config.credit_tables import CreditsTable
from engagewatch.config.durations import parse_duration
from engagewatch.config.fields import (
    DURATION_SCHEMA,
    AmendmentField,
    BusinessDayField,
    CountByField,
    DurationField,
    FloatRuleField,
    NamesField,
    PauseField,
    PresetField,
    PriorityChangeField,
    RegionField,
    ReliefField,
    ReopenField,
    SecondsField,
    ShareField,
    SideField,
    StopField,
    Table,
    Text,
    Texts,
    WeekField,
    WindowsField,
    ZoneField,
)
from engagewatch.config.problems import ManyRejectedError, RejectedError
from engagewatch.config.promise_tables import PromiseRow
from engagewatch.config.source_models import Source
from engagewatch.model.engagement import NameDisplay, Privacy
from engagewatch.model.plan import FloatRule
from engagewatch.model.policy import Duration, Relief, Rules
from engagewatch.model.sides import Side

NO_LIMIT = "no limit"
"""How ``reopen_within`` says that any reopening continues the clock."""

_RULES = Rules()
_PRIVACY = Privacy()


def _reopen_within(value: object) -> Duration:
    if value == NO_LIMIT:
        return Duration()
    try:
        return parse_duration(value)
    except RejectedError as error:
        either = f'{error.suggestion}; or write "{NO_LIMIT}"'
        raise RejectedError(error.message, either) from None


def _reply(value: object) -> dict[str, Duration]:
    """Read reply targets: one duration for all, or one per priority."""
    if not isinstance(value, dict):
        return {"default": parse_duration(value)}
    targets: dict[str, Duration] = {}
    wrong: list[RejectedError] = []
    for priority, text in value.items():
        try:
            targets[priority] = parse_duration(text)
        except RejectedError as rejection:
            wrong.append(RejectedError(rejection.message, rejection.suggestion, (priority,)))
    if wrong:
        raise ManyRejectedError(wrong)
    return targets


class HeadcountRow(Table):
    """How many people the provider serves from a date on."""

    since: date = Field(alias="from", examples=[date(2026, 3, 2)])
    users: Annotated[int, Field(ge=1)] = Field(examples=[140])


class EngagementTable(Table):
    """``[engagement]``: who, with whom, since when."""

    client: Text = Field(examples=["Northwind"])
    provider: Text = Field(examples=["Contoso IT"])
    name: Text | None = Field(default=None, examples=["Northwind / Contoso IT"])
    started: date = Field(examples=[date(2026, 3, 2)])
    """The day the provider took over."""
    timezone: ZoneField = Field(examples=["Europe/London"])
    headcount: list[HeadcountRow] = Field(
        default_factory=list, examples=[[{"from": date(2026, 3, 2), "users": 140}]]
    )


class ExceptionRow(Table):
    """A date with hours of its own."""

    day: date = Field(examples=[date(2026, 12, 24)])
    hours: WindowsField = Field(examples=[["08:00-12:00"]])
    name: Text | None = Field(default=None, examples=["Christmas Eve"])


class CalendarVersionRow(Table):
    """``[[calendars.NAME.versions]]``: other hours from a date on."""

    since: date = Field(alias="from", examples=[date(2026, 7, 1)])
    """The first day with these hours."""
    hours: WeekField = Field(examples=[{"mon-fri": ["08:00-18:00"]}])
    holidays: RegionField | None = Field(default=None, examples=["GB-ENG"])
    """Whose public holidays are kept from then on; left out, the same as before."""


class CalendarTable(Table):
    """``[calendars.NAME]``: when somebody is at work."""

    hours: WeekField = Field(examples=[{"mon-fri": ["08:00-18:00"]}])
    timezone: ZoneField | None = Field(default=None, examples=["Europe/London"])
    holidays: RegionField | None = Field(default=None, examples=["GB-ENG"])
    closed: list[date] = Field(default_factory=list, examples=[[date(2026, 12, 24)]])
    exceptions: list[ExceptionRow] = Field(
        default_factory=list, examples=[[{"day": date(2026, 12, 24), "hours": ["08:00-12:00"]}]]
    )
    versions: list[CalendarVersionRow] = Field(
        default_factory=list,
        examples=[[{"from": date(2026, 7, 1), "hours": {"mon-fri": ["08:00-18:00"]}}]],
    )
    """Later hours, each from a date on; what was before stays as it was."""


class ServiceLevelRow(Table):
    """``[[sla]]``: what is promised for one priority.

    An amended contract has several rows for a priority, each ``from`` its date on.
    """

    priority: Text = Field(examples=["P1"])
    since: date | None = Field(default=None, alias="from", examples=[date(2026, 7, 1)])
    """Tickets created on this day or later go by this row; earlier ones by the row before."""
    until: date | None = Field(default=None, examples=[date(2026, 12, 31)])
    """The last day on which tickets that are created go by this row."""
    matches: Texts = Field(default=(), examples=[["urgent", "1 - Critical"]])
    """How the provider's system writes this priority."""
    calendar: Text = Field(examples=["24x7"])
    reply_calendar: Text | None = Field(default=None, examples=["office"])
    """Calendar for the client's own replies to tickets of this priority."""
    first_response: DurationField | None = Field(default=None, examples=["15m"])
    next_response: DurationField | None = Field(default=None, examples=["1h"])
    update: DurationField | None = Field(default=None, examples=["2h"])
    resolution: DurationField | None = Field(default=None, examples=["4h"])
    attainment: ShareField | None = Field(default=None, examples=["95%"])
    """Share of the clocks that must be met in a period."""


class ContractTable(Table):
    """``[contract]``: how clocks are counted. What is left out follows the documented default."""

    like: PresetField | None = Field(default=None, examples=["zendesk"])
    """Start from how this product counts when nobody has set it up otherwise; the keys below still
    go before it."""
    pause: PauseField = Field(default=_RULES.pause, examples=["claimed"])
    """Which waiting on the client stops the resolution clock: none, what the status claims, or only
    while a question to the client stood open."""
    third_party_pauses: bool = Field(default=_RULES.third_party_pauses, examples=[False])
    """Whether waiting on a supplier of the provider's stops the clock."""
    nobody_pauses: bool = Field(default=_RULES.nobody_pauses, examples=[False])
    """Whether time in nobody's court stops the clock."""
    first_response_pauses: bool = Field(default=_RULES.first_response_pauses, examples=[False])
    """Whether the first-response clock can be stopped at all."""
    resume_at_reply: bool = Field(default=_RULES.resume_at_reply, examples=[True])
    stop: StopField = Field(default=_RULES.stop, examples=["resolved"])
    """Which status ends the resolution clock."""
    reopen: ReopenField = Field(default=_RULES.reopen, examples=["continue"])
    """What reopening does: the same clock without or with the gap, or a new one."""
    reopen_within: Annotated[
        Duration,
        PlainValidator(_reopen_within),
        WithJsonSchema({"anyOf": [{"const": NO_LIMIT}, DURATION_SCHEMA]}),
    ] = Field(default=_RULES.reopen_within, examples=["5bd"])
    """A reopening later than this starts a new clock; or "no limit"."""
    priority_change: PriorityChangeField = Field(
        default=_RULES.priority_change, examples=["from_creation"]
    )
    """Where the target of a changed priority counts from."""
    breach_survives_downgrade: bool = Field(
        default=_RULES.breach_survives_downgrade, examples=[True]
    )
    """Whether a missed target stays missed when the priority is lowered afterwards."""
    amendment: AmendmentField = Field(default=_RULES.amendment, examples=["by_creation"])
    """Which rows hold for a ticket that is open when the contract changes: those of the day it was
    created, or the new ones from its next event on."""
    responses_by_automation: bool = Field(default=_RULES.responses_by_automation, examples=[False])
    """Whether an automatic message is a response."""
    assignment_is_response: bool = Field(default=_RULES.assignment_is_response, examples=[False])
    """Whether assigning the ticket is a response."""
    internal_note_is_response: bool = Field(
        default=_RULES.internal_note_is_response, examples=[False]
    )
    """Whether a note the client cannot see is a response."""
    status_change_is_response: bool = Field(
        default=_RULES.status_change_is_response, examples=[False]
    )
    """Whether a changed status is a response."""
    auto_reply_within: SecondsField = Field(default=_RULES.auto_reply_within, examples=["30s"])
    auto_reply_authors: Texts = Field(
        default=_RULES.auto_reply_authors, examples=[["noreply@contoso.example"]]
    )
    agent_opened_has_first_response: bool = Field(
        default=_RULES.agent_opened_has_first_response, examples=[False]
    )
    """Whether a ticket the provider opened itself owes a first response."""
    count_by: CountByField = Field(default=_RULES.count_by, examples=["due"])
    """Which instant puts a clock into a period."""
    open_overdue_is_missed: bool = Field(default=_RULES.open_overdue_is_missed, examples=[True])
    """Whether an open ticket past its target already counts as missed."""
    claim_tolerance: SecondsField = Field(default=_RULES.claim_tolerance, examples=["60s"])
    exactly_on_target_is_met: bool = Field(default=_RULES.exactly_on_target_is_met, examples=[True])
    business_day: BusinessDayField = Field(default=_RULES.business_day, examples=["hours"])
    """What "2bd" allows: the hours of two usual days, to the same time two working days later, or
    to the end of that day."""
    born_paused_counts: bool = Field(default=_RULES.born_paused_counts, examples=[False])
    maintenance_counts: bool = Field(default=_RULES.maintenance_counts, examples=[True])
    """Whether the provider's clocks run on during [[maintenance]]."""
    not_judged_within: SecondsField = Field(default=_RULES.not_judged_within, examples=["2m"])
    question_window: SecondsField = Field(default=_RULES.question_window, examples=["10m"])
    relief: ReliefField = Field(default=Relief.NONE, examples=["notice_required"])
    """What becomes of a miss that would have been met but for our own time: nothing, it is no miss,
    or it is none if the provider gave notice."""
    notice_days: Annotated[int, Field(ge=1, le=365)] = Field(default=10, examples=[10])
    """Business days that the provider has for such a notice."""


class MaintenanceRow(Table):
    """``[[maintenance]]``: planned work that the contract names."""

    since: datetime = Field(alias="from", examples=[datetime(2026, 7, 4, 20, 0, tzinfo=UTC)])
    """Without an offset, a time in the engagement's zone."""
    until: datetime = Field(examples=[datetime(2026, 7, 5, 2, 0, tzinfo=UTC)])


class ParticipationTable(Table):
    """``[participation]``: the client's own targets."""

    calendar: Text = Field(examples=["office"])
    reply: Annotated[
        dict[str, Duration],
        PlainValidator(_reply),
        WithJsonSchema(
            {
                "anyOf": [
                    DURATION_SCHEMA,
                    {"type": "object", "additionalProperties": DURATION_SCHEMA},
                ]
            }
        ),
    ] = Field(default_factory=dict, examples=[{"P1": "30m", "default": "1bd"}])
    approval: DurationField | None = Field(default=None, examples=["2bd"])
    survey_within: DurationField | None = Field(default=None, examples=["5bd"])
    """How soon we answer a request to rate the service."""
    attainment: ShareField | None = Field(default=None, examples=["90%"])
    attendance: ShareField | None = Field(default=None, examples=["90%"])
    survey: ShareField | None = Field(default=None, examples=["20%"])


Weight = Annotated[float, Field(ge=0, le=1)]


class WeightsTable(Table):
    """How much of its time a state counts as down: 0 not at all, 1 all of it."""

    down: Weight | None = Field(default=None, examples=[1.0])
    partial: Weight | None = Field(default=None, examples=[0.3])
    degraded: Weight | None = Field(default=None, examples=[0.0])


class UptimeRow(Table):
    """``[[uptime]]``: promised availability of components."""

    component: Text = Field(examples=["*"])
    uptime: ShareField = Field(examples=["99.9%"])
    calendar: Text = Field(default="24x7", examples=["24x7"])
    exclude_maintenance: bool = Field(default=True, examples=[True])
    weights: WeightsTable = Field(default_factory=WeightsTable, examples=[{"partial": 0.3}])


class PersonRow(Table):
    """``[[people]]``: who holds a role."""

    role: Text = Field(examples=["Finance approver"])
    name: Text | None = Field(default=None, examples=["R. Okafor"])
    matches: Texts = Field(default=(), examples=[["r.okafor@northwind.example"]])
    side: SideField = Field(default=Side.CLIENT, examples=["client"])


class MeetingsRow(Table):
    """``[[meetings]]``: a series of meetings, and who has to come."""

    series: Text = Field(examples=["Steering committee"])
    title: Text = Field(examples=["*steering*"])
    """Titles of its meetings, compared without case; ``*`` stands for anything."""
    required: Texts = Field(default=(), examples=[["Finance approver", "Service manager"]])
    """Roles of [[people]] that have to come, of either side; left out, whoever the calendar says is
    required."""
    attendance: ShareField | None = Field(default=None, examples=["90%"])
    """Share of the required attendances to be kept; as in [participation] unless told."""


class OnboardingTable(Table):
    """``[onboarding]``: the plan by which the provider takes over."""

    plan: Text | None = Field(default=None, examples=["northwind-plan.csv"])
    """File of the plan, .csv or .toml, relative to this one."""
    source: Text | None = Field(default=None, examples=["desk"])
    """In place of a file: the source whose tasks are the plan."""
    categories: Texts = Field(default=(), examples=[["onboarding"]])
    """Of that source, the tickets of these categories, groups or tags are tasks too."""
    start: date | None = Field(default=None, examples=[date(2026, 2, 2)])
    """Day 0 of the plan: the signature. Left out, the day the engagement started."""
    scale: Annotated[float, Field(ge=0.1, le=10)] = Field(default=1.0, examples=[1.0])
    """Multiplies the days of the plan file: 0.5 for half the time."""
    float_rule: FloatRuleField = Field(default=FloatRule.FIRST_COME, examples=["first_come"])
    """Whose late days use up the spare days between two tasks: those of whoever was late first, or
    everybody's in proportion."""
    client_hours_per_week: Annotated[float, Field(ge=0, le=10000)] | None = Field(
        default=None, examples=[8.0]
    )
    """Hours a week that we said we can give."""
    outgoing: Literal["none"] | None = Field(default=None, examples=["none"])
    """Nobody hands the work over: what was there before was no outsourcing."""
    before_first_poll: Texts = Field(default=(), examples=[["A03", "A04"]])
    """Tasks to be done before a source is first read: promises to seal, baselines to freeze."""


class PrivacyTable(Table):
    """``[privacy]``: what is kept and shown about people."""

    names: NamesField = Field(default=NameDisplay.NAMES, examples=["roles"])
    subjects: bool = Field(default=_PRIVACY.subjects, examples=[True])
    detect_questions: bool = Field(default=_PRIVACY.detect_questions, examples=[True])
    exclude_categories: Texts = Field(default=(), examples=[["HR"]])
    retention_days: Annotated[int, Field(ge=1, le=36600)] = Field(
        default=_PRIVACY.retention_days, examples=[760]
    )


class EngagementFile(Table):
    """One engagement: one client with one provider under one contract."""

    engagement: EngagementTable
    calendars: dict[str, CalendarTable] = Field(default_factory=dict)
    sources: list[Source] = Field(default_factory=list)
    sla: list[ServiceLevelRow] = Field(default_factory=list)
    contract: ContractTable = Field(default_factory=ContractTable)
    maintenance: list[MaintenanceRow] = Field(default_factory=list)
    participation: ParticipationTable | None = None
    uptime: list[UptimeRow] = Field(default_factory=list)
    credits: CreditsTable | None = None
    promises: list[PromiseRow] = Field(default_factory=list)
    people: list[PersonRow] = Field(default_factory=list)
    meetings: list[MeetingsRow] = Field(default_factory=list)
    onboarding: OnboardingTable | None = None
    privacy: PrivacyTable = Field(default_factory=PrivacyTable)
