"""What happened to an issue: its changelog, its comments, its approvals, its rating."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from engagewatch.model.engagement import Privacy
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind
from engagewatch.providers.jira.people import Accounts
from engagewatch.providers.jira.tickets import Found
from engagewatch.providers.jira.values import moment, plain
from engagewatch.providers.jira.wire import Approval, Change, Comment, HistoryEntry
from engagewatch.providers.names import StatusNames
from engagewatch.providers.telling import Messages, Request, approvals, opened, rated
from engagewatch.providers.wire import identifier, latest_credible, word

_DECIDED = frozenset({"approved", "declined"})


class HistoryReader:
    """Translates what a site tells of an issue's past."""

    def __init__(self, accounts: Accounts, statuses: StatusNames, privacy: Privacy) -> None:
        """``privacy`` says whether the provider's comments may be looked at for questions."""
        self._accounts = accounts
        self._statuses = statuses
        self._messages = Messages(privacy)

    def opened(self, found: Found, entries: Sequence[HistoryEntry]) -> Event:
        """Return the opening, with the status it had: what the first change replaced."""
        ticket = found.ticket
        status = ticket.status
        for change in (one for entry in entries for one in entry.items or ()):
            if _field(change) == "status":
                status = self._status(change.old, change.old_name)
                break
        return opened(ticket, ticket.opened_by, found.creator or ticket.requester, status)

    def changes(
        self, found: Found, entries: Iterable[HistoryEntry], now: Instant
    ) -> Iterator[Event]:
        """Yield the changes of status, priority and assignee."""
        latest = latest_credible(now)
        for entry in entries:
            at, key = moment(entry.created, latest), identifier(entry.id)
            if at is None or key is None:
                continue
            actor = self._accounts.learn(entry.author)
            side = self._accounts.side(actor, found.clients)
            automatic = self._accounts.is_automatic(actor)
            for change in entry.items or ():
                told = self._told(change)
                if told is None or told[1] == told[2]:
                    continue
                kind, value, previous = told
                yield Event(
                    found.ticket.id,
                    f"{found.ticket.id}:{key}:{kind.value}",
                    max(at, found.ticket.created_at),
                    kind,
                    side,
                    actor,
                    value,
                    previous,
                    automatic,
                )

    def messages(self, found: Found, comments: Iterable[Comment], now: Instant) -> Iterator[Event]:
        """Yield the comments of an issue, public and internal ones."""
        latest = latest_credible(now)
        for comment in comments:
            at, key = moment(comment.created, latest), identifier(comment.id)
            if at is None or key is None:
                continue
            actor = self._accounts.learn(comment.author)
            side = self._accounts.side(actor, found.clients)
            yield self._messages.event(
                found.ticket.id,
                f"{found.ticket.id}:comment:{key}",
                max(at, found.ticket.created_at),
                side,
                actor,
                lambda comment=comment: plain(comment.body),  # type: ignore[misc]
                public=comment.public is not False,
                automatic=self._accounts.is_automatic(actor),
            )

    def approvals(self, found: Found, rounds: Iterable[Approval], now: Instant) -> Iterator[Event]:
        """Yield what people other than the provider's own were asked to approve."""
        latest = latest_credible(now)
        for approval in rounds:
            at, key = moment(approval.created, latest), identifier(approval.id)
            if at is None or key is None:
                continue
            asked = [self._accounts.learn(one.approver) for one in approval.approvers or ()]
            sides = {self._accounts.side(one, found.clients) for one in asked}
            if sides == {Side.PROVIDER}:
                continue
            only = asked[0] or "" if len(asked) == 1 else ""
            at = max(at, found.ticket.created_at)
            decided_at, decision = moment(approval.completed, latest), word(approval.decision)
            answer = None
            if decision.lower() in _DECIDED and decided_at is not None:
                answer = max(decided_at, at), only or None, decision.lower()
            yield from approvals(found.ticket.id, [Request(key, at, only, answer)])

    def rating(self, found: Found, rating: float | None) -> Iterator[Event]:
        """Yield what the customer thought of it; when they said so is only seen, not told."""
        if rating is None or not 0 < rating <= 5:
            return
        score = f"{rating:g}"
        yield rated(found.ticket.id, score, found.ticket.updated_at, score)

    def _told(self, change: Change) -> tuple[EventKind, str, str] | None:
        """Return kind, value and previous value of a change that is kept."""
        name = _field(change)
        if name == "status":
            value = self._status(change.new, change.new_name)
            return EventKind.STATUS_CHANGED, value, self._status(change.old, change.old_name)
        if name == "priority":
            return EventKind.PRIORITY_CHANGED, word(change.new_name), word(change.old_name)
        if name == "assignee":
            return EventKind.ASSIGNED, word(change.new), word(change.old)
        return None

    def _status(self, key: Any, written: Any) -> str:
        return self._statuses.name(str(key) if isinstance(key, int | str) else "", written)


def _field(change: Change) -> str:
    return (change.field_id or change.name or "").lower()
