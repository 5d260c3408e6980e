"""What speaks against a number, laid out."""

from __future__ import annotations

from engagewatch.tui.widgets.lines import BLANK, Line, Part, part, wrapped
from engagewatch.views.contrary import NOTHING, ContraryView


def contrary_lines(view: ContraryView, width: int) -> list[Line]:
    """Return the facts, the weightiest first."""
    if not view.facts:
        return [Line(part(NOTHING)), Line(part(view.as_of_words, "dim"))]
    lines: list[Line] = []
    for number, fact in enumerate(view.facts, 1):
        first, *more = wrapped(fact, width - 3)
        lines.append(Line((Part(f"{number}  ", "key"), *first.parts)))
        lines += [Line((Part("   "), *row.parts)) for row in more]
        lines.append(BLANK)
    return [*lines, Line(part(view.as_of_words, "dim"))]
