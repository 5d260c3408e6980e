"""The signs on screen, and what stands for each of them on a terminal that has only ASCII.

Every sign is one cell wide and sits beside a word, or in a drawing with a legend. The ASCII face is
a translation of finished lines, sign by sign, so that no screen needs to know about it.
"""

from __future__ import annotations

from engagewatch.model.clock import ClockState
from engagewatch.model.sides import Side
from engagewatch.views.tone import Tone

ELLIPSIS = "…"
CURSOR = "▌"
CRUMB = "›"
DOT = "·"
ASCENDING, DESCENDING = "▲", "▼"
RULE = "─"
COUNTED, NOT_COUNTED, CLOSED = "━", "╌", "·"
DUE = "◆"
METER_FULL, METER_EMPTY = "━", "─"
TICK = "╷"
EVENT = "•"

COURT_FILLS = {
    Side.PROVIDER: "█",
    Side.CLIENT: "▓",
    Side.THIRD_PARTY: "▒",
    Side.NOBODY: "░",
}

CLOCK_SIGNS = {
    ClockState.RUNNING: "▶",
    ClockState.PAUSED: "‖",
    ClockState.MET: "✓",
    ClockState.MISSED: "✗",
    ClockState.EXCLUDED: "−",
    ClockState.UNKNOWN: "?",
}

TONE_SIGNS = {
    Tone.GOOD: "●",
    Tone.PLAIN: "●",
    Tone.NOTICE: "○",
    Tone.WARNING: "▲",
    Tone.BAD: "✗",
    Tone.UNKNOWN: "?",
}

_ASCII = str.maketrans(
    {
        "…": "~",
        "▌": ">",
        "›": ">",
        "·": ".",
        "•": "*",
        "▲": "^",
        "▼": "v",
        "─": "-",
        "━": "=",
        "╌": "-",
        "│": "|",
        "└": "+",
        "╷": "|",
        "◆": "!",
        "█": "#",
        "▓": "=",
        "▒": "%",
        "░": ":",
        "▄": "=",
        "▁": "_",
        "▂": "_",
        "▃": ".",
        "▅": "=",
        "▆": "*",
        "▇": "*",
        "▶": ">",
        "‖": "=",
        "✓": "+",
        "✗": "X",
        "−": "-",
        "●": "o",
        "◌": "~",
        "◑": "%",
        "◇": "m",
        "○": "O",
        "→": ">",
        "←": "<",
        "↑": "^",
        "↓": "v",
        "↵": "<",
        "“": '"',
        "”": '"',
        "’": "'",
        "–": "-",
        "—": "-",
        "╭": "+",
        "╮": "+",
        "╰": "+",
        "╯": "+",
    }
)


def ascii_face(text: str) -> str:
    """Return ``text`` with every sign of ours replaced by its ASCII stand-in, cell for cell."""
    return text if text.isascii() else text.translate(_ASCII)
