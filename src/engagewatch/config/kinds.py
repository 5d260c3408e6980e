"""What the built-in kinds of sources tell of, known without loading their settings models."""

from __future__ import annotations

STATUS_KINDS = frozenset(
    {"statuspage", "uptime_kuma", "prometheus", "gatus", "cachet", "better_stack"}
)
"""Kinds that tell of services, and of no tickets."""

CALENDAR_KINDS = frozenset({"ics"})
"""Kinds that tell of meetings, and of no tickets."""
