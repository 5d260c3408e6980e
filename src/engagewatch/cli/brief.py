"""``engagewatch brief``: what changed, what needs a person, how both ledgers stand."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engagewatch.cli.documents import written
from engagewatch.cli.output import bold, coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.instants import Instant, isoformat
from engagewatch.store.store import Store
from engagewatch.views import brief


def run(options: Namespace) -> int:
    """Print the brief of every engagement; the exit code is 2 if a file is wrong."""
    loaded = load(options)
    at = now()
    paper = _Paper(wants_colour(), width())
    views: list[brief.BriefView] = []
    with open_store(options) as store:
        for position, engagement in enumerate(loaded.engagements):
            view = brief.build(store, engagement, at)
            views.append(view)
            if not options.json:
                print("\n\n" if position else "", end="")
                print("\n".join(paper.page(view)))
    if options.json:
        print(_json(views, at))
    if options.seen:
        with open_store(options, read_only=False) as store:
            _mark_seen(store, [engagement.id for engagement in loaded.engagements], at)
    return 2 if loaded.problems else 0


def _mark_seen(store: Store, engagements: list[str], at: int) -> None:
    for engagement in engagements:
        store.mark_seen(engagement, at)


def _json(views: list[brief.BriefView], at: Instant) -> str:
    return written(at, engagements=[_view_json(view) for view in views])


def _view_json(view: brief.BriefView) -> dict[str, Any]:
    """Return a brief for machines; it names no person."""
    first = view.waiting_first
    return {
        "id": view.engagement,
        "name": view.name,
        "period": view.period,
        "seen": None if view.seen_at is None else isoformat(view.seen_at),
        "waiting": {
            "words": view.waiting_words,
            "first": None
            if first is None
            else {
                "key": first.short,
                "reference": first.reference,
                "kind": first.kind_words,
                "since": isoformat(first.since),
                "holds_up": first.blocks,
                "credit": first.credit_words or None,
            },
        },
        "changes": [{"kind": change.kind, "count": change.count} for change in view.changes],
        "flags": [_flag_json(line, put_off=False) for line in view.all_flags]
        + [_flag_json(line, put_off=True) for line in view.put_off],
        "checks": view.checks,
        "figures": [
            {
                "label": figure.label,
                "value": figure.value,
                "note": figure.note,
                "met": figure.met,
                "judged": figure.judged,
                "count": figure.count,
            }
            for figure in view.figures
        ],
        "sources": [
            {"id": line.source, "state": line.state.value, "words": line.words}
            for line in view.freshness
        ],
        "not_known": list(view.not_known),
    }


def _flag_json(line: brief.AttentionLine, *, put_off: bool) -> dict[str, Any]:
    return {
        "key": line.short,
        "rule": line.rule,
        "severity": line.severity.name.lower(),
        "side": line.side.value,
        "title": line.title,
        "detail": line.detail,
        "next_step": line.next_step,
        "since": None if line.since is None else isoformat(line.since),
        "ticket": None if line.ticket is None else "/".join(line.ticket),
        "acknowledged": line.quiet and not put_off,
        "put_off": put_off,
    }


@dataclass(frozen=True, slots=True)
class _Paper:
    """Lays a brief out as lines."""

    colour: bool
    width: int

    def page(self, view: brief.BriefView) -> Iterator[str]:
        yield bold(view.name, enabled=self.colour)
        yield from wrapped(f"{view.as_of_words}; {view.seen_words}", self.width)
        yield from self._waiting(view)
        yield from self._changes(view)
        yield from self._attention(view)
        yield from self._figures(view)
        yield from self._sources(view)
        yield from self._not_known(view)

    def _heading(self, text: str) -> Iterator[str]:
        yield ""
        yield bold(text, enabled=self.colour)

    def _changes(self, view: brief.BriefView) -> Iterator[str]:
        if view.seen_at is None and not view.changes:
            return
        yield from self._heading("What changed")
        if not view.changes:
            yield "  nothing"
        for change in view.changes:
            yield f"  {change.words}"
            for item in change.items:
                yield from wrapped(item.words, self.width, first="    ", rest="      ")

    def _waiting(self, view: brief.BriefView) -> Iterator[str]:
        yield from wrapped(view.waiting_words, self.width)
        first = view.waiting_first
        if first is not None:
            money = f"; {first.credit_words}" if first.credit_words else ""
            yield from wrapped(
                f"First: {first.reference} {first.kind_words}, {first.person}, since "
                f"{first.since_words} ({first.age_words}): {first.blocks}{money}. "
                "All of them: engagewatch waiting",
                self.width,
                first="  ",
            )

    def _attention(self, view: brief.BriefView) -> Iterator[str]:
        yield from self._heading("What needs a person")
        if not view.attention:
            yield "  nothing"
        for number, line in enumerate(view.attention, 1):
            lead = f"  {number}. "
            rest = " " * len(lead)
            first, *more = wrapped(
                f"[{line.severity_words}] {line.title} ({line.short})",
                self.width,
                first=lead,
                rest=rest,
            )
            if line.quiet:
                yield first
                yield from (*more, *wrapped(line.said_words, self.width, first=rest))
                continue
            yield coloured(first, line.tone, enabled=self.colour)
            yield from more
            whose = f"{line.whose_move}'s move" if line.whose_move != "us" else "our move"
            held = ", ".join(word for word in (whose, line.owner, line.since_words) if word)
            yield from wrapped(f"{line.detail} ({held})", self.width, first=rest)
            yield from wrapped(f"Next: {line.next_step}", self.width, first=rest)
        yield f"  {view.checks_words}"

    def _figures(self, view: brief.BriefView) -> Iterator[str]:
        yield from self._heading(f"Both ledgers, {view.period}")
        rows = [
            (figure.label.removesuffix(f", {view.period}"), figure.value, figure.note)
            for figure in view.figures
        ]
        yield from table(rows, indent="  ", limit=self.width)

    def _sources(self, view: brief.BriefView) -> Iterator[str]:
        yield from self._heading("How fresh this is")
        rows = [(line.source, line.words) for line in view.freshness]
        yield from table(rows, indent="  ", limit=self.width)

    def _not_known(self, view: brief.BriefView) -> Iterator[str]:
        if view.not_known:
            yield from self._heading("What is not known")
        for sentence in view.not_known:
            yield from wrapped(sentence, self.width, first="  - ", rest="    ")
