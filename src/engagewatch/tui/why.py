"""Why this number: the derivation of a figure, laid out."""

from __future__ import annotations

from collections.abc import Hashable

from engagewatch.tui.navigation import Place
from engagewatch.tui.widgets.lines import BLANK, Line, Part, fit, wrapped
from engagewatch.views.why import WhyView

_LABEL = 14
_REFERENCE = 12


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
    for item in view.tickets:
        room = max(8, (width - _REFERENCE - 4) // 2)
        lines.append(
            Line(
                (
                    Part(fit(item.reference, _REFERENCE), "bold"),
                    Part("  "),
                    Part(fit(item.subject, width - _REFERENCE - 4 - room)),
                    Part("  "),
                    Part(fit(item.words, room), item.tone.value),
                ),
                item.key,
            )
        )
    return lines


def place_of(view: WhyView, engagement: str, key: Hashable) -> Place | None:
    """Return the ticket that an item of the derivation leads to."""
    for item in view.tickets:
        if item.key == key:
            return Place("clock", engagement, item.ticket, item.reference)
    return None


def _field(label: str, words: str, width: int) -> list[Line]:
    rows = wrapped(words, width - _LABEL)
    head = Line((Part(fit(label, _LABEL), "dim"), *rows[0].parts))
    return [head, *(Line((Part(" " * _LABEL), *row.parts)) for row in rows[1:])]
