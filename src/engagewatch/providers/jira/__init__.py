"""Jira Service Management, Cloud and Data Center."""

from __future__ import annotations

from collections.abc import Mapping

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.ticket import Person
from engagewatch.providers.access import needed
from engagewatch.providers.base import Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.jira.adapter import Jira


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["jira"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person],
) -> Jira:
    """Return the adapter of one site.

    Raises:
        SourceError: there is no token.
    """
    return Jira(settings, engagement, needed(settings, secret), people)
