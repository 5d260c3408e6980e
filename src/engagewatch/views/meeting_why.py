"""Why this attendance: every meeting of the year with who had to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.views import meeting_list, wording
from engagewatch.views.meeting_list import MeetingRow
from engagewatch.views.tone import Tone
from engagewatch.views.why import MOST_TICKETS, WhyTicket, WhyView

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_WORST_FIRST = (Tone.BAD, Tone.UNKNOWN, Tone.GOOD, Tone.PLAIN)


def build(store: Store, engagement: Engagement, now: Instant) -> WhyView:
    """Return how the attendance of both sides over the year before was counted."""
    view = meeting_list.build(store, engagement, now)
    held = [
        row
        for row in view.rows
        if row.is_over and row.from_at >= now - meeting_list.COUNTED and (row.ours or row.theirs)
    ]
    held.sort(key=lambda row: (_WORST_FIRST.index(_worst(row)), -row.from_at))
    ours, theirs = view.ours, view.theirs
    left_out = [
        f"{counted.unknown} of {whose} that nobody recorded"
        for counted, whose in ((ours, "ours"), (theirs, "the provider's"))
        if counted.unknown
    ]
    if off := ours.excluded + theirs.excluded:
        left_out.append(f"{off} at meetings that were called off, or excused")
    unsided = {
        one.who for row in held for one in row.attendees if one.side is None and one.required
    }
    if unsided:
        left_out.append(f"{wording.counted(len(unsided), 'person')} on no known side")
    return WhyView(
        title="Attendance, the year before",
        value=f"us {view.ours_words}; provider {view.theirs_words}",
        formula="Came, of those required whose attendance was recorded, at meetings that took "
        "place. Required is who a [[meetings]] row names by role, elsewhere whoever the calendar "
        "does not call optional. An accepted invitation is not attendance.",
        met=ours.met,
        judged=ours.judged,
        not_counted=tuple(left_out),
        rule_version="",
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        tickets=tuple(
            WhyTicket(
                key=row.key,
                ticket=None,
                reference=row.handle,
                subject=f"{row.title}, {row.when_words}",
                words=_words(row),
                tone=_worst(row),
            )
            for row in held[:MOST_TICKETS]
        ),
        total=len(held),
    )


def _worst(row: MeetingRow) -> Tone:
    return min((row.ours_tone, row.theirs_tone), key=_WORST_FIRST.index)


def _words(row: MeetingRow) -> str:
    sides = [
        f"{name} {words}" for name, words in (("us", row.ours), ("provider", row.theirs)) if words
    ]
    return "; ".join(sides)
