"""Freshservice: tickets, what their activities prove, messages, SLA figures and approvals."""

from __future__ import annotations

from collections.abc import Mapping

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.ticket import Person
from engagewatch.providers.access import needed
from engagewatch.providers.base import Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.freshservice.adapter import Freshservice


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["freshservice"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person],
) -> Freshservice:
    """Return the adapter of one account.

    Raises:
        SourceError: there is no key.
    """
    return Freshservice(settings, engagement, needed(settings, secret), people)
