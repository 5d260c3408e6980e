"""What a page of Uptime Kuma shows into samples, incidents and planned work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfoNotFoundError

from engagewatch.model.instants import Instant, zone
from engagewatch.model.service import ComponentState, Incident, IncidentUpdate, Maintenance
from engagewatch.model.text import safe_text
from engagewatch.providers.status_page import PLANNED_AHEAD, window
from engagewatch.providers.uptime_kuma.wire import Beat, Slot, WireIncident, WireMaintenance
from engagewatch.providers.wire import identifier, key_of, latest_credible, local_instant, word

STATES: Mapping[str, ComponentState] = {
    "0": ComponentState.DOWN,
    "1": ComponentState.UP,
    # A probe failed and is tried again. Uptime Kuma counts that as down, and so must we to come to
    # the same figure.
    "2": ComponentState.DOWN,
    "3": ComponentState.MAINTENANCE,
}
_GONE = frozenset({"inactive", "unknown"})


def time_of(beat: Beat, now: Instant) -> Instant:
    """Return when a beat was; its time is UTC although it does not say so.

    Raises:
        ValueError: it has no usable time.
    """
    at = local_instant(beat.time, UTC, latest_credible(now))
    if at is None:
        raise ValueError("its time cannot be used")
    return at


def read_incident(wire: WireIncident, now: Instant) -> Incident:
    """Return a post; one that was taken down is over since it was last touched.

    Raises:
        ValueError: it has no usable id or time.
    """
    key = identifier(wire.id)
    latest = latest_credible(now)
    created = local_instant(wire.createdDate, UTC, latest)
    if key is None or created is None:
        raise ValueError("it has no id or no usable time")
    touched = local_instant(wire.lastUpdatedDate, UTC, latest)
    is_open = wire.active is None or bool(wire.active)
    # The page does not say when it was over. Where it does not even say when it was last touched,
    # that is now, when it is first seen to be over.
    ended = None if is_open else max(now if touched is None else touched, created)
    text = safe_text(wire.content or "")
    return Incident(
        id=key,
        name=word(wire.title),
        status="active" if is_open else "closed",
        impact=word(wire.style).lower(),
        started_at=created,
        posted_at=created,
        resolved_at=ended,
        updates=(IncidentUpdate(key, max(touched or created, created), "", text),) if text else (),
    )


def read_maintenance(wire: WireMaintenance, now: Instant) -> list[Maintenance]:
    """Return planned work, once for each of its windows; it names no monitors.

    Raises:
        ValueError: it has no usable id, zone or window.
    """
    key = key_of(wire.id)
    status = word(wire.status).lower()
    if status in _GONE or not wire.timeslotList:
        # Switched off, or switched on by hand without a plan.
        return []
    local = _zone(wire)
    works = []
    for slot in wire.timeslotList:
        from_at, until_at = _window(slot, local, now)
        works.append(
            Maintenance(
                id=key if wire.strategy == "single" else f"{key}@{from_at}",
                name=word(wire.title),
                status=status,
                announced_at=from_at,
                from_at=from_at,
                until_at=until_at,
            )
        )
    return works


def _window(slot: Slot, local: tzinfo, now: Instant) -> tuple[Instant, Instant]:
    latest = now + PLANNED_AHEAD
    return window(
        local_instant(slot.startDate, local, latest), local_instant(slot.endDate, local, latest)
    )


def _zone(wire: WireMaintenance) -> tzinfo:
    try:
        return zone(wire.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        pass
    try:
        offset = datetime.fromisoformat(f"2000-01-01T00:00:00{wire.timezoneOffset}").tzinfo
    except ValueError:
        offset = None
    if offset is None:
        raise ValueError("its time zone is not known")
    return offset
