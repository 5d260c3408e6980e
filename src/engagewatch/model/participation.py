"""The parts of taking part, the same for both sides."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """One part of taking part. They are counted each by itself, never averaged."""

    REPLIES = "replies"
    APPROVALS = "approvals"
    TASKS = "tasks"
    ATTENDANCE = "attendance"
    SURVEYS = "surveys"
