"""What is shown when something breaks: where, never with what.

A traceback with the values of local variables would put tokens and unsanitised ticket text into
the terminal's scrollback. Exception messages may quote remote text too, so they stay out as well.
"""

from __future__ import annotations

import traceback
from pathlib import Path

import engagewatch

_HERE = Path(engagewatch.__file__).parent
_MOST_FRAMES = 8


def crash_report(error: BaseException) -> str:
    """Return a short report of an unhandled error: its type and where it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_HERE)]
    lines = [f"engagewatch stopped: {type(error).__name__}"]
    for frame in (ours or list(frames))[-_MOST_FRAMES:]:
        path = Path(frame.filename)
        shown = path.relative_to(_HERE) if path.is_relative_to(_HERE) else path.name
        lines.append(f"  at {shown}:{frame.lineno} in {frame.name}")
    lines.append("The stored history is not affected. Please report the lines above.")
    return "\n".join(lines)
