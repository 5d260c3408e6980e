"""Freshservice's tickets into ours, with what the tool claims about them."""

from __future__ import annotations

from typing import NamedTuple

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Claim, Ticket
from engagewatch.providers.freshservice.statuses import CLOSED, RESOLVED, Labels
from engagewatch.providers.freshservice.wire import Stats, WireTicket
from engagewatch.providers.telling import born
from engagewatch.providers.wire import identifier, instant, latest_credible, word, words

_FAR = 10 * 365 * 86400
_PREFIXES = {"incident": "INC", "service request": "SR"}


class Found(NamedTuple):
    """A ticket, translated, with what its history needs."""

    ticket: Ticket
    status: int | None
    stats: Stats


class TicketReader:
    """Translates the tickets of one account."""

    def __init__(self, engagement: Engagement, root: str, labels: Labels) -> None:
        """``root`` is the address of the account."""
        self._subjects = engagement.privacy.subjects
        self._root = root
        self._labels = labels

    def read(self, wire: WireTicket, now: Instant) -> Found:
        """Return a ticket.

        Raises:
            ValueError: it has no id or no usable creation time.
        """
        key, created_at, updated_at = born(
            wire.id, wire.created_at, wire.updated_at, latest_credible(now)
        )
        stats, kind = wire.stats or Stats(), word(wire.type)
        ticket = Ticket(
            id=key,
            reference=f"{_PREFIXES.get(kind.lower(), '#')}-{key}".replace("#-", "#"),
            subject=safe_text(wire.subject or "") if self._subjects else "",
            status=self._labels.status(wire.status),
            priority=self._labels.priority(wire.priority),
            created_at=created_at,
            updated_at=updated_at,
            requester=identifier(wire.requester_id),
            assignee=identifier(wire.responder_id),
            group=identifier(wire.group_id),
            category=word(wire.category) or kind or None,
            url=f"{self._root}/helpdesk/tickets/{key}",
            deleted=bool(wire.deleted or wire.spam),
            tags=words(wire.tags),
            claims=_claims(wire, stats, now),
        )
        return Found(ticket, wire.status, stats)


def _claims(wire: WireTicket, stats: Stats, now: Instant) -> tuple[Claim, ...]:
    ended = wire.status in (RESOLVED, CLOSED)
    told = (
        (
            Obligation.FIRST_RESPONSE,
            wire.fr_escalated,
            bool(stats.first_responded_at),
            stats.first_resp_time_in_secs,
            wire.fr_due_by,
            "fr_escalated",
        ),
        (
            Obligation.RESOLUTION,
            wire.is_escalated,
            ended,
            stats.resolution_time_in_secs,
            wire.due_by,
            "is_escalated",
        ),
    )
    claims = []
    for obligation, late, done, seconds, due, name in told:
        due_at = instant(due, now + _FAR)
        if due_at is None and late is None:
            continue
        met = None if late is None else (False if late else (True if done else None))
        elapsed = int(seconds) if done and seconds is not None and 0 <= seconds < 1e10 else None
        claims.append(Claim(obligation, met=met, elapsed=elapsed, due_at=due_at, source_field=name))
    return tuple(claims)
