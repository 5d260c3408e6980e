"""The measures of Then & now: a rate or a length on each side, and what the two allow to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isinf

from engagewatch.engine.before_after import LengthChange, Window, compare_lengths
from engagewatch.engine.comparison import Change, Comparison, rate_ratio
from engagewatch.engine.durations import Observation
from engagewatch.engine.silence import COMPARISON_NEEDS
from engagewatch.model.baseline import Grade
from engagewatch.model.instants import DAY, MINUTE, to_datetime, zone
from engagewatch.views import wording
from engagewatch.views.chart import Chart
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.then_now_charts import Charts, length_charts, per_user_charts, rate_charts
from engagewatch.views.then_now_record import Era, Record, Series
from engagewatch.views.tone import Tone

OUTAGES = "outages"
OUTAGES_PER_USER = "outages_per_user"
OUTAGE_LENGTH = "outage_length"
TICKETS_PER_USER = "tickets_per_user"
RESOLVE = "resolve"
USER_MINUTES = "user_minutes"

_SILENT_TAIL = 90 * DAY
"""A record that ends so long before the start may have stopped being kept."""
_MINOR = frozenset({"minor", "none"})
"""What status pages call incidents that people might never have written down before."""
_UNTESTED = {
    Grade.NOTES: "not tested: from notes (grade C)",
    Grade.MEMORY: "not tested: from memory (grade D)",
}


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One measure of both eras."""

    key: str
    title: str
    before_words: str
    before_count: str
    """What that rests on, e.g. ``36 in 24.0 months``."""
    after_words: str
    after_count: str
    effect_words: str
    """E.g. ``0.42 times, 95% 0.25 to 0.71``; empty where nothing is compared."""
    verdict_words: str
    is_settled: bool
    """Whether the verdict says more than that nothing can be told."""
    tone: Tone
    grade: Grade | None
    """Of the record from before."""
    notes: tuple[str, ...]
    """What to know when reading it."""
    against: tuple[str, ...]
    """What most speaks against the verdict."""
    chart: Chart | None
    coarse_chart: Chart | None
    """The same by quarter, for where months have no room."""
    figure: FigureKey


def rows_of(record: Record) -> tuple[ComparedRow, ...]:
    """Return every measure."""
    return (
        _outages(record),
        _per_user(
            record, OUTAGES_PER_USER, "Outages per 100 users and month", record.outages, 100.0
        ),
        _outage_length(record),
        _per_user(record, TICKETS_PER_USER, "Tickets per user and month", record.tickets, 1.0),
        _resolve(record),
        _user_minutes(record),
    )


def comparison_words(found: Comparison) -> str:
    """Return a ratio with its interval, e.g. ``0.42 times, 95% 0.25 to 0.71``."""
    if isinf(found.effect):
        return f"none before, 95% {found.interval.low:.2f} times or more"
    high = f"to {found.interval.high:.2f}" if found.interval.high < 1e6 else "or more"
    return f"{found.effect:.2f} times, 95% {found.interval.low:.2f} {high}"


def _row(
    key: str, title: str, before: tuple[str, str], after: tuple[str, str], charts: Charts | None
) -> ComparedRow:
    """Return a row that nothing is said of yet."""
    return ComparedRow(
        key=key,
        title=title,
        before_words=before[0],
        before_count=before[1],
        after_words=after[0],
        after_count=after[1],
        effect_words="",
        verdict_words=wording.UNKNOWN,
        is_settled=False,
        tone=Tone.UNKNOWN,
        grade=None,
        notes=(),
        against=(),
        chart=charts.monthly if charts else None,
        coarse_chart=charts.quarterly if charts else None,
        figure=FigureKey(FigureKind.THEN_NOW, subject=key),
    )


_NO_BEFORE = (wording.UNKNOWN, "no record before")
_NO_AFTER = (wording.UNKNOWN, "no record since")


def _judged(
    row: ComparedRow, change: Change, words: tuple[str, str], *, neutral: bool = False
) -> ComparedRow:
    """Return a row with its verdict; ``words`` say less and more."""
    if change is Change.CANNOT_TELL:
        return row
    less = change is Change.LESS
    tone = Tone.GOOD if less else Tone.BAD
    if neutral:
        tone = Tone.PLAIN if less else Tone.NOTICE
    return replace(row, verdict_words=words[0] if less else words[1], is_settled=True, tone=tone)


def _untested(row: ComparedRow, grade: Grade) -> ComparedRow:
    return replace(row, verdict_words=_UNTESTED[grade], tone=Tone.UNKNOWN, grade=grade)


def _only_memory(row: ComparedRow, series: Series) -> ComparedRow:
    """Return a row without a record before, which may be because there is only memory."""
    if series.before is None and any(one.grade is Grade.MEMORY for one in series.recorded):
        return replace(_untested(row, Grade.MEMORY), before_count="from memory only")
    return row


# -- rates ------------------------------------------------------------------------------------


def _outages(record: Record) -> ComparedRow:
    series = record.outages
    before = _monthly(series.before) if series.before else _NO_BEFORE
    after = _monthly(series.after) if series.after else _NO_AFTER
    charts = rate_charts("Outages a month", record, series, lambda value: f"{value:.0f}")
    row = _row(OUTAGES, "Outages a month", before, after, charts)
    if series.before is None:
        return _only_memory(row, series)
    row = replace(row, grade=series.before.grade, notes=_outage_notes(record))
    if not series.before.is_tested:
        return _untested(row, series.before.grade)
    if series.after is None:
        return row
    found = _ratio(series.before, series.after)
    row = replace(
        row,
        effect_words=comparison_words(found),
        against=_against_rate(record, series.before, series.after, found),
    )
    return _judged(row, found.change, ("fewer", "more"))


def _monthly(era: Era) -> tuple[str, str]:
    count, months = len(era.items), era.window.months
    return f"{count / months:.2f}", f"{count} in {months:.1f} months"


def _ratio(before: Era, after: Era) -> Comparison:
    return rate_ratio(
        len(before.items), before.window.months, len(after.items), after.window.months
    )


def _outage_notes(record: Record) -> tuple[str, ...]:
    return (
        *_left_out(record.outages, "outage"),
        "since the start every incident counts that a status source told, the minor ones too",
    )


def _left_out(series: Series, noun: str) -> tuple[str, ...]:
    """Return how many imported ones are of too low a grade to be counted."""
    by_grade = Counter(item.grade for item in series.recorded)
    notes = []
    left = by_grade[Grade.NOTES]
    if left and series.before is not None and series.before.is_tested:
        notes.append(f"{wording.counted(left, noun)} from notes (grade C), not counted")
    if by_grade[Grade.MEMORY]:
        count = wording.counted(by_grade[Grade.MEMORY], noun)
        notes.append(f"{count} from memory (grade D): drawn as an outline, not counted")
    return tuple(notes)


def _against_rate(record: Record, before: Era, after: Era, found: Comparison) -> tuple[str, ...]:
    """Return what speaks against a ratio: other ways to count that could be defended."""
    told = []
    series = record.outages
    minor = sum(item.priority.casefold() in _MINOR for item in after.items)
    if minor:
        graver = len(after.items) - minor
        other = rate_ratio(len(before.items), before.window.months, graver, after.window.months)
        told.append(
            f"{minor} of {len(after.items)} since are minor in the status page's own word; "
            f"without these: {comparison_words(other)}"
        )
    noted = series.with_notes()
    if noted is not None:
        other = _ratio(noted, after)
        told.append(f"with what notes tell counted too: {comparison_words(other)}")
    within = [one for one in series.since if one.at in record.change_over]
    if within:
        told.append(f"the change-over since the start held {len(within)}, which are not judged")
    season = _same_months(record, before, after, found)
    if season:
        told.append(season)
    last = max((item.at for item in before.items), default=None)
    if last is not None and before.window.end - last > _SILENT_TAIL:
        day = wording.day(last, record.timezone, record.now)
        told.append(f"the last one before is of {day}: the record may have ended there")
    return tuple(told)


def _same_months(record: Record, before: Era, after: Era, found: Comparison) -> str:
    """Return the ratio of like months, where the time after does not hold a whole year."""
    if after.window.months >= 11.5:
        return ""
    here = zone(record.timezone)

    def months_of(over: Window) -> list[int]:
        days = range(over.start, over.end, DAY)
        return [to_datetime(at, here).month for at in days]

    held = set(months_of(after.window))
    before_days = [one for one in months_of(before.window) if one in held]
    if len(before_days) < 28:
        return ""
    count = sum(to_datetime(item.at, here).month in held for item in before.items)
    before_months = len(before_days) / (365.25 / 12)
    other = rate_ratio(count, before_months, len(after.items), after.window.months)
    if other.change is found.change:
        return ""
    return f"against the same months of the year only: {comparison_words(other)}"


def _per_user(record: Record, key: str, title: str, series: Series, factor: float) -> ComparedRow:
    charts = per_user_charts(title, record, series, factor, lambda value: f"{value:.1f}")
    old = _user_rate(record, series.before, factor)
    new = _user_rate(record, series.after, factor)
    before = old[0] if old else _no_rate(series.before, _NO_BEFORE)
    after = new[0] if new else _no_rate(series.after, _NO_AFTER)
    row = _row(key, title, before, after, charts)
    if series.before is None:
        return _only_memory(row, series)
    grade = max(series.before.grade, record.heads_grade)
    noun = "ticket" if key == TICKETS_PER_USER else "outage"
    row = replace(row, grade=grade, notes=_left_out(series, noun))
    if old is None or new is None:
        return row
    if grade in _UNTESTED:
        return _untested(row, grade)
    found = rate_ratio(*old[1], *new[1])
    row = replace(row, effect_words=comparison_words(found))
    return _judged(row, found.change, ("fewer", "more"), neutral=key == TICKETS_PER_USER)


def _no_rate(era: Era | None, none: tuple[str, str]) -> tuple[str, str]:
    return none if era is None else (wording.UNKNOWN, "headcount not known")


def _user_rate(
    record: Record, era: Era | None, factor: float
) -> tuple[tuple[str, str], tuple[int, float]] | None:
    """Return a rate in words with its denominator, and the counts behind it."""
    known = record.user_months(era.window) if era else None
    if era is None or known is None:
        return None
    exposure, over = known
    count = sum(item.at in over for item in era.items)
    words = f"{factor * count / exposure:.2f}", f"{count:,} in {exposure:,.0f} user-months"
    return words, (count, exposure)


# -- lengths ----------------------------------------------------------------------------------


def _outage_length(record: Record) -> ComparedRow:
    charts = length_charts("Median outage length", record, record.outages)
    row, _ = _lengths(record, OUTAGE_LENGTH, "Median outage length", record.outages, charts)
    return row


def _resolve(record: Record) -> ComparedRow:
    series = record.tickets
    charts = length_charts("Median time to resolve", record, series)
    row, found = _lengths(record, RESOLVE, "Median time to resolve", series, charts)
    if found is None or series.before is None or series.after is None:
        return row
    strata = _by_priority(record, series.before, series.after)
    told = tuple(
        f"{name}: {_span(one.before.median)} before, {_span(one.after.median)} after "
        f"(n = {one.before.observed:,} and {one.after.observed:,})"
        for name, one in strata
    )
    row = replace(row, against=(*row.against, *told))
    opposite = {Change.MORE: Change.LESS, Change.LESS: Change.MORE}.get(found.change)
    if opposite is not None and any(one.change is opposite for _, one in strata):
        # The whole may turn out the other way than its parts: Simpson (1951), JRSS B 13.
        return replace(
            row,
            verdict_words=wording.UNKNOWN,
            is_settled=False,
            tone=Tone.UNKNOWN,
            notes=(*row.notes, "a priority moved the other way: the mix of tickets has changed"),
        )
    return row


def _by_priority(record: Record, before: Era, after: Era) -> list[tuple[str, LengthChange]]:
    """Return the lengths of each priority that both sides call the same and have enough of."""
    found = []
    names = {item.priority.casefold() for item in before.items} - {""}
    for name in sorted(names & {item.priority.casefold() for item in after.items}):
        sides = [
            replace(
                era, items=tuple(one for one in era.items if one.priority.casefold() == name)
            ).lengths(record.now)
            for era in (before, after)
        ]
        if min(map(len, sides)) >= COMPARISON_NEEDS:
            found.append((name, compare_lengths(*sides)))
    return found


def _lengths(
    record: Record, key: str, title: str, series: Series, charts: Charts | None
) -> tuple[ComparedRow, LengthChange | None]:
    old, new = _observed(record, series.before), _observed(record, series.after)
    found = compare_lengths(old, new)
    before = _side(found.before.median, old, series.before, _NO_BEFORE)
    after = _side(found.after.median, new, series.after, _NO_AFTER)
    row = _row(key, title, before, after, charts)
    if series.before is None:
        return _only_memory(row, series), None
    row = replace(row, grade=series.before.grade, notes=_length_notes(series.before, old))
    if not series.before.is_tested:
        return _untested(row, series.before.grade), None
    if not old or not new:
        return row, None
    row = replace(row, effect_words=_shift_words(found))
    if min(len(old), len(new)) < COMPARISON_NEEDS:
        needs = f"{COMPARISON_NEEDS} a side are needed to compare lengths"
        row = replace(row, notes=(*row.notes, needs))
    return _judged(row, found.change, ("shorter", "longer")), found


def _observed(record: Record, era: Era | None) -> list[Observation]:
    return era.lengths(record.now) if era else []


def _side(
    median: float | None,
    lengths: Sequence[Observation],
    era: Era | None,
    none: tuple[str, str],
) -> tuple[str, str]:
    if era is None or not lengths:
        return none if era is None else (wording.UNKNOWN, "no end is on record")
    open_ones = sum(not one.finished for one in lengths)
    still = f", {open_ones:,} still open" if open_ones else ""
    return ("not reached" if median is None else _span(median)), f"n = {len(lengths):,}{still}"


def _length_notes(era: Era, lengths: Sequence[Observation]) -> tuple[str, ...]:
    notes = ["calendar time on both sides, nights and weekends included"]
    left_out = len(era.items) - len(lengths)
    if left_out:
        notes.append(
            f"{left_out:,} of {len(era.items):,} before have no end on record and are left out"
        )
    return tuple(notes)


def _shift_words(found: LengthChange) -> str:
    if found.shift is None:
        return ""
    sign = "shorter" if found.shift < 0 else "longer"
    words = f"{_span(abs(found.shift))} {sign}" if round(found.shift) else "no shift"
    if found.ratio is not None:
        words += f"; {comparison_words(found.ratio)}"
    elif found.p_value is not None:
        words += "; log-rank p < 0.001" if found.p_value < 0.001 else (
            f"; log-rank p = {found.p_value:.3f}"
        )  # fmt: skip
    return words


def _span(seconds: float | None) -> str:
    return "not reached" if seconds is None else wording.span(round(seconds))


# -- user-minutes -----------------------------------------------------------------------------


def _user_minutes(record: Record) -> ComparedRow:
    series = record.outages
    before = _minutes(series.before) if series.before else _NO_BEFORE
    after = _minutes(series.after) if series.after else _NO_AFTER
    row = _row(USER_MINUTES, "User-minutes lost a month", before, after, None)
    notes = (
        "users hit times minutes, where both are on record; not tested: a few large ones decide it",
    )
    if series.before is None:
        return row
    return replace(row, grade=series.before.grade, notes=notes)


def _minutes(era: Era) -> tuple[str, str]:
    known = [item for item in era.items if item.users is not None and item.until is not None]
    if not known:
        return wording.UNKNOWN, f"users hit known of 0 of {len(era.items)}"
    total = sum((item.users or 0) * ((item.until or item.at) - item.at) / MINUTE for item in known)
    return (
        f"{total / era.window.months:,.0f}",
        f"users hit known of {wording.k_of_n(len(known), len(era.items))}",
    )
