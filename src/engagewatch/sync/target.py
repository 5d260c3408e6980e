"""What a poll is about."""

from __future__ import annotations

from dataclasses import dataclass

from engagewatch.engine.fold import Folder
from engagewatch.model.engagement import Engagement, SourceSettings


@dataclass(frozen=True, slots=True)
class PollTarget:
    """One source of one engagement, with the folder that turns its events into clocks."""

    engagement: Engagement
    settings: SourceSettings
    folder: Folder
