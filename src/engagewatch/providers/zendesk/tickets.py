"""Zendesk's tickets into ours, with what the tool claims about them."""

from __future__ import annotations

from collections.abc import Mapping

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import EARLIEST, MINUTE, Instant
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.providers.questions import asks
from engagewatch.providers.wire import identifier, instant, latest_credible
from engagewatch.providers.zendesk.people import Directory
from engagewatch.providers.zendesk.statuses import Statuses
from engagewatch.providers.zendesk.wire import Group, MetricSet, Minutes, Satisfaction, WireTicket

DELETED = "deleted"
MERGED_TAG = "closed_by_merge"
UNKNOWN_TICKET = "unknown"
"""What a merged ticket was merged into, where just the tag tells that it was."""

_WORD_LIMIT = 200
_TAGS = 50


def rating_event(ticket: str, score: str | None, at: Instant) -> Event | None:
    """Return what a satisfaction score tells: that the requester was asked, or what was said.

    The id leaves the instant out: the ticket and its history tell of the same rating.
    """
    if score == "offered":
        return Event(ticket, f"{ticket}:surveyed", at, EventKind.SURVEYED, Side.PROVIDER)
    if score is None or not score.startswith(("good", "bad")):
        return None
    # Some accounts append whether there was a comment.
    word = "good" if score.startswith("good") else "bad"
    return Event(ticket, f"{ticket}:rated:{word}", at, EventKind.RATED, Side.CLIENT, value=word)


class TicketReader:
    """Translates the tickets of one account."""

    def __init__(
        self,
        engagement: Engagement,
        web_address: str,
        directory: Directory,
        statuses: Statuses,
        *,
        category_field: int | None,
        tells_ratings: bool,
    ) -> None:
        """``web_address`` is where people open a ticket, without the id.

        ``category_field`` is the id of the field that says what a ticket is about; without one its
        type does. ``tells_ratings`` takes ratings from the tickets, which show them without a time:
        for want of a history that knows better.
        """
        self._category_field = None if category_field is None else str(category_field)
        self._tells_ratings = tells_ratings
        self._privacy = engagement.privacy
        self._around_the_clock = _around_the_clock(engagement)
        self._web_address = web_address
        self._directory = directory
        self._statuses = statuses
        self._groups: dict[str, str] = {}

    def learn_group(self, group: Group) -> None:
        """Note the name of a team.

        Raises:
            ValueError: its id is none.
        """
        key = identifier(group.id)
        if key is not None and group.name:
            self._groups[key] = safe_text(group.name, _WORD_LIMIT)

    def group_name(self, key: str | None) -> str | None:
        """Return the name of a team, its id if nobody told the name."""
        return self._groups.get(key, key) if key is not None else None

    def read(
        self, wire: WireTicket, metrics: MetricSet | None, now: Instant
    ) -> tuple[Ticket, list[Event]]:
        """Return a ticket and what it tells of its own history.

        Raises:
            ValueError: it has no id or no usable creation time.
        """
        key = identifier(wire.id)
        if key is None:
            raise ValueError("it has no id")
        latest = latest_credible(now)
        created_at = instant(wire.created_at, latest)
        if created_at is None:
            raise ValueError("its creation time is missing or not credible")
        generated = wire.generated_timestamp or 0
        updated_at = instant(wire.updated_at, latest) or (
            generated if EARLIEST <= generated <= latest else created_at
        )
        requester, submitter = identifier(wire.requester_id), identifier(wire.submitter_id)
        opened_by = self._opener(requester, submitter)
        status = safe_text(wire.status or "", _WORD_LIMIT).lower()
        tags = tuple(safe_text(tag, _WORD_LIMIT) for tag in (wire.tags or ())[:_TAGS])
        priority = safe_text(wire.priority, _WORD_LIMIT) if wire.priority else None
        ticket = Ticket(
            id=key,
            reference=f"#{key}",
            subject=self._subject(wire),
            status=self._statuses.name(status, wire.custom_status_id),
            priority=priority,
            created_at=created_at,
            updated_at=max(updated_at, created_at),
            requester=requester,
            assignee=identifier(wire.assignee_id),
            group=self.group_name(identifier(wire.group_id)),
            category=self._category(wire),
            opened_by=opened_by,
            url=self._web_address + key,
            deleted=status == DELETED,
            merged_into=UNKNOWN_TICKET if MERGED_TAG in tags else None,
            tags=tags,
            claims=self._claims(metrics, priority),
        )
        return ticket, self._own_events(ticket, wire, submitter, latest)

    def _category(self, wire: WireTicket) -> str | None:
        if self._category_field is None:
            return safe_text(wire.type, _WORD_LIMIT) if wire.type else None
        for field in wire.custom_fields or ():
            if identifier(field.id) == self._category_field and isinstance(field.value, str):
                return safe_text(field.value, _WORD_LIMIT) or None
        return None

    def _opener(self, requester: str | None, submitter: str | None) -> Side:
        if submitter is None or submitter == requester:
            return Side.CLIENT
        return self._directory.side(submitter) or Side.CLIENT

    def _subject(self, wire: WireTicket) -> str:
        if not self._privacy.subjects:
            return ""
        return safe_text(wire.subject or wire.raw_subject or "")

    def _own_events(
        self, ticket: Ticket, wire: WireTicket, submitter: str | None, latest: Instant
    ) -> list[Event]:
        opened_by_provider = ticket.opened_by is Side.PROVIDER
        detect = self._privacy.detect_questions and opened_by_provider
        events = [
            Event(
                ticket.id,
                f"{ticket.id}:opened",
                ticket.created_at,
                EventKind.OPENED,
                ticket.opened_by,
                submitter or ticket.requester,
                asks=detect and asks(wire.description or ""),
            )
        ]
        if ticket.deleted:
            # Its history is gone from the source; what was read before stays.
            events.append(
                Event(
                    ticket.id,
                    f"{ticket.id}:deleted",
                    ticket.updated_at,
                    EventKind.STATUS_CHANGED,
                    value=DELETED,
                )
            )
        if ticket.merged_into is not None:
            events.append(
                Event(ticket.id, f"{ticket.id}:merged", ticket.updated_at, EventKind.MERGED)
            )
        rating = wire.satisfaction_rating if self._tells_ratings else None
        if rating is not None:
            at = _rated_at(rating, latest) or ticket.updated_at
            told = rating_event(ticket.id, rating.score, at)
            if told is not None:
                events.append(told)
        return events

    def _claims(self, metrics: MetricSet | None, priority: str | None) -> tuple[Claim, ...]:
        if metrics is None:
            return ()
        around_the_clock = self._around_the_clock.get((priority or "").lower(), False)
        told = (
            (Obligation.FIRST_RESPONSE, "reply_time_in_minutes", metrics.reply_time_in_minutes),
            (
                Obligation.RESOLUTION,
                "full_resolution_time_in_minutes",
                metrics.full_resolution_time_in_minutes,
            ),
        )
        claims = (
            _claim(obligation, field, minutes, around_the_clock)
            for obligation, field, minutes in told
        )
        return tuple(claim for claim in claims if claim is not None)


def _claim(
    obligation: Obligation, field: str, minutes: Minutes | None, around_the_clock: bool
) -> Claim | None:
    """Return the claim in the half of a metric that the contract's calendar compares with."""
    if minutes is None:
        return None
    halves = [("business", minutes.business), ("calendar", minutes.calendar)]
    if around_the_clock:
        halves.reverse()
    for half, value in halves:
        if value is not None and 0 <= value < 1e8:
            return Claim(obligation, elapsed=round(value * MINUTE), source_field=f"{field}.{half}")
    return None


def _around_the_clock(engagement: Engagement) -> Mapping[str, bool]:
    """Return, by the provider's name of a priority, whether its hours never close."""
    found: dict[str, bool] = {}
    for level in engagement.service_levels:
        calendar = engagement.calendars.get(level.calendar)
        always = level.calendar == "24x7" if calendar is None else calendar.is_always_open
        for name in (level.priority, *level.matches):
            found.setdefault(name.lower(), always)
    return found


def _rated_at(rating: Satisfaction, latest: Instant) -> Instant | None:
    return instant(rating.updated_at, latest) or instant(rating.created_at, latest)
