"""ServiceNow: tickets, their audit and journal, the instance's own SLA clocks and approvals."""

from __future__ import annotations

from collections.abc import Mapping

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.ticket import Person
from engagewatch.providers.access import needed
from engagewatch.providers.base import Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.servicenow.adapter import ServiceNow


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["servicenow"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person],
) -> ServiceNow:
    """Return the adapter of one instance.

    Raises:
        SourceError: there is no password or token, or two ways to log in.
    """
    return ServiceNow(settings, engagement, needed(settings, secret), people)
