"""Why this number: the derivation of a figure, laid out."""

from __future__ import annotations

from collections.abc import Hashable

from engagewatch.tui.navigation import Place
from engagewatch.tui.widgets.columns import Column, fitted_to, row_parts
from engagewatch.tui.widgets.lines import BLANK, Line, Part, fit, part, wrapped
from engagewatch.views.why import WhyTicket, WhyView

_LABEL = 14

_TICKETS: tuple[Column[WhyTicket], ...] = (
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0),
    Column("words", "How it counts", lambda row: part(row.words, row.tone), 30, 60, 0),
    Column("subject", "Subject", lambda row: part(row.subject), 16, 60, 1),
)  # fmt: skip


def why_lines(view: WhyView, width: int) -> list[Line]:
    """Return the figure, how it is counted, what was left out, and the tickets in it."""
    lines = [
        Line((Part(view.title, "heading"),)),
        Line((Part(view.value, "bold"), Part(f"   {view.as_of_words}", "dim"))),
        BLANK,
    ]
    lines += _field("How", view.formula, width)
    for index, words in enumerate(view.not_counted):
        lines += _field("Left out" if index == 0 else "", words, width)
    if view.rule_version:
        lines += _field("Rules", view.rule_version, width)
    if view.tickets:
        more = view.total - len(view.tickets)
        note = f"   the first {len(view.tickets)} of {view.total:,}" if more > 0 else ""
        lines += [BLANK, Line((Part("What is in it", "heading"), Part(note, "dim")))]
    fitted = fitted_to(_TICKETS, view.tickets, width)
    lines += [Line(row_parts(fitted, item), item.key) for item in view.tickets]
    return lines


def place_of(view: WhyView, engagement: str, key: Hashable) -> Place | None:
    """Return the ticket, or the task of the plan, that an item of the derivation leads to."""
    for item in view.tickets:
        if item.key == key and item.ticket is not None:
            return Place("clock", engagement, item.ticket, item.reference)
        if item.key == key and item.key.startswith("task/"):
            return Place("plan_task", engagement, item.reference, item.reference)
    return None


def _field(label: str, words: str, width: int) -> list[Line]:
    rows = wrapped(words, width - _LABEL)
    head = Line((Part(fit(label, _LABEL), "dim"), *rows[0].parts))
    return [head, *(Line((Part(" " * _LABEL), *row.parts)) for row in rows[1:])]
