"""The last edge before a terminal or a pipe: nothing passes that a terminal would obey.

Text from outside was made harmless when it was read. Should some have slipped through all the same,
or an error quote a file as it is, this is where it ends. Colours, which are ours, pass.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO

_OBEYED = re.compile(
    r"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]"
    # What turns the direction of reading makes text look like another.
    r"|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\ufffd"


class Guarded:
    """A text stream that shows control characters instead of passing them on."""

    def __init__(self, stream: TextIO) -> None:
        """Write to ``stream``; whatever is not writing is left to it."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write ``text`` with control characters as pictures; line ends and tabs pass."""
        if _OBEYED.search(text):
            text = _OBEYED.sub(_picture, text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
