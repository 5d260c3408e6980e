"""The policy that a source's tickets are counted under."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement, SourceKind, SourceSettings
from engagewatch.model.policy import Policy
from engagewatch.providers.registry import describe
from engagewatch.store.queries.people import keys_known_as

if TYPE_CHECKING:
    from engagewatch.store.store import Store


def policy_of(store: Store, engagement: Engagement, settings: SourceSettings) -> Policy:
    """Return the rules for the tickets of a source, as they are counted by when it is polled.

    Raises:
        SourceError: no adapter is called so.
    """
    description = describe(settings)
    authors = engagement.rules.auto_reply_authors
    return engagement.policy(
        settings,
        description.default_meanings,
        has_messages=description.has_messages,
        has_history=description.has_history,
        automatic=keys_known_as(store, engagement.id, settings.id, authors) if authors else (),
    )


def shows_messages(settings: SourceSettings) -> bool:
    """Return whether the source tells who wrote when.

    Raises:
        SourceError: no adapter is called so.
    """
    return describe(settings).has_messages


def has_tickets(settings: SourceSettings) -> bool:
    """Return whether the source is one of tickets.

    Raises:
        SourceError: no adapter is called so.
    """
    return describe(settings).kind is SourceKind.TICKETING


def tells_services(settings: SourceSettings) -> bool:
    """Return whether the source is one of components and incidents.

    Raises:
        SourceError: no adapter is called so.
    """
    return describe(settings).kind is SourceKind.STATUS


def ticketing_without_messages(engagement: Engagement) -> tuple[str, ...]:
    """Return the ticketing sources where nobody can see who wrote when."""
    return tuple(
        settings.id
        for settings in engagement.sources
        if has_tickets(settings) and not shows_messages(settings)
    )


def rules_named(versions: Iterable[str]) -> str:
    """Return the versions of the rules that stored clocks were counted under, to show and compare.

    Twelve digits of each; several where a source still waits to be counted anew.
    """
    return " + ".join(version[:12] for version in versions)
