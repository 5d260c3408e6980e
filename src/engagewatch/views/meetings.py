"""Meetings: past and coming, who had to come and came, what was decided and taken on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine import meetings as engine
from engagewatch.engine.attainment import Attainment
from engagewatch.engine.meeting_records import MEETING_ENTRIES, read_meetings
from engagewatch.engine.meetings import Action, Attendee, Record, Told
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.appointments import meetings as stored_meetings
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.people import one_by_one
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views import wording
from engagewatch.views.keys import handle_of
from engagewatch.views.people import PeopleDirectory

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_EVER = 1 << 40
"""Later than any meeting."""


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A coming meeting that somebody of us was asked to and has not answered."""

    key: str
    """Identity of the row across refreshes."""
    meeting: str
    """Key of the meeting."""
    handle: str
    title: str
    who: str
    """Those who have not answered, as privacy allows."""
    from_at: Instant
    when_words: str
    since: Instant
    """When the invitation was first seen."""
    since_words: str
    more: int
    """Later meetings of the series that are open as well."""
    words: str
    """E.g. ``no answer to the invitation; 3 more of the series``."""
    nudge: str
    """A polite reminder, ready to paste; the tool never sends it."""
    url: str


@dataclass(frozen=True, slots=True)
class MeetingsState:
    """All meetings of an engagement as known at a moment."""

    as_of: Instant
    records: tuple[Record, ...]
    """In order of time."""
    to_confirm: tuple[ToConfirm, ...]
    """On our side; the next one first."""
    target: float | None
    """Share of the required attendances to be kept, as ``[participation]`` says; 0 to 1."""

    def attendance(
        self,
        side: Side,
        since: Instant | None = None,
        until: Instant | None = None,
        who: str | None = None,
    ) -> Attainment:
        """Return how many required attendances of a side were kept, at meetings of a span.

        The target is the client's own, and binds nobody else. ``who`` counts one role alone.
        """
        return engine.attainment(
            self.between(since, until),
            side,
            self.as_of,
            target=self.target if side is Side.CLIENT else None,
            who=who,
        )

    def between(self, since: Instant | None, until: Instant | None) -> tuple[Record, ...]:
        """Return the meetings that begin from ``since`` to before ``until``."""
        return tuple(
            record
            for record in self.records
            if (since is None or since <= record.from_at)
            and (until is None or record.from_at < until)
        )

    def carried_over(self, action: Action) -> int:
        """Return over how many later meetings of its series an action stayed open."""
        return engine.carried_over(action, self.records, self.as_of)


def meetings_state(
    store: Store, engagement: Engagement, now: Instant, *, roles_only: bool = False
) -> MeetingsState:
    """Return all meetings as known at ``now``; ``roles_only`` hides names (for exports)."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        told = [
            Told(
                key=f"{one.source}/{one.meeting.id}",
                source=one.source,
                meeting=one.meeting,
                dates=one.dates,
                first_seen_at=one.first_seen_at,
            )
            for one in stored_meetings(store, of, 0, _EVER)
        ]
        entered = [
            entry for entry in entries(store, engagement.id, MEETING_ENTRIES) if entry.at <= now
        ]
        records = read_meetings(told, entered, engagement.meetings, engagement.people)
        people = AttendeeNames(
            PeopleDirectory(engagement, one_by_one(store, of), roles_only=roles_only)
        )
        waiting = tuple(
            _to_confirm(record, more, people, engagement, now)
            for record, more in engine.to_confirm(records, Side.CLIENT, now)
        )
    return MeetingsState(now, records, waiting, engagement.participation.attendance)


class AttendeeNames:
    """Shows those of a meeting as the engagement's privacy setting allows."""

    def __init__(self, people: PeopleDirectory) -> None:
        self._people = people

    def show(self, record: Record, attendee: Attendee) -> str:
        """Return a role as it is named, or a person with the role they hold, if any."""
        if attendee.is_role:
            return attendee.who
        side = attendee.side or Side.NOBODY
        return self._people.show(record.source, attendee.who, side).words

    def listed(self, record: Record, attendees: Iterable[Attendee]) -> str:
        """Return several, as a phrase; those who are shown alike once."""
        return wording.listed(list(dict.fromkeys(self.show(record, one) for one in attendees)))


def _to_confirm(
    record: Record, more: int, people: AttendeeNames, engagement: Engagement, now: Instant
) -> ToConfirm:
    who = people.listed(record, engine.unanswered(record, Side.CLIENT))
    when = wording.moment(record.from_at, engagement.timezone, now)
    others = f"; {more} more of the series" if more else ""
    return ToConfirm(
        key=f"meeting/{record.key}",
        meeting=record.key,
        handle=handle_of(record.key),
        title=record.title,
        who=who,
        from_at=record.from_at,
        when_words=when,
        since=record.first_seen_at,
        since_words=wording.moment(record.first_seen_at, engagement.timezone, now),
        more=more,
        words=f"no answer to the invitation{others}",
        nudge=f'"{record.title}" is on {when}, and the invitation to {who} has no answer yet. '
        "Could you accept it, decline it, or name who comes instead?",
        url=record.url,
    )
