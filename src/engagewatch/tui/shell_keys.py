"""The keys that work on every screen, where they have something to do.

A screen whose letter means something else on the page at hand is reached with shift there.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from engagewatch.tui.pages import SCREENS

SHELL_BINDINGS: list[BindingType] = [
    *(
        Binding(
            f"{kind.key},{kind.key.upper()}" if kind.key.isalpha() else kind.key,
            f"visit('{kind.name}')",
            kind.title,
            show=False,
            id=f"visit-{kind.name}",
            tooltip=f"{kind.title}: {kind.about}",
        )
        for kind in SCREENS
        if kind.key
    ),
    Binding("p", "portfolio", "Portfolio", show=False, id="portfolio", tooltip="All engagements"),
    Binding("escape", "back", "Back", key_display="esc", id="back", tooltip="Go back"),
    Binding("slash", "filter", "Filter", key_display="/", id="filter", tooltip="Filter"),
    Binding("i", "why", "Why", id="why", tooltip="Why this number"),
    Binding(
        "exclamation_mark",
        "contrary",
        "But",
        key_display="!",
        show=False,
        id="contrary",
        tooltip="What speaks against this number",
    ),
    Binding("n", "nudge", "Nudge", id="nudge", tooltip="Copy a polite reminder"),
    Binding("y", "copy", "Copy", id="copy", tooltip="Copy the ticket's reference"),
    Binding("Y", "link", "Link", show=False, id="link", tooltip="Copy the ticket's address"),
    Binding(
        "left_square_bracket",
        "period(-1)",
        "Month",
        key_display="[ ]",
        id="period-previous",
        tooltip="Previous month",
    ),
    Binding(
        "right_square_bracket",
        "period(1)",
        "Next month",
        key_display="]",
        show=False,
        id="period-next",
        tooltip="Next month",
    ),
    Binding("tab", "sibling", "Other list", id="sibling", tooltip="The other list here"),
    Binding("r", "poll", "Refresh", id="refresh", tooltip="Poll the sources now"),
    Binding("question_mark", "help", "Help", key_display="?", id="help", tooltip="This help"),
]
