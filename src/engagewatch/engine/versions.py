"""A policy through time: which terms hold for a ticket goes by the day it was created.

A row of the contract may begin or end on a date, and a calendar may change its hours on one. An
amendment leaves every earlier ticket as it was, unless the rules apply it to open tickets at their
next event; a business day in a target means what it meant under the contract that holds. A duty
that the contract did not name when the ticket was created does not come to it later. Days are those
of the engagement's zone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta

from engagewatch.engine.compiled import CompiledPolicy, Held
from engagewatch.model.instants import Instant, to_instant, zone
from engagewatch.model.policy import Amendment, Policy


class Versions:
    """The versions of one policy, each compiled."""

    __slots__ = ("_compiled", "_turns")

    def __init__(self, policy: Policy) -> None:
        """Compile every version of ``policy``.

        Raises:
            KeyError: a service level or the participation names a calendar that does not exist.
            ValueError: a calendar cannot be compiled.
        """
        turns = turning_days(policy)
        self._turns = [_midnight(day, policy.timezone) for day in turns]
        self._compiled = [CompiledPolicy(policy, day) for day in (date.min, *turns)]
        if turns and policy.rules.amendment is Amendment.AT_NEXT_UPDATE:
            for compiled in self._compiled:
                compiled.amended = self._amended

    @property
    def latest(self) -> CompiledPolicy:
        """The version that holds after all turns."""
        return self._compiled[-1]

    def at(self, created: Instant) -> CompiledPolicy:
        """Return the version for tickets created at ``created``."""
        return self._compiled[bisect_right(self._turns, created)]

    def _amended(self, held: list[Held], instants: list[Instant]) -> list[Held]:
        """Return the terms that a ticket held, each from its first event under a contract on."""
        created, last = instants[0], instants[-1]
        turns = [turn for turn in self._turns if created < turn <= last]
        updates = {instants[bisect_left(instants, turn)] for turn in turns}
        amended: list[Held] = []
        for at in sorted({*updates, *(since for since, _ in held)}):
            _, terms = held[bisect_right(held, at, key=_since) - 1]
            amended.append((at, self.at(at).terms(terms.raw or None)))
        return amended


def _since(held: Held) -> Instant:
    return held[0]


def turning_days(policy: Policy) -> list[date]:
    """Return the dates from which on new tickets are counted otherwise, in order."""
    turns = {level.since for level in policy.service_levels if level.since is not None}
    for level in policy.service_levels:
        if level.until is not None and level.until < date.max:
            turns.add(level.until + timedelta(days=1))
    for calendar in policy.calendars.values():
        turns.update(version.since for version in calendar.versions)
    return sorted(turns)


def _midnight(day: date, timezone: str) -> Instant:
    return to_instant(datetime(day.year, day.month, day.day, tzinfo=zone(timezone)))
