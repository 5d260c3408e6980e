"""What several accounts of one service say at the same time, and where they contradict each other.

An account is a status page, a set of probes, or the people who write in. Only "up" against "down"
is a contradiction: "degraded" contradicts neither, and what is unknown contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engagewatch.engine.timeline import Piece, clipped
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.service import ComponentState

SHORTEST = 5 * MINUTE
"""Accounts are taken minutes apart: what is shorter than this is no contradiction."""

_DOWN = frozenset({ComponentState.DOWN, ComponentState.PARTIAL})


@dataclass(frozen=True, slots=True)
class Account:
    """What one party says of a service over time: pieces in order and without overlap."""

    who: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A stretch in which some said a service was up while others said it was down."""

    from_at: Instant
    until_at: Instant
    up: tuple[str, ...]
    """Who said it was up, for some of it at least."""
    down: tuple[str, ...]
    """Who said it was down, or partly down."""

    @property
    def seconds(self) -> int:
        """How long it went on."""
        return self.until_at - self.from_at


def contradictions(
    accounts: Sequence[Account],
    start: Instant,
    end: Instant,
    windows: Iterable[tuple[Instant, Instant]] = (),
) -> list[Contradiction]:
    """Return where ``accounts`` contradict each other in [start, end), in order of time.

    Time within ``windows`` of announced work is left out: what is promised of it is no uptime.
    """
    said = [(one.who, list(clipped(one.pieces, start, end))) for one in accounts]
    closed = list(windows)
    cuts = {a for _, pieces in said for piece in pieces for a in piece[:2]}
    cuts |= {cut for window in closed for cut in window}
    found: list[Contradiction] = []
    places = [0] * len(said)
    for a, b in pairwise(sorted(cut for cut in cuts | {start, end} if start <= cut <= end)):
        if any(begin <= a and b <= stop for begin, stop in closed):
            continue
        up, down = [], []
        for index, (who, pieces) in enumerate(said):
            while places[index] < len(pieces) and pieces[places[index]][1] <= a:
                places[index] += 1
            if places[index] == len(pieces) or pieces[places[index]][0] > a:
                continue
            state = pieces[places[index]][2]
            if state is ComponentState.UP:
                up.append(who)
            elif state in _DOWN:
                down.append(who)
        if up and down:
            _add(found, Contradiction(a, b, tuple(up), tuple(down)))
    return [one for one in found if one.seconds >= SHORTEST]


def _add(found: list[Contradiction], new: Contradiction) -> None:
    """Add a stretch; it goes on with the one before it unless somebody changed sides."""
    last = found[-1] if found else None
    if last is None or last.until_at != new.from_at:
        found.append(new)
        return
    up = tuple(dict.fromkeys((*last.up, *new.up)))
    down = tuple(dict.fromkeys((*last.down, *new.down)))
    if set(up) & set(down):
        found.append(new)
    else:
        found[-1] = Contradiction(last.from_at, new.until_at, up, down)
