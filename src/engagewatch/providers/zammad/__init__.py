"""Zammad by its REST interface: tickets, their history and their messages."""

from __future__ import annotations

from collections.abc import Mapping

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.ticket import Person
from engagewatch.providers.access import needed
from engagewatch.providers.base import Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.zammad.adapter import Zammad

__all__ = ["Zammad", "describe", "open_adapter"]


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter as configured."""
    return BUILT_IN["zammad"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person],
) -> Zammad:
    """Return the adapter of one installation.

    Raises:
        SourceError: there is no token.
    """
    return Zammad(settings, engagement, needed(settings, secret), people)
