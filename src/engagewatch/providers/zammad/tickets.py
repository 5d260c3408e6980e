"""Zammad's tickets, their history and their messages into ours. Nothing here waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Claim, Event, EventKind, Person, Ticket
from engagewatch.providers.directory import Directory
from engagewatch.providers.exclusion import Exclusion
from engagewatch.providers.telling import Messages, born, opened, seen
from engagewatch.providers.wire import WireId, identifier, instant, read_each, word
from engagewatch.providers.zammad.markup import plain_text
from engagewatch.providers.zammad.states import States
from engagewatch.providers.zammad.wire import Article, Row, User, WireTicket

MERGED_SOMEWHERE = "unknown"

_SYSTEM = "1"
"""The account of the system itself; as an owner it stands for nobody."""
_STAFF = frozenset({1, 2})
_CUSTOMERS = frozenset({3})
_WITH_TICKET = MINUTE
"""The message that opens a ticket is stored with it."""
_user = Decoder(User)


@dataclass(frozen=True, slots=True)
class Told:
    """One ticket with what else was asked for; ``None`` where it was not."""

    wire: WireTicket
    rows: list[Row] | None
    articles: list[Article] | None


class Translator:
    """Translates the tickets of one installation."""

    def __init__(
        self, engagement: Engagement, base_url: str, directory: Directory, states: States
    ) -> None:
        self._keeps_subjects = engagement.privacy.subjects
        self._told = Messages(engagement.privacy)
        self._exclusion = Exclusion(engagement.privacy)
        self._web_address = f"{base_url}/#ticket/zoom/"
        self._directory = directory
        self._states = states

    def users(self, assets: Mapping[str, Raw]) -> list[Person]:
        """Note the people an answer refers to; those that cannot be read stay strangers."""
        people: list[Person] = []

        def read(user: User) -> None:
            key = identifier(user.id)
            if key is None or key == _SYSTEM:
                return
            name = " ".join(filter(None, (user.firstname, user.lastname))) or user.login
            roles = set(user.role_ids or ())
            side = Side.NOBODY
            if roles & _STAFF:
                side = Side.PROVIDER
            elif roles and roles <= _CUSTOMERS:
                side = Side.CLIENT
            people.append(self._directory.learn(key, name, user.email, side))

        read_each(list(assets.values()), _user, "user", read)
        return people

    def strangers(self, wire: WireTicket) -> list[Person]:
        """Return whom a ticket names and nobody told of: by login, until more is known."""
        named = ((wire.customer_id, wire.customer, Side.CLIENT), (_owner(wire), wire.owner, None))
        people = []
        for key_told, name, side in named:
            key = identifier(key_told)
            if key is None or key == _SYSTEM or self._directory.get(key) is not None:
                continue
            address = name if name and "@" in name else None
            people.append(self._directory.learn(key, name, address, side or Side.PROVIDER))
        return people

    def read(self, told: Told, latest: Instant) -> tuple[Ticket, list[Event]] | None:
        """Return a ticket and what happened to it, ``None`` if it must not be kept.

        Raises:
            ValueError: it has no id or no usable creation time.
        """
        wire = told.wire
        ticket = self._ticket(wire, latest)
        if self._exclusion.covers(ticket):
            return None
        initial = ""
        events: list[Event] = []
        if told.rows is not None:
            events.extend(self._history(ticket.id, told.rows, latest))
            changes = [event for event in events if event.kind is EventKind.STATUS_CHANGED]
            # The first change says what it was before; without any it never was anything else.
            initial = changes[0].previous if changes else ticket.status
        else:
            # Whatever was saved last left it in this state, which lasts until the next save.
            events.append(seen(ticket.id, ticket.updated_at, ticket.status))
        if told.articles is not None:
            events.extend(self._messages(ticket, told.wire, initial, told.articles, latest))
        return ticket, events

    def _messages(
        self,
        ticket: Ticket,
        wire: WireTicket,
        initial: str,
        articles: Iterable[Article],
        latest: Instant,
    ) -> Iterator[Event]:
        first = _first(articles, ticket.created_at, latest)
        by_provider = ticket.opened_by is Side.PROVIDER
        yield opened(
            ticket,
            ticket.opened_by,
            _actor(wire.created_by_id) or ticket.requester,
            initial,
            asks=by_provider and first is not None and self._asks(first),
        )
        for article in articles:
            told = None if article is first else self._message(ticket, article, latest)
            if told is not None:
                yield told

    def _ticket(self, wire: WireTicket, latest: Instant) -> Ticket:
        key, created_at, updated_at = born(wire.id, wire.created_at, wire.updated_at, latest)
        number = identifier(wire.number) or key
        return Ticket(
            id=key,
            reference=f"#{number}",
            subject=safe_text(wire.title or "") if self._keeps_subjects else "",
            status=self._states.name(wire.state_id, wire.state),
            priority=word(wire.priority) or None,
            created_at=created_at,
            updated_at=updated_at,
            requester=identifier(wire.customer_id),
            assignee=_owner(wire),
            group=word(wire.group) or None,
            category=word(wire.type) or None,
            opened_by=self._opener(wire),
            url=self._web_address + key,
            claims=_claims(wire),
        )

    def _opener(self, wire: WireTicket) -> Side:
        configured = self._directory.configured(identifier(wire.created_by_id))
        if configured is not None:
            return configured
        return Side.PROVIDER if wire.create_article_sender == "Agent" else Side.CLIENT

    def _history(self, ticket: str, rows: Iterable[Row], latest: Instant) -> list[Event]:
        events = []
        for row in rows:
            at, number = instant(row.created_at, latest), identifier(row.id)
            if row.object != "Ticket" or identifier(row.o_id) != ticket:
                continue
            told = self._meaning(row, ticket)
            if told is None or at is None or number is None:
                continue
            kind, value, previous = told
            actor = _actor(row.created_by_id)
            events.append(
                Event(
                    ticket,
                    # What happened in one save shares its time: padded, the texts sort alike.
                    f"h{number:0>12}",
                    at,
                    kind,
                    self._directory.side(actor),
                    actor,
                    value,
                    previous,
                    actor is None,
                )
            )
        return sorted(events, key=lambda event: (event.at, event.id))

    def _meaning(self, row: Row, ticket: str) -> tuple[EventKind, str, str] | None:
        if row.type == "merged_into":
            ids = (identifier(row.related_o_id), identifier(row.id_to))
            target = next((key for key in ids if key is not None and key != ticket), None)
            return EventKind.MERGED, target or MERGED_SOMEWHERE, ""
        if row.type != "updated":
            return None
        if row.attribute == "state":
            value = self._states.name(row.id_to, row.value_to)
            previous = self._states.name(row.id_from, row.value_from)
            return (EventKind.STATUS_CHANGED, value, previous) if value != previous else None
        if row.attribute == "priority":
            return EventKind.PRIORITY_CHANGED, word(row.value_to), word(row.value_from)
        if row.attribute == "owner":
            return EventKind.ASSIGNED, _actor(row.id_to) or "", _actor(row.id_from) or ""
        if row.attribute == "group":
            return EventKind.ASSIGNED, word(row.value_to), word(row.value_from)
        return None

    def _message(self, ticket: Ticket, article: Article, latest: Instant) -> Event | None:
        at, number = instant(article.created_at, latest), identifier(article.id)
        if at is None or number is None or at < ticket.created_at - _WITH_TICKET:
            return None  # what is older than the ticket came from one merged into it
        actor = _actor(article.origin_by_id) or _actor(article.created_by_id)
        told = {"Agent": Side.PROVIDER, "Customer": Side.CLIENT, "System": Side.PROVIDER}
        side = self._directory.configured(actor) or told.get(article.sender or "")
        public = article.internal is False
        reply = public and not (article.type == "note" and side is Side.PROVIDER)
        return self._told.event(
            ticket.id,
            f"a{number:0>12}",
            at,
            side,
            actor,
            lambda: plain_text(article.body or ""),
            public=reply,
            automatic=article.sender == "System" or _is_automatic(article.preferences),
        )

    def _asks(self, article: Article) -> bool:
        return article.internal is False and self._told.asks(lambda: plain_text(article.body or ""))


def _first(articles: Iterable[Article], created_at: Instant, latest: Instant) -> Article | None:
    """Return the message that opened a ticket: it answers nobody."""
    with_ticket = [
        article
        for article in articles
        if (at := instant(article.created_at, latest)) is not None
        and abs(at - created_at) <= _WITH_TICKET
    ]
    return min(with_ticket, key=lambda article: int(identifier(article.id) or 0), default=None)


def _claims(wire: WireTicket) -> tuple[Claim, ...]:
    """Return what Zammad counted, in minutes of its own calendar; nothing counted is no claim."""
    told = (
        _claim(
            Obligation.FIRST_RESPONSE,
            "first_response_in_min",
            wire.first_response_in_min,
            wire.first_response_diff_in_min,
            wire.first_response_escalation_at,
        ),
        _claim(
            Obligation.RESOLUTION,
            "close_in_min",
            wire.close_in_min,
            wire.close_diff_in_min,
            wire.close_escalation_at,
        ),
    )
    return tuple(claim for claim in told if claim is not None)


def _claim(
    obligation: Obligation,
    field: str,
    used: float | None,
    left: float | None,
    escalates_at: str | None,
) -> Claim | None:
    due_at = instant(escalates_at, 1 << 33)
    if used is None:
        return Claim(obligation, due_at=due_at, source_field=field) if due_at else None
    return Claim(
        obligation,
        met=left >= 0 if left is not None else None,
        elapsed=round(used * MINUTE),
        target=round((used + left) * MINUTE) if left is not None else None,
        due_at=due_at,
        source_field=field,
    )


def _owner(wire: WireTicket) -> str | None:
    return _actor(wire.owner_id)


def _actor(value: WireId) -> str | None:
    key = identifier(value)
    return None if key == _SYSTEM else key


def _is_automatic(preferences: Any) -> bool:
    return isinstance(preferences, dict) and preferences.get("is-auto-response") is True
