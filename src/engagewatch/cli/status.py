"""``engagewatch status``: how every engagement stands, for a glance, a script or a monitor."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

from engagewatch.cli.documents import written
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import bold, coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.config.problems import Problem
from engagewatch.model.engagement import Engagement
from engagewatch.model.freshness import FreshnessState
from engagewatch.model.instants import Instant, isoformat
from engagewatch.store.store import Store
from engagewatch.views import portfolio
from engagewatch.views.figure import Figure
from engagewatch.views.portfolio import EngagementLine, FlagCounts, PortfolioView
from engagewatch.views.tone import Tone


class State(IntEnum):
    """How an engagement stands. The number is the exit code; the largest wins."""

    FINE = 0
    ATTENTION = 1
    UNKNOWN = 2


_CURRENT = (FreshnessState.LIVE, FreshnessState.REFRESHING)


def run(options: Namespace) -> int:
    """Print how every engagement stands and return the worst of it as exit code."""
    at = now()
    try:
        loaded = load(options)
        with open_store(options) as store:
            view = portfolio.build(store, loaded.engagements, at)
            polled = _sources(store, loaded.engagements, at) if options.json else {}
    except CommandError as error:
        if options.json:
            print(_json(at, State.UNKNOWN, (), {}, [str(error)]))
        raise
    state = worst(view, loaded.problems)
    if options.json:
        problems = [str(problem) for problem in loaded.problems]
        print(_json(at, state, view.lines, polled, problems))
    else:
        print("\n".join(_text(view)))
    return int(state)


def worst(view: PortfolioView, problems: Sequence[Problem]) -> State:
    """Return the state of everything together; what cannot be told outweighs what is known."""
    if problems or not view.lines:
        return State.UNKNOWN
    return max(state_of(line) for line in view.lines)


def state_of(line: EngagementLine) -> State:
    """Return how one engagement stands."""
    if line.freshness_state not in _CURRENT or line.tone is Tone.UNKNOWN:
        return State.UNKNOWN
    flags = (line.provider_flags, line.client_flags)
    return State.ATTENTION if any(f.urgent or f.attention for f in flags) else State.FINE


def _text(view: PortfolioView) -> Iterator[str]:
    colour, limit = wants_colour(), width()
    for position, line in enumerate(view.lines):
        if position:
            yield ""
        lead = f"{line.engagement}: "
        headline = f"{line.state}: {line.headline}" if line.headline else line.state
        first, *more = wrapped(headline, limit, first=lead, rest="  ")
        yield bold(lead, enabled=colour) + coloured(first[len(lead) :], line.tone, enabled=colour)
        yield from more
        yield from table(_facts(line), indent="  ", limit=limit)


def _facts(line: EngagementLine) -> Iterator[tuple[str, str]]:
    yield "waiting on us", line.waiting_words
    yield "at risk", line.at_risk_words
    yield "services", line.services
    yield "data", line.freshness


def _sources(
    store: Store, engagements: Sequence[Engagement], at: Instant
) -> dict[str, list[dict[str, Any]]]:
    from engagewatch.cli.sources import source_json
    from engagewatch.views import sources

    return {
        one.id: [source_json(row) for row in sources.build(store, one, at).rows]
        for one in engagements
    }


def _json(
    at: Instant,
    state: State,
    lines: Sequence[EngagementLine],
    polled: Mapping[str, list[dict[str, Any]]],
    problems: Sequence[str],
) -> str:
    return written(
        at,
        state=state.name.lower(),
        exit_code=int(state),
        problems=list(problems),
        engagements=[{**_engagement(line), "sources": polled[line.engagement]} for line in lines],
    )


def _engagement(line: EngagementLine) -> dict[str, Any]:
    oldest = line.oldest_waiting
    return {
        "id": line.engagement,
        "name": line.name,
        "client": line.client,
        "provider": line.provider,
        "state": state_of(line).name.lower(),
        "words": line.state,
        "headline": line.headline,
        "flags": {"provider": _flags(line.provider_flags), "client": _flags(line.client_flags)},
        "waiting": {
            "count": line.waiting,
            "oldest": isoformat(oldest) if oldest is not None else None,
        },
        "at_risk": line.at_risk,
        "services": line.services,
        "ledgers": {
            "provider": _ledger(line.provider_ledger),
            "client": _ledger(line.client_ledger),
        },
        "freshness": {"state": line.freshness_state.value, "words": line.freshness},
    }


def _flags(counts: FlagCounts) -> dict[str, int]:
    return {"urgent": counts.urgent, "attention": counts.attention, "notice": counts.notice}


def _ledger(figure: Figure) -> dict[str, Any]:
    percent = None if figure.percent is None else round(figure.percent, 2)
    return {"met": figure.met, "judged": figure.judged, "percent": percent}
