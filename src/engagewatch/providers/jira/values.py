"""Jira's ways of writing instants and texts."""

from __future__ import annotations

from typing import Any

from engagewatch.model.instants import EARLIEST, Instant
from engagewatch.providers.wire import instant

_DEEPEST = 50
_LONGEST = 64 << 10


def moment(value: Any, latest: Instant) -> Instant | None:
    """Return the instant of a time: ISO text, epoch milliseconds, or an object that holds them."""
    if isinstance(value, dict):
        millis = value.get("epochMillis")
        value = value.get("iso8601") or value.get("jira") if millis is None else millis
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:18])
    if isinstance(value, int | float) and not isinstance(value, bool):
        at = int(value // 1000) if abs(value) < 1e18 else -1
        return at if EARLIEST <= at <= latest else None
    return instant(value, latest) if isinstance(value, str) else None


def plain(body: Any) -> str:
    """Return the text of a message: of a document tree (Cloud), or as it is (Data Center)."""
    if isinstance(body, str):
        return body[:_LONGEST]
    parts: list[str] = []
    _collect(body, parts, 0)
    return "".join(parts)[:_LONGEST]


def _collect(node: Any, parts: list[str], depth: int) -> None:
    if depth > _DEEPEST or not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "blockquote":
        return  # what somebody else said
    if kind == "text" and isinstance(node.get("text"), str):
        parts.append(node["text"])
    elif kind == "hardBreak":
        parts.append("\n")
    content = node.get("content")
    for child in content if isinstance(content, list) else ():
        _collect(child, parts, depth + 1)
    if kind in ("paragraph", "listItem", "heading"):
        parts.append("\n")
