"""Felt vs was: a guess first, then the record of the same time, and how far the two are apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from engagewatch.engine.before_after import MONTH, Window, window
from engagewatch.engine.felt import (
    RATIO_NEEDS,
    Factors,
    Felt,
    Guess,
    Was,
    factors,
    felt_from,
    is_no_idea,
    parse_count,
    parse_length,
    values_of,
    was,
    was_from,
)
from engagewatch.model.baseline import Grade
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import DAY, Instant, to_datetime, zone
from engagewatch.store.queries.entries import entries
from engagewatch.views import wording
from engagewatch.views.entering import make_entry
from engagewatch.views.then_now_record import Item, Record, read_record

if TYPE_CHECKING:
    from engagewatch.store.store import Store

BEFORE, SINCE = "before", "since"
LOOKED = "looked"
"""Subject of the entry that says the record was uncovered without a guess."""
MONTHS = 6
"""How far back is asked unless told."""
_SHOWN = 8
"""Outages of the record listed beside a guess."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A time that can be asked about, and the record of it."""

    era: str
    over: Window
    words: str
    """E.g. ``outages of the 6 months to the start, Tue 2 Sep 2025 to Sun 1 Mar 2026``."""
    recorded: Was


@dataclass(frozen=True, slots=True)
class FeltLine:
    """One question with what was felt, what was recorded, and how the two compare."""

    question: str
    felt: str
    was: str
    ratio: str


@dataclass(frozen=True, slots=True)
class FeltView:
    """What is known of one person's guesses. Shown to nobody else, and in no export."""

    as_of: Instant
    bounded: tuple[str, ...]
    """What was on record at the last asking: shown before the next, since that cuts the error of
    memory (Neter and Waksberg 1964, JASA 59)."""
    about: str
    """What the latest guess was about, and when it was made."""
    lines: tuple[FeltLine, ...]
    """The latest guess against the record of that time; empty before the first guess."""
    listed: tuple[str, ...]
    holes: tuple[str, ...]
    had_looked: bool
    """The record had been uncovered before the latest guess was made."""
    history: tuple[str, ...]
    """Earlier guesses, in a line each, the latest first."""
    longest: Mapping[str, int]
    """How many months of each era are on record."""
    record: Record
    """What the next guess will be held against; not shown before it is made."""


def build(store: Store, engagement: Engagement, now: Instant) -> FeltView:
    """Return the guesses so far, the latest one against the record."""
    record = read_record(store, engagement, now)
    noted = entries(store, engagement.id, [EntryKind.GUESSED])
    guesses = [entry for entry in noted if entry.subject != LOOKED]
    looked = [entry.at for entry in noted if entry.subject == LOOKED]
    longest = {
        era: max(1, round(over.months))
        for era in (BEFORE, SINCE)
        if (over := _on_record(record, era)) is not None
    }
    if not guesses:
        return FeltView(now, (), "", (), (), (), bool(looked), (), longest, record)
    last = guesses[-1]
    felt, recorded = felt_from(last.values), was_from(last.values)
    over = _window_of(last)
    items = _within(record, over)
    when = wording.moment(last.at, engagement.timezone, now)
    seen = any(at < last.at for at in looked) or len(guesses) > 1
    return FeltView(
        as_of=now,
        bounded=_bounded(record, last, recorded),
        about=f"{_era_words(record, last.subject, over)}, guessed {when}",
        lines=_lines(felt, recorded),
        listed=_listed(record, items),
        holes=_holes(record, last.subject, items),
        had_looked=seen,
        history=tuple(_in_short(record, entry) for entry in reversed(guesses[:-1])),
        longest=longest,
        record=record,
    )


def asked(record: Record, era: str, months: int) -> Asked:
    """Return a time to ask about: the last ``months`` of an era, as far as it is on record.

    Raises:
        ValueError: there is no record of that era.
    """
    whole = _on_record(record, era)
    if whole is None:
        raise ValueError(f"there is no record of outages {_ERAS[era]}")
    over = replace(whole, start=max(whole.start, whole.end - round(months * MONTH)))
    items = _within(record, over)
    last = _day(record, items[-1].at) if items else None
    return Asked(
        era, over, _era_words(record, era, over), was([(one.at, one.until) for one in items], last)
    )


_ERAS = {BEFORE: "before the start", SINCE: "since the start"}


def _on_record(record: Record, era: str) -> Window | None:
    if era == SINCE:
        known = [one for one in record.outages.known if one.start >= record.started]
        return known[-1] if known else None
    if not record.outages.recorded:
        return None
    first = record.outages.counted or record.outages.recorded
    return window(first[0].at, record.started)


def _within(record: Record, over: Window) -> list[Item]:
    chosen = record.outages.counted or record.outages.recorded
    return [item for item in (*chosen, *record.outages.since) if item.at in over]


def guessed(engagement: str, now: Instant, about: Asked, felt: Felt) -> Entry:
    """Return the entry that keeps a guess, with the record as it is now."""
    values = values_of(felt, about.recorded, (about.over.start, about.over.end))
    return make_entry(engagement, now, EntryKind.GUESSED, about.era, values)


def uncovered(engagement: str, now: Instant) -> Entry:
    """Return the entry that says that the record was looked at without a guess."""
    return make_entry(engagement, now, EntryKind.GUESSED, LOOKED, {})


def parse_last(text: str, today: date) -> date | None:
    """Return the day of the last outage as somebody remembers it; ``None`` for no idea.

    A day (``2026-02-14``), a month (``2026-02``, its middle), or how long ago (``3 weeks ago``).

    Raises:
        ValueError: it is none of these, or lies ahead.
    """
    text = text.strip().casefold()
    if is_no_idea(text):
        return None
    wanted = 'a day such as 2026-02-14, a month such as 2026-02, "3 weeks ago", or "no idea"'
    try:
        if text.endswith(" ago"):
            found = parse_length(text.removesuffix(" ago"))
            day = None if found is None else _back(today, found.middle)
        else:
            day = date.fromisoformat(f"{text}-15" if len(text) == 7 else text)
    except (ValueError, OverflowError):
        raise ValueError(f"write {wanted}") from None
    if day is None:
        raise ValueError(f"write {wanted}")
    if day > today and not (len(text) == 7 and (day.year, day.month) == (today.year, today.month)):
        raise ValueError("that day has not come yet")
    return min(day, today)


def _back(today: date, seconds: float) -> date:
    return date.fromordinal(max(1, today.toordinal() - round(seconds / DAY)))


def felt_of(count: str, span: str, worst: str, last: str, today: date) -> Felt:
    """Return the four answers as typed.

    Raises:
        ValueError: one of them cannot be read.
    """
    return Felt(
        parse_count(count), parse_length(span), parse_length(worst), parse_last(last, today)
    )


# -- words ------------------------------------------------------------------------------------


def _window_of(entry: Entry) -> Window:
    start, end = entry.values.get("from"), entry.values.get("until")
    return Window(
        int(start) if isinstance(start, int | float) else 0,
        int(end) if isinstance(end, int | float) else 0,
    )


def _era_words(record: Record, era: str, over: Window) -> str:
    first = wording.day(over.start, record.timezone, record.now)
    last = wording.day(over.end - 1, record.timezone, record.now)
    months = wording.counted(max(1, round(over.months)), "month")
    tail = "to the start" if era == BEFORE else "to that day"
    return f"outages of the {months} {tail}, {first} to {last}"


def _lines(felt: Felt, recorded: Was) -> tuple[FeltLine, ...]:
    found = factors(felt, recorded) or Factors(None, None, None, None)
    last = "none" if recorded.last is None else _date(recorded.last)
    return (
        FeltLine(
            "How many",
            "no idea" if felt.count is None else _range(felt.count, _plain),
            f"{recorded.count:,}",
            _times("felt", found.count),
        ),
        FeltLine(
            "Over how long",
            "no idea" if felt.span is None else _range(felt.span, _length),
            _length(recorded.span) if recorded.count else "none",
            _times("was", found.span),
        ),
        FeltLine(
            "The worst lasted",
            "no idea" if felt.worst is None else _range(felt.worst, _length),
            "no end on record" if recorded.worst is None else _length(recorded.worst),
            _times("felt", found.worst),
        ),
        FeltLine(
            "The last was on",
            "no idea" if felt.last is None else _date(felt.last),
            last,
            _offset(found.offset_days),
        ),
    )


def _bounded(record: Record, entry: Entry, recorded: Was) -> tuple[str, ...]:
    day = wording.day(entry.at, record.timezone, record.now)
    about = _era_words(record, entry.subject, _window_of(entry)).removeprefix("outages of ")
    were = f"{wording.counted(recorded.count, 'outage')} {'was' if recorded.count == 1 else 'were'}"
    told = [f"at the last asking, {day}, {were} on record for {about}"]
    if recorded.worst is not None:
        told.append(f"the longest took {_length(recorded.worst)}")
    if recorded.last is not None:
        told.append(f"the last was on {_date(recorded.last)}")
    return tuple(told)


def _holes(record: Record, era: str, items: Sequence[Item]) -> tuple[str, ...]:
    """Return why the record may miss events."""
    grades = {item.grade for item in items}
    found = []
    if era == BEFORE and grades & {Grade.NOTES, Grade.MEMORY}:
        worst = max(grades)
        found.append(f"The record may miss events: it is of grade {worst}.")
    elif era == BEFORE and any(
        item.grade in (Grade.NOTES, Grade.MEMORY) for item in record.outages.recorded
    ):
        found.append(
            "The record may miss events: notes and memory tell of more that are not in it."
        )
    open_ends = sum(item.until is None and not item.is_open for item in items)
    if open_ends:
        found.append(f"{open_ends} of {len(items)} have no end on record.")
    if len(items) < RATIO_NEEDS:
        found.append(f"No ratio is told of fewer than {RATIO_NEEDS} recorded outages.")
    return tuple(found)


def _listed(record: Record, items: Sequence[Item]) -> tuple[str, ...]:
    told = []
    for item in reversed(items[-_SHOWN:]):
        length = "no end on record"
        if item.is_open:
            length = "not over"
        elif item.until is not None:
            length = wording.span(item.until - item.at)
        day = wording.day(item.at, record.timezone, record.now)
        told.append(f"{day}  {item.title or 'no title'}, {length}")
    if len(items) > _SHOWN:
        told.append(f"and {len(items) - _SHOWN} earlier ones")
    return tuple(told)


def _in_short(record: Record, entry: Entry) -> str:
    felt, recorded = felt_from(entry.values), was_from(entry.values)
    found = factors(felt, recorded)
    day = wording.day(entry.at, record.timezone, record.now)
    about = _era_words(record, entry.subject, _window_of(entry))
    if found is None:
        return f"{day}: {about}: too few on record for a ratio"
    told = [
        f"{name} {words}"
        for name, words in (
            ("count", _times("felt", found.count)),
            ("span", _times("was", found.span)),
            ("worst", _times("felt", found.worst)),
            ("last", _offset(found.offset_days)),
        )
        if words
    ]
    return f"{day}: {about}: {', '.join(told) or 'no answer to hold against it'}"


def _times(larger: str, guess: Guess | None) -> str:
    """Return a factor, e.g. ``felt 1.8 to 2.7 times``: what is how many times the other."""
    if guess is None:
        return ""
    words = f"{guess.low:.1f}" if guess.low >= 1 else f"{guess.low:.2f}"
    if guess.high > guess.low:
        words += f" to {guess.high:.1f}" if guess.high >= 1 else f" to {guess.high:.2f}"
    return f"{larger} {words} times"


def _offset(days: int | None) -> str:
    if days is None:
        return ""
    if days == 0:
        return "the same day"
    side = "too recent" if days > 0 else "too long ago"
    return f"{wording.counted(abs(days), 'day')} {side}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def _length(seconds: float) -> str:
    if seconds >= 2 * MONTH:
        return f"{seconds / MONTH:.1f} months"
    return wording.span(round(seconds))


def _range(guess: Guess, words: Callable[[float], str]) -> str:
    low, high = words(guess.low), words(guess.high)
    return low if low == high else f"{low} to {high}"


def _day(record: Record, at: Instant) -> date:
    return to_datetime(at, zone(record.timezone)).date()


def _date(on: date) -> str:
    return f"{wording.date_words(on)} {on.year}"
