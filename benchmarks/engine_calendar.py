"""How fast business time is counted, next to two packages that count it too.

All three answer the same questions, in turn, and the answers are compared: 09:00-17:00 on weekdays
in London without the English bank holidays, starts spread over 2025, five days long on average.
``businesstimedelta`` and ``business-duration`` come with the ``benchmark`` extra; the latter knows
no zones, so it is asked in local time, and a day at a time it agrees to the second.

    python benchmarks/engine_calendar.py
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from engagewatch.engine.calendars import Calendar, compile_calendar, public_holidays
from engagewatch.model.policy import CalendarSpec, Window

LONDON = ZoneInfo("Europe/London")
SPEC = CalendarSpec(
    "office", "Europe/London", ((Window(540, 1020),),) * 5 + ((), ()), region="GB-ENG"
)
ROUNDS = 5
SLOW_QUESTIONS = 200
FAST_QUESTIONS = 20_000
BULK = 100_000

TIMES_BUSINESSTIMEDELTA = 200
TIMES_BUSINESS_DURATION = 10
BULK_MILLISECONDS = 80
BUILD_MILLISECONDS = 20


def main() -> int:
    """Print the ratios and the times; return 1 if an answer differs or a target is missed."""
    questions = spans(FAST_QUESTIONS)
    ours = [(at(start), at(end)) for start, end in questions]
    calendar = compile_calendar(SPEC)
    rivals = {
        "businesstimedelta": (businesstimedelta(), TIMES_BUSINESSTIMEDELTA),
        "business-duration": (business_duration(), TIMES_BUSINESS_DURATION),
    }
    wrong = check(calendar, ours[:SLOW_QUESTIONS], rivals)
    per_call = {name: [] for name in ("engagewatch", *rivals)}
    for _ in range(ROUNDS):  # in turn, so that a busy moment hits all alike
        per_call["engagewatch"].append(nanoseconds(lambda: ask(calendar.between, ours)) / len(ours))
        for name, (question, _) in rivals.items():
            few = ours[:SLOW_QUESTIONS]
            per_call[name].append(nanoseconds(lambda q=question, f=few: ask(q, f)) / len(few))
    best = {name: min(times) for name, times in per_call.items()}
    print(f"one duration, aware datetimes in: {best['engagewatch'] / 1000:.2f} us")
    missed = 0
    for name, (_, wanted) in rivals.items():
        ratio = best[name] / best["engagewatch"]
        missed += ratio < wanted
        print(f"  {name}: {best[name] / 1000:.1f} us, {ratio:,.0f} times ours (at least {wanted})")
    missed += report_bulk(calendar, spans(BULK))
    missed += report_build()
    return 1 if wrong or missed else 0


def report_bulk(calendar: Calendar, questions: Sequence[tuple[int, int]]) -> int:
    """Print the time of durations and of due instants from epoch seconds."""
    between, add = calendar.seconds_between, calendar.add
    counting = best_of(lambda: [between(start, end) for start, end in questions])
    due = best_of(lambda: [add(start, 28_800) for start, _ in questions])
    print(f"{len(questions):,} durations, epoch seconds in: {counting:.0f} ms", end="")
    print(f" (at most {BULK_MILLISECONDS}); as many due instants: {due:.0f} ms")
    return counting > BULK_MILLISECONDS


def report_build() -> int:
    """Print the time to lay out ten years of opening hours, holidays known."""
    for year in range(2019, 2032):
        public_holidays("GB-ENG", year)
    start, end = at_local(2020, 1, 2), at_local(2029, 12, 30)

    def build() -> None:
        calendar = Calendar(SPEC)
        calendar.seconds_between(start, end)

    milliseconds = best_of(build)
    print(f"ten years of opening hours: {milliseconds:.1f} ms (at most {BUILD_MILLISECONDS})")
    return milliseconds > BUILD_MILLISECONDS


def check(
    calendar: Calendar,
    questions: Sequence[tuple[datetime, datetime]],
    rivals: dict[str, tuple[Callable[[datetime, datetime], float], int]],
) -> int:
    """Print and return how many answers of the others differ from ours."""
    wrong = 0
    for name, (question, _) in rivals.items():
        different = sum(
            abs(question(start, end) - calendar.between(start, end)) > 0.5
            for start, end in questions
        )
        print(f"{name}: {different} of {len(questions)} answers differ from ours")
        wrong += different
    return wrong


def businesstimedelta() -> Callable[[datetime, datetime], float]:
    """Return the question as businesstimedelta's documentation asks it, in seconds."""
    import businesstimedelta as other
    import holidays
    import pytz

    london = pytz.timezone("Europe/London")
    desk = other.WorkDayRule(
        start_time=clock_time(9), end_time=clock_time(17), working_days=[0, 1, 2, 3, 4], tz=london
    )
    days = other.HolidayRule(holidays.country_holidays("GB", subdiv="ENG"), tz=london)
    rules = other.Rules([desk, days])

    def ask_it(start: datetime, end: datetime) -> float:
        return rules.difference(start, end).timedelta.total_seconds()

    return ask_it


def business_duration() -> Callable[[datetime, datetime], float]:
    """Return the question as business-duration takes it, in seconds."""
    from business_duration import businessDuration

    days = {day for year in range(2024, 2028) for day in public_holidays("GB-ENG", year)}

    def ask_it(start: datetime, end: datetime) -> float:
        return businessDuration(
            start.replace(tzinfo=None),
            end.replace(tzinfo=None),
            clock_time(9),
            clock_time(17),
            [5, 6],
            dict.fromkeys(days, ""),
            unit="sec",
        )

    return ask_it


def spans(count: int) -> list[tuple[int, int]]:
    """Return made-up spans in epoch seconds, the same on every run."""
    pick = random.Random(2025)
    first = int(datetime(2025, 1, 1, tzinfo=LONDON).timestamp())
    made = []
    for _ in range(count):
        start = first + pick.randrange(365 * 86_400)
        made.append((start, start + int(pick.expovariate(1 / (5 * 86_400)))))
    return made


def at(instant: int) -> datetime:
    """Return an instant in London."""
    return datetime.fromtimestamp(instant, LONDON)


def at_local(year: int, month: int, day: int) -> int:
    """Return the instant of a London midnight."""
    return int(datetime.combine(date(year, month, day), clock_time(), LONDON).timestamp())


def ask(
    question: Callable[[datetime, datetime], float],
    questions: Sequence[tuple[datetime, datetime]],
) -> None:
    """Ask all questions and drop the answers."""
    for start, end in questions:
        question(start, end)


def nanoseconds(work: Callable[[], object]) -> float:
    """Return the processor time of ``work``."""
    start = time.process_time_ns()
    work()
    return time.process_time_ns() - start


def best_of(work: Callable[[], object]) -> float:
    """Return the least processor time of several runs, in milliseconds."""
    return min(nanoseconds(work) for _ in range(ROUNDS)) / 1e6


if __name__ == "__main__":
    raise SystemExit(main())
