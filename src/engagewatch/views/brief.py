"""The brief: what changed, what needs a person, how both ledgers stand, what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Engagement
from engagewatch.model.flag import Severity
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.views.figure import Figure
from engagewatch.views.freshness import FreshnessLine
from engagewatch.views.keys import TicketKey
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MOST_ATTENTION_LINES = 5
"""More than this is an alarm list, not a brief."""


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """One thing that changed since the last look."""

    key: str
    words: str
    """E.g. ``#48213 Printer on floor 2: resolved Mon 2 Mar 09:12``."""
    at: Instant
    ticket: TicketKey | None


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change since the last look: how many, and the latest few."""

    kind: str
    """``opened``, ``resolved``, ``missed``, ``waiting``, ``incidents``, ...; stable."""
    count: int
    words: str
    """E.g. ``3 tickets opened``."""
    items: tuple[ChangedItem, ...]
    """The latest few, newest first."""


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """One flag as the brief shows it."""

    key: str
    """The flag's stable identity."""
    rule: str
    severity: Severity
    severity_words: str
    tone: Tone
    side: Side
    whose_move: str
    """``provider`` or ``us``, in words."""
    title: str
    detail: str
    next_step: str
    since: Instant | None
    since_words: str
    """E.g. ``since Mon 2 Mar 09:12``; empty where it has no beginning."""
    owner: str
    """Name or role of the one who holds it; empty where the source does not tell."""
    ticket: TicketKey | None
    screen: str
    """Which screen holds the evidence when it is no single ticket."""


@dataclass(frozen=True, slots=True)
class BriefView:
    """The first screen of an engagement."""

    engagement: str
    name: str
    as_of: Instant
    as_of_words: str
    period: str
    """The month the ledgers cover, in words."""
    seen_at: Instant | None
    seen_words: str
    """E.g. ``since you last looked, Mon 2 Mar 09:12`` or ``first look``."""
    changes: tuple[Change, ...]
    """Kinds with at least one change; empty when nothing changed."""
    attention: tuple[AttentionLine, ...]
    """At most five flags, ordered by consequence."""
    more: int
    """Flags beyond those."""
    checks: int
    """How many checks were run."""
    checks_words: str
    """E.g. ``41 checks run, 3 more flags``."""
    all_flags: tuple[AttentionLine, ...]
    """Every flag in the same order, the first five included."""
    figures: tuple[Figure, ...]
    """Both ledgers this month, waiting on us, at risk, open."""
    freshness: tuple[FreshnessLine, ...]
    not_known: tuple[str, ...]
    """What these figures do not cover, one sentence each; empty when nothing is missing."""


def build(store: Store, engagement: Engagement, now: Instant) -> BriefView:
    """Return the brief of one engagement as known at ``now``.

    Reads counts and open rows only: its cost does not grow with the tickets that are finished.
    """
    raise NotImplementedError
