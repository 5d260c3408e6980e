"""The reminders that were copied, and whether an answer followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.calendars import Calendar, NeverOpenError, compile_calendar
from engagewatch.engine.handling import duty_of
from engagewatch.engine.working_days import WorkingDays
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant
from engagewatch.model.policy import ALWAYS
from engagewatch.store.queries import answers
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.scope import Scope
from engagewatch.views import wording
from engagewatch.views.ledger import met_words
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

WITHIN_DAYS = 2
"""Working days of ours within which an answer counts as having followed a reminder."""


@dataclass(frozen=True, slots=True)
class NudgeLine:
    """One reminder that was copied."""

    key: str
    subject: str
    """Subject of the item that it was about."""
    about: str
    """What the item was called then."""
    at: Instant
    at_words: str
    until: Instant | None
    """By when an answer counts as having followed; ``None`` where our calendar never opens."""
    followed: bool | None
    """Whether one did; ``None`` while the time runs, or where nobody can tell."""
    pending: bool
    """Whether the time still runs."""
    words: str
    """E.g. ``answered after 3h``, ``no answer within 2 working days``, ``open until ...``."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class NudgeLog:
    """All reminders, the latest first, and what became of them."""

    lines: tuple[NudgeLine, ...]
    effect: Attainment
    """Answers that followed, of the reminders that can be judged."""
    words: str
    """E.g. ``an answer followed 3 of 5 nudges within 2 working days``; empty without any."""


def nudge_log(
    store: Store,
    engagement: Engagement,
    of: Scope,
    now: Instant,
    done: Mapping[str, Instant | None],
) -> NudgeLog:
    """Return the reminders copied up to ``now``.

    ``done`` tells of subjects that are in no ticket when they were done, ``None`` while they are
    not. Nothing is said of who was reminded: it is a log of questions, not of people.
    """
    entered = [
        entry for entry in entries(store, engagement.id, (EntryKind.NUDGED,)) if entry.at <= now
    ]
    if not entered:
        return NudgeLog((), Attainment(0, 0), "")
    specs = {ALWAYS.name: ALWAYS, **engagement.calendars}
    calendar = compile_calendar(specs[engagement.participation.calendar])
    lines = []
    for entry in reversed(entered):
        known, answered = _answered(store, of, entry, done)
        until = _until(calendar, engagement.timezone, entry.at)
        lines.append(_line(entry, known, answered, until, engagement.timezone, now))
    judged = [line.followed for line in lines if line.followed is not None]
    pending = sum(line.pending for line in lines)
    effect = Attainment(
        met=sum(judged),
        judged=len(judged),
        unknown=len(lines) - len(judged) - pending,
        pending=pending,
    )
    return NudgeLog(tuple(lines), effect, _effect_words(effect))


def _until(calendar: Calendar, timezone: str, at: Instant) -> Instant | None:
    days = WorkingDays(WITHIN_DAYS, 0, False, timezone)
    try:
        return calendar.add(at, days.allowed(calendar, at))
    except NeverOpenError:
        return None


def _answered(
    store: Store, of: Scope, entry: Entry, done: Mapping[str, Instant | None]
) -> tuple[bool, Instant | None]:
    """Return whether it can be told if a thing was done, and when it was."""
    if entry.subject in done:
        return True, done[entry.subject]
    ticket = duty_of(entry.subject)
    if ticket is None:
        return False, None
    source, name, obligation, round_ = ticket
    if round_ == 0:
        known, at = answers.last_client_word(store, of, source, name)
        return known, at if at is not None and at >= entry.at else None
    return answers.stopped_at(store, of, source, name, obligation, round_)


def _line(
    entry: Entry,
    known: bool,
    answered: Instant | None,
    until: Instant | None,
    timezone: str,
    now: Instant,
) -> NudgeLine:
    followed: bool | None = None
    pending, tone = False, Tone.UNKNOWN
    if not known or until is None:
        words = "whether an answer followed cannot be told"
    elif answered is not None and answered < entry.at:
        words = "was answered before it was copied"
    elif answered is not None and answered <= until:
        followed, tone = True, Tone.GOOD
        words = f"answered after {wording.span(answered - entry.at)}"
    elif now > until:
        followed, tone = False, Tone.WARNING
        words = f"no answer within {WITHIN_DAYS} working days"
        if answered is not None:
            words = f"answered after {wording.span(answered - entry.at)}, later than that"
    else:
        pending, tone = True, Tone.PLAIN
        words = f"open until {wording.moment(until, timezone, now)}"
    return NudgeLine(
        key=entry.id,
        subject=entry.subject,
        about=entry.text("about") or entry.subject,
        at=entry.at,
        at_words=wording.moment(entry.at, timezone, now),
        until=until,
        followed=followed,
        pending=pending,
        words=words,
        tone=tone,
    )


def _effect_words(effect: Attainment) -> str:
    if not effect.judged:
        copied = effect.pending + effect.unknown
        return f"{wording.counted(copied, 'nudge')} copied, none to be judged yet"
    noun = "nudge" if effect.judged == 1 else "nudges"
    return f"an answer followed {met_words(effect)} {noun} within {WITHIN_DAYS} working days"
