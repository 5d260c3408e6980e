"""What happened to a ticket: by its activities, its messages, its approvals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from engagewatch.model.engagement import Privacy
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind, Ticket
from engagewatch.providers.directory import Directory
from engagewatch.providers.freshservice.activities import AUTOMATIC, read
from engagewatch.providers.freshservice.people import approver_of
from engagewatch.providers.freshservice.statuses import CLOSED, PENDING, RESOLVED, Labels
from engagewatch.providers.freshservice.tickets import Found
from engagewatch.providers.freshservice.wire import (
    Activity,
    Approval,
    Conversation,
    Satisfaction,
)
from engagewatch.providers.telling import Messages, Request, approvals, opened, rated, seen
from engagewatch.providers.wire import identifier, instant, latest_credible, word

_REQUESTED, _APPROVED, _REJECTED = 0, 1, 2
_ANYONE = frozenset({2, 4})
"""Approval types where one of those asked answers for all."""
_BY_THE_TOOL = frozenset({3, 4})
"""Sources of messages that nobody wrote."""
_DECISIONS = {1: "approved", 2: "rejected", 3: "cancelled"}


class HistoryReader:
    """Translates what an account tells of a ticket's past."""

    def __init__(self, labels: Labels, directory: Directory, privacy: Privacy) -> None:
        """``privacy`` says whether the provider's messages may be looked at for questions."""
        self._labels = labels
        self._directory = directory
        self._messages = Messages(privacy)

    def told_by_ticket(self, found: Found, now: Instant) -> Iterator[Event]:
        """Yield what the ticket itself tells: that it was opened, and when it was assigned."""
        ticket = found.ticket
        side = self._side(ticket.requester, ticket) or Side.CLIENT
        yield opened(ticket, side, ticket.requester)
        at = instant(found.stats.assigned_at, latest_credible(now))
        if at is not None and ticket.assignee is not None:
            yield Event(
                ticket.id,
                f"{ticket.id}:assigned:{at}",
                max(at, ticket.created_at),
                EventKind.ASSIGNED,
                Side.PROVIDER,
                value=ticket.assignee,
            )

    def changes(self, found: Found, activities: Sequence[Activity], now: Instant) -> list[Event]:
        """Return the changes of status and priority that the activities tell of.

        What a status was before is carried forward from the creation on. That holds only if every
        one of them was understood, which shows in the last one being the ticket's own. Otherwise
        each is a mere sight of the ticket, as are the times that the ticket itself carries.
        """
        events, complete = self._by_activities(found, activities, now)
        if complete:
            return _begun(events)
        return [
            *(_seen(one) if one.kind is EventKind.STATUS_CHANGED else one for one in events),
            *self._sights(found, now),
        ]

    def messages(
        self, found: Found, conversations: Iterable[Conversation], now: Instant
    ) -> Iterator[Event]:
        """Yield the messages and notes of a ticket."""
        ticket, latest = found.ticket, latest_credible(now)
        for one in conversations:
            at, key = instant(one.created_at, latest), identifier(one.id)
            if at is None or key is None:
                continue
            actor = identifier(one.user_id)
            side = self._side(actor, ticket)
            if side is None:
                side = Side.CLIENT if one.incoming else None
            yield self._messages.event(
                ticket.id,
                f"{ticket.id}:message:{key}",
                max(at, ticket.created_at),
                side,
                actor,
                lambda one=one: one.body_text or "",  # type: ignore[misc]
                public=one.private is not True,
                automatic=one.source in _BY_THE_TOOL,
            )

    def first_response(self, found: Found, now: Instant) -> Iterator[Event]:
        """Yield the first response as the ticket tells of it, where messages cannot be read."""
        at = instant(found.stats.first_responded_at, latest_credible(now))
        if at is not None:
            key = found.ticket.id
            name = f"{key}:responded:{at}"
            at = max(at, found.ticket.created_at)
            yield Event(key, name, at, EventKind.REPLIED, Side.PROVIDER)

    def rating(self, found: Found, rating: Satisfaction | None, now: Instant) -> Iterator[Event]:
        """Yield what the requester thought of it."""
        key = identifier(rating.id) if rating is not None else None
        if rating is None or key is None:
            return
        text = rating.overall_rating_text or str(rating.overall_rating or "")
        at = instant(rating.created_at, latest_credible(now)) or found.ticket.updated_at
        yield rated(found.ticket.id, key, at, word(text, 100))

    def approvals(self, rows: Sequence[Approval], now: Instant) -> Iterator[Event]:
        """Yield what people other than agents were asked to approve on one ticket.

        Where anyone of several may answer, that is one request. At a higher level one is asked once
        the level below is done.
        """
        latest = latest_credible(now)
        asked: defaultdict[str, list[tuple[Instant, Instant, Approval]]] = defaultdict(list)
        for row in rows:
            key, since = identifier(row.id), _live_since(row, rows, latest)
            if key is None or since is None:
                continue
            if self._directory.side_on(approver_of(row)[0], ()) is Side.PROVIDER:
                continue
            group = identifier(row.approval_group.id) if row.approval_group is not None else None
            together = group is not None and row.approval_type in _ANYONE
            name = f"{row.level or 1}:{group}" if together else key
            until = max(instant(row.updated_at, latest) or since, since)
            asked[name].append((since, until, row))
        for name, members in asked.items():
            ticket = identifier(members[0][2].parent_id)
            if ticket is not None:
                since = min(start for start, _, _ in members)
                row = members[0][2]
                only = approver_of(row)[0] if len(members) == 1 else None
                asker = identifier(row.user_id)
                request = Request(name, since, only or "", _decision(members), asker)
                yield from approvals(ticket, [request])

    def _side(self, key: str | None, ticket: Ticket) -> Side | None:
        return self._directory.side_on(key, (ticket.requester,))

    def _by_activities(
        self, found: Found, activities: Sequence[Activity], now: Instant
    ) -> tuple[list[Event], bool]:
        """Return the events of the activities, and whether they tell of every status there was."""
        ticket, latest = found.ticket, latest_credible(now)
        dated = [(instant(one.created_at, latest), one) for one in activities]
        # They come newest first; of those within one second the order is turned round as well.
        ordered = sorted(
            ((at, one) for at, one in reversed(dated) if at is not None), key=lambda pair: pair[0]
        )
        events: list[Event] = []
        numbers: Counter[str] = Counter()
        status: int | None = None
        begun, sound = False, len(ordered) == len(dated)
        for at, activity in ordered:
            reading = read(activity)
            sound &= not reading.is_doubtful
            at = max(at, ticket.created_at)
            actor = identifier(activity.actor.id) if activity.actor is not None else None
            name = (activity.actor.name or "").lower() if activity.actor is not None else ""
            automatic = actor in (None, "0") or name in AUTOMATIC
            who = None if automatic else actor
            side = self._side(who, ticket)
            for one in reading.settings:
                if one.field not in ("status", "priority"):
                    continue
                numbers[f"{one.field}:{at}"] += 1
                key = f"{ticket.id}:{one.field}:{at}:{numbers[f'{one.field}:{at}']}"
                if one.field == "priority":
                    if not reading.is_creation:
                        kind, value = EventKind.PRIORITY_CHANGED, word(one.value, 100)
                        events.append(
                            Event(ticket.id, key, at, kind, side, who, value, "", automatic)
                        )
                    continue
                number = self._labels.named(one.value)
                if number is None:
                    sound = False  # in another language, or since renamed
                    continue
                if reading.is_creation:
                    begun = True
                    at = ticket.created_at
                if number != status:
                    kind, value = EventKind.STATUS_CHANGED, self._labels.status(number)
                    previous = self._labels.status(status)
                    events.append(
                        Event(ticket.id, key, at, kind, side, who, value, previous, automatic)
                    )
                status = number
        return events, begun and sound and status == found.status

    def _sights(self, found: Found, now: Instant) -> Iterator[Event]:
        """Yield what the ticket's own times tell of the statuses it was in."""
        ticket, stats, latest = found.ticket, found.stats, latest_credible(now)
        told = (
            (PENDING, stats.pending_since),
            (RESOLVED, stats.resolved_at),
            (CLOSED, stats.closed_at),
            (found.status, stats.status_updated_at),
        )
        for number, text in told:
            at = instant(text, latest)
            if at is not None and number is not None:
                value = self._labels.status(number)
                yield seen(ticket.id, max(at, ticket.created_at), value, f":{number}")
        yield seen(ticket.id, ticket.updated_at, ticket.status, f":{found.status}")


def _begun(events: Sequence[Event]) -> list[Event]:
    """Return ``events`` with the status at creation as a sight: it changed from nothing.

    A change in the same second tells by itself what was before.
    """
    changes = [one for one in events if one.kind is EventKind.STATUS_CHANGED]
    first = changes[0]
    rest = [one for one in events if one is not first]
    if len(changes) > 1 and changes[1].at == first.at:
        return rest
    return [_seen(first), *rest]


def _seen(event: Event) -> Event:
    """Return a change of which it is not known what it changed from."""
    name = f"{event.id}:seen"
    return Event(event.ticket_id, name, event.at, EventKind.OBSERVED, value=event.value)


def _live_since(row: Approval, rows: Sequence[Approval], latest: Instant) -> Instant | None:
    """Return since when somebody is really asked, ``None`` while a lower level is not done."""
    since = instant(row.created_at, latest)
    if since is None:
        return None
    for other in rows:
        if (other.level or 1) < (row.level or 1) and other.parent_id == row.parent_id:
            if _state(other) == _REQUESTED:
                return None
            since = max(since, instant(other.updated_at, latest) or since)
    return since


def _state(row: Approval) -> int:
    number = row.approval_status.id if row.approval_status is not None else None
    return _REQUESTED if number is None else number


def _decision(
    members: Sequence[tuple[Instant, Instant, Approval]],
) -> tuple[Instant, str | None, str] | None:
    """Return when a request was decided, by whom and how; ``None`` while it stands open."""
    decided = [(at, row) for _, at, row in members if _state(row) in (_APPROVED, _REJECTED)]
    if not decided and any(_state(row) == _REQUESTED for _, _, row in members):
        return None
    if decided:
        at, row = min(decided, key=lambda pair: pair[0])
    else:
        _, at, row = max(members, key=lambda member: member[1])
    return at, approver_of(row)[0], _DECISIONS.get(_state(row), "")
