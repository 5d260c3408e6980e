"""Calendars: the meetings of both sides, from an iCalendar feed or file (RFC 5545)."""

from engagewatch.providers.ics.adapter import CalendarFeed, describe, open_adapter

__all__ = ["CalendarFeed", "describe", "open_adapter"]
