"""What stands in a window too small for anything else."""

from __future__ import annotations

from textual.strip import Strip

from engagewatch.tui.widgets.lines import Part, clip
from engagewatch.tui.widgets.painted import Painted

LEAST_WIDTH, LEAST_HEIGHT = 60, 15


class TooSmall(Painted):
    """Says how much room is needed; everything is still there behind it."""

    def render_line(self, y: int) -> Strip:
        """Paint the message in the middle."""
        width, height = self.size
        texts = (
            f"{width}x{height} is too small",
            f"engagewatch needs {LEAST_WIDTH}x{LEAST_HEIGHT}",
        )
        row = y - max(0, (height - len(texts)) // 2)
        if not 0 <= row < len(texts):
            return Strip.blank(width, self.base_style)
        text = clip(texts[row], width)
        parts = (Part(" " * ((width - len(text)) // 2)), Part(text, "" if row == 0 else "dim"))
        return self.to_strip(parts, width, self.base_style)
