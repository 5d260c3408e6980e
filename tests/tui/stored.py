"""The interface on a real store, at one instant."""

from __future__ import annotations

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.store import Store
from engagewatch.tui.application import EngagewatchApp
from engagewatch.tui.context import TuiContext


def app_on(
    store: Store,
    engagement: Engagement,
    now: Instant,
    *,
    writable: bool = True,
    ascii_signs: bool = False,
) -> EngagewatchApp:
    """Return the interface for one engagement, which reads the store and enters into it."""
    return EngagewatchApp(
        TuiContext(
            engagements=(engagement,),
            open_store=store.reader,
            now=lambda: now,
            enter=store.enter if writable else None,
            ascii_signs=ascii_signs,
        )
    )
