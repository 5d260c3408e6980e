"""One source with what is listed of it: what was refused, changed unsaid or lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, parse_iso
from engagewatch.store.queries import source_lists as stored
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views import wording
from engagewatch.views.keys import TicketKey
from engagewatch.views.sources import RefusedRecord, SourceRow, source_rows

if TYPE_CHECKING:
    from engagewatch.store.store import Store

LISTED = 500
"""Most entries of a list; the counts tell the rest."""


@dataclass(frozen=True, slots=True)
class SilentEdit:
    """A value that the source changed after it had been read, without telling of a change."""

    ticket: TicketKey
    reference: str
    what: str
    """E.g. ``time of creation``."""
    was: str
    """As first told; this is what counts here."""
    became: str
    seen_at: Instant
    seen_words: str
    """When the change was noticed."""


@dataclass(frozen=True, slots=True)
class MissingTicket:
    """A ticket that the source has no more, or shows no more."""

    ticket: TicketKey
    reference: str
    what: str
    """``deleted at the source``, or ``hidden from us``."""
    reason: str
    """What the source answered; empty where it told of the deletion itself."""
    seen_at: Instant
    seen_words: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source with the lists behind its counts, the newest of each first."""

    as_of: Instant
    row: SourceRow
    refused: tuple[RefusedRecord, ...]
    silent_edits: tuple[SilentEdit, ...]
    missing: tuple[MissingTicket, ...]


def build(store: Store, engagement: Engagement, now: Instant, source: str) -> SourceView:
    """Return one source with everything that is listed of it.

    Raises:
        KeyError: the engagement has no such source.
    """
    settings = engagement.source(source)
    of = scope(store, engagement.id, (source,))
    timezone = engagement.timezone
    with snapshot(store):
        (row,) = source_rows(store, engagement, (settings,), now)
        refused = stored.refusals(store, of, LISTED)
        edits = stored.silent_edits(store, of, limit=LISTED)
        missing = stored.missing_tickets(store, of, LISTED)
    return SourceView(
        as_of=now,
        row=row,
        refused=tuple(RefusedRecord(one.record, one.reason, one.seen_at) for one in refused),
        silent_edits=tuple(
            SilentEdit(
                ticket=TicketKey(source, one.ticket_id),
                reference=one.reference,
                what=_field_words(one.field, timezone, now),
                was=_value_words(one.was, timezone, now),
                became=_value_words(one.became, timezone, now),
                seen_at=one.seen_at,
                seen_words=wording.recently(one.seen_at, timezone, now),
            )
            for one in edits
        ),
        missing=tuple(
            MissingTicket(
                ticket=TicketKey(source, one.ticket_id),
                reference=one.reference,
                what="deleted at the source" if one.deleted else "hidden from us",
                reason=one.reason,
                seen_at=one.seen_at,
                seen_words=wording.recently(one.seen_at, timezone, now),
            )
            for one in missing
        ),
    )


_FIELDS = {
    "created": "time of creation",
    "priority": "priority",
    "opened": "the opening",
    "status_changed": "the change to",
    "priority_changed": "the change of priority to",
}


def _field_words(field: str, timezone: str, now: Instant) -> str:
    """Return what was changed as people say it; see ``store/silent_edits.py`` for the fields."""
    if field in _FIELDS:
        return _FIELDS[field]
    kind, _, rest = field.partition(" ")
    if kind == "claimed":
        return f"their own verdict on {rest.replace('_', ' ')}"
    what, _, value = rest.partition(" ")[2].partition(" ")
    name = _FIELDS.get(what, what.replace("_", " "))
    if what == "opened":
        return f"time of {name}"
    if kind == "value":
        return f"what was set {_value_words(value.removeprefix('at '), timezone, now)}"
    return f"time of {name} “{value}”"


def _value_words(value: str, timezone: str, now: Instant) -> str:
    try:
        return wording.moment(parse_iso(value), timezone, now)
    except ValueError:
        return value or "none"
