"""Explanations: how one ticket's clocks come to what they say, stretch by stretch.

Everything here is read off the same history, duties and counting that the fold uses; nothing is
worked out a second way. What the fold does not keep is only *why* a court or a pause began, so
the events are walked with a history that also notes that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine import sentences
from engagewatch.engine.calendars import Calendar
from engagewatch.engine.clocks import bounds_of, clock_of, stretches, terms_for
from engagewatch.engine.compiled import CompiledPolicy
from engagewatch.engine.courts import standing_of
from engagewatch.engine.doubts import least
from engagewatch.engine.history import History, OpenSpan
from engagewatch.engine.obligations import Duty, duties_of
from engagewatch.engine.phrases import moment
from engagewatch.engine.walk import read_history
from engagewatch.model.clock import Clock, ClockState, Obligation, Standing
from engagewatch.model.instants import DAY, Instant
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Claim, Event, Ticket

if TYPE_CHECKING:
    from engagewatch.engine.compiled import Sense

PAUSED = "paused"
"""How the reason of every paused segment begins."""

_NIGHTS_SHOWN_WITHIN = 14 * DAY
"""A longer stretch is not cut at every closing time; its sum says the same."""


@dataclass(frozen=True, slots=True)
class CourtSegment:
    """A stretch of the ticket's life in one side's court."""

    side: Side
    from_at: Instant
    until_at: Instant
    """Its end, or the instant of asking where it still lasts."""
    lasts: bool
    why: str
    """E.g. ``status Pending`` or ``the client answered; the status still said Pending``."""


@dataclass(frozen=True, slots=True)
class TimeSegment:
    """A stretch of a duty's span, counted or not, and why."""

    from_at: Instant
    until_at: Instant
    counted: bool
    seconds: int
    """Business seconds that it added to the clock, or that a pause kept out of it."""
    why: str


@dataclass(frozen=True, slots=True)
class Account:
    """How one clock comes to what it says."""

    clock: Clock
    state: ClockState
    """At the instant of asking."""
    consumed: int
    """Business seconds at the instant of asking: the sum of the counted segments."""
    paused: int
    """Business seconds kept out by pauses up to the instant of asking."""
    felt: int
    """Calendar seconds from start to stop, or to the instant of asking; nothing taken off."""
    at_least: int
    """The least that may have been consumed, given what nobody saw; else ``consumed``."""
    at_most: int
    claim: Claim | None
    """What the provider's own tool says of this duty."""
    segments: tuple[TimeSegment, ...]
    """In order of time, from start to stop or to the instant of asking."""
    sentence: str
    """The verdict and its reason, in one plain sentence."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one ticket stands, and how it came to that."""

    as_of: Instant
    standing: Standing
    courts: tuple[CourtSegment, ...]
    """In order, without holes, from creation to the end or to the instant of asking."""
    accounts: tuple[Account, ...]
    """One per clock, in the order of the fold."""
    sentence: str
    """The sentence of the duty that matters most: the last resolution."""
    notes: tuple[str, ...]
    """What could not be seen or was not understood."""


def explain(
    ticket: Ticket, events: Sequence[Event], compiled: CompiledPolicy, now: Instant
) -> Explanation:
    """Return how the clocks of ``ticket`` come to what they say at ``now``."""
    history = read_history(ticket, events, compiled, _TellingHistory)
    now = max(now, *history.instants)
    duties = [Duty._make(row) for row in duties_of(history, compiled)]
    accounts = tuple(_account(duty, history, compiled, now) for duty in duties)
    resolutions = [row for row in accounts if row.clock.obligation is Obligation.RESOLUTION]
    return Explanation(
        as_of=now,
        standing=standing_of(history, compiled.business, has_messages=compiled.has_messages),
        courts=tuple(_courts(history, now)),
        accounts=accounts,
        sentence=resolutions[-1].sentence,
        notes=tuple(_notes(history, compiled)),
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    """Where a ticket stood from ``at`` on."""

    at: Instant
    sense: Sense
    answered: bool
    approving: bool
    finished: bool

    def court_words(self) -> str:
        """Return why the ticket was in its court."""
        status = self.sense.status
        if self.finished:
            return f"finished: status {status}" if self.sense.finished else "finished"
        if self.approving:
            return "the client was asked to approve"
        if self.sense.waiting and self.answered:
            return f"the client answered; the status still said {status}"
        if not status:
            return "newly opened"
        return f"status {status}" if self.sense.known else f"status {status}, which means nothing"

    def pause_words(self) -> str:
        """Return why the provider's clocks stood still."""
        meaning = self.sense.meaning
        if meaning is StatusMeaning.CLIENT:
            return f"paused while waiting for the client (status {self.sense.status})"
        if meaning is StatusMeaning.THIRD_PARTY:
            return f"paused while with a third party (status {self.sense.status})"
        return f"paused while in nobody's court (status {self.sense.status})"


class _TellingHistory(History):
    """A history that also notes why its courts and pauses began."""

    __slots__ = ("moments",)

    def __init__(self, ticket: Ticket, compiled: CompiledPolicy, status: str) -> None:
        self.moments: list[_Moment] = []
        super().__init__(ticket, compiled, status)
        if not self.moments:
            self._settle(ticket.created_at)

    def _settle(self, at: Instant) -> None:
        super()._settle(at)
        moment = _Moment(
            at, self._sense, self._client_answered, bool(self._approvals_open), self.finished
        )
        self.moments.append(moment)

    def moment_at(self, at: Instant) -> _Moment:
        """Return where the ticket stood at ``at``."""
        return [moment for moment in self.moments if moment.at <= at][-1]


def _courts(history: _TellingHistory, now: Instant) -> Iterator[CourtSegment]:
    for since, until, side in history.spans:
        yield CourtSegment(side, since, until, False, history.moment_at(since).court_words())
    if not history.finished:
        since = history.court_since
        why = history.moment_at(since).court_words()
        yield CourtSegment(history.court, since, now, True, why)


def _account(
    duty: Duty, history: _TellingHistory, compiled: CompiledPolicy, now: Instant
) -> Account:
    clock = clock_of(duty, history, compiled.rules)
    terms, since, _ = terms_for(duty, history, compiled.rules)
    calendar = terms.promises[duty.obligation].calendar
    # A clock that still runs is shown with its doubts taken off, as the fold counts it.
    shown = least(duty) if duty.doubts and duty.stop is None else duty
    if clock.stopped_at is not None:
        end = clock.stopped_at
    else:
        end = now if clock.is_open else clock.started_at
    segments = tuple(_segments(shown, since, calendar, history, end))
    consumed = sum(segment.seconds for segment in segments if segment.counted)
    at_least = at_most = consumed
    if duty.doubts and duty.stop is not None:
        counts = history.counts(calendar)
        fewest, greatest = bounds_of(duty, since, calendar, counts, clock.target)
        at_least, at_most = fewest[0], greatest[0]
    state = clock.state_at(now)
    last = segments[-1] if segments else None
    sentence = sentences.verdict(
        clock,
        state,
        consumed=consumed,
        bounds=(at_least, at_most),
        pauses=[(row.seconds, row.why) for row in segments if row.why.startswith(PAUSED)],
        standing_still=last is not None and last.why.startswith(PAUSED),
        timezone=compiled.policy.timezone,
    )
    return Account(
        clock=clock,
        state=state,
        consumed=consumed,
        paused=sum(row.seconds for row in segments if row.why.startswith(PAUSED)),
        felt=end - clock.started_at,
        at_least=at_least,
        at_most=at_most,
        claim=_claim(history.ticket, clock),
        segments=segments,
        sentence=sentence,
    )


def _segments(
    duty: Duty, since: Instant, calendar: Calendar, history: _TellingHistory, end: Instant
) -> Iterator[TimeSegment]:
    """Yield the stretches of ``duty`` up to ``end``, in order, each with what it counted."""
    if since > duty.start:
        why = "not counted: the terms changed, and the clock started again"
        seconds = calendar.seconds_between(duty.start, since)
        yield TimeSegment(duty.start, since, False, seconds, why)
    pieces = [(start, until, "") for start, until in stretches(since, duty)]
    pieces += [piece for pause in duty.pauses for piece in _pause_pieces(duty, history, pause)]
    pieces += [(start, until, "not counted: the ticket was finished") for start, until in duty.gaps]
    for start, stop, why in sorted(pieces, key=lambda piece: piece[0]):
        start = max(start, since)
        stop = end if stop is None else min(stop, end)
        if stop <= start:
            continue
        if why:
            seconds = calendar.seconds_between(start, stop)
            yield TimeSegment(start, stop, False, seconds, why)
        else:
            yield from _counted_segments(calendar, start, stop)


def _counted_segments(calendar: Calendar, start: Instant, stop: Instant) -> Iterator[TimeSegment]:
    """Yield a counted stretch, cut where the calendar closes if that stays readable."""
    if stop - start > _NIGHTS_SHOWN_WITHIN:
        seconds = calendar.seconds_between(start, stop)
        yield TimeSegment(start, stop, True, seconds, f"counted within {calendar.name} hours")
        return
    closed = f"not counted: outside {calendar.name} hours"
    if calendar.spec.closures:
        closed += " or in planned maintenance"
    at = start
    for opening, closing in calendar.openings(start, stop):
        if opening > at:
            yield TimeSegment(at, opening, False, 0, closed)
        yield TimeSegment(opening, closing, True, closing - opening, "counted")
        at = closing
    if at < stop:
        yield TimeSegment(at, stop, False, 0, closed)


def _pause_pieces(
    duty: Duty, history: _TellingHistory, pause: OpenSpan
) -> list[tuple[Instant, Instant | None, str]]:
    """Return a pause cut where its reason changes."""
    start, until = pause
    turns = {start, *(moment.at for moment in history.moments)}
    turns.update(since for since, _, _ in (*history.questions, *history.approvals))
    turns.update(edge for doubt in duty.doubts for edge in doubt if edge is not None)
    cuts = sorted(at for at in turns if at >= start and (until is None or at < until))
    pieces: list[tuple[Instant, Instant | None, str]] = []
    for at, following in zip(cuts, [*cuts[1:], until], strict=True):
        why = _pause_reason(duty, history, at)
        if pieces and pieces[-1][2] == why:
            pieces[-1] = (pieces[-1][0], following, why)
        else:
            pieces.append((at, following, why))
    return pieces


def _pause_reason(duty: Duty, history: _TellingHistory, at: Instant) -> str:
    if _covers(duty.doubts, at):
        return f"{PAUSED} in case it stood still: nobody saw the status"
    if _covers(history.pauses, at):
        return history.moment_at(at).pause_words()
    if _covers([(since, until) for since, until, _ in history.approvals], at):
        return f"{PAUSED} while the client was asked to approve"
    return f"{PAUSED} while a question to the client stood open"


def _covers(spans: Sequence[OpenSpan], at: Instant) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in spans)


def _claim(ticket: Ticket, clock: Clock) -> Claim | None:
    for claim in ticket.claims:
        if claim.obligation is clock.obligation:
            return claim
    return None


def _notes(history: History, compiled: CompiledPolicy) -> Iterator[str]:
    timezone = compiled.policy.timezone
    for since, until in compiled.policy.maintenance:
        if since < history.instants[-1] and until > history.created:
            does = "counts" if compiled.rules.maintenance_counts else "does not count"
            yield (
                f"planned maintenance {moment(since, timezone)} to {moment(until, timezone)} {does}"
            )
    for status in history.unmapped:
        yield f"status {status} has no meaning in the engagement file; nobody held the ticket"
    if not compiled.has_messages:
        yield "the source shows no messages; questions and answers are read from statuses"
    if not compiled.has_history and history.doubts:
        yield "the source shows no history; where the ticket stood between two sights is unknown"
    name = history.priorities[-1][1].name
    if not any(promise.target for promise in history.priorities[-1][1].promises.values()):
        yield f"the contract sets no targets for priority {name or 'none'}"
