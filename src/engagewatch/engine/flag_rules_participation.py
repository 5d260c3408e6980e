"""Flag rules on taking part: late tasks, meetings missed, surveys unanswered.

Tasks and meetings are owed by both sides, and both pass through the same functions with the same
thresholds, severities and turns of phrase. Rating the service is owed by the client alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagewatch.engine.phrases import counted, listed
from engagewatch.engine.silence import PERCENT_NEEDS
from engagewatch.engine.situation import Situation
from engagewatch.engine.statistics import share_text
from engagewatch.model.flag import Flag, Severity
from engagewatch.model.sides import Side

if TYPE_CHECKING:
    from engagewatch.engine.situation_participation import LateTask, MissedMeetings

MISSED_RUNNING = 2
"""Meetings of a series that a required role missed in a row before it is told."""

TITLE_SHOWN = 45
"""Characters of a task's title in a flag's title."""


def task_flags(task: LateTask, situation: Situation) -> list[Flag]:
    """Flag a task past the day promised for it, whose own side alone can finish it."""
    if task.days <= 0:
        return []
    holds = task.delays > 0 or task.spare == 0
    title = task.title
    if len(title) > TITLE_SHOWN:
        title = f"{title[: TITLE_SHOWN - 1].rstrip()}…"
    who = situation.name(task.side)
    if task.delays > 0:
        bearing = f"It makes {task.holds_up} late by {counted(task.delays, 'day')}."
    elif task.spare == 0:
        bearing = f"{_capital(task.holds_up)} has no day to spare because of it."
    elif task.holds_up:
        bearing = f"It has {counted(task.spare, 'day')} before {task.holds_up} is late."
    else:
        bearing = "Nothing else of the plan waits for it."
    times = "once" if task.moved == 1 else f"{task.moved} times"
    moved = f" Its date was moved {times} before." if task.moved else ""
    return [
        Flag(
            rule="task_late",
            key=f"task_late:{task.id}",
            severity=Severity.ATTENTION if holds else Severity.NOTICE,
            side=task.side,
            title=f"{task.id} {title}: {counted(task.days, 'day')} late",
            detail=f"It is {who}'s to finish, and nothing else is in its way. {bearing}{moved}",
            next_step=f"Finish {task.id}, or say a new date and what it moves."
            if task.side is Side.CLIENT
            else f"Ask {who} for a new date for {task.id}, and what it moves.",
            since=task.since,
            owner=task.owner or None,
            weight=(500.0 if holds else 150.0) + min(100, task.delays or task.days),
            screen="onboarding",
            about=task.about,
        )
    ]


def meeting_flags(missed: MissedMeetings, situation: Situation) -> list[Flag]:
    """Flag a required role that was missing from the last meetings of a series, two or more."""
    if missed.running < MISSED_RUNNING:
        return []
    return [
        Flag(
            rule="meetings_missed",
            key=f"meetings_missed:{missed.group}:{missed.who}",
            severity=Severity.ATTENTION,
            side=missed.side,
            title=f"{missed.group}: {missed.words} missed {missed.running} running",
            detail=f"{_capital(missed.words)} is required of {situation.name(missed.side)}, and "
            f"did not come to the last {missed.running}"
            f"{f': {listed(missed.dates)}' if missed.dates else ''}.",
            next_step="Find a time that fits, or name who comes instead."
            if missed.side is Side.CLIENT
            else f"Ask {situation.name(missed.side)} for a time that fits, or who comes instead.",
            owner=missed.words,
            weight=250.0 + min(50, missed.running),
            screen="meetings",
        )
    ]


def survey_flags(situation: Situation) -> list[Flag]:
    """Flag a month in which fewer requests to rate the service were answered than we aim at."""
    count = situation.surveys
    if count is None or count.target is None or count.judged < PERCENT_NEEDS:
        return []
    if count.met >= count.target * count.judged:
        return []
    client, provider = situation.client, situation.provider
    return [
        Flag(
            rule="surveys_under_target",
            key="surveys_under_target",
            severity=Severity.NOTICE,
            side=Side.CLIENT,
            title=f"Surveys: {count.met} of {count.judged} answered this month",
            detail=f"{client} aims at {share_text(count.target)}. Those who did not answer may "
            f"have felt otherwise than those who did; neither {client} nor {provider} knows.",
            next_step="Ask those whose tickets ended this week to answer the survey.",
            weight=80.0,
            screen="waiting",
        )
    ]


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
