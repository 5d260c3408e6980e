"""How signs are laid out: candour in a line, what was never admitted, and contradictions."""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.widgets.columns import Column, fitted_to, table_lines
from engagewatch.tui.widgets.lines import Line, Part, part, wrapped
from engagewatch.views.signs import DisagreementRow, NeverRow, SignsView

SHOWN = 6
"""Contradictions listed on the screen of all services; a service's own page has the rest."""

_NEVER: tuple[Column[NeverRow], ...] = (
    Column("service", "Never admitted", lambda row: (
        Part(f"{TONE_SIGNS[row.tone]} ", row.tone), Part(row.name, "bold")), 16, 30, 0),
    Column("signs", "What showed", lambda row: part(row.sign_words), 44, 60, 0),
    Column("started", "First sign", lambda row: part(row.started_words, "dim"), 16, 22, 1),
    Column("lasted", "Lasted", lambda row: part(row.lasted_words), 7, 14, 2, right=True),
)  # fmt: skip

_DISAGREEMENTS: tuple[Column[DisagreementRow], ...] = (
    Column("service", "Service", lambda row: part(row.name, "bold"), 12, 30, 0),
    Column("words", "Who said what", lambda row: part(row.words), 40, 70, 0),
    Column("from", "From", lambda row: part(row.from_words, "dim"), 16, 22, 1),
    Column("until", "Until", lambda row: part(row.until_words, "dim"), 16, 22, 3),
    Column("lasted", "For", lambda row: part(row.lasted_words), 6, 8, 0, right=True),
)  # fmt: skip


def candour_lines(view: SignsView, width: int) -> list[Line]:
    """Return how soon outages were admitted, and the share that never was."""
    words = f"{view.candour.value}; {view.never_words}"
    if view.told_first:
        words += f"; {view.told_first} of {view.told} told before we noticed"
    label = "Admitted  "
    rows = wrapped(words, width - len(label))
    first = Line((Part(label, "dim"), *rows[0].parts), "candour")
    return [first, *(Line((Part(" " * len(label)), *row.parts), "candour") for row in rows[1:])]


def never_lines(rows: Sequence[NeverRow], width: int) -> list[Line]:
    """Return the outages that were never admitted."""
    fitted = fitted_to(_NEVER, rows, width)
    return table_lines(fitted, rows, lambda row: ("never", row.key)) if rows else []


def disagreement_lines(
    rows: Sequence[DisagreementRow],
    width: int,
    shown: int | None = None,
    *,
    named: bool = True,
) -> list[Line]:
    """Return the contradictions, newest first; with ``shown`` no more than so many.

    Without ``named`` their service is left out, where it is the same for all.
    """
    if not rows:
        return []
    listed = rows[:shown]
    columns = _DISAGREEMENTS if named else _DISAGREEMENTS[1:]
    fitted = fitted_to(columns, listed, width)
    lines = table_lines(fitted, listed, lambda row: ("disagreement", row.key))
    if len(rows) > len(listed):
        more = f"and {len(rows) - len(listed)} earlier; a service's own page lists all of its own"
        lines.append(Line(part(more, "dim")))
    return lines


def disagreement_detail(row: DisagreementRow, width: int) -> list[Line]:
    """Return one contradiction in full."""
    return [
        *wrapped(f"{row.name}: {row.words}", width, "bold"),
        *wrapped(f"From {row.from_words} until {row.until_words}, for {row.lasted_words}.", width),
    ]


def never_detail(row: NeverRow, width: int) -> list[Line]:
    """Return one outage that was never admitted in full."""
    return [
        *wrapped(f"{row.name}: never admitted", width, "bold"),
        *wrapped(f"{row.started_words}, {row.lasted_words}: {row.sign_words}.", width),
    ]
