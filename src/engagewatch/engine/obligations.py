"""Obligations: which duties a ticket's history holds, and when each began and ended.

What is owed is decided here; how long it took and whether that was in time is for ``clocks``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from engagewatch.engine.compiled import CompiledPolicy
from engagewatch.engine.courts import evidence, union
from engagewatch.engine.history import History, OpenSpan
from engagewatch.engine.reasons import (
    DELETED,
    FINISHED_AT_ONCE,
    FINISHED_UNANSWERED,
    OPENED_BY_PROVIDER,
)
from engagewatch.model.clock import Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.policy import Pause, Reopen

_NONE: tuple[OpenSpan, ...] = ()
_FIRST = Obligation.FIRST_RESPONSE
_RESOLUTION = Obligation.RESOLUTION


class Duty(NamedTuple):
    """One obligation of one ticket, before it is timed."""

    obligation: Obligation
    round: int
    start: Instant
    stop: Instant | None
    """``None`` while it stands."""
    ending: str
    """Why it ended without being done (a code of ``reasons``), else empty."""
    pauses: Sequence[OpenSpan]
    """When its clock stood still: disjoint, in order."""
    gaps: Sequence[OpenSpan]
    """When the ticket was finished in between, which is neither counted nor a pause."""
    excluded: str
    """Why it is not judged at all (a code of ``reasons``), else empty."""
    doubts: Sequence[OpenSpan] = ()
    """When nobody saw whether its clock ran: disjoint, in order."""


DutyRow: TypeAlias = tuple[
    Obligation,
    int,
    Instant,
    Instant | None,
    str,
    Sequence[OpenSpan],
    Sequence[OpenSpan],
    str,
    Sequence[OpenSpan],
]
"""The fields of a :class:`Duty`, bare: naming them costs as much as counting most duties does."""


def duties_of(history: History, compiled: CompiledPolicy) -> list[DutyRow]:
    """Return the duties in ``history``, by obligation and round."""
    pauses = provider_pauses(history, compiled)
    resolutions = _resolutions(history, compiled, pauses)
    duties: list[DutyRow] = []
    _first_response(duties, history, compiled, pauses)
    if compiled.has_messages:
        promised = compiled.promised
        if history.messages and Obligation.NEXT_RESPONSE in promised:
            _rounds(duties, Obligation.NEXT_RESPONSE, history.messages, pauses)
        if history.updates and Obligation.UPDATE in promised:
            _rounds(duties, Obligation.UPDATE, history.updates, pauses)
    duties.extend(resolutions)
    if history.questions:
        _rounds(duties, Obligation.REPLY, history.questions, _NONE)
    if history.approvals:
        _rounds(duties, Obligation.APPROVAL, history.approvals, _NONE)
    if history.surveys:
        _rounds(duties, Obligation.SURVEY, history.surveys, _NONE)
    if not compiled.has_history or not compiled.has_messages:
        duties = [_doubted(Duty._make(duty), history, compiled) for duty in duties]
    reason = history.finishes[-1].reason if history.finished else ""
    if history.finished and not reason and compiled.rules.not_judged_within:
        life = history.finishes[-1].at - history.created
        reason = FINISHED_AT_ONCE if life <= compiled.rules.not_judged_within else ""
    if history.ticket.deleted:
        reason = DELETED
    if reason:
        whole = reason in (DELETED, FINISHED_AT_ONCE)
        since = history.created if whole else Duty._make(resolutions[-1]).start
        finished_at = history.finishes[-1].at
        for place, row in enumerate(duties):
            duty = Duty._make(row)
            if duty.start >= since:
                # A survey may have been sent after the end.
                stop = max(finished_at, duty.start) if duty.stop is None else duty.stop
                duties[place] = duty._replace(stop=stop, excluded=reason)
    return duties


def provider_pauses(history: History, compiled: CompiledPolicy) -> Sequence[OpenSpan]:
    """Return when the contract stops the provider's clocks."""
    pauses = _all_pauses(history, compiled)
    if compiled.rules.born_paused_counts and pauses and pauses[0][0] == history.created:
        begins, until = history.first_response, pauses[0][1]
        runs_on = begins is None or (until is not None and begins >= until)
        head = () if runs_on else ((begins, until),)
        return [*head, *pauses[1:]]
    return pauses


def _all_pauses(history: History, compiled: CompiledPolicy) -> Sequence[OpenSpan]:
    if compiled.rules.pause is not Pause.EVIDENCED:
        return history.pauses
    proven = evidence(history) if compiled.has_messages else []
    if not history.pauses:
        return proven
    return union((*history.pauses, *proven)) if proven else history.pauses


def _doubted(duty: Duty, history: History, compiled: CompiledPolicy) -> Duty:
    """Return ``duty`` with the times at which nobody saw whether its clock ran."""
    rules = compiled.rules
    doubts: Sequence[OpenSpan] = history.doubts
    if duty.obligation in (Obligation.APPROVAL, Obligation.SURVEY):
        return duty
    if duty.obligation is Obligation.REPLY:
        return duty._replace(doubts=doubts)
    if duty.obligation is Obligation.FIRST_RESPONSE and not (
        rules.first_response_pauses or duty.ending
    ):
        return duty
    if not compiled.has_messages and rules.pause is Pause.EVIDENCED:
        # Whether a question stood open while the status said so is not to be seen.
        doubts = union((*doubts, *history.claimed))
    elif rules.pause is Pause.NONE and not (rules.third_party_pauses or rules.nobody_pauses):
        # Nothing could have paused it; only when it ended may be in doubt.
        doubts = [doubt for doubt in doubts if doubt[1] in history.seen_ends]
    return duty._replace(doubts=doubts)


def _first_response(
    duties: list[DutyRow], history: History, compiled: CompiledPolicy, pauses: Sequence[OpenSpan]
) -> None:
    rules = compiled.rules
    created = history.created
    if history.answered_from_start:
        duties.append((_FIRST, 1, created, None, "", _NONE, _NONE, OPENED_BY_PROVIDER, _NONE))
        return
    stop, ending = history.first_response, ""
    if stop is None:
        if not (
            compiled.has_messages or rules.assignment_is_response or rules.status_change_is_response
        ):
            return  # a response could not have been seen
        if history.finished:
            stop, ending = history.finishes[-1].at, FINISHED_UNANSWERED
    holes = pauses if rules.first_response_pauses else _NONE
    duties.append((_FIRST, 1, created, stop, ending, holes, _NONE, "", _NONE))


def _resolutions(
    history: History, compiled: CompiledPolicy, pauses: Sequence[OpenSpan]
) -> list[DutyRow]:
    """Return one resolution per cycle: a reopening continues a cycle or starts the next."""
    cycles: list[DutyRow] = []
    start = history.created
    gaps: list[OpenSpan] = []
    stop: Instant | None = None
    for finish in history.finishes:
        stop = finish.stop(compiled.rules.stop)
        reopened_at = finish.reopened_at
        if stop is None or reopened_at is None:
            continue
        if _continues(history, compiled, stop, reopened_at):
            if compiled.rules.reopen is Reopen.CONTINUE:
                gaps.append((stop, reopened_at))
        else:
            number = len(cycles) + 1
            cycles.append((_RESOLUTION, number, start, stop, "", pauses, gaps, "", _NONE))
            start, gaps = reopened_at, []
        stop = None
    cycles.append((_RESOLUTION, len(cycles) + 1, start, stop, "", pauses, gaps, "", _NONE))
    return cycles


def _continues(
    history: History, compiled: CompiledPolicy, stop: Instant, reopened_at: Instant
) -> bool:
    """Return whether a reopening belongs to the same piece of work."""
    rules = compiled.rules
    if rules.reopen is Reopen.NEW_CYCLE:
        return False
    calendar = history.priorities[-1][1].calendar
    limit = compiled.seconds_of(rules.reopen_within, calendar)
    return limit == 0 or calendar.seconds_between(stop, reopened_at) <= limit


def _rounds(
    duties: list[DutyRow],
    obligation: Obligation,
    exchanges: Sequence[tuple[Instant, Instant | None, str]],
    pauses: Sequence[OpenSpan],
) -> None:
    for number, (start, stop, ending) in enumerate(exchanges, 1):
        duties.append((obligation, number, start, stop, ending, pauses, _NONE, "", _NONE))
