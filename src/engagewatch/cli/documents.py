"""What ``--json`` prints.

Of views, fields by name, instants as ISO 8601, money as text; nothing that is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, isoformat

SHAPE = 1
"""Version of the shapes that ``--json`` prints; a change of one changes it."""

_DRAWN = frozenset({"chart", "figure", "tone", "watermelon_tone", "values", "period", "strip"})
"""Fields of views that are for screens: charts, colours, keys."""


def document(at: Instant, found: Iterable[tuple[Engagement, object]]) -> str:
    """Return one JSON object: version, as_of and, by engagement, what its view says."""
    return written(
        at,
        engagements=[
            {"id": engagement.id, "name": engagement.name, **plain(view)}
            for engagement, view in found
        ],
    )


def written(at: Instant, **parts: object) -> str:
    """Return one JSON object: version, as_of and ``parts``, which hold what JSON can hold."""
    whole = {"version": SHAPE, "as_of": isoformat(at), **parts}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def plain(value: Any) -> Any:
    """Return a view, or part of one, as JSON holds it."""
    if is_dataclass(value):
        return {
            one.name: _instant(getattr(value, one.name))
            if one.name.endswith("_at") or one.name == "since"
            else plain(getattr(value, one.name))
            for one in fields(value)
            if one.name not in _DRAWN and one.name != "as_of"
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def _instant(value: Any) -> Any:
    return isoformat(value) if isinstance(value, int) else plain(value)
