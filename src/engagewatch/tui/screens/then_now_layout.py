"""Then & now as lines: the cover, the measures, one of them large, and both eras side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.widgets.chart import chart_legend, chart_lines
from engagewatch.tui.widgets.columns import Column, fitted_to, table_lines
from engagewatch.tui.widgets.lines import BLANK, Line, Part, part, spread, width_of, wrapped
from engagewatch.views.chart import Chart
from engagewatch.views.then_now import ThenNowView
from engagewatch.views.then_now_eras import EraLine
from engagewatch.views.then_now_rows import OUTAGES, ComparedRow

CHART_ROWS = 7
LARGE_CHART_ROWS = 12
WIDE = 150
"""Cells from which on counts have columns of their own."""
_POINT = 3
"""Cells that one point of a chart takes at least."""
_GUTTER = 12
_HIDDEN = frozenset({"grade"})
"""Lines of the eras that would tell whose record is whose."""

COLUMNS: tuple[Column[ComparedRow], ...] = (
    Column("measure", "Measure", lambda row: part(row.title, "bold"), 31, 31, 0),
    Column("before", "Before", lambda row: part(row.before_words), 15, 15, 0, right=True),
    Column("before_n", "resting on", lambda row: part(row.before_count, "dim"), 26, 30, 0),
    Column("after", "Since", lambda row: part(row.after_words), 15, 15, 0, right=True),
    Column("after_n", "resting on", lambda row: part(row.after_count, "dim"), 26, 30, 0),
    Column("verdict", "Verdict", lambda row: part(
        f"{TONE_SIGNS[row.tone]} {row.verdict_words}", row.tone), 17, 34, 0),
    Column("effect", "Change", lambda row: part(row.effect_words, "dim"), 28, 46, 3),
    Column("grade", "Grade", lambda row: part(row.grade or ""), 5, 5, 4),
)  # fmt: skip


def cover_lines(width: int) -> list[Line]:
    """Return what stands in front of the record until somebody chooses."""
    return [
        BLANK,
        *wrapped("Both records are here, and covered.", width, "bold"),
        BLANK,
        *wrapped(
            "What people remember of outages is off, in directions that differ from person to "
            "person. How far yours is can only be seen if you guess before you look.",
            width,
        ),
        BLANK,
        *_key("g", "guess first: four short questions, then felt and was side by side", width),
        *_key("enter", "show the record now; a later guess is marked as made after", width),
    ]


def _key(key: str, words: str, width: int) -> list[Line]:
    first, *more = wrapped(words, width - 8)
    return [
        Line((Part(f"{key:<8}", "key"), *first.parts)),
        *(Line((Part(" " * 8), *line.parts)) for line in more),
    ]


def main_lines(view: ThenNowView, width: int) -> list[Line]:
    """Return the answer, the measures, the chart of outages and what is not known."""
    lines = wrapped(view.summary, width, "bold")
    for remark in view.remarks:
        sign = Part(f"{TONE_SIGNS[remark.tone]} ", remark.tone)
        first, *more = wrapped(remark.words, width - 2)
        lines.append(Line((sign, *first.parts)))
        lines += [Line((Part("  "), *line.parts)) for line in more]
    lines.append(BLANK)
    if width >= WIDE:
        fitted = fitted_to(COLUMNS, view.rows, width)
        lines += table_lines(fitted, view.rows, lambda row: row.key)
    else:
        lines += [line for row in view.rows for line in _stacked(row, width)]
    lines += _outages(view.rows, width)
    lines += [BLANK, Line(part("What is held against what", "heading"))]
    for words in (*view.windows_words, *view.provenance_words):
        lines += wrapped(words, width, "dim")
    if view.not_known:
        lines += [BLANK, Line(part("What is not known", "heading"))]
        for words in view.not_known:
            lines += wrapped(words, width, "dim")
    return lines


def _stacked(row: ComparedRow, width: int) -> list[Line]:
    """Return one measure on two lines, every rate with what it rests on."""
    head = (
        Part(f"{row.title:<33}", "bold"),
        Part(f"{TONE_SIGNS[row.tone]} {row.verdict_words}", row.tone),
    )
    change = part(row.effect_words, "dim")
    fits = width_of(head) + width_of(change) + 3 <= width
    lines = [Line(spread(head, change, width) if fits else head, row.key)]
    words = f"before {row.before_words} ({row.before_count}), since {row.after_words} "
    lines += wrapped(f"{words}({row.after_count})", width, "dim", key=row.key, indent=2)
    return lines


def _outages(rows: Iterable[ComparedRow], width: int) -> list[Line]:
    row = next((one for one in rows if one.key == OUTAGES), None)
    chart = None if row is None else fitting(row, width)
    if row is None or chart is None:
        return []
    return [
        BLANK,
        Line(part(chart.title, "heading")),
        *chart_lines(chart, width, CHART_ROWS),
        *chart_legend(chart, width),
    ]


def fitting(row: ComparedRow, width: int) -> Chart | None:
    """Return a measure's chart by month where all of it fits, else by quarter."""
    if row.chart is not None and len(row.chart.points) * _POINT <= width - _GUTTER:
        return row.chart
    return row.coarse_chart


def row_detail(row: ComparedRow, width: int) -> list[Line]:
    """Return the change, what to know and what speaks against it, the weightiest first."""
    grade = f", grade {row.grade} before" if row.grade else ""
    change = row.effect_words or "nothing is compared"
    lines = wrapped(f"{row.title}: {change}{grade}", width, "bold")
    for words in row.against:
        lines += wrapped(f"against it: {words}", width, "accent")
    for words in row.notes:
        lines += wrapped(words, width, "dim")
    return lines


def measure_lines(view: ThenNowView, row: ComparedRow, width: int) -> list[Line]:
    """Return one measure in full."""
    verdict = Part(f"{TONE_SIGNS[row.tone]} {row.verdict_words}", f"{row.tone} bold")
    lines = [Line((Part(f"{row.title}  ", "bold"), verdict), "measure")]
    words = (
        f"before {row.before_words} ({row.before_count}), since {row.after_words} "
        f"({row.after_count})"
    )
    lines += wrapped(words, width, key="measure")
    if row.effect_words:
        lines += wrapped(row.effect_words, width, key="measure")
    chart = fitting(row, width)
    if chart is not None:
        lines += [BLANK, *chart_lines(chart, width, LARGE_CHART_ROWS)]
        lines += chart_legend(chart, width)
    if row.against:
        lines += [BLANK, Line(part("What speaks against it", "heading"))]
        for one in row.against:
            lines += wrapped(one, width)
    lines += [BLANK, Line(part("What to know", "heading"))]
    for one in (*row.notes, *view.windows_words):
        lines += wrapped(one, width, "dim")
    return lines


class _Half(NamedTuple):
    """A line of the eras: the values, or what they rest on."""

    key: str
    title: str
    first: str
    second: str
    role: str


def _halves(line: EraLine) -> list[_Half]:
    found = [_Half(line.key, line.title, line.before, line.after, "")]
    if line.before_count or line.after_count:
        found.append(_Half(line.key, "", line.before_count, line.after_count, "dim"))
    return found


def era_sheet(view: ThenNowView, width: int, swapped: bool | None) -> list[Line]:
    """Return both records side by side; ``swapped`` hides the names and says which comes first."""
    names = (view.before_name, view.after_name) if swapped is None else ("Era A", "Era B")
    chosen = [line for line in view.eras if swapped is None or line.key not in _HIDDEN]
    if swapped:
        chosen = [
            EraLine(one.key, one.title, one.after, one.before, one.after_count, one.before_count)
            for one in chosen
        ]
    cells = [cell for line in chosen for cell in _halves(line)]
    columns: tuple[Column[_Half], ...] = (
        Column("line", "", lambda half: part(half.title, "bold"), 24, 34, 0),
        Column("first", names[0], lambda half: part(half.first, half.role), 14, 34, 0),
        Column("second", names[1], lambda half: part(half.second, half.role), 14, 34, 0),
    )
    lines = table_lines(fitted_to(columns, cells, width), cells, lambda half: half.key)
    if swapped is not None:
        ask = "Which of the two would you rather have? Decide before b shows the names."
        return [*wrapped(ask, width, "bold"), BLANK, *lines]
    question = (
        "The other way round: if the service of today were the old one, would you change to the "
        "one before on this record?"
    )
    lines += [BLANK, *wrapped(question, width)]
    for words in view.windows_words:
        lines += wrapped(words, width, "dim")
    return lines
