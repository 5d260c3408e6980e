"""How the on-boarding reads: days, stages, slip and who caused it, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from engagewatch.engine.onboarding import Stage
from engagewatch.engine.slip import Link, Slip
from engagewatch.model.plan import FloatRule, Owner
from engagewatch.views import wording
from engagewatch.views.onboarding_plan import OWNERS, PlanState, TaskState
from engagewatch.views.tone import Tone

CONTRADICTION = "the plan's own dates"
"""What days are called that dates contradicting the order of the tasks caused."""

RULES = {
    FloatRule.FIRST_COME: "spare days go to whoever was late first",
    FloatRule.PROPORTIONAL: "spare days are shared in proportion to the late days",
}

STAGE_TONES = {
    Stage.NOT_STARTED: Tone.UNKNOWN,
    Stage.CAN_START: Tone.PLAIN,
    Stage.WAITING: Tone.NOTICE,
    Stage.DUE: Tone.WARNING,
    Stage.LATE: Tone.BAD,
    Stage.DONE: Tone.GOOD,
    Stage.CALLED_OFF: Tone.UNKNOWN,
}

_ORDER = (Owner.CLIENT, Owner.PROVIDER, Owner.OUTGOING, Owner.THIRD_PARTY, Owner.SHARED, None)


def days(count: int | Fraction) -> str:
    """Return days in words, e.g. ``1 day``, ``12 days``, ``2.7 days``."""
    number = f"{float(count):.1f}".removesuffix(".0")
    return f"{number} day{'' if number == '1' else 's'}"


def owner_name(owner: Owner | None) -> str:
    """Return whose days these are."""
    return CONTRADICTION if owner is None else OWNERS[owner]


def split(parts: Mapping[Owner | None, Fraction]) -> list[tuple[Owner | None, str]]:
    """Return days by side with a number each, in the order the sides are always told.

    Fractions are told in tenths that still sum to the whole: the largest remainders go up.
    """
    owners = [owner for owner in _ORDER if parts.get(owner)]
    tenths = {owner: int(parts[owner] * 10) for owner in owners}
    missing = int(sum(parts.values(), Fraction(0)) * 10) - sum(tenths.values())
    by_rest = sorted(owners, key=lambda owner: tenths[owner] - parts[owner] * 10)
    for owner in by_rest[:missing]:
        tenths[owner] += 1
    return [(owner, f"{tenths[owner] / 10:.1f}".removesuffix(".0")) for owner in owners]


def split_words(parts: Mapping[Owner | None, Fraction]) -> str:
    """Return days by side, e.g. ``us 8, outgoing provider 4``; empty without any."""
    return ", ".join(f"{owner_name(owner)} {number}" for owner, number in split(parts))


def day_words(day: date, today: date) -> str:
    """Return a day, e.g. ``Thu 5 Mar``; with its year if that is not this one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{wording.date_words(day)}{year}"


def stage_words(one: TaskState, today: date) -> str:
    """Return where a task stands, e.g. ``late 12 days``, ``waits for B01``, ``due today``."""
    if one.stage is Stage.CALLED_OFF:
        return "called off"
    if one.stage is Stage.DONE:
        return f"done {day_words(one.standing.finish, today)}"
    if one.stage is Stage.LATE:
        after = f", waits for {one.waits_for[0]}" if one.waits_for else ""
        return f"late {days(one.overdue)}{after}"
    if one.stage is Stage.WAITING:
        more = f" +{len(one.waits_for) - 1}" if len(one.waits_for) > 1 else ""
        return f"waits for {one.waits_for[0]}{more}"
    if one.stage is Stage.DUE:
        left = (one.promised - today).days
        return "due today" if left == 0 else f"due in {days(left)}"
    if one.stage is Stage.CAN_START:
        return "can start" if not one.moves else "can go on"
    return f"starts {day_words(one.task.start or one.task.due, today)}"


def late_words(one: TaskState) -> str:
    """Return what a finish means against the plan, e.g. ``4 days late``.

    Empty where it is in time, and where :func:`stage_words` says the same.
    """
    said = one.stage is Stage.LATE and one.late == one.overdue
    if not one.late or said or one.stage is Stage.CALLED_OFF:
        return ""
    return f"{days(one.late)} late" if one.stage is Stage.DONE else f"{days(one.late)} behind"


def moves_words(one: TaskState) -> str:
    """Return how often a task was promised anew, e.g. ``moved twice``; empty if never."""
    count = len(one.moves)
    return {0: "", 1: "moved once", 2: "moved twice"}.get(count, f"moved {count} times")


def slip_sentence(slip: Slip, name: str, today: date, *, is_over: bool) -> str:
    """Return when a milestone comes, by how much later than planned, and whose days these are."""
    verb = "was reached on" if is_over else "is expected on"
    when = f"{name} {verb} {day_words(slip.forecast, today)}"
    if not slip.days:
        early = (slip.planned - slip.forecast).days
        return f"{when}, {days(early)} early." if early > 0 else f"{when}, as planned."
    return f"{when}, {days(slip.days)} later than planned: {split_words(slip.parts)}."


def chain_words(link: Link, state: PlanState) -> list[str]:
    """Return the arithmetic of one task of a chain, sentence by sentence."""
    today = state.today
    owner = OWNERS[one.owner] if (one := state.task(link.task)) is not None else ""
    is_open = one.standing.is_open if one is not None else True
    finished = "expected" if is_open else "finished"
    outcome = f"{days(link.late)} late" if link.late else "in time"
    dates = f"{day_words(link.due, today)}, {finished} {day_words(link.finish, today)}"
    sentences = [f"Planned for {dates}: {outcome}."]
    before = state.task(link.after) if link.after is not None else None
    if before is not None and (link.inherited or link.float_used):
        came = "is expected" if before.standing.is_open else "came"
        least = f", and this takes at least {days(link.at_least)} more" if link.at_least else ""
        sentences.append(
            f"{before.id} {came} on {day_words(before.standing.finish, today)}{least}: "
            f"{days(link.inherited)} of it inherited."
        )
    if link.beside:
        sentences.append(f"{wording.listed(link.beside)} held it up by the same days.")
    if link.next_inherited:
        sentences.append(
            f"But for that, {link.next_after} would have held it up by {days(link.next_inherited)}."
        )
    if link.float_used:
        sentences.append(
            f"The plan leaves {days(link.spare)} to spare between the two; used up: "
            f"{split_words(link.float_used)}."
        )
    if link.made_up:
        sentences.append(f"{days(link.made_up)} made up by being quicker than usual.")
    if link.own:
        sentences.append(f"Its own: {days(link.own)} ({owner}).")
    return sentences


def about_hours(hours: float) -> str:
    """Return hours as nobody would plan them more exactly, e.g. ``about 80 hours``."""
    if not hours:
        return "none"
    if hours >= 50:
        return f"about {round(hours / 10) * 10} hours"
    if hours >= 20:
        return f"about {round(hours / 5) * 5} hours"
    return f"about {wording.counted(max(1, round(hours)), 'hour')}"
