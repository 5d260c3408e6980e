"""``engagewatch services``: what is up, by every account, and how soon outages are admitted."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from engagewatch.cli.documents import document
from engagewatch.cli.output import bold, coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.engagement import Engagement, RunBy
from engagewatch.views import services
from engagewatch.views.components import ComponentRow
from engagewatch.views.services import ServicesView
from engagewatch.views.signs import SignsView


def run(options: Namespace) -> int:
    """Print the services of every engagement; the exit code is 2 if a file is wrong."""
    loaded, at = load(options), now()
    with open_store(options) as store:
        found = [(one, services.build_with_signs(store, one, at)) for one in loaded.engagements]
    if options.json:
        print(document(at, found))
    else:
        print("\n\n".join("\n".join(_page(one, view)) for one, view in found))
    return 2 if loaded.problems else 0


def _page(engagement: Engagement, view: ServicesView) -> Iterator[str]:
    limit, colour = width(), wants_colour()
    yield bold(engagement.name, enabled=colour)
    if not view.is_watched:
        yield "No status source is configured: nothing is known of any service."
        return
    yield coloured(view.summary, view.summary_tone, enabled=colour)
    yield f"{view.quiet_days} of {view.watched_days} known days quiet"
    yield ""
    rows = [("service", "now", "up, seen (of)", "up, told", "promised")]
    rows += [_row(row) for row in view.components]
    yield from table(rows, limit=limit)
    if view.signs is not None:
        yield from _signs(view, view.signs, limit)
    for work in view.maintenances:
        where = f" ({', '.join(work.components)})" if work.components else ""
        yield from wrapped(f"planned: {work.name}{where}, {work.words}", limit, rest="  ")
    for words in view.not_known:
        yield from wrapped(words, limit)


def _row(row: ComponentRow) -> tuple[str, str, str, str, str]:
    """Return a component with its uptime, how much of the time that is, and the promise."""
    is_ours = row.run_by is RunBy.CLIENT
    verdict = row.verdict.replace(", by the provider's account", " (told)")
    return (
        f"{row.name} (ours)" if is_ours else row.name,
        row.state_words,
        "unknown" if row.observed is None else f"{row.observed_words} ({100 * row.coverage:.0f}%)",
        "" if is_ours else row.reported_words,
        verdict if row.promise is None else f"{row.promise_words} {verdict}",
    )


def _signs(view: ServicesView, found: SignsView, limit: int) -> Iterator[str]:
    colour = wants_colour()
    yield ""
    yield bold(f"Admitted, {found.since_words}", enabled=colour)
    words = f"{found.candour.value}; {found.never_words}"
    if found.told_first:
        words += f"; {found.told_first} of {found.told} told before we noticed"
    yield from wrapped(words, limit)
    for one in found.never:
        told = f"never admitted: {one.name}, {one.started_words}, {one.lasted_words}"
        yield from wrapped(f"{told}: {one.sign_words}", limit, rest="  ")
    rows = [("incident", "told us", "started", "lasted")]
    rows += [
        (
            row.name,
            row.short_lag_words or row.posted_lag_words,
            row.started_words,
            row.duration_words,
        )
        for row in view.incidents
    ]
    if len(rows) > 1:
        yield ""
        yield from table(rows, limit=limit)
    if found.disagreements:
        yield ""
        yield bold("Accounts differ", enabled=colour)
        differ = [("service", "who said what", "from", "for")]
        differ += [
            (row.name, row.words, row.from_words, row.lasted_words) for row in found.disagreements
        ]
        yield from table(differ, limit=limit)
    yield ""
