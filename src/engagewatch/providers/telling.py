"""Telling what happened to a ticket: the events that every ticketing source has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from engagewatch.model.engagement import Privacy
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind, Ticket
from engagewatch.providers.questions import asks
from engagewatch.providers.wire import WireId, instant, key_of

_Time = TypeVar("_Time")


class Birth(NamedTuple):
    """What no ticket can do without."""

    key: str
    created_at: Instant
    updated_at: Instant


def born(
    number: WireId,
    created: _Time,
    updated: _Time,
    latest: Instant,
    read: Callable[[_Time, Instant], Instant | None] = instant,  # type: ignore[assignment]
) -> Birth:
    """Return a ticket's id, and when it was created and changed last.

    ``latest`` is the latest instant to believe; ``read`` reads a time as the source writes it.

    Raises:
        ValueError: it has no id or no usable creation time.
    """
    key, created_at = key_of(number), read(created, latest)
    if created_at is None:
        raise ValueError("its creation time is missing or not credible")
    return Birth(key, created_at, max(read(updated, latest) or created_at, created_at))


def opened(
    ticket: Ticket, side: Side, actor: str | None, status: str = "", *, asks: bool = False
) -> Event:
    """Return the opening of ``ticket``, with the status it had if that is known."""
    name, at = f"{ticket.id}:opened", ticket.created_at
    return Event(ticket.id, name, at, EventKind.OPENED, side, actor, status, asks=asks)


def seen(ticket: str, at: Instant, status: str, more: str = "") -> Event:
    """Return a sight of a ticket in ``status``; ``more`` tells sights of one instant apart."""
    name = f"{ticket}:seen:{at}{more}"
    return Event(ticket, name, at, EventKind.OBSERVED, value=status)


def rated(ticket: str, key: str, at: Instant, value: str) -> Event:
    """Return what the client thought of a ticket."""
    return Event(ticket, f"{ticket}:rated:{key}", at, EventKind.RATED, Side.CLIENT, value=value)


class Messages:
    """Messages and notes. Text is looked at for questions, if that is allowed, and not kept."""

    def __init__(self, privacy: Privacy) -> None:
        """``privacy`` says whether questions may be looked for."""
        self._looks = privacy.detect_questions

    def event(
        self,
        ticket: str,
        name: str,
        at: Instant,
        side: Side | None,
        actor: str | None,
        text: Callable[[], str],
        *,
        public: bool,
        automatic: bool = False,
    ) -> Event:
        """Return a message, or a note if it is not ``public``."""
        asking = public and side is not Side.CLIENT and self.asks(text)
        kind = EventKind.REPLIED if public else EventKind.NOTED
        return Event(ticket, name, at, kind, side, actor, automatic=automatic, asks=asking)

    def asks(self, text: Callable[[], str]) -> bool:
        """Return whether a message asks something, ``False`` where that may not be looked for."""
        return self._looks and asks(text())


class Request(NamedTuple):
    """Somebody, or one of several, asked to approve something."""

    name: str
    at: Instant
    approver: str
    """Empty where several were asked."""
    decision: tuple[Instant, str | None, str] | None = None
    """When it was decided, by whom, and how."""
    asker: str | None = None


def approvals(ticket: str, requests: Sequence[Request]) -> Iterator[Event]:
    """Yield what was asked of the client, and what was decided."""
    for one in requests:
        key = f"{ticket}:approval:{one.name}"
        kind = EventKind.APPROVAL_REQUESTED
        yield Event(ticket, key, one.at, kind, None, one.asker, one.approver)
        if one.decision is not None:
            decided_at, actor, value = one.decision
            kind = EventKind.APPROVAL_DECIDED
            yield Event(ticket, f"{key}:decided", decided_at, kind, Side.CLIENT, actor, value, key)
