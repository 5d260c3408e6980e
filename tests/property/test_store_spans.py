"""Laying what probes saw over what is stored, against a table of seconds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import apsw
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.model.service import ComponentState, StateSpan
from engagewatch.store.schema import MIGRATIONS
from engagewatch.store.spans import put_spans

UP, DOWN, UNKNOWN = ComponentState.UP, ComponentState.DOWN, ComponentState.UNKNOWN
FAR = 2000
"""Seconds between cuts: farther apart than what is bridged."""

Told = list[StateSpan]


@st.composite
def told(draw: st.DrawFn) -> Told:
    """Spans of one component, in order and without overlap."""
    cuts = sorted(draw(st.lists(st.integers(0, 30), min_size=2, max_size=8, unique=True)))
    states = draw(
        st.lists(
            st.sampled_from([UP, DOWN, UNKNOWN, None]), min_size=len(cuts) - 1, max_size=len(cuts)
        )
    )
    return [
        StateSpan("c", state, a * FAR, b * FAR)
        for (a, b), state in zip(pairwise(cuts), states, strict=False)
        if state is not None
    ]


def painted(layers: Sequence[Told]) -> list[ComponentState | None]:
    cells: list[ComponentState | None] = [None] * 30
    for layer in layers:
        for span in layer:
            for cell in range(span.from_at // FAR, span.until_at // FAR):
                if span.state is not UNKNOWN or cells[cell] is None:
                    cells[cell] = span.state
    return cells


def stored(connection: apsw.Connection) -> list[tuple[int, int, str]]:
    return connection.execute(
        "SELECT from_at, until_at, state FROM state_span ORDER BY from_at"
    ).fetchall()


@given(st.lists(told(), min_size=1, max_size=5))
def test_known_replaces_and_unknown_only_fills(layers: list[Told]) -> None:
    connection = apsw.Connection(":memory:")
    for step in MIGRATIONS:
        connection.execute(step)
    connection.execute("PRAGMA foreign_keys = OFF")
    for layer in layers:
        put_spans(connection, 1, layer)
    spans = stored(connection)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(a[1] < b[0] or a[2] != b[2] for a, b in pairwise(spans))
    cells: list[ComponentState | None] = [None] * 30
    for from_at, until_at, state in spans:
        cells[from_at // FAR : until_at // FAR] = [ComponentState(state)] * (
            (until_at - from_at) // FAR
        )
    assert cells == painted(layers)

    changes = connection.total_changes()
    put_spans(connection, 1, layers[-1])
    assert connection.total_changes() == changes
