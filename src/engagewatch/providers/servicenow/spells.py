"""A history out of metric instances, for instances whose audit is closed to the account.

A metric of the kind "field value duration" keeps one row for each time that a field had a value.
Where the rows of a record follow each other without a gap from its creation to its present state,
they tell what an audit would have told, except who did it; where they do not, nothing is made of
them. Rows are written by a queue, some minutes late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from engagewatch.model.instants import MINUTE, Instant
from engagewatch.providers.servicenow.statuses import HOLD, STATE
from engagewatch.providers.servicenow.tickets import Record
from engagewatch.providers.servicenow.values import time_of, written
from engagewatch.providers.servicenow.wire import AuditRow, MetricRow, raw
from engagewatch.providers.wire import latest_credible

MEASURED = {STATE: STATE, "incident_state": STATE, HOLD: HOLD}
"""The fields whose metrics are read. The older name of the state mirrors it."""

_APART = 5 * MINUTE
"""By how much a record may be older than the first of its spells."""


class _Spell(NamedTuple):
    """A time in which a field had one value."""

    start: Instant
    end: Instant | None
    value: str


def audit_of(record: Record, rows: Iterable[MetricRow], now: Instant) -> list[AuditRow] | None:
    """Return the changes of a record's state as its audit would tell them.

    ``None`` where the rows do not prove them.
    """
    spells = _spells(rows, now)
    states = _chain(spells, STATE)
    if not states or states[0].start - record.created_at > _APART:
        return None
    if states[-1].end is not None or states[-1].value != raw(record.wire.state):
        return None
    told: list[AuditRow] = []
    state, hold = states[0].value, _held(spells, states[0], states, record)
    for spell in states[1:]:
        now_held = _held(spells, spell, states, record)
        told.append(_row(record, spell.start, STATE, state, spell.value))
        if now_held != hold:
            told.append(_row(record, spell.start, HOLD, hold, now_held))
        state, hold = spell.value, now_held
    return told


def _spells(rows: Iterable[MetricRow], now: Instant) -> Mapping[str, list[_Spell]]:
    latest = latest_credible(now)
    found: defaultdict[str, set[_Spell]] = defaultdict(set)
    for row in rows:
        field, start = MEASURED.get(raw(row.measured)), time_of(row.start, latest)
        if field is not None and start is not None:
            # Two metrics of one field tell the same twice.
            found[field].add(_Spell(start, time_of(row.end, latest), raw(row.value)))
    return {field: sorted(spells, key=_order) for field, spells in found.items()}


def _order(spell: _Spell) -> tuple[Instant, Instant]:
    return spell.start, spell.start if spell.end is None else spell.end


def _chain(spells: Mapping[str, Sequence[_Spell]], field: str) -> list[_Spell]:
    """Return the spells of a field if each begins where the one before ended, else nothing."""
    chain = list(spells.get(field, ()))
    for before, after in pairwise(chain):
        if before.end != after.start:
            return []
    return chain


def _held(
    spells: Mapping[str, Sequence[_Spell]],
    spell: _Spell,
    states: Sequence[_Spell],
    record: Record,
) -> str:
    """Return the reason for holding a record as a spell of its state began; empty if untold."""
    for one in spells.get(HOLD, ()):
        if one.start <= spell.start and (one.end is None or one.end > spell.start):
            return one.value
    # What it is held for now is known to hold for the present spell alone.
    return raw(record.wire.hold_reason) if spell is states[-1] else ""


def _row(record: Record, at: Instant, field: str, old: str, new: str) -> AuditRow:
    return AuditRow(
        documentkey=record.key,
        tablename=record.table,
        fieldname=field,
        oldvalue=old,
        newvalue=new,
        created_on=written(at),
    )
