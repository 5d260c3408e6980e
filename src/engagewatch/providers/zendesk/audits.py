"""Zendesk's ticket events into ours.

One update (an audit) does several things at once. The bulk export and the per-ticket audits write
field changes in two shapes; both are read, and a child that is neither is ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from msgspec import UNSET

from engagewatch.model.instants import EARLIEST, Instant
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Event, EventKind
from engagewatch.model.unsealed import UnsealedEvent
from engagewatch.providers.questions import asks
from engagewatch.providers.wire import identifier, instant, latest_credible
from engagewatch.providers.zendesk.people import SYSTEM, Directory
from engagewatch.providers.zendesk.statuses import Statuses
from engagewatch.providers.zendesk.tickets import TicketReader, rating_event
from engagewatch.providers.zendesk.wire import Audit, Child, Comment

_DECISIONS = ("approved", "declined", "rejected")
_FIELDS = (
    "status",
    "custom_status_id",
    "priority",
    "assignee_id",
    "group_id",
    "tags",
    "satisfaction_score",
)
_AUTOMATIC = ("rule", "trigger", "automation", "system")
_WORD_LIMIT = 200


class _Change(NamedTuple):
    value: Any
    previous: Any


class _Update(NamedTuple):
    """What all events of one audit share."""

    id: str
    ticket: str
    at: Instant
    actor: str | None
    side: Side | None
    automatic: bool


class AuditReader:
    """Translates the ticket events of one account."""

    def __init__(
        self,
        directory: Directory,
        statuses: Statuses,
        tickets: TicketReader,
        *,
        detect_questions: bool,
        approval_tags: Iterable[str],
    ) -> None:
        """``detect_questions`` allows looking for question marks in the provider's messages.

        A ticket that carries one of ``approval_tags`` waits for the client to approve something.
        """
        self._approval_tags = frozenset(approval_tags)
        self._directory = directory
        self._statuses = statuses
        self._tickets = tickets
        self._detect_questions = detect_questions

    def people(self, audit: Audit) -> Iterator[str | None]:
        """Yield the keys of those who acted or wrote in ``audit``."""
        yield identifier(audit.updater_id)
        for child in audit.child_events or ():
            if child.author_id is not None:
                yield identifier(child.author_id)

    def message(self, ticket: str, comment: Comment, now: Instant) -> Event:
        """Return what one message tells that was read without its update.

        Raises:
            ValueError: it lacks its id or a usable time.
        """
        key, at = identifier(comment.id), instant(comment.created_at, latest_credible(now))
        if key is None or at is None:
            raise ValueError("it has no id" if key is None else "its time is not credible")
        author = identifier(comment.author_id)
        child = Child(
            id=comment.id,
            author_id=comment.author_id,
            public=comment.public,
            body=comment.body,
            plain_body=comment.plain_body,
        )
        automatic = author == SYSTEM or _is_automatic(comment.via)
        update = identifier(comment.audit_id) or key
        return self._message(_Update(update, ticket, at, author, None, automatic), child, 0)

    def read(self, audit: Audit, now: Instant) -> list[Event]:
        """Return what one audit tells.

        Raises:
            ValueError: it lacks its id, its ticket or a usable time.
        """
        update = self._update(audit, now)
        children = audit.child_events or ()
        # The first message of a ticket is its description: it opens, and answers nobody.
        kinds = [_kind(child) for child in children]
        creation = "Create" in kinds
        events: list[Event] = []
        changes: dict[str, _Change] = {}
        for number, (kind, child) in enumerate(zip(kinds, children, strict=True)):
            if kind in ("Create", "Change"):
                _note_changes(child, changes)
            elif kind in ("Comment", "VoiceComment"):
                if not creation:
                    events.append(self._message(update, child, number))
            elif kind == "SatisfactionRating":
                _add_rating(update, child.score, events)
        if changes:
            events.extend(filter(None, self._told_by(update, changes, creation=creation)))
            if "satisfaction_score" in changes:
                _add_rating(update, _word(changes["satisfaction_score"].value), events)
        for merged in audit.merged_ticket_ids or ():
            loser = identifier(merged)
            if loser is not None:
                events.append(
                    Event(
                        loser,
                        f"{loser}:merged:{update.ticket}",
                        update.at,
                        EventKind.MERGED,
                        update.side,
                        update.actor,
                        update.ticket,
                    )
                )
        return events

    def _told_by(
        self, update: _Update, changes: dict[str, _Change], *, creation: bool
    ) -> Iterator[Event | None]:
        status, custom = changes.get("status"), changes.get("custom_status_id")
        if status is not None or custom is not None:
            yield self._status(update, status, custom)
        if "priority" in changes:
            yield self._priority(update, changes["priority"])
        person, team = changes.get("assignee_id"), changes.get("group_id")
        if person is not None or team is not None:
            yield self._assignment(update, person, team, creation=creation)
        if "tags" in changes:
            yield self._approval(update, changes["tags"])

    def _update(self, audit: Audit, now: Instant) -> _Update:
        key, ticket = identifier(audit.id), identifier(audit.ticket_id)
        if key is None or ticket is None:
            raise ValueError("it has no id" if key is None else "it names no ticket")
        latest = latest_credible(now)
        at = audit.timestamp
        if at is None or not EARLIEST <= at <= latest:
            at = instant(audit.created_at, latest)
        if at is None:
            raise ValueError("its time is missing or not credible")
        actor = identifier(audit.updater_id)
        return _Update(
            key,
            ticket,
            at,
            None if actor == SYSTEM else actor,
            self._directory.side(actor),
            actor == SYSTEM or _is_automatic(audit.via),
        )

    def _message(self, update: _Update, child: Child, number: int) -> Event:
        author = identifier(child.author_id) or update.actor
        side = self._directory.side(author)
        public = child.public is True
        event = UnsealedEvent(
            update.ticket,
            f"{update.id}:{identifier(child.id) or number}",
            update.at,
            EventKind.REPLIED if public else EventKind.NOTED,
            side,
            None if author == SYSTEM else author,
            "",
            "",
            update.automatic or author == SYSTEM or _is_automatic(child.via),
            self._detect_questions
            and public
            and side is not Side.CLIENT
            and asks(child.plain_body or child.body or ""),
        )
        event.__class__ = Event
        return event

    def _status(
        self, update: _Update, status: _Change | None, custom: _Change | None
    ) -> Event | None:
        value = previous = None
        if status is not None:
            value = self._statuses.name(_word(status.value).lower(), custom and custom.value)
            previous = self._statuses.name(
                _word(status.previous).lower(), custom and custom.previous
            )
        elif custom is not None:
            value = self._statuses.name_of_custom(custom.value)
            previous = self._statuses.name_of_custom(custom.previous)
        if not value or value == previous:
            return None
        return _event(update, "status", EventKind.STATUS_CHANGED, value, previous or "")

    def _priority(self, update: _Update, change: _Change) -> Event | None:
        value, previous = _word(change.value), _word(change.previous)
        if value == previous:
            return None
        return _event(update, "priority", EventKind.PRIORITY_CHANGED, value, previous)

    def _assignment(
        self, update: _Update, person: _Change | None, team: _Change | None, *, creation: bool
    ) -> Event | None:
        """Tell who holds the ticket now: the person, or the team it was handed to.

        Where a new ticket lands first is decided by a rule, whoever opened it.
        """
        value = previous = ""
        if person is not None:
            value, previous = _word(person.value), _word(person.previous)
        if team is not None:
            value = value or self._tickets.group_name(_word(team.value) or None) or ""
            previous = previous or self._tickets.group_name(_word(team.previous) or None) or ""
        if value == previous:
            return None
        if creation:
            update = update._replace(automatic=True)
        return _event(update, "assigned", EventKind.ASSIGNED, value, previous)

    def _approval(self, update: _Update, tags: _Change) -> Event | None:
        """Tell what the tags do: they name nobody who is to approve."""
        now, before = _tags(tags.value), _tags(tags.previous)
        waits, waited = self._approval_tags & now, self._approval_tags & before
        if waits and not waited:
            return _event(update, "approval", EventKind.APPROVAL_REQUESTED, "")
        if waited and not waits:
            decision = next((word for word in _DECISIONS if word in now and word not in before), "")
            return _event(update, "decision", EventKind.APPROVAL_DECIDED, decision)
        return None


def _event(update: _Update, what: str, kind: EventKind, value: str, previous: str = "") -> Event:
    event = UnsealedEvent(
        update.ticket,
        f"{update.id}:{what}",
        update.at,
        kind,
        update.side,
        update.actor,
        value,
        previous,
        update.automatic,
        False,
    )
    event.__class__ = Event
    return event


def _add_rating(update: _Update, score: str | None, events: list[Event]) -> None:
    told = rating_event(update.ticket, score, update.at)
    if told is not None:
        events.append(told)


def _tags(value: Any) -> frozenset[str]:
    """Return tags from a list, or from the text of words that older histories hold."""
    if isinstance(value, str):
        return frozenset(value.split())
    if isinstance(value, list):
        return frozenset(tag for tag in value if isinstance(tag, str))
    return frozenset()


def _note_changes(child: Child, changes: dict[str, _Change]) -> None:
    """Note the fields that a child changes, whichever of the two shapes it comes in."""
    if child.field_name is not None:
        changes[child.field_name] = _Change(child.value, child.previous_value)
        return
    for name in _FIELDS:
        value = getattr(child, name)
        if value is not UNSET:
            changes[name] = _Change(value, child.previous_value)
    if child.added_tags or child.removed_tags:
        # What came and what went says the same as the whole lists do.
        changes["tags"] = _Change(child.added_tags, child.removed_tags)


def _kind(child: Child) -> str | None:
    return child.event_type or child.type


def _is_automatic(via: Any) -> bool:
    """Whether a rule of the tool did it; ``via`` is a word or an object with a channel."""
    channel = via.get("channel") if isinstance(via, dict) else via
    return isinstance(channel, str) and channel.lower().startswith(_AUTOMATIC)


def _word(value: Any) -> str:
    """Return a changed value as text; ids come as numbers or as text, empty ones as null."""
    if value is None or isinstance(value, bool | dict | list | float):
        return ""
    if isinstance(value, int):
        return identifier(value) or ""
    return safe_text(str(value), _WORD_LIMIT)
