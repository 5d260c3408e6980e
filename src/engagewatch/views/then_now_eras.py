"""The two records in one layout: what the former set-up did beside what the provider does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from engagewatch.engine.before_after import Window, longest_gap
from engagewatch.engine.durations import kaplan_meier
from engagewatch.engine.silence import MEDIAN_INTERVAL_NEEDS
from engagewatch.model.instants import Instant
from engagewatch.views import wording
from engagewatch.views.period import month_of
from engagewatch.views.then_now_record import Era, Item, Record


@dataclass(frozen=True, slots=True)
class EraLine:
    """One line of the two records."""

    key: str
    title: str
    before: str
    after: str
    before_count: str = ""
    """What the value rests on, e.g. ``36 in 24.0 months``; empty where it says so itself."""
    after_count: str = ""


def first_is_after(engagement: str, day: date) -> bool:
    """Whether Era A is the time after, in the blind view of a day.

    Drawn from a hash, so that nobody chose it; another day may draw otherwise, so that nobody
    learns it.
    """
    digest = hashlib.sha256(f"{engagement}/{day.isoformat()}/eras".encode()).digest()
    return digest[0] % 2 == 1


def era_lines(record: Record) -> tuple[EraLine, ...]:
    """Return both records, line by line."""
    outages = (record.outages.before, record.outages.after)
    tickets = (record.tickets.before, record.tickets.after)
    now, timezone = record.now, record.timezone
    return (
        _line("grade", "Grade of the record", *map(_grade, outages)),
        _line("rate", "Outages a month", *map(_rate, outages)),
        _line("quiet", "Months without an outage", *(_quiet(one, timezone) for one in outages)),
        _line("longest", "Longest outage", *(_longest(one, now) for one in outages)),
        _line("median", "Median outage", *(_median(one, now) for one in outages)),
        _line("gap", "Longest calm", *map(_calm, outages)),
        _line("tickets", "Tickets a user and month", *(_per_user(record, one) for one in tickets)),
        _line("resolve", "Median time to resolve", *(_median(one, now) for one in tickets)),
        _line("absence", "Longest none resolved", *map(_absence, tickets)),
    )


_Cell: TypeAlias = tuple[str, str]
"""A value, and what it rests on."""


def _line(key: str, title: str, before: _Cell, after: _Cell) -> EraLine:
    return EraLine(key, title, before[0], after[0], before[1], after[1])


_NOTHING = ("not on record", "")


def _grade(era: Era | None) -> _Cell:
    return _NOTHING if era is None else (era.grade.value, "")


def _rate(era: Era | None) -> _Cell:
    if era is None:
        return _NOTHING
    months = era.window.months
    return f"{len(era.items) / months:.2f}", f"{len(era.items)} in {months:.1f} months"


def _quiet(era: Era | None, timezone: str) -> _Cell:
    """Return how many whole months of the window had none."""
    if era is None:
        return _NOTHING
    whole = quiet = 0
    month = month_of(era.window.start, timezone)
    while month.end <= era.window.end:
        if month.start >= era.window.start:
            whole += 1
            quiet += not any(item.at in month for item in era.items)
        month = month.next()
    return (wording.k_of_n(quiet, whole) if whole else "no whole month yet"), ""


def _longest(era: Era | None, now: Instant) -> _Cell:
    if era is None:
        return _NOTHING
    lengths = era.lengths(now)
    if not lengths:
        return ("no end on record" if era.items else "none"), ""
    longest = max(lengths, key=lambda one: one.length)
    return wording.span(round(longest.length)) + ("" if longest.finished else " so far"), ""


def _median(era: Era | None, now: Instant) -> _Cell:
    if era is None:
        return _NOTHING
    lengths = era.lengths(now)
    if not lengths:
        return ("no end on record" if era.items else "none"), ""
    if len(lengths) < MEDIAN_INTERVAL_NEEDS:
        return "too few", f"n = {len(lengths)}"
    found = kaplan_meier(lengths).median()
    words = "not reached" if found is None else wording.span(round(found))
    return words, f"n = {len(lengths):,}"


def _calm(era: Era | None) -> _Cell:
    gap = longest_gap([item.at for item in era.items]) if era else None
    return _NOTHING if gap is None else (wording.span(gap[1] - gap[0]), "")


def _per_user(record: Record, era: Era | None) -> _Cell:
    known = record.user_months(era.window) if era else None
    if era is None or known is None:
        return _NOTHING
    count = sum(item.at in known[1] for item in era.items)
    return f"{count / known[0]:.2f}", f"{count:,} in {known[0]:,.0f} user-mo"


def _absence(era: Era | None) -> _Cell:
    gap = longest_gap(_ends(era.items, era.window)) if era else None
    return _NOTHING if gap is None else (wording.span(gap[1] - gap[0]), "")


def _ends(items: Sequence[Item], over: Window) -> list[Instant]:
    return [item.until for item in items if item.until is not None and item.until in over]
