"""Whether a message asks something. The text is looked at once and not kept."""

from __future__ import annotations

import re

# A question mark inside an address (https://host/?page=2) asks nothing: one that does is followed
# by white space, a closing mark or the end. The others are full-width, Arabic and Armenian.
_QUESTION = re.compile(r"""\?(?=[\s)\]"'”’»*_<!?]|$)|[？؟՞]""", re.MULTILINE)
_SEARCHED = 64 << 10


def asks(text: str) -> bool:
    """Return whether ``text`` asks something itself; quoted lines (``> ...``) do not count."""
    text = text[:_SEARCHED]
    if "?" not in text and text.isascii():
        return False
    own = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return _QUESTION.search(own) is not None
