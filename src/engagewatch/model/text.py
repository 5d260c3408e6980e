"""Safe text: remote strings made harmless once, at ingest.

Terminals obey control characters inside the text they print (CWE-150), and bidirectional overrides
can make text read as something it is not. :func:`safe_text` makes both *visible* instead of
dropping them silently, so an attack is noticed: control characters become their control pictures
(U+2400 block), C1 controls and bidirectional controls become U+FFFD.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20)}
_CONTROLS[0x7F] = "␡"
_CONTROLS.update(dict.fromkeys(range(0x80, 0xA0), "�"))
_CONTROLS.update(dict.fromkeys((0x061C, 0x200E, 0x200F, 0x2028, 0x2029), "�"))
_CONTROLS.update(dict.fromkeys(range(0x202A, 0x202F), "�"))
_CONTROLS.update(dict.fromkeys(range(0x2066, 0x206A), "�"))
_CONTROLS.update(dict.fromkeys(range(0xD800, 0xE000), "�"))
_CONTROLS.update({0x200B: None, 0x2060: None, 0xFEFF: None})  # type: ignore[dict-item]

_WHITESPACE = re.compile(r"[\t\n\v\f\r ]+")
_NEEDS_WORK = re.compile(r"[^\x20-\x7e]|  ")

DEFAULT_LIMIT = 1000
"""Characters kept of one field unless the caller says otherwise."""


def safe_text(raw: str, limit: int = DEFAULT_LIMIT) -> str:
    """Return ``raw`` as one line that no terminal will obey, at most ``limit`` characters long.

    White space is folded to single spaces, the text is normalised to NFC, and what was cut is
    marked with an ellipsis. The result is a fixed point: applying the function again changes
    nothing.
    """
    if len(raw) <= limit and _NEEDS_WORK.search(raw) is None:
        return raw.strip()
    # Bound the work first: a hostile field may be megabytes long.
    head = raw[: limit * 4]
    text = _WHITESPACE.sub(" ", head).translate(_CONTROLS)
    text = unicodedata.normalize("NFC", text)
    text = _WHITESPACE.sub(" ", text).strip()
    if len(text) > limit or len(raw) > len(head):
        text = text[: limit - 1].rstrip() + "…"
    return text
