"""Then & now: the record from before the engagement and the record since, on one scale."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.before_after import (
    LOGGING_WITHIN,
    Logging,
    Window,
    decided_in_bad_patch,
    logging_guard,
    window,
    without_quarter,
)
from engagewatch.engine.comparison import Comparison, rate_ratio
from engagewatch.model.baseline import Grade
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import EntryKind
from engagewatch.model.instants import Instant
from engagewatch.store.queries.entries import entries
from engagewatch.views import wording
from engagewatch.views.then_now_eras import EraLine, era_lines
from engagewatch.views.then_now_record import Record, read_record
from engagewatch.views.then_now_rows import ComparedRow, comparison_words, rows_of
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

GRADES = {
    Grade.EXPORT: "A exported records",
    Grade.DOCUMENTS: "B dated documents",
    Grade.NOTES: "C notes",
    Grade.MEMORY: "D memory",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence that keeps a reader from seeing what is not there."""

    words: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class ThenNowView:
    """Both eras, measure by measure."""

    as_of: Instant
    before_name: str
    after_name: str
    has_record: bool
    """Whether anything was imported at all."""
    is_covered: bool
    """Nobody has guessed or looked yet: the record is not shown before somebody chooses to."""
    summary: str
    windows_words: tuple[str, ...]
    """Which time counts as before, as change-over and as after."""
    provenance_words: tuple[str, ...]
    """Where the record from before comes from, file by file."""
    rows: tuple[ComparedRow, ...]
    remarks: tuple[Remark, ...]
    eras: tuple[EraLine, ...]
    """The two records side by side, in the same lines."""
    not_known: tuple[str, ...]


def build(store: Store, engagement: Engagement, now: Instant) -> ThenNowView:
    """Return both eras as known at ``now``."""
    record = read_record(store, engagement, now)
    looked = entries(store, engagement.id, [EntryKind.GUESSED])
    has_record = bool(record.outages.recorded or record.tickets.recorded)
    rows = rows_of(record) if has_record else ()
    return ThenNowView(
        as_of=now,
        before_name="Before",
        after_name=engagement.provider,
        has_record=has_record,
        is_covered=has_record and not looked,
        summary=_summary(rows),
        windows_words=_windows(record),
        provenance_words=tuple(
            f"{file.name}: {file.content}, {GRADES[file.grade]}, from {file.provenance}"
            for file in record.files
        ),
        rows=rows,
        remarks=tuple(_remarks(record)) if has_record else (),
        eras=era_lines(record) if has_record else (),
        not_known=_not_known(record),
    )


def _summary(rows: tuple[ComparedRow, ...]) -> str:
    if not rows:
        return (
            "Nothing from before is on record: engagewatch baseline import --help tells how "
            "tickets, outage lists and headcounts come in."
        )
    told: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.is_settled:
            told[row.verdict_words].append(row.title[0].lower() + row.title[1:])
    open_ones = sum(not row.is_settled for row in rows)
    if not told:
        return f"Nothing can be told of {wording.counted(open_ones, 'measure')} yet."
    words = ". ".join(
        f"{verdict[0].upper()}{verdict[1:]}: {' and '.join(titles)}"
        for verdict, titles in told.items()
    )
    more = f". Of {open_ones} more nothing can be told" if open_ones else ""
    return f"{words}{more}."


def _windows(record: Record) -> tuple[str, ...]:
    def day(at: Instant) -> str:
        return wording.day(at, record.timezone, record.now)

    over = record.change_over
    lines = []
    for name, series in (("outages", record.outages), ("tickets", record.tickets)):
        before = series.before.window if series.before else None
        after = series.after.window if series.after else None
        told = [
            f"{era} {day(one.start)} to {day(one.end - 1)} ({one.months:.1f} months)"
            for era, one in (("before", before), ("after", after))
            if one is not None
        ]
        if told:
            lines.append(f"{name}: {', '.join(told)}")
    lines.append(
        f"change-over, shown and not judged: {day(over.start)} to {day(over.end - 1)}, thirty days "
        "on either side of the start"
    )
    return tuple(lines)


def _remarks(record: Record) -> list[Remark]:
    return [one for one in (_logging(record), _bad_patch(record)) if one is not None]


def _logging(record: Record) -> Remark | None:
    """Return what is to be said of more tickets per user soon after the start."""
    early = window(record.started, min(record.now, record.started + LOGGING_WITHIN))
    before = record.tickets.before
    if early is None or before is None or not before.is_tested:
        return None
    old, new = record.user_months(before.window), record.user_months(early)
    if old is None or new is None:
        return None
    old_count = sum(item.at in old[1] for item in before.items)
    new_count = sum(item.at in new[1] for item in record.tickets.since)
    found = logging_guard((old_count, old[0]), (new_count, new[0]), _early_outages(record, early))
    if found is Logging.NOT_MORE:
        return None
    rise = (new_count / new[0]) / (old_count / old[0]) - 1
    words = f"Tickets per user were {rise:.0%} more in the ninety days from the start"
    if found is Logging.MORE_LOGGED:
        tail = "outages on record were not: more is being logged, not more is going wrong"
        return Remark(f"{words}; {tail}.", Tone.NOTICE)
    if found is Logging.MORE_BOTH:
        return Remark(f"{words}, and so were outages: more was going wrong.", Tone.WARNING)
    tail = (
        "outages are not on record on both sides, so whether more went wrong or more was logged "
        "cannot be told"
    )
    return Remark(f"{words}; {tail}.", Tone.UNKNOWN)


def _early_outages(record: Record, early: Window) -> Comparison | None:
    before = record.outages.before
    if before is None or not before.is_tested or not record.watches_outages:
        return None
    count = sum(item.at in early for item in record.outages.since)
    return rate_ratio(len(before.items), before.window.months, count, early.months)


def _bad_patch(record: Record) -> Remark | None:
    """Return the reminder that what is chosen in a bad patch gets better anyway."""
    series = record.outages
    if series.before is None or not series.before.is_tested:
        return None
    whole = Window(series.before.window.start, record.started)
    worst = decided_in_bad_patch([item.at for item in series.counted], whole)
    if worst is None:
        return None
    first = wording.day(worst.window.start, record.timezone, record.now)
    words = (
        f"The start lies within ninety days of the worst quarter before, from {first} on: "
        f"{worst.events} outages, against {worst.others / worst.other_months:.1f} a month in the "
        "rest of the record. Some improvement was due anyway."
    )
    if series.after is not None:
        found = without_quarter(worst, (len(series.after.items), series.after.window.months))
        words += f" Without that quarter: {comparison_words(found)}."
    return Remark(words, Tone.NOTICE)


def _not_known(record: Record) -> tuple[str, ...]:
    found = []
    if not record.heads_before:
        found.append("How many users there were before: import a headcount.")
    if not record.heads_after:
        found.append("How many users there are: headcount of the engagement file tells.")
    if not record.watches_outages:
        found.append("Outages since the start: no source tells of any.")
    if not record.outages.recorded:
        found.append("Outages before: no list was imported.")
    if not record.tickets.recorded:
        found.append("Tickets before: none were imported.")
    return tuple(found)
