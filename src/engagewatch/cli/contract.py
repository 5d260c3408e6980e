"""``engagewatch promises``, ``outlook``, ``credits`` and ``trend``: the contract's side."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any

from engagewatch.cli.documents import document
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import bold, coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.store import Store
from engagewatch.views import credits as months
from engagewatch.views import outlook, promises, trend
from engagewatch.views.credits import CreditsView
from engagewatch.views.outlook import OutlookView
from engagewatch.views.period import Period, parse_period
from engagewatch.views.promises import PromisesView
from engagewatch.views.trend import TrendView


def run(options: Namespace) -> int:
    """Print what was asked for of every engagement; the exit code is 2 if a file is wrong."""
    build, text = _COMMANDS[options.command]
    loaded, at = load(options), now()
    with open_store(options) as store:
        found = [(one, build(store, one, at, options)) for one in loaded.engagements]
    if options.json:
        print(document(at, found))
    else:
        print("\n\n".join("\n".join(_page(one, text(view))) for one, view in found))
    return 2 if loaded.problems else 0


def _page(engagement: Engagement, lines: Iterator[str]) -> Iterator[str]:
    yield bold(engagement.name, enabled=wants_colour())
    yield from lines


def month_asked(options: Namespace, engagement: Engagement, at: Instant) -> Period | None:
    """Return the month that was asked for; ``None`` for the current one.

    Raises:
        CommandError: it is not a month, or still to come.
    """
    if options.month is None:
        return None
    try:
        month = parse_period(options.month, engagement.timezone)
    except ValueError as error:
        raise CommandError(f"--month: {error}") from None
    if month.start > at:
        raise CommandError(f"--month: {month.words} is still to come")
    return month


def _promises(view: PromisesView) -> Iterator[str]:
    limit, colour = width(), wants_colour()
    yield from wrapped(view.summary, limit)
    for row in view.rows:
        yield ""
        first, *more = wrapped(f"{row.state_words}: {row.title}", limit, rest="  ")
        yield coloured(first, row.tone, enabled=colour)
        yield from more
        if row.metric is not None:
            now_words = f"{row.now_words} in {row.period_words} ({row.count_words})"
            asked = f"; {row.path_words} asked by then" if row.path_words else ""
            target = f"; target {row.target_words}" + (
                f" by {row.by_words}" if row.by_words else ""
            )
            yield from wrapped(f"{now_words}{asked}{target}", limit, first="  ", rest="  ")
            if row.interval_words:
                yield from wrapped(f"95% interval {row.interval_words}", limit, first="  ")
            if row.can_tell_words:
                yield from wrapped(f"can be told {row.can_tell_words}", limit, first="  ")
        yield from wrapped(
            f"said in {row.said_in}; {row.sealed_words}", limit, first="  ", rest="  "
        )
        for words in row.amendments:
            yield from wrapped(f"amended {words}", limit, first="  ", rest="    ")
    for words in view.not_known:
        yield from wrapped(words, limit)


def _outlook(view: OutlookView) -> Iterator[str]:
    limit, colour = width(), wants_colour()
    first, *more = wrapped(view.summary, limit)
    yield coloured(first, view.tone, enabled=colour)
    yield from more
    if view.frozen_words:
        yield from wrapped(view.frozen_words, limit)
    yield ""
    rows = [("share", "outlook", "met", "misses")]
    for row in view.rows:
        ours = " (ours)" if row.side is Side.CLIENT else ""
        said = (row.left_words, row.burn_words, row.frozen_words)
        rows.append(
            (
                f"{row.title}{ours}",
                row.outlook_words,
                row.met_words,
                "; ".join(words for words in said if words),
            )
        )
    yield from table(rows, limit=limit)


def _credits(view: CreditsView) -> Iterator[str]:
    limit, colour = width(), wants_colour()
    first, *more = wrapped(view.summary, limit)
    yield coloured(first, view.tone, enabled=colour)
    yield from more
    for words, tone in view.tripwires:
        first, *more = wrapped(words, limit)
        yield coloured(first, tone, enabled=colour)
        yield from more
    if not view.rows:
        return
    yield ""
    rows = [("month", "credit", "relieved", "claim")]
    rows += [
        (
            row.words if row.is_complete else f"{row.words} so far",
            row.contract_words,
            row.relief_words,
            row.claim_words,
        )
        for row in view.rows
    ]
    yield from table(rows, limit=limit)
    last = next((row for row in view.rows if row.is_complete), None)
    if last is not None:
        yield ""
        other = f"{last.words} by the provider's claims {last.claimed_words}; as felt"
        yield from wrapped(f"{other} {last.felt_words}", limit)
    yield ""
    yield bold("The clause", enabled=colour)
    for words in view.terms:
        yield from wrapped(words, limit, first="  ", rest="    ")


def _trend(view: TrendView) -> Iterator[str]:
    limit, colour = width(), wants_colour()
    yield from wrapped(view.summary, limit)
    first, *more = wrapped(view.watermelon, limit)
    yield coloured(first, view.watermelon_tone, enabled=colour)
    yield from more
    yield ""
    rows = [("series", "last whole", "usual", "verdict")]
    rows += [(row.title, row.latest_words, row.usual_words, row.short_words) for row in view.rows]
    yield from table(rows, limit=limit)


def _of(
    build: Callable[[Store, Engagement, Instant], Any],
) -> Callable[[Store, Engagement, Instant, Namespace], Any]:
    return lambda store, engagement, at, _: build(store, engagement, at)


_COMMANDS: dict[str, tuple[Callable[..., Any], Callable[[Any], Iterator[str]]]] = {
    "promises": (_of(promises.build), _promises),
    "credits": (_of(months.build), _credits),
    "trend": (_of(trend.build), _trend),
    "outlook": (
        lambda store, engagement, at, options: outlook.build(
            store, engagement, at, month_asked(options, engagement, at)
        ),
        _outlook,
    ),
}
