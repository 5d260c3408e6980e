"""Messages without their markup, to look for what they ask."""

from __future__ import annotations

import html
import re

_QUOTED = re.compile(r"<blockquote\b.*?(?:</blockquote>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SEARCHED = 64 << 10


def plain_text(body: str) -> str:
    """Return what a body of HTML says, line by line, without what it quotes."""
    body = _QUOTED.sub(" ", body[:_SEARCHED])
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", body)))
