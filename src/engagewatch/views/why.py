"""Why this number: how a figure is counted, and from which tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.views.keys import FigureKey, TicketKey
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MOST_TICKETS = 500
"""Tickets listed; ``total`` tells how many there are."""


@dataclass(frozen=True, slots=True)
class WhyTicket:
    """One ticket in a figure."""

    key: str
    ticket: TicketKey
    reference: str
    subject: str
    words: str
    """How it counts, e.g. ``missed: resolution took 5h 10m of 4h``."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class WhyView:
    """The derivation of one figure."""

    title: str
    """What the figure is, e.g. ``Resolution, P2, March 2026``."""
    value: str
    """As it was shown."""
    formula: str
    """How it is counted, in words."""
    met: int | None
    judged: int | None
    not_counted: tuple[str, ...]
    """What was left out and how often, e.g. ``3 not due yet``, ``2 excluded: merged``."""
    rule_version: str
    """Fingerprint of the rules the clocks were counted with; empty where no rule enters."""
    as_of: Instant
    as_of_words: str
    tickets: tuple[WhyTicket, ...]
    """Those that count against it first."""
    total: int
    """All tickets (or clocks) in it, listed or not."""


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> WhyView:
    """Return the derivation of ``figure`` as known at ``now``."""
    raise NotImplementedError
