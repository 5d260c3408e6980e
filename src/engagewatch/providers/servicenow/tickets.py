"""ServiceNow's records into tickets, with what the instance's own clocks claim about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Claim, Ticket
from engagewatch.providers.servicenow.people import Accounts
from engagewatch.providers.servicenow.statuses import PRIORITY, TRANSLATED, Labels
from engagewatch.providers.servicenow.values import is_true, key_of, seconds_of, time_of
from engagewatch.providers.servicenow.wire import SlaRow, Task, raw, shown
from engagewatch.providers.wire import latest_credible

_WORD_LIMIT = 200
_OBLIGATIONS = {
    "response": Obligation.FIRST_RESPONSE,
    "resolution": Obligation.RESOLUTION,
}


class Record(NamedTuple):
    """A record of a task table, and what every part of the translation needs of it."""

    table: str
    key: str
    wire: Task
    created_at: Instant
    updated_at: Instant
    caller: str | None

    @classmethod
    def of(cls, table: str, wire: Task, now: Instant) -> Record:
        """Return the record.

        Raises:
            ValueError: it has no id or no usable time.
        """
        key = key_of(wire.id)
        if key is None:
            raise ValueError("it has no sys_id, or one that is none")
        latest = latest_credible(now)
        created_at = time_of(wire.opened_at, latest) or time_of(wire.created_on, latest)
        if created_at is None:
            raise ValueError("opened_at is missing, not credible, or hidden from the account")
        updated_at = time_of(wire.updated_on, latest) or created_at
        caller = key_of(wire.caller_id) or key_of(wire.requested_for)
        return cls(table, key, wire, created_at, max(updated_at, created_at), caller)


class TicketReader:
    """Translates the records of one instance."""

    def __init__(
        self, engagement: Engagement, root: str, labels: Labels, accounts: Accounts
    ) -> None:
        """``root`` is the address of the instance."""
        self._subjects = engagement.privacy.subjects
        self._root = root
        self._labels = labels
        self._accounts = accounts
        self._groups: dict[str, str] = {}

    def observe(self, record: Record) -> None:
        """Note the names that the record shows beside its values."""
        for element in TRANSLATED:
            self._labels.observe(record.table, element, getattr(record.wire, element))
        group = raw(record.wire.assignment_group)
        if group:
            self._groups[group] = safe_text(shown(record.wire.assignment_group), _WORD_LIMIT)

    def group_name(self, key: str) -> str:
        """Return the name of a team, its id where nobody told it."""
        return self._groups.get(key, safe_text(key, _WORD_LIMIT))

    def status(self, record: Record) -> str:
        """Return the name of the status that a record is in."""
        wire = record.wire
        return self._labels.status(record.table, raw(wire.state), raw(wire.hold_reason))

    def read(self, record: Record, slas: Sequence[SlaRow], now: Instant) -> Ticket:
        """Return the ticket of a record, with the claims of its ``task_sla`` rows."""
        wire = record.wire
        group = raw(wire.assignment_group)
        opener = key_of(wire.opened_by)
        by_provider = (
            opener is not None
            and opener != record.caller
            and self._accounts.side(opener, record.caller) is Side.PROVIDER
        )
        kind = record.table if record.table != "incident" else ""
        return Ticket(
            id=record.key,
            reference=safe_text(raw(wire.number), _WORD_LIMIT) or record.key,
            subject=safe_text(raw(wire.short_description)) if self._subjects else "",
            status=self.status(record),
            priority=self._labels.label(record.table, PRIORITY, raw(wire.priority)) or None,
            created_at=record.created_at,
            updated_at=record.updated_at,
            requester=record.caller,
            assignee=key_of(wire.assigned_to),
            group=self.group_name(group) if group else None,
            category=safe_text(shown(wire.category), _WORD_LIMIT) or kind or None,
            opened_by=Side.PROVIDER if by_provider else Side.CLIENT,
            url=f"{self._root}/nav_to.do?uri={record.table}.do%3Fsys_id={record.key}",
            claims=_claims(slas, now) or _made_sla(wire),
        )


def _claims(slas: Sequence[SlaRow], now: Instant) -> tuple[Claim, ...]:
    """Return one claim per obligation: of its agreement that was attached last and not cancelled.

    Agreements within the provider's own house (OLA, underpinning contracts) are none of ours.
    """
    current: dict[Obligation, SlaRow] = {}
    for row in slas:
        obligation = _OBLIGATIONS.get(raw(row.target).lower())
        if obligation is None or raw(row.stage).lower() in ("cancelled", "canceled"):
            continue
        if raw(row.kind).upper() not in ("", "SLA"):
            continue
        other = current.get(obligation)
        if other is None or raw(row.start_time) >= raw(other.start_time):
            current[obligation] = row
    return tuple(_claim(obligation, row, now) for obligation, row in sorted(current.items()))


def _claim(obligation: Obligation, row: SlaRow, now: Instant) -> Claim:
    ended = is_true(row.active) is False
    breached = is_true(row.has_breached)
    met = None
    if breached is not None:
        met = False if breached else (True if ended else None)
    # What an active row says has elapsed is hours or days old: it is written now and then.
    counted = row.business_duration if raw(row.schedule) else row.duration
    name = safe_text(raw(row.name), 100)
    return Claim(
        obligation,
        met=met,
        elapsed=seconds_of(counted) if ended else None,
        target=seconds_of(row.allowed) or None,
        due_at=time_of(row.planned_end_time, now + 10 * 365 * 86400),
        source_field=f"task_sla.has_breached of {name}" if name else "task_sla.has_breached",
    )


def _made_sla(wire: Task) -> tuple[Claim, ...]:
    """Return what the ticket itself says; while it is open ``made_sla`` is true by default."""
    met = is_true(wire.made_sla)
    ended = is_true(wire.active) is False or raw(wire.resolved_at)
    if met is None or (met and not ended):
        return ()
    return (Claim(Obligation.RESOLUTION, met=met, source_field="made_sla"),)
