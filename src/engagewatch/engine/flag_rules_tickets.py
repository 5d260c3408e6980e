"""Flag rules on open tickets. Whatever is held against one side is held against the other.

Both ledgers pass through the same functions with the same thresholds, the same severities and the
same turns of phrase; only the names change.
"""

from __future__ import annotations

from engagewatch.engine.handling import subject_of
from engagewatch.engine.phrases import duty, moment, span, working_span
from engagewatch.engine.situation import OpenClock, OpenTicket, Situation
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.flag import Flag, Severity
from engagewatch.model.instants import DAY, HOUR, Instant, to_datetime, zone
from engagewatch.model.sides import Side

SOON_SHARE = 0.25
"""A clock with at most this share of its target left is due soon."""

SOON_SECONDS = HOUR
"""So is one whose due instant is at most this far away."""

SILENT_AFTER = 3 * DAY
"""Calendar time without a word from the side that holds the ticket."""

UNBACKED_AFTER = HOUR
"""Waiting that status and messages disagree on is flagged from here on."""

SUBJECT_SHOWN = 35
"""Characters of a subject in a title."""

CHECKS_PER_TICKET = 3
"""Silence and the two ways in which status and messages disagree."""

CHECKS_PER_CLOCK = 2
"""Missed, due soon."""

_OVERDUE_RULES = {
    Obligation.REPLY: "client_reply_overdue",
    Obligation.APPROVAL: "approval_overdue",
}
_WHERE = {Side.THIRD_PARTY: "with a third party", Side.NOBODY: "in nobody's court"}
_SOON_RULES = {
    Obligation.REPLY: "client_reply_due_soon",
    Obligation.APPROVAL: "approval_due_soon",
}


def ticket_flags(ticket: OpenTicket, situation: Situation, now: Instant) -> list[Flag]:
    """Return the flags of one open ticket, in no particular order."""
    flags = []
    for clock in _owed_apart(ticket):
        flag = _missed(ticket, clock, situation, now) or _due_soon(ticket, clock, situation, now)
        if flag is not None:
            flags.append(flag)
    # A side already called for this ticket is not told a second time that it is silent.
    if not any(flag.side is ticket.court for flag in flags):
        flags += _silent(ticket, situation, now)
    flags += _unasked_pause(ticket, situation)
    flags += _unrecorded_wait(ticket, situation)
    return flags


def _owed_apart(ticket: OpenTicket) -> list[OpenClock]:
    """Return the clocks that each need an act of their own.

    The question that came with a request for approval is answered by the decision.
    """
    decides = any(one.clock.obligation is Obligation.APPROVAL for one in ticket.clocks)
    return [
        one for one in ticket.clocks if not (decides and one.clock.obligation is Obligation.REPLY)
    ]


def _missed(
    ticket: OpenTicket, open_clock: OpenClock, situation: Situation, now: Instant
) -> Flag | None:
    clock, left = open_clock.clock, open_clock.left
    if clock.target is None:
        return None
    if clock.state_at(now) is not ClockState.MISSED and (left is None or left >= 0):
        return None
    over = 0 if left is None else max(0, -left)
    debtor = situation.name(clock.ledger)
    due = "" if clock.due_at is None else f"It was due {_at(clock.due_at, situation)}. "
    bearing = _circumstances(ticket, clock.ledger, situation)
    rule = _OVERDUE_RULES.get(clock.obligation, "provider_clock_missed")
    return Flag(
        rule=rule,
        key=_clock_key(rule, ticket, clock),
        severity=Severity.URGENT if ticket.rank <= 1 else Severity.ATTENTION,
        side=_whose_move(ticket, clock.ledger),
        title=f"{_name(ticket)}: {duty(clock.obligation)} overdue",
        detail=f"{debtor} had {working_span(clock.target)} for the {duty(clock.obligation)} and is "
        f"{working_span(over)} over. {due}{bearing}".strip(),
        next_step=_ask(ticket, open_clock, situation),
        since=clock.due_at,
        owner=open_clock.owner or None,
        weight=_weight(ticket, 100 * min(1.0, over / clock.target if clock.target else 1.0)),
        ticket=(ticket.source, ticket.id),
        about=_about(ticket, clock),
    )


def _due_soon(
    ticket: OpenTicket, open_clock: OpenClock, situation: Situation, now: Instant
) -> Flag | None:
    clock, left = open_clock.clock, open_clock.left
    due = clock.due_at
    if clock.state is not ClockState.RUNNING or due is None or left is None or not clock.target:
        return None
    if left > SOON_SHARE * clock.target and due - now > SOON_SECONDS:
        return None
    rule = _SOON_RULES.get(clock.obligation, "provider_due_soon")
    return Flag(
        rule=rule,
        key=_clock_key(rule, ticket, clock),
        severity=Severity.ATTENTION,
        side=_whose_move(ticket, clock.ledger),
        title=f"{_name(ticket)}: {duty(clock.obligation)} due {_at_or_today(due, situation, now)}",
        detail=f"{situation.name(clock.ledger)} has {working_span(left)} left of "
        f"{working_span(clock.target)}. {_circumstances(ticket, clock.ledger, situation)}".strip(),
        next_step=_ask(ticket, open_clock, situation),
        since=clock.started_at,
        owner=open_clock.owner or None,
        weight=_weight(ticket, 50 * (1 - min(1.0, left / clock.target))),
        ticket=(ticket.source, ticket.id),
        about=_about(ticket, clock),
    )


def _silent(ticket: OpenTicket, situation: Situation, now: Instant) -> list[Flag]:
    words = {Side.PROVIDER: ticket.last_provider_word, Side.CLIENT: ticket.last_client_word}
    if ticket.court not in words:
        return []
    since = max(ticket.court_since, words[ticket.court] or 0)
    if now - since < SILENT_AFTER:
        return []
    holder = situation.name(ticket.court)
    quiet = f"No word from {holder}" if ticket.words_seen else f"No movement in {holder}'s court"
    rule = "silent_provider" if ticket.court is Side.PROVIDER else "silent_client"
    return [
        Flag(
            rule=rule,
            key=_key(rule, ticket),
            severity=Severity.ATTENTION if ticket.rank <= 1 else Severity.NOTICE,
            side=ticket.court,
            title=f"{_name(ticket)}: {quiet[0].lower()}{quiet[1:]} for {span(now - since)}",
            detail=f"{quiet} since {_at(since, situation)}, though the ticket is in their hands.",
            next_step=f"Ask {holder} for a word on where {ticket.reference} stands, or who has it."
            if ticket.court is Side.PROVIDER
            else f"Give a word on where {ticket.reference} stands, or name who has it.",
            since=since,
            owner=_owner(ticket),
            weight=_weight(ticket, min(50.0, (now - since) / DAY)),
            ticket=(ticket.source, ticket.id),
        )
    ]


def _unasked_pause(ticket: OpenTicket, situation: Situation) -> list[Flag]:
    seconds = ticket.unasked_pause or 0
    if ticket.court is not Side.CLIENT or seconds < UNBACKED_AFTER:
        return []
    provider, client = situation.provider, situation.client
    return [
        Flag(
            rule="pause_without_question",
            key=_key("pause_without_question", ticket),
            severity=Severity.ATTENTION if ticket.rank <= 1 else Severity.NOTICE,
            side=Side.PROVIDER,
            title=f"{_name(ticket)}: paused without a recorded question",
            detail=f"For {span(seconds)} its status has said that {client} is awaited, but no "
            f"question to {client} is on record.",
            next_step=f"Ask {provider} what they need from {client}, or to take the ticket back.",
            since=ticket.court_since,
            weight=_weight(ticket, min(40.0, seconds / HOUR)),
            ticket=(ticket.source, ticket.id),
        )
    ]


def _unrecorded_wait(ticket: OpenTicket, situation: Situation) -> list[Flag]:
    seconds = ticket.unrecorded_wait or 0
    if seconds < UNBACKED_AFTER:
        return []
    provider, client = situation.provider, situation.client
    return [
        Flag(
            rule="question_without_pause",
            key=_key("question_without_pause", ticket),
            severity=Severity.ATTENTION if ticket.rank <= 1 else Severity.NOTICE,
            side=Side.CLIENT,
            title=f"{_name(ticket)}: a question stood open without a pause",
            detail=f"For {span(seconds)} a question to {client} stood open while the status still "
            f"counted the time as {provider}'s.",
            next_step=f"Answer it if it still stands, and expect {provider} to claim that time.",
            since=ticket.court_since,
            weight=_weight(ticket, min(40.0, seconds / HOUR)),
            ticket=(ticket.source, ticket.id),
        )
    ]


def _about(ticket: OpenTicket, clock: Clock) -> str:
    if clock.ledger is not Side.CLIENT:
        return ""
    return subject_of(ticket.source, ticket.id, clock.obligation, clock.round)


def _whose_move(ticket: OpenTicket, ledger: Side) -> Side:
    """Return who can act: the side that owes it, unless the other side holds the ticket."""
    if ledger is Side.PROVIDER and ticket.court is Side.CLIENT:
        return Side.CLIENT
    return ledger


def _circumstances(ticket: OpenTicket, ledger: Side, situation: Situation) -> str:
    """Say what else bears on a clock: who holds the ticket, or what the delay holds up."""
    if ledger is Side.PROVIDER:
        if ticket.court is Side.PROVIDER:
            return ""
        where = _WHERE.get(ticket.court) or f"in the court of {situation.name(ticket.court)}"
        return f"The ticket has been {where} since {_at(ticket.court_since, situation)}."
    for held in ticket.clocks:
        if held.clock.ledger is not Side.PROVIDER or held.clock.target is None:
            continue
        work = f"{situation.provider}'s {duty(held.clock.obligation)}"
        if held.clock.state is ClockState.PAUSED:
            left = "" if held.left is None else f" with {working_span(max(0, held.left))} left"
            return f"Meanwhile {work} stands still{left}."
        if held.clock.due_at is not None:
            return (
                f"Meanwhile the clock of {work} runs on, due {_at(held.clock.due_at, situation)}."
            )
    return ""


def _ask(ticket: OpenTicket, open_clock: OpenClock, situation: Situation) -> str:
    obligation = open_clock.clock.obligation
    if obligation is Obligation.APPROVAL:
        return f"Approve or refuse {ticket.reference}, or name who decides."
    if obligation.ledger is Side.CLIENT or ticket.court is Side.CLIENT:
        return f"Answer {ticket.reference}, or name who will."
    # Nobody is asked for a name that is on record.
    unnamed = "" if open_clock.owner else f"who is on {ticket.reference} and "
    about = f" on {ticket.reference}" if open_clock.owner else ""
    return f"Ask {situation.provider} {unnamed}when to expect the next step{about}."


def _weight(ticket: OpenTicket, extra: float) -> float:
    """Return the consequence: the contract's priority first, then how bad it is."""
    return 1000 / (1 + ticket.rank) + extra


def _owner(ticket: OpenTicket) -> str | None:
    for open_clock in ticket.clocks:
        if open_clock.clock.ledger is ticket.court and open_clock.owner:
            return open_clock.owner
    return None


def _key(rule: str, ticket: OpenTicket) -> str:
    return f"{rule}:{ticket.source}:{ticket.id}"


def _clock_key(rule: str, ticket: OpenTicket, clock: Clock) -> str:
    return f"{_key(rule, ticket)}:{clock.obligation.value}:{clock.round}"


def _name(ticket: OpenTicket) -> str:
    """Return the reference with the beginning of the subject, where subjects are kept."""
    subject = ticket.subject
    if len(subject) > SUBJECT_SHOWN:
        subject = subject[: SUBJECT_SHOWN - 1].rstrip() + "…"
    return f"{ticket.reference} {subject}".strip()


def _at(instant: Instant, situation: Situation) -> str:
    return moment(instant, situation.timezone)


def _at_or_today(instant: Instant, situation: Situation, now: Instant) -> str:
    local = to_datetime(instant, zone(situation.timezone))
    if local.date() == to_datetime(now, zone(situation.timezone)).date():
        return f"today {local:%H:%M}"
    return _at(instant, situation)
