"""Request Tracker 5 by its built-in REST2: tickets, and every transaction on them."""

from __future__ import annotations

from collections.abc import Mapping

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.ticket import Person
from engagewatch.providers.access import needed
from engagewatch.providers.base import Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.request_tracker.adapter import RequestTracker

__all__ = ["RequestTracker", "describe", "open_adapter"]


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["request_tracker"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person],
) -> RequestTracker:
    """Return the adapter of one server.

    Raises:
        SourceError: there is no token.
    """
    return RequestTracker(settings, engagement, needed(settings, secret), people)
