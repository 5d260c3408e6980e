"""``engagewatch explain``: one ticket's time, minute by minute, in words and numbers."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import bold, coloured, table, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, open_store
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.store import Store
from engagewatch.views import clock_view
from engagewatch.views.clock_view import ClockView, ObligationLine, TicketNotFoundError


def run(options: Namespace) -> int:
    """Print how a ticket's clocks come to what they say."""
    loaded = load(options)
    with open_store(options) as store:
        found = _find(store, loaded.engagements, options.ticket, now())
    if not found:
        raise CommandError(
            f'the history holds no ticket "{options.ticket}"; '
            "if it is new, fetch it with: engagewatch sync --once",
            1,
        )
    if len(found) > 1:
        places = ", ".join(
            f"--engagement {one.id} {view.ticket.source}/{view.ticket.ticket_id}"
            for one, view in found
        )
        raise CommandError(f'several tickets are called "{options.ticket}"; choose: {places}')
    (_, view), paper = found[0], _Paper(wants_colour(), width())
    print("\n".join(paper.page(view)))
    return 0


def _find(
    store: Store, engagements: Sequence[Engagement], wanted: str, at: Instant
) -> list[tuple[Engagement, ClockView]]:
    """Return every ticket called ``wanted``; a source's id and a slash before it narrow it down."""
    source, slash, name = wanted.partition("/")
    found = []
    for engagement in engagements:
        for settings in engagement.sources:
            narrowed = name if slash and source == settings.id else wanted
            view = _view(store, engagement, settings.id, narrowed, at)
            if view is not None:
                found.append((engagement, view))
    return found


def _view(
    store: Store, engagement: Engagement, source: str, wanted: str, at: Instant
) -> ClockView | None:
    # People leave out the number sign, which shells take for a comment.
    for name in (wanted, f"#{wanted}"):
        try:
            return clock_view.build(store, engagement, at, source, name)
        except TicketNotFoundError:
            continue
    return None


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


@dataclass(frozen=True, slots=True)
class _Paper:
    """Lays a ticket's clocks out as lines."""

    colour: bool
    width: int

    def page(self, view: ClockView) -> Iterator[str]:
        yield from wrapped(f"{view.reference} {view.subject}", self.width)
        about = [view.priority, view.status, view.category, view.court_words]
        yield from wrapped(", ".join(part for part in about if part), self.width)
        people = [("requester", view.requester), ("owner", view.owner), ("address", view.url)]
        yield from table([pair for pair in people if pair[1]], limit=self.width)
        yield ""
        of = next((line for line in view.obligations if line.key == view.explained), None)
        name = "" if of is None else f"{_capital(of.title)}. "
        yield from wrapped(f"{name}{view.explanation}", self.width)
        yield from self._courts(view)
        yield from self._waits(view)
        yield from self._readings(view)
        for line in view.obligations:
            yield from self._obligation(line)
        yield from self._events(view)
        yield from self._not_known(view)
        yield ""
        yield f"Counted by rules {view.rule_version}."

    def _heading(self, text: str) -> Iterator[str]:
        yield ""
        yield bold(text, enabled=self.colour)

    def _courts(self, view: ClockView) -> Iterator[str]:
        yield from self._heading(f"Whose court, {view.elapsed_words} in all")
        rows = [
            (total.words, total.span_words, f"{total.share:.0%}")
            for total in view.totals
            if total.seconds
        ]
        yield from table(rows, indent="  ", limit=self.width)
        yield ""
        for segment in view.bar:
            yield from wrapped(segment.words, self.width, first="  ", rest="    ")

    def _waits(self, view: ClockView) -> Iterator[str]:
        if view.waits is None:
            return
        yield from self._heading("Waiting for us")
        rows = [
            ("by its status", view.waits.claimed_words),
            ("a question stood open", view.waits.evidenced_words),
        ]
        yield from table(rows, indent="  ", limit=self.width)
        for stretch in view.waits.stretches:
            yield from wrapped(
                f"{stretch.kind}: {stretch.words}", self.width, first="  ", rest="    "
            )
        for sentence in view.waits.excused:
            yield from wrapped(sentence, self.width, first="  ")

    def _readings(self, view: ClockView) -> Iterator[str]:
        if not view.readings:
            return
        yield from self._heading("Three readings")
        for row in view.readings:
            marks = {True: "agrees", False: "DIFFERS", None: ""}
            yield f"  {row.words}" + (f": {marks[row.agrees]}" if row.agrees is not None else "")
            claimed = f"{row.claimed} ({row.claimed_field})" if row.claimed_field else row.claimed
            rows = [
                ("the provider's tool", claimed),
                ("the contract", row.contract),
                ("as it felt", row.felt),
            ]
            yield from table(rows, indent="    ", limit=self.width)

    def _obligation(self, line: ObligationLine) -> Iterator[str]:
        yield ""
        title = f"{_capital(line.title)}: {line.state_words}"
        yield bold(coloured(title, line.tone, enabled=self.colour), enabled=self.colour)
        facts = [
            ("counted", line.consumed_words),
            ("deadline", line.due_words),
            ("paused", line.paused_words),
            ("calendar", line.calendar),
        ]
        yield from table([fact for fact in facts if fact[1]], indent="  ", limit=self.width)
        for segment in line.segments:
            mark = "+" if segment.counted else " "
            yield from wrapped(segment.words, self.width, first=f"  {mark} ", rest="    ")
        yield from wrapped(line.sentence, self.width, first="  ")

    def _events(self, view: ClockView) -> Iterator[str]:
        yield from self._heading("What happened")
        rows = [
            (event.at_words, f"{event.words}, by {event.who}" if event.who else event.words)
            for event in view.events
        ]
        yield from table(rows, indent="  ", limit=self.width)

    def _not_known(self, view: ClockView) -> Iterator[str]:
        if view.not_known:
            yield from self._heading("What is not known")
        for sentence in view.not_known:
            yield from wrapped(sentence, self.width, first="  - ", rest="    ")
