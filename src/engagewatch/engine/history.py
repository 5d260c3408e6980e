"""What happened to one ticket, as spans of time and exchanges between the sides.

A history is what clocks, courts and explanations are all made from, so each rule about who holds a
ticket is applied in one place. ``walk`` feeds it the events in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from engagewatch.engine.calendars import Calendar
from engagewatch.engine.compiled import CompiledPolicy, Sense, Terms
from engagewatch.engine.reasons import (
    CANCELLED,
    FINISHED_UNANSWERED,
    MERGED,
    WITHDRAWN,
)
from engagewatch.model.instants import Instant
from engagewatch.model.policy import ResolutionStop
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, Ticket

OpenSpan: TypeAlias = tuple[Instant, Instant | None]
"""A stretch of time that may still last: ``until`` is ``None`` then."""

Exchange: TypeAlias = tuple[Instant, Instant | None, str]
"""An asking, its answer, and why it ended without one (a code of ``reasons``, else empty)."""

_PROVIDER = Side.PROVIDER
_CLIENT = Side.CLIENT
_NOBODY = Side.NOBODY


class Finish:
    """One time that the work ended, and whether it came back."""

    __slots__ = ("at", "closed_at", "reason", "reopened_at")

    def __init__(self, at: Instant, closed_at: Instant | None, reason: str) -> None:
        """Record that the work ended at ``at``."""
        self.at = at
        self.closed_at = closed_at
        """When it was closed for good; a resolved ticket may wait for that."""
        self.reopened_at: Instant | None = None
        self.reason = reason
        """``cancelled`` or ``merged``; empty where the work was done."""

    def stop(self, rule: ResolutionStop) -> Instant | None:
        """Return the instant that ends the resolution clock; ``None`` if this end does not."""
        if rule is ResolutionStop.RESOLVED or self.reason:
            return self.at
        return self.closed_at


class History:
    """One ticket's events, read. See :func:`engagewatch.engine.walk.read_history`."""

    __slots__ = (
        "_approvals_open",
        "_client_answered",
        "_client_message_at",
        "_compiled",
        "_counts",
        "_in_waiting_since",
        "_last_asking",
        "_pause_since",
        "_provider_opened",
        "_question_since",
        "_sense",
        "_survey_since",
        "_update_since",
        "answered_from_start",
        "approvals",
        "approvers",
        "claimed",
        "client_spans",
        "court",
        "court_since",
        "created",
        "doubts",
        "finished",
        "finishes",
        "first_response",
        "instants",
        "last_client_word",
        "last_provider_word",
        "messages",
        "pauses",
        "priorities",
        "questions",
        "reopened",
        "seen_ends",
        "spans",
        "surveys",
        "ticket",
        "unmapped",
        "updates",
    )

    def __init__(self, ticket: Ticket, compiled: CompiledPolicy, status: str) -> None:
        """Start the history of ``ticket``, which was created with ``status`` (empty: unknown)."""
        sense = compiled.senses[status] if status else compiled.unknown_at_creation
        self.ticket = ticket
        self._compiled = compiled
        created = ticket.created_at
        self.created = created
        self.court = sense.court
        self.court_since = created
        self.spans: list[tuple[Instant, Instant, Side]] = []
        """Whose court it was in, up to ``court_since``; neighbours touch."""
        self.client_spans: list[OpenSpan] = []
        """Those in the client's court, the present one included."""
        self.instants: list[Instant] = [created]
        """Every instant at which something may have begun or ended."""
        self.doubts: list[OpenSpan] = []
        """When nobody saw what the status was, for a source that gives no history."""
        self.seen_ends: list[Instant] = []
        """When the ticket was first seen finished, or open again: it may have been so before."""
        self.pauses: list[OpenSpan] = []
        """When a status took time off the provider's clocks."""
        self.claimed: list[OpenSpan] = []
        """When the status said that the provider waits for the client, answered or not."""
        self.questions: list[Exchange] = []
        """What the provider asked of the client."""
        self.approvals: list[Exchange] = []
        self.approvers: list[str | None] = []
        """Whom each of ``approvals`` waits or waited on, as far as the source names one person."""
        self.surveys: list[Exchange] = []
        """Requests to rate the service, and the ratings."""
        self.messages: list[Exchange] = []
        """Client messages that wanted an answer, the first one excluded."""
        self.updates: list[Exchange] = []
        """From one public word of the provider to the next."""
        self.finishes: list[Finish] = []
        self.finished = False
        self.reopened = 0
        self.first_response: Instant | None = None
        self.last_provider_word: Instant | None = None
        self.last_client_word: Instant | None = None
        self.unmapped: tuple[str, ...] = ()
        self._provider_opened = ticket.opened_by is _PROVIDER
        self.answered_from_start = (
            self._provider_opened and not compiled.rules.agent_opened_has_first_response
        )
        """Whether no first response is owed: the provider opened the ticket itself."""
        self.priorities: list[tuple[Instant, Terms]] = []
        """The terms that held, each with the instant it began to; the first at creation."""
        self._sense = sense
        self._client_answered = False
        self._in_waiting_since: Instant | None = None
        self._pause_since: Instant | None = None
        self._question_since: Instant | None = None
        self._last_asking: Instant | None = None
        self._client_message_at: Instant | None = None
        self._update_since: Instant | None = None
        self._approvals_open: dict[str, Event] = {}
        self._survey_since: Instant | None = None
        self._counts: dict[Calendar, dict[Instant, int]] = {}
        if not sense.plain:
            if not sense.known:
                self._note_unmapped(status)
            if sense.waiting:
                self._enter_waiting(created)
            if sense.finished:
                self._finish(created, sense)
            self._settle(created)

    def counts(self, calendar: Calendar) -> Mapping[Instant, int]:
        """Return what ``calendar`` counts at each of the history's instants."""
        counts = self._counts.get(calendar)
        if counts is None:
            counts = self._counts[calendar] = calendar.counts_at(self.instants)
        return counts

    # The handlers below are called in order of time. Each leaves the history consistent.

    def on_opened(self, event: Event, at: Instant) -> None:
        """Somebody opened the ticket: its description is their first word."""
        if event.side is _CLIENT:
            self.last_client_word = at
        elif event.side is _PROVIDER and not event.automatic:
            self.last_provider_word = at
            self._last_asking = self._update_since = at
            if event.asks and self._compiled.has_messages:
                self._question_since = at

    def on_sight(self, event: Event, at: Instant) -> None:
        """Somebody looked, and the status was ``event.value``."""
        self.see(event.value, at)

    def see(self, status: str, at: Instant) -> None:
        """Note that the status was ``status`` when somebody looked."""
        if self._compiled.senses[status].finished is not self.finished:
            self.seen_ends.append(at)
        self.enter(status, at, None)

    def enter(self, status: str, at: Instant, event: Event | None) -> None:
        """Put the ticket into ``status``, by ``event`` if that is known."""
        compiled = self._compiled
        sense = compiled.senses[status]
        was = self._sense
        if sense is was:
            return
        self._sense = sense
        if not sense.known:
            self._note_unmapped(status)
        if event is not None and compiled.rules.status_change_is_response:
            self._respond_by_status(event, at)
        if was.waiting and not sense.waiting:
            by_client = event is not None and event.side is _CLIENT
            self._leave_waiting(sense, at, by_client=by_client)
        if sense.waiting and not was.waiting:
            self._enter_waiting(at)
        if sense.finished:
            self._finish(at, sense)
        elif self.finished:
            self._reopen(at)
        self._settle(at)

    def on_reply(self, event: Event, at: Instant) -> None:
        """Somebody wrote a public message."""
        if event.side is _PROVIDER:
            if event.automatic or (self._compiled.screens_replies and self._is_screened(event, at)):
                if self._compiled.rules.responses_by_automation:
                    self._respond(at)
                return
            self.last_provider_word = at
            if self.first_response is None or self._client_message_at is not None:
                self._respond(at)
            if self.finished:
                return
            if self._update_since is not None:
                self.updates.append((self._update_since, at, ""))
            self._update_since = at
            self._last_asking = at
            if (
                event.asks
                and self._question_since is None
                and self._compiled.has_messages
                and not self._approvals_open
            ):
                self._question_since = at
            if self._client_answered:
                self._client_answered = False
                self._settle(at)
        elif event.side is _CLIENT and not event.automatic:
            self.last_client_word = at
            self._last_asking = None
            if self._question_since is not None:
                self._end_question(at, "")
            if self._client_message_at is None and (
                self.first_response is not None or self.answered_from_start
            ):
                self._client_message_at = at
            if self._sense.waiting and self._compiled.rules.resume_at_reply:
                self._client_answered = True
                self._settle(at)

    def on_note(self, event: Event, at: Instant) -> None:
        """Somebody wrote an internal note."""
        rules = self._compiled.rules
        if rules.internal_note_is_response and event.side is _PROVIDER and self._is_human(event):
            self._respond(at)

    def on_assignment(self, event: Event, at: Instant) -> None:
        """The ticket was given to somebody."""
        rules = self._compiled.rules
        if rules.assignment_is_response and event.value and self._is_human(event):
            self._respond(at, answers=False)

    def on_priority(self, event: Event, at: Instant) -> None:
        """The priority became ``event.value``."""
        terms = self._compiled.terms
        priorities = self.priorities
        if not priorities:
            priorities.append((self.created, terms(event.previous or None)))
        now = terms(event.value or None)
        since, before = priorities[-1]
        if now is before:
            return
        if at == since:
            priorities.pop()
        priorities.append((at, now))

    def on_approval_requested(self, event: Event, at: Instant) -> None:
        """The client was asked to approve something.

        The message that asks for it is no question of its own.
        """
        if self.finished:
            return
        self._approvals_open[event.id] = event
        since = self._question_since
        if since is not None and at - since <= self._compiled.rules.question_window:
            self._question_since = None
        self._last_asking = None
        self._settle(at)

    def on_approval_decided(self, event: Event, at: Instant) -> None:
        """The client decided. Which request it was is told by its id, else it is the oldest.

        A source that names no requests may name whom they waited on instead.
        """
        waiting = self._approvals_open
        if not waiting:
            return
        named = (event.value, event.previous)
        key = next(
            (
                key
                for key, asked in waiting.items()
                if key in named or (asked.value or key) in named
            ),
            next(iter(waiting)),
        )
        asked = waiting.pop(key)
        self._end_approval(asked, at, "")
        if self._sense.waiting and self._compiled.rules.resume_at_reply:
            self._client_answered = True
        self._settle(at)

    def on_survey(self, _: Event, at: Instant) -> None:
        """The client was asked to rate the service; asking again does not restart it."""
        if self._survey_since is None:
            self._survey_since = at

    def on_rating(self, _: Event, at: Instant) -> None:
        """The client rated the service. A rating nobody asked for fulfils no duty."""
        if self._survey_since is not None:
            self.surveys.append((self._survey_since, at, ""))
            self._survey_since = None

    def on_merge(self, _: Event, at: Instant) -> None:
        """The ticket was merged into another one."""
        if not self.finished:
            self._finish(at, None)
            self._settle(at)
        self.finishes[-1].reason = MERGED

    def close_books(self, last: Instant) -> None:
        """End the reading: what still lasts is recorded as lasting."""
        ticket = self.ticket
        if not self.priorities:
            self.priorities.append((self.created, self._compiled.terms(ticket.priority)))
        if self._compiled.amended is not None:
            self.priorities = self._compiled.amended(self.priorities, self.instants)
        merged = ticket.merged_into is not None or "closed_by_merge" in ticket.tags
        if merged or ticket.deleted:
            if not self.finished:
                self._finish(last, None)
                self._settle(last)
            if merged:
                self.finishes[-1].reason = MERGED
        if self.court is _CLIENT:
            self.client_spans.append((self.court_since, None))
        if self._pause_since is not None:
            self.pauses.append((self._pause_since, None))
        if self._in_waiting_since is not None:
            self.claimed.append((self._in_waiting_since, None))
        if self._question_since is not None:
            self.questions.append((self._question_since, None, ""))
        if self._client_message_at is not None and not self.finished:
            self.messages.append((self._client_message_at, None, ""))
        if self._update_since is not None:
            self.updates.append((self._update_since, None, ""))
        if self._approvals_open:
            for asked in self._approvals_open.values():
                self._end_approval(asked, None, "")
        if len(self.approvals) > 1:
            told = sorted(
                zip(self.approvals, self.approvers, strict=True), key=lambda pair: pair[0][0]
            )
            self.approvals = [exchange for exchange, _ in told]
            self.approvers = [approver for _, approver in told]
        if self._survey_since is not None:
            self.surveys.append((self._survey_since, None, ""))

    def _settle(self, at: Instant) -> None:
        """Work out whose court it is in now, and whether the provider's clocks pause."""
        sense = self._sense
        if self.finished:
            court, pausing = _NOBODY, False
        elif self._client_answered:
            court, pausing = _PROVIDER, False
        else:
            court, pausing = sense.court, sense.pauses
        if self._approvals_open:
            court = _CLIENT
        if court is not self.court:
            since = self.court_since
            if at > since:
                self.spans.append((since, at, self.court))
                if self.court is _CLIENT:
                    self.client_spans.append((since, at))
                self.court_since = at
            elif self.spans and self._is_like_before(court):
                # It was elsewhere for no time at all.
                self.court_since = self.spans.pop()[0]
                if court is _CLIENT:
                    self.client_spans.pop()
            self.court = court
        if pausing:
            if self._pause_since is None:
                self._pause_since = at
        elif self._pause_since is not None:
            if at > self._pause_since:
                self.pauses.append((self._pause_since, at))
            self._pause_since = None

    def _is_like_before(self, court: Side) -> bool:
        """Whether the last span goes on; being finished is not the same as being parked."""
        since, _, side = self.spans[-1]
        was_finished = bool(self.finishes) and self.finishes[-1].at == since
        return side is court and was_finished is self.finished

    def _cut(self, at: Instant) -> None:
        """End the present court's span at ``at`` and begin the next."""
        since = self.court_since
        if at > since:
            self.spans.append((since, at, self.court))
            if self.court is _CLIENT:
                self.client_spans.append((since, at))
            self.court_since = at

    def _enter_waiting(self, at: Instant) -> None:
        self._in_waiting_since = at
        self._client_answered = False
        if self._question_since is not None or self._approvals_open:
            return
        if not self._compiled.has_messages:
            self._question_since = at
        elif (
            self._last_asking is not None
            and at - self._last_asking <= self._compiled.rules.question_window
        ):
            self._question_since = self._last_asking

    def _leave_waiting(self, sense: Sense, at: Instant, *, by_client: bool) -> None:
        since = self._in_waiting_since
        if since is not None and at > since:
            self.claimed.append((since, at))
        self._in_waiting_since = None
        self._client_answered = False
        self._last_asking = None
        if sense.finished or self._question_since is None:
            return
        answered = by_client or not self._compiled.has_messages
        self._end_question(at, "" if answered else WITHDRAWN)

    def _end_question(self, at: Instant, reason: str) -> None:
        since = self._question_since
        if since is not None and (at > since or not reason):
            self.questions.append((since, at, reason))
        self._question_since = None
        self._last_asking = None

    def _finish(self, at: Instant, sense: Sense | None) -> None:
        meaning = sense.meaning if sense is not None else None
        closed = meaning is StatusMeaning.CLOSED
        if self.finished:
            if closed and self.finishes[-1].closed_at is None:
                self.finishes[-1].closed_at = at
            return
        self.finished = True
        if self.court is _NOBODY:
            self._cut(at)  # a parked ticket is nobody's before and after, and yet not the same
        if self._in_waiting_since is not None:
            if at > self._in_waiting_since:
                self.claimed.append((self._in_waiting_since, at))
            self._in_waiting_since = None
        last = self.finishes[-1] if self.finishes else None
        if last is not None and last.reopened_at == at:
            # Opened and finished again at one instant: it never came back.
            last.reopened_at = None
            self.reopened -= 1
            if self.court is _NOBODY and self.spans and self.spans[-1][0] == last.at:
                self.court_since = self.spans.pop()[0]  # it was parked for no time at all
            if closed and last.closed_at is None:
                last.closed_at = at
        else:
            reason = CANCELLED if meaning is StatusMeaning.CANCELLED else ""
            self.finishes.append(Finish(at, at if closed else None, reason))
        self._last_asking = None
        if self._question_since is not None:
            self._end_question(at, WITHDRAWN)
        if self._approvals_open:
            self._withdraw_approvals(at)
        if self._client_message_at is not None:
            if at > self._client_message_at:
                self.messages.append((self._client_message_at, at, FINISHED_UNANSWERED))
            self._client_message_at = None
        if self._update_since is not None:
            if at > self._update_since:
                self.updates.append((self._update_since, at, FINISHED_UNANSWERED))
            self._update_since = None

    def _end_approval(self, asked: Event, at: Instant | None, ending: str) -> None:
        self.approvals.append((max(asked.at, self.created), at, ending))
        self.approvers.append(asked.value or None)

    def _withdraw_approvals(self, at: Instant) -> None:
        for asked in self._approvals_open.values():
            if at > max(asked.at, self.created):
                self._end_approval(asked, at, WITHDRAWN)
        self._approvals_open.clear()

    def _reopen(self, at: Instant) -> None:
        self.finished = False
        self.reopened += 1
        self._cut(at)
        self.finishes[-1].reopened_at = at
        if self._client_message_at is not None:
            # What was written to a finished ticket wants an answer once the ticket is open again.
            self._client_message_at = at
        if self.last_provider_word is not None:
            self._update_since = at

    def _respond(self, at: Instant, *, answers: bool = True) -> None:
        opening = self._provider_opened and at == self.created
        if self.first_response is None and not opening:
            self.first_response = at
        if answers and self._client_message_at is not None:
            if not self.finished:
                self.messages.append((self._client_message_at, at, ""))
            self._client_message_at = None

    def _respond_by_status(self, event: Event, at: Instant) -> None:
        if event.side is not _CLIENT and at > self.created and self._is_human(event):
            self._respond(at)

    def _is_screened(self, event: Event, at: Instant) -> bool:
        """Whether the contract takes a reply for an automatic one, whatever its source says."""
        compiled = self._compiled
        within = compiled.rules.auto_reply_within
        return (within > 0 and at - self.created <= within) or compiled.is_automatic_author(
            event.actor
        )

    def _is_human(self, event: Event) -> bool:
        return not event.automatic and not self._compiled.is_automatic_author(event.actor)

    def _note_unmapped(self, status: str) -> None:
        if status and status not in self.unmapped:
            self.unmapped = (*self.unmapped, status)
