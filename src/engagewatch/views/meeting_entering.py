"""Entering what a meeting came to: who came, what was decided, what was taken on."""

from __future__ import annotations

from datetime import date, datetime

from engagewatch.engine.meetings import TYPED_IN, ActionState, DecisionState
from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.instants import MINUTE, Instant, to_instant, zone
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.views.attending import parse_until
from engagewatch.views.entering import entry_id, make_entry

TEXT_LIMIT = 500


def held(engagement: str, now: Instant, title: str, from_at: Instant, minutes: int = 60) -> Entry:
    """Return the entry of a meeting that no calendar tells of."""
    return make_entry(
        engagement,
        now,
        EntryKind.MEETING_HELD,
        f"{TYPED_IN}{entry_id(now)}",
        {
            "title": safe_text(title, TEXT_LIMIT),
            "from_at": from_at,
            "until_at": from_at + minutes * MINUTE,
        },
    )


def moved(
    engagement: str, now: Instant, meeting: str, from_at: Instant, by: Side | None = None
) -> Entry:
    """Return the entry of a new date for a meeting that was typed in."""
    values: dict[str, Value] = {"from_at": from_at}
    if by is not None:
        values["moved_by"] = by.value
    return make_entry(engagement, now, EntryKind.MEETING_HELD, meeting, values)


def called_off(engagement: str, now: Instant, meeting: str, by: Side | None = None) -> Entry:
    """Return the entry that a meeting does not take place."""
    values: dict[str, Value] = {} if by is None else {"by": by.value}
    return make_entry(engagement, now, EntryKind.MEETING_CALLED_OFF, meeting, values)


def takes_place(engagement: str, now: Instant, meeting: str) -> Entry:
    """Return the entry that a meeting takes place after all."""
    return make_entry(engagement, now, EntryKind.MEETING_HELD, meeting)


def attended(
    engagement: str,
    now: Instant,
    meeting: str,
    who: str,
    *,
    came: bool | None,
    side: Side | None = None,
    excused: bool = False,
) -> Entry:
    """Return the entry of who came; ``None`` takes back what was recorded."""
    values: dict[str, Value] = {"who": safe_text(who, TEXT_LIMIT), "came": came}
    if side is not None:
        values["side"] = side.value
    if excused:
        values["excused"] = True
    return make_entry(engagement, now, EntryKind.ATTENDED, meeting, values)


def decision(
    engagement: str,
    now: Instant,
    meeting: str,
    state: DecisionState,
    *,
    text: str = "",
    of: str = "",
) -> Entry:
    """Return the entry of a decision: a new one with its text, or how the one ``of`` stands."""
    values: dict[str, Value] = {"state": state.value}
    if text:
        values["text"] = safe_text(text, TEXT_LIMIT)
    if of:
        values["decision"] = of
    return make_entry(engagement, now, EntryKind.DECISION, meeting, values)


def action(
    engagement: str,
    now: Instant,
    meeting: str,
    *,
    text: str = "",
    of: str = "",
    state: ActionState | None = None,
    side: Side | None = None,
    owner: str = "",
    due: date | None = None,
) -> Entry:
    """Return the entry of an action: a new one with its text, or what is new of the one ``of``."""
    told: dict[str, Value] = {
        "text": safe_text(text, TEXT_LIMIT),
        "action": of,
        "state": "" if state is None else state.value,
        "side": "" if side is None else side.value,
        "owner": safe_text(owner, TEXT_LIMIT),
        "due": "" if due is None else due.isoformat(),
    }
    values = {name: value for name, value in told.items() if value}
    return make_entry(engagement, now, EntryKind.ACTION, meeting, values)


def parse_moment(text: str, timezone: str) -> Instant:
    """Return the instant of a local time written ``2026-03-09 14:00``.

    Raises:
        ValueError: it is none; the message says how to write one.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError('write it like "2026-03-09 14:00"') from None
    if len(text.strip()) <= len("2026-03-09"):
        raise ValueError('a time is missing: write it like "2026-03-09 14:00"')
    return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=zone(timezone)))


def parse_due(text: str, today: date) -> date:
    """Return a day written ``2026-03-09``, ``3d``, ``2w``, ``tomorrow`` or ``monday``.

    Raises:
        ValueError: it is none; the message says how to write one.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return parse_until(text, today)


def parse_side(text: str) -> Side:
    """Return the side that a person means.

    Raises:
        ValueError: it is none of them.
    """
    word = text.strip().lower()
    if word in ("us", "we", "our", "client"):
        return Side.CLIENT
    if word in ("provider", "them", "they"):
        return Side.PROVIDER
    raise ValueError('write "us" or "provider"')
