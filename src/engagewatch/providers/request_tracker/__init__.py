"""Request Tracker 5 by its built-in REST2: tickets, and every transaction on them."""

from engagewatch.providers.request_tracker.adapter import RequestTracker

__all__ = ["RequestTracker", "open_adapter"]

open_adapter = RequestTracker
