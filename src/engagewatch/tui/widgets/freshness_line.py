"""How old what you see is: the worst source first, in words, on every screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size
from textual.strip import Strip

from engagewatch.model.freshness import FreshnessState
from engagewatch.tui.widgets.lines import Part, Parts, clip_parts, joined, width_of
from engagewatch.tui.widgets.painted import Painted
from engagewatch.views.freshness import FreshnessLine as Freshness

STATE_SIGNS = {
    FreshnessState.LIVE: ("●", "good"),
    FreshnessState.REFRESHING: ("◌", "accent"),
    FreshnessState.STALE: ("▲", "warning"),
    FreshnessState.FAILING: ("✗", "bad"),
    FreshnessState.NEVER: ("?", "unknown"),
}
_WORST_FIRST = (
    FreshnessState.FAILING,
    FreshnessState.NEVER,
    FreshnessState.STALE,
    FreshnessState.REFRESHING,
    FreshnessState.LIVE,
)


def freshness_parts(rows: Sequence[Freshness], width: int) -> Parts:
    """Return as much of the sources' freshness as fits, the worst first and never cut away.

    Sources of which the same is to be said are named together.
    """
    if not rows:
        return (Part("no sources configured", "dim"),)
    ordered = sorted(rows, key=lambda row: _WORST_FIRST.index(row.state))
    alike: dict[tuple[FreshnessState, str], list[str]] = {}
    for row in ordered:
        alike.setdefault((row.state, row.words), []).append(row.source)
    groups = [
        _group(state, f"{', '.join(names)} {words}") for (state, words), names in alike.items()
    ]
    full = joined(groups, "  ")
    if width_of(full) <= width:
        return full
    worst = ordered[0]
    rest = len(ordered) - 1
    head = _group(worst.state, f"{worst.source} {worst.words}")
    tail = (Part(f"  +{rest} more", "dim"),) if rest else ()
    if width_of(head) + width_of(tail) <= width:
        return (*head, *tail)
    short = _group(worst.state, f"{worst.source} {worst.words.split('; ')[0].split(': ')[0]}")
    return (*clip_parts(short, width - width_of(tail)), *tail)


def _group(state: FreshnessState, words: str) -> Parts:
    sign, role = STATE_SIGNS[state]
    calm = state in (FreshnessState.LIVE, FreshnessState.REFRESHING)
    return (Part(f"{sign} ", role), Part(words, "dim" if calm else role))


class FreshnessLine(Painted):
    """Shows the freshness of the sources of what is on screen."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._rows: tuple[Freshness, ...] = ()
        self._trouble = ""

    def show_trouble(self, words: str) -> None:
        """Say that what is on screen could not be read again; empty when it could."""
        if words != self._trouble:
            self._trouble = words
            self.refresh(layout=True)

    def show_freshness(self, rows: Sequence[Freshness]) -> None:
        """Show the freshness of other sources, or of the same ones later."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.refresh(layout=True)

    def _parts(self, screen_width: int) -> Parts:
        width = max(24, screen_width * 3 // 5)
        if self._trouble:
            return clip_parts((Part("✗ ", "bad"), Part(self._trouble, "bad")), width)
        return freshness_parts(self._rows, width) if self._rows else ()

    def get_content_width(self, _container: Size, viewport: Size) -> int:
        """Take what the words need, at most three fifths of the line."""
        parts = self._parts(viewport.width)
        return width_of(parts) + 2 if parts else 0

    def render_line(self, _y: int) -> Strip:
        """Paint the line."""
        parts = self._parts(self.app.size.width)
        return self.to_strip(parts, self.size.width, self.base_style)
