"""A folder with a log in it, and the adapter that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.providers.eventlog import EventLog
from engagewatch.providers.registry import open_adapter
from tests.provider.samples import engagement_of


def log_adapter(
    folder: Path,
    options: Mapping[str, object],
    text: str | bytes | None = None,
    engagement: Engagement | None = None,
) -> EventLog:
    """Write ``text`` where ``options`` say, if given, and return the adapter that reads it."""
    if text is not None:
        data = text.encode() if isinstance(text, str) else text
        (folder / str(options["path"])).write_bytes(data)
    settings = SourceSettings(id="log", adapter="eventlog", options=options)
    base = engagement or engagement_of()
    placed = engagement_of(
        settings,
        privacy=base.privacy,
        people=base.people,
        timezone=base.timezone,
        path=folder / "northwind.toml",
    )
    adapter = open_adapter(settings, placed, None)
    assert isinstance(adapter, EventLog)
    return adapter
