"""From a validated file to the frozen engagement that the rest of the program knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engagewatch.config.credit_tables import build_credits
from engagewatch.config.schema import (
    CalendarTable,
    ContractTable,
    EngagementFile,
    MeetingsRow,
    OnboardingTable,
    ParticipationTable,
    PersonRow,
    ServiceLevelRow,
    UptimeRow,
)
from engagewatch.config.source_models import EventLogSource, PluginSource, Source
from engagewatch.config.source_models_calendar import IcsSource
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import (
    Engagement,
    Headcount,
    Privacy,
    Reach,
    Role,
    RunBy,
    SecretKind,
    SecretReference,
    SourceSettings,
    UptimePromise,
)
from engagewatch.model.instants import Instant, to_instant, zone
from engagewatch.model.meeting import MeetingSeries
from engagewatch.model.plan import Onboarding
from engagewatch.model.policy import (
    ALWAYS,
    CalendarSpec,
    CalendarVersion,
    DateException,
    Participation,
    Rules,
    ServiceLevel,
)
from engagewatch.model.presets import PRESETS


def build(file: EngagementFile, path: Path) -> Engagement:
    """Return the engagement that ``file``, read from ``path``, describes."""
    table = file.engagement
    calendars = {
        name: _calendar(name, calendar, table.timezone) for name, calendar in file.calendars.items()
    }
    calendars[ALWAYS.name] = ALWAYS
    return Engagement(
        id=path.stem,
        name=table.name or f"{table.client} / {table.provider}",
        client=table.client,
        provider=table.provider,
        started=table.started,
        timezone=table.timezone,
        calendars=calendars,
        sources=tuple(_source(source, path, table.timezone) for source in file.sources),
        service_levels=tuple(_service_level(row) for row in file.sla),
        rules=_rules(file.contract),
        maintenance=tuple(
            sorted(
                (_instant(row.since, table.timezone), _instant(row.until, table.timezone))
                for row in file.maintenance
            )
        ),
        relief=file.contract.relief,
        notice_days=file.contract.notice_days,
        participation=_participation(file.participation, calendars),
        uptime=tuple(_uptime(row) for row in file.uptime),
        credits=None if file.credits is None else build_credits(file.credits, table.started),
        promises=tuple(row.build(table.started) for row in file.promises),
        people=tuple(_person(row) for row in file.people),
        meetings=tuple(_series(row) for row in file.meetings),
        headcount=tuple(
            sorted(
                (Headcount(since=row.since, users=row.users) for row in table.headcount),
                key=lambda row: row.since,
            )
        ),
        privacy=Privacy(**{name: getattr(file.privacy, name) for name in Privacy.__slots__}),
        onboarding=_onboarding(file.onboarding, path, table.started),
        path=path,
    )


def _instant(moment: datetime, timezone: str) -> Instant:
    return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=zone(timezone)))


def _rules(table: ContractTable) -> Rules:
    """Return the counting rules: what the file says, then the named product's, then ours."""
    written = {name: getattr(table, name) for name in table.model_fields_set - _NO_RULES}
    return replace(PRESETS[table.like].rules if table.like else Rules(), **written)


_NO_RULES = {"like", "relief", "notice_days"}
"""Keys of the contract by which no clock is counted."""


def _calendar(name: str, table: CalendarTable, timezone: str) -> CalendarSpec:
    days = [DateException(day=day) for day in table.closed]
    days += [
        DateException(day=row.day, windows=row.hours, name=row.name or "")
        for row in table.exceptions
    ]
    return CalendarSpec(
        name=name,
        timezone=table.timezone or timezone,
        weekly=table.hours,
        region=table.holidays,
        exceptions=tuple(sorted(days, key=lambda exception: exception.day)),
        versions=tuple(_calendar_versions(table)),
    )


def _calendar_versions(table: CalendarTable) -> Iterator[CalendarVersion]:
    region = table.holidays
    for row in sorted(table.versions, key=lambda row: row.since):
        region = row.holidays or region
        yield CalendarVersion(row.since, row.hours, region)


_OF_EVERY_SOURCE = {
    "id",
    "kind",
    "url",
    "user",
    "token",
    "interval",
    "requests_per_minute",
    "ca_file",
    "client_certificate",
    "client_key",
    "proxy",
    "courts",
    "run_by",
}
"""Keys of a source that have a place of their own; all others are its adapter's options."""


def _source(source: Source, path: Path, timezone: str) -> SourceSettings:
    def written(key: str) -> Any:
        return getattr(source, key, None)

    def file(key: str) -> Path | None:
        return _resolve(written(key), path) if written(key) else None

    if isinstance(source, EventLogSource):
        options = _event_log_options(source, path, timezone)
    elif isinstance(source, PluginSource):
        options = source.options
    else:
        options = source.model_dump(exclude=_OF_EVERY_SOURCE, exclude_none=True)
        if isinstance(source, IcsSource) and source.path is not None:
            options["path"] = str(_resolve(source.path, path))
    secret, courts = written("token"), written("courts") or {}
    return SourceSettings(
        id=source.id,
        adapter=source.kind,
        url=written("url") or "",
        user=written("user") or "",
        secret=_beside(secret, path) if secret is not None else None,
        interval=source.interval,
        requests_per_minute=written("requests_per_minute"),
        meanings={status.strip().lower(): meaning for status, meaning in courts.items()},
        options=options,
        reach=Reach(
            ca_file=file("ca_file"),
            client_certificate=file("client_certificate"),
            client_key=file("client_key"),
            proxy=written("proxy") or "",
        ),
        run_by=RunBy(written("run_by") or RunBy.PROVIDER),
    )


def _event_log_options(source: EventLogSource, path: Path, timezone: str) -> dict[str, object]:
    name = source.path.lower().removesuffix(".gz")
    options: dict[str, object] = {
        "path": str(_resolve(source.path, path)),
        "format": source.format or ("jsonl" if name.endswith((".jsonl", ".ndjson")) else "csv"),
        "delimiter": source.delimiter,
        "encoding": source.encoding,
        "timezone": source.timezone or timezone,
        "missing": source.missing,
        "rows": source.rows,
        "columns": source.columns.model_dump(exclude_none=True),
        "activities": source.activities,
        "owners": source.owners,
    }
    if source.time_format is not None:
        options["time_format"] = source.time_format
    return options


def _beside(secret: SecretReference, path: Path) -> SecretReference:
    """Make a secret file's path absolute: it is written relative to the engagement file."""
    if secret.kind is not SecretKind.FILE:
        return secret
    return SecretReference(secret.kind, (str(_resolve(secret.locator[0], path)),))


def _resolve(written: str, path: Path) -> Path:
    return (path.parent / Path(written).expanduser()).absolute()


def _service_level(row: ServiceLevelRow) -> ServiceLevel:
    written = {
        Obligation.FIRST_RESPONSE: row.first_response,
        Obligation.NEXT_RESPONSE: row.next_response,
        Obligation.UPDATE: row.update,
        Obligation.RESOLUTION: row.resolution,
    }
    return ServiceLevel(
        priority=row.priority,
        calendar=row.calendar,
        targets={name: target for name, target in written.items() if target is not None},
        attainment=row.attainment,
        matches=row.matches,
        reply_calendar=row.reply_calendar,
        since=row.since,
        until=row.until,
    )


def _participation(
    table: ParticipationTable | None, calendars: Mapping[str, CalendarSpec]
) -> Participation:
    if table is None:
        own = [name for name in calendars if name != ALWAYS.name]
        return Participation(calendar=own[0] if len(own) == 1 else ALWAYS.name)
    return Participation(
        calendar=table.calendar,
        reply=table.reply,
        approval=table.approval,
        survey_within=table.survey_within,
        attainment=table.attainment,
        attendance=table.attendance,
        survey=table.survey,
    )


def _uptime(row: UptimeRow) -> UptimePromise:
    return UptimePromise(
        component=row.component,
        uptime=row.uptime,
        calendar=row.calendar,
        exclude_maintenance=row.exclude_maintenance,
        weights=row.weights.model_dump(exclude_none=True),
    )


def _series(row: MeetingsRow) -> MeetingSeries:
    return MeetingSeries(row.series, row.title, row.required, row.attendance)


def _onboarding(table: OnboardingTable | None, path: Path, started: date) -> Onboarding | None:
    if table is None:
        return None
    return Onboarding(
        start=table.start or started,
        path=_resolve(table.plan, path) if table.plan else None,
        source=table.source or "",
        categories=tuple(name.lower() for name in table.categories),
        scale=table.scale,
        float_rule=table.float_rule,
        weekly_client_hours=table.client_hours_per_week,
        has_outgoing=table.outgoing is None,
        before_first_poll=table.before_first_poll,
    )


def _person(row: PersonRow) -> Role:
    return Role(
        role=row.role,
        name=row.name or "",
        side=row.side,
        matches=tuple(match.lower() for match in row.matches),
    )
