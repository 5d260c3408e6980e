"""How a meeting reads: who came, what was decided, what was taken on, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engagewatch.engine.meetings import (
    Action,
    ActionState,
    Attendee,
    Decision,
    DecisionState,
    Record,
    Yield,
)
from engagewatch.model.instants import Instant
from engagewatch.model.meeting import Answer
from engagewatch.model.sides import Side
from engagewatch.views import wording
from engagewatch.views.tone import Tone

ANSWERS = {
    Answer.ACCEPTED: "accepted",
    Answer.DECLINED: "declined",
    Answer.TENTATIVE: "answered maybe",
    Answer.NONE: "no answer",
}
"""What somebody who was invited said."""

WHOSE = {Side.CLIENT: "us", Side.PROVIDER: "provider", Side.THIRD_PARTY: "third party"}


def state_words(record: Record, now: Instant) -> str:
    """Return where a meeting stands in time."""
    if record.called_off:
        by = WHOSE.get(record.called_off_by) if record.called_off_by is not None else None
        return f"called off by {by}" if by else "called off"
    if record.is_over(now):
        return "held"
    return "going on" if record.from_at <= now else "coming"


def side_words(record: Record, side: Side, now: Instant) -> tuple[str, Tone]:
    """Return how those required of a side came, or what they answered; empty where none are."""
    owed = [one for one in record.required() if one.side is side and not one.excused]
    if not owed or record.called_off:
        return "", Tone.PLAIN
    if record.is_over(now):
        came = sum(one.came is True for one in owed)
        unknown = sum(one.came is None for one in owed)
        if unknown == len(owed):
            return "not recorded", Tone.UNKNOWN
        words = f"{came} of {len(owed) - unknown} came"
        if unknown:
            words += f", {unknown} not recorded"
        missed = len(owed) - unknown - came
        return words, Tone.BAD if missed else Tone.UNKNOWN if unknown else Tone.GOOD
    asked = [one for one in owed if one.invited]
    if not asked:
        return "nobody asked", Tone.UNKNOWN
    accepted = sum(one.answer is Answer.ACCEPTED for one in asked)
    words = f"{accepted} of {len(asked)} yes"
    if any(one.answer is Answer.DECLINED for one in asked):
        return words, Tone.WARNING
    return words, Tone.PLAIN if accepted == len(asked) else Tone.NOTICE


def attendee_words(record: Record, attendee: Attendee, now: Instant) -> tuple[str, Tone]:
    """Return whether somebody came, or what they answered."""
    if attendee.came is True:
        return "came", Tone.GOOD
    if attendee.came is False:
        if attendee.excused:
            return "did not come, excused", Tone.PLAIN
        return "did not come", Tone.BAD if attendee.required else Tone.PLAIN
    answer = "was not on the invitation"
    if attendee.invited:
        answer = ANSWERS[attendee.answer]
    elif not record.source:
        answer = ""
    if record.is_over(now):
        return f"not recorded{f' ({answer})' if answer else ''}", Tone.UNKNOWN
    tones = {Answer.ACCEPTED: Tone.PLAIN, Answer.DECLINED: Tone.WARNING}
    return answer or "not recorded", tones.get(attendee.answer, Tone.NOTICE)


def moved_words(record: Record) -> str:
    """Return how often a meeting was moved, and by whom; empty if never."""
    if not record.moved:
        return ""
    by = WHOSE.get(record.moved_by) if record.moved_by is not None else None
    return f"moved {_times(record.moved)}" + (f" by {by}" if by else "")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def decision_words(record: Record, decision: Decision) -> tuple[str, Tone]:
    """Return how a decision stands, as seen from one meeting."""
    if decision.state is DecisionState.DROPPED:
        return "dropped", Tone.PLAIN
    first = record.key in decision.needed_in[:1]
    if decision.made_in is None:
        return "needed, not made" if first else "needed again, not made", Tone.WARNING
    if decision.made_in != record.key:
        return "made later", Tone.NOTICE
    if not decision.needed_in:
        return "made, unplanned", Tone.GOOD
    return "made" if first else "made, carried over", Tone.GOOD


def yield_words(found: Yield) -> str:
    """Return what meetings decided, e.g. ``2 of 3 made, 1 later``; empty if there were none."""
    parts = []
    if found.needed:
        parts.append(f"{found.made} of {found.needed} made")
    if found.later:
        parts.append(f"{found.later} later")
    if found.unplanned:
        parts.append(f"{found.unplanned} unplanned")
    return ", ".join(parts)


def action_words(action: Action, carried: int, today: date) -> tuple[str, Tone]:
    """Return how an action stands: its date, and over how many meetings it was carried."""
    if action.state is ActionState.DROPPED:
        return "dropped", Tone.PLAIN
    parts = ["done" if action.state is ActionState.DONE else "open"]
    tone = Tone.GOOD if action.state is ActionState.DONE else Tone.PLAIN
    if action.dues and action.state is ActionState.OPEN:
        due = action.dues[-1]
        late = due < today
        parts.append(f"{'was' if late else 'is'} due {wording.date_words(due)}")
        tone = Tone.BAD if late else tone
    if action.promised_anew:
        parts.append(f"re-dated {_times(action.promised_anew)}")
    if carried:
        parts.append(f"carried over {wording.counted(carried, 'meeting')}")
        if action.state is ActionState.OPEN and tone is Tone.PLAIN:
            tone = Tone.WARNING
    return ", ".join(parts), tone


def open_actions_words(actions: Sequence[Action]) -> str:
    """Return how many actions stand open and are done, e.g. ``2 open, 1 done``; empty for none."""
    kept = [one for one in actions if one.state is not ActionState.DROPPED]
    left = sum(one.state is ActionState.OPEN for one in kept)
    if not kept:
        return ""
    counts = ((left, "open"), (len(kept) - left, "done"))
    return ", ".join(f"{count} {words}" for count, words in counts if count)
