"""A policy made ready for folding: statuses to senses, priorities to targets and calendars.

It is compiled once and asked millions of times, so every answer is
looked up by the raw text that the source uses and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple, TypeAlias

from engagewatch.engine.calendars import Calendar, compile_calendar
from engagewatch.engine.working_days import WorkingDays
from engagewatch.model.clock import Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.policy import (
    ALWAYS,
    BusinessDay,
    Duration,
    Pause,
    Policy,
    ServiceLevel,
    levels_on,
)
from engagewatch.model.sides import Side, StatusMeaning


class Sense:
    """What one raw status means for courts and pauses under one policy."""

    __slots__ = ("court", "finished", "known", "meaning", "pauses", "plain", "status", "waiting")

    def __init__(self, status: str, meaning: StatusMeaning | None, *, pauses: bool) -> None:
        """Make the sense of a status with ``meaning``; ``None`` for one that has none."""
        self.status = status
        self.meaning = meaning
        self.known = meaning is not None
        self.court = Side.NOBODY if meaning is None else meaning.court
        self.finished = meaning is not None and meaning.is_finished
        self.waiting = meaning is StatusMeaning.CLIENT
        self.pauses = pauses
        """Whether this status takes time off the provider's clocks."""
        self.plain = self.known and not (self.waiting or self.finished or pauses)
        """Whether a ticket may be born with it without anything to note."""


class Promise(NamedTuple):
    """What is promised of one obligation."""

    calendar: Calendar
    target: int | None
    """Open seconds of ``calendar``; ``None`` where the contract sets none."""
    days: WorkingDays | None = None
    """What ``target`` stands for, where that depends on when a clock starts."""


class Terms:
    """What the contract promises for one priority."""

    __slots__ = ("calendar", "name", "promises", "raw")

    def __init__(
        self, raw: str, name: str, calendar: Calendar, promises: Mapping[Obligation, Promise]
    ) -> None:
        """Bind a priority's name to its calendar and to what is promised of each obligation.

        ``raw`` is what the source calls it, ``name`` the contract.
        """
        self.raw = raw
        self.name = name
        self.calendar = calendar
        self.promises = promises


Held: TypeAlias = tuple[Instant, Terms]
"""Terms, and the instant from which on they held."""


class CompiledPolicy:
    """How one source's tickets are read under one policy, as it stands on one day."""

    __slots__ = (
        "_calendars",
        "_day",
        "_levels",
        "_meanings",
        "_terms",
        "amended",
        "automatic_authors",
        "business",
        "has_history",
        "has_messages",
        "policy",
        "promised",
        "rules",
        "screens_replies",
        "senses",
        "unknown_at_creation",
    )

    def __init__(self, policy: Policy, day: date) -> None:
        """Compile what holds of ``policy`` for tickets created on ``day``.

        Raises:
            KeyError: a service level or the participation names a calendar that does not exist.
            ValueError: a calendar cannot be compiled.
        """
        self.policy = policy
        self._day = day
        self.amended: Callable[[list[Held], list[Instant]], list[Held]] | None = None
        """Puts later contracts into the terms a ticket held, where they apply to open tickets."""
        self.rules = policy.rules
        self.has_messages = policy.has_messages
        self.has_history = policy.has_history
        self.automatic_authors = frozenset(name.lower() for name in self.rules.auto_reply_authors)
        self.screens_replies = bool(self.automatic_authors) or self.rules.auto_reply_within > 0
        """Whether a reply may be automatic although its source does not say so."""
        self._calendars = {ALWAYS.name: ALWAYS, **policy.calendars}
        self.business = self._calendar(policy.participation.calendar)
        """The engagement's own calendar."""
        self._meanings = {status.lower(): sense for status, sense in policy.meanings.items()}
        self.senses = _Senses(self._new_sense)
        """What each raw status means; one with no meaning is in nobody's court."""
        self.unknown_at_creation = Sense("", StatusMeaning.PROVIDER, pauses=False)
        """A new ticket whose first status nobody tells is the provider's to pick up."""
        self._levels: dict[str, ServiceLevel] = {}
        levels = levels_on(policy.service_levels, day)
        # Where rows of two names claim one raw priority, the later contract holds.
        for level in sorted(levels, key=lambda level: level.since or date.min, reverse=True):
            self._calendar(level.calendar)
            for name in (level.priority, *level.matches):
                self._levels.setdefault(name.lower(), level)
        self._terms: dict[str | None, Terms] = {}
        self.promised = frozenset(obligation for level in levels for obligation in level.targets)
        """Obligations for which at least one priority has a target."""

    def terms(self, priority: str | None) -> Terms:
        """Return what is promised for a raw priority; an unmatched one keeps its own name."""
        terms = self._terms.get(priority)
        if terms is None:
            terms = self._terms[priority] = self._new_terms(priority)
        return terms

    def is_automatic_author(self, actor: str | None) -> bool:
        """Return whether the contract counts what ``actor`` writes as automatic."""
        if actor is None or not self.automatic_authors:
            return False
        return actor.lower() in self.automatic_authors

    def seconds_of(self, duration: Duration, calendar: Calendar) -> int:
        """Return ``duration`` in open seconds of ``calendar``, as the contract means it."""
        return calendar.seconds_of(duration, self._day)

    def _calendar(self, name: str) -> Calendar:
        return compile_calendar(self._calendars[name])

    def _providers_calendar(self, name: str) -> Calendar:
        spec = self._calendars[name]
        if not self.rules.maintenance_counts:
            spec = replace(spec, closures=self.policy.maintenance)
        return compile_calendar(spec)

    def _new_sense(self, status: str) -> Sense:
        rules = self.rules
        meaning = self._meanings.get(status.lower())
        if meaning is StatusMeaning.CLIENT:
            pauses = rules.pause is Pause.CLAIMED
        elif meaning is StatusMeaning.THIRD_PARTY:
            pauses = rules.third_party_pauses
        elif meaning is StatusMeaning.NOBODY or meaning is None:
            pauses = rules.nobody_pauses
        else:
            pauses = False
        return Sense(status, meaning, pauses=pauses)

    def _new_terms(self, priority: str | None) -> Terms:
        raw = priority or ""
        level = self._levels.get(raw.lower())
        name, calendar, reply_calendar = raw, self.business, self.business
        targets: Mapping[Obligation, Duration] = {}
        if level is not None:
            name, targets = level.priority, level.targets
            calendar = self._providers_calendar(level.calendar)
            if level.reply_calendar is not None:
                reply_calendar = self._calendar(level.reply_calendar)
        participation = self.policy.participation
        reply = _by_name(participation.reply, name) or _by_name(participation.reply, "default")
        promises = {
            obligation: self._promise(calendar, targets.get(obligation))
            for obligation in Obligation
        }
        promises[Obligation.REPLY] = self._promise(reply_calendar, reply)
        promises[Obligation.APPROVAL] = self._promise(self.business, participation.approval)
        promises[Obligation.SURVEY] = self._promise(self.business, participation.survey_within)
        return Terms(raw, name, calendar, promises)

    def _promise(self, calendar: Calendar, target: Duration | None) -> Promise:
        if target is None:
            return Promise(calendar, None)
        days: WorkingDays | None = None
        if target.business_days and self.rules.business_day is not BusinessDay.HOURS:
            spec = calendar.spec
            days = WorkingDays(
                target.business_days,
                target.seconds,
                self.rules.business_day is BusinessDay.END_OF_DAY,
                self.policy.timezone if spec.name == ALWAYS.name else spec.timezone,
            )
        return Promise(calendar, self.seconds_of(target, calendar), days)


class _Senses(dict[str, Sense]):
    """Senses by raw status, each worked out when the status is first met."""

    def __init__(self, new_sense: Callable[[str], Sense]) -> None:
        super().__init__()
        self._new_sense = new_sense

    def __missing__(self, status: str) -> Sense:
        sense = self[status] = self._new_sense(status)
        return sense


def _by_name(durations: Mapping[str, Duration], name: str) -> Duration | None:
    wanted = name.lower()
    for key, duration in durations.items():
        if key.lower() == wanted:
            return duration
    return None
