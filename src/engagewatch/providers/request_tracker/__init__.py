"""Request Tracker 5 by its built-in REST2: tickets, and every transaction on them."""

from __future__ import annotations

from collections.abc import Mapping

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
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
    if not secret:
        raise SourceError(
            Failure.CONFIGURATION, f'source "{settings.id}" needs a token; see its token key'
        )
    return RequestTracker(settings, engagement, secret, people)
