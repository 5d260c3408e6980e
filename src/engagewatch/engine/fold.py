"""The fold: one ticket and its events in, its standing and its clocks out.

Pure and without a present: the same ticket, events and policy give the same fold, whenever and in
whatever order they are read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING

from engagewatch.engine.clocks import clock_of
from engagewatch.engine.compiled import CompiledPolicy
from engagewatch.engine.courts import standing_of
from engagewatch.engine.history import History
from engagewatch.engine.obligations import duties_of
from engagewatch.engine.versions import Versions
from engagewatch.engine.walk import read_history
from engagewatch.model.clock import Fold
from engagewatch.model.instants import Instant
from engagewatch.model.policy import Policy
from engagewatch.model.ticket import Event, Ticket

if TYPE_CHECKING:
    from engagewatch.engine.evidence import Waits
    from engagewatch.engine.explain import Explanation
    from engagewatch.engine.relief import Miss

SEMANTICS = 4
"""Raised when the engine counts differently, so that stored folds are made again."""


class Folder:
    """Folds the tickets of one source under one policy. Make it once, use it for all of them."""

    __slots__ = ("_versions", "policy")

    def __init__(self, policy: Policy) -> None:
        """Compile ``policy``.

        Raises:
            KeyError: a service level or the participation names a calendar that does not exist.
            ValueError: a calendar cannot be compiled.
        """
        self.policy = policy
        self._versions = Versions(policy)

    @property
    def compiled(self) -> CompiledPolicy:
        """The policy as it holds for the newest tickets."""
        return self._versions.latest

    def fold(self, ticket: Ticket, events: Sequence[Event]) -> Fold:
        """Return where ``ticket`` stands after ``events`` and the clocks of both ledgers.

        Events may come in any order and repeated.
        """
        compiled = self._versions.at(ticket.created_at)
        history = read_history(ticket, events, compiled, History)
        standing = standing_of(history, compiled.business, has_messages=compiled.has_messages)
        rules = compiled.rules
        clocks = [clock_of(duty, history, rules) for duty in duties_of(history, compiled)]
        return Fold(standing, tuple(clocks))

    def explain(self, ticket: Ticket, events: Sequence[Event], now: Instant) -> Explanation:
        """Return how the clocks of ``ticket`` come to what they say at ``now``."""
        from engagewatch.engine.explain import explain

        return explain(ticket, events, self._versions.at(ticket.created_at), now)

    def waits(self, ticket: Ticket, events: Sequence[Event], start: Instant, end: Instant) -> Waits:
        """Return how long ``ticket`` waited for the client from ``start`` to before ``end``."""
        from engagewatch.engine.evidence import waits_of

        return waits_of(ticket, events, self._versions.at(ticket.created_at), start, end)

    def misses(self, ticket: Ticket, events: Sequence[Event], now: Instant) -> Sequence[Miss]:
        """Return what the provider missed at ``now``, and what of it but for the client's time."""
        from engagewatch.engine.relief import misses_of

        return tuple(misses_of(ticket, events, self._versions.at(ticket.created_at), now))


def policy_version(policy: Policy) -> str:
    """Return a fingerprint of all that decides how tickets are counted under ``policy``."""
    plain = json.dumps([SEMANTICS, _plain(policy)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, date) else value
