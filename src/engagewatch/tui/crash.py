"""What is shown when something breaks: where, never with what.

A traceback with the values of local variables would put tokens and unsanitised ticket text into
the terminal's scrollback. Exception messages may quote remote text too, so they stay out as well.
"""

from __future__ import annotations

import os
import traceback
from contextlib import suppress
from pathlib import Path

import engagewatch
from engagewatch.model.redaction import told

_HERE = Path(engagewatch.__file__).parent
_MOST_FRAMES = 8


def keep_crash(error: BaseException, path: Path | None) -> Path | None:
    """Write what happened, with messages but without values and secrets, to a file (mode 0600).

    Returns the file, or ``None`` if there is none: a crash is no time to fail again.
    """
    if path is None:
        return None
    with suppress(OSError):
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"engagewatch {engagewatch.__version__}\n{told(error)}\n")
        return path
    return None


def crash_report(error: BaseException, kept: Path | None = None) -> str:
    """Return a short report of an unhandled error: its type and where it happened.

    ``kept`` is the file that holds the details.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_HERE)]
    lines = [f"engagewatch stopped: {type(error).__name__}"]
    for frame in (ours or list(frames))[-_MOST_FRAMES:]:
        path = Path(frame.filename)
        shown = path.relative_to(_HERE) if path.is_relative_to(_HERE) else path.name
        lines.append(f"  at {shown}:{frame.lineno} in {frame.name}")
    lines.append("The stored history is not affected. Please report the lines above.")
    if kept is not None:
        lines.append(f"Details, without secrets, are in {kept}")
    return "\n".join(lines)
