"""What showed on our side beside what the provider's page told: candour, and contradictions.

How soon outages were admitted, which never were, and where the accounts of one service said "up"
and "down" at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engagewatch.engine import services as engine
from engagewatch.engine.accounts import SHORTEST, Account, Contradiction, contradictions
from engagewatch.engine.candour import Candour, SignKind, Unadmitted, lags
from engagewatch.engine.metrics import Reading, of_durations
from engagewatch.engine.signs import clusters_of, people_needed
from engagewatch.engine.silence import PERCENT_NEEDS
from engagewatch.engine.statistics import percent
from engagewatch.model.engagement import RunBy
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.metric import Metric
from engagewatch.model.service import ComponentState
from engagewatch.views import wording
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.quantities import interval_words, value_words
from engagewatch.views.service_story import Story
from engagewatch.views.tone import Tone

TICKETS = "tickets"
"""What people who write in are called as an account."""

_JUST_ENDED = 15 * MINUTE


@dataclass(frozen=True, slots=True)
class NeverRow:
    """An outage that our signs show and the provider's page never told of."""

    key: str
    service: str
    name: str
    """The service as the page writes it."""
    first_sign_at: Instant
    until_at: Instant
    started_words: str
    lasted_words: str
    sign_words: str
    """E.g. ``our probes failed for 2h 40m; 8 people wrote in``."""
    is_open: bool
    """Whether the signs go on."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class DisagreementRow:
    """A stretch in which some accounts said a service was up while others said it was down."""

    key: str
    service: str
    name: str
    from_at: Instant
    until_at: Instant
    from_words: str
    until_words: str
    lasted: int
    """Seconds."""
    lasted_words: str
    up: tuple[str, ...]
    """Who said it was up."""
    down: tuple[str, ...]
    words: str
    """E.g. ``status up; probes (ours) down``."""


@dataclass(frozen=True, slots=True)
class SignsView:
    """Candour and contradictions since an instant."""

    since: Instant
    since_words: str
    told: int
    """Incidents that the provider told of."""
    told_first: int
    """Of them, those told before anything showed on our side."""
    stated: int
    """Of them, those on which nothing showed on our side: their own start had to do."""
    candour: Figure
    """The median time to admit an outage, the ones never admitted counted as not yet."""
    never: tuple[NeverRow, ...]
    """Newest first."""
    never_words: str
    """E.g. ``2 of 14 never admitted (14%)``."""
    disagreements: tuple[DisagreementRow, ...]
    """Newest first."""
    accounts: tuple[str, ...]
    """Which accounts there are."""


def build(story: Story, periods: str) -> SignsView:
    """Return what a story that was read with its tickets tells; ``periods`` names its length."""
    told, never = story.candours.values(), story.never_admitted
    reading = of_durations(lags(told, never, story.now))
    total = len(told) + len(never)
    rows = [row for service in _services(story) for row in disagreements(story, service)]
    rows.sort(key=lambda row: (-row.from_at, row.key))
    return SignsView(
        since=story.since,
        since_words=periods,
        told=len(told),
        told_first=sum(one.lag < 0 for one in told),
        stated=sum(one.kind is SignKind.STATED for one in told),
        candour=Figure(
            label=f"Until an outage was admitted, {periods}",
            value=candour_words(reading),
            note=_share(len(never), total),
            tone=Tone.PLAIN,
            key=FigureKey(FigureKind.CANDOUR),
            met=len(told),
            judged=total,
        ),
        never=tuple(never_row(story, one) for one in reversed(never)),
        never_words=_share(len(never), total),
        disagreements=tuple(rows),
        accounts=_accounts(story),
    )


def candour_words(reading: Reading) -> str:
    """Return a median lag in words, as far as it can be told."""
    if not reading.count:
        return "no outage on record"
    if reading.is_thin:
        return f"{wording.counted(reading.count, 'outage')}, too few for a median"
    if reading.value is None:
        return "half of them were never admitted"
    words = value_words(Metric.CANDOUR_LAG, reading.value)
    interval = interval_words(Metric.CANDOUR_LAG, reading.interval)
    median = f"median {words}" if reading.value else "median at once or before"
    return f"{median} (95% interval {interval})" if interval else median


def _share(never: int, total: int) -> str:
    if not total:
        return "none to admit"
    words = f"{never} of {total} never admitted"
    return f"{words} ({percent(never, total, 0)})" if total >= PERCENT_NEEDS else words


SIGN_WORDS = {
    SignKind.PROBES: "our probes failed",
    SignKind.TICKETS: "a second person wrote",
    SignKind.STATED: "the start it names",
}


def lag_words(one: Candour) -> str:
    """Return how soon one incident was told, e.g. ``40m after our probes failed``."""
    sign = SIGN_WORDS[one.kind]
    if abs(one.lag) < MINUTE:
        return "told at once" if one.kind is SignKind.STATED else f"told as {sign}"
    when = "after" if one.lag > 0 else "before"
    return f"told {wording.span(abs(one.lag))} {when} {sign}"


def short_lag_words(one: Candour) -> str:
    """Return the same for a narrow column, e.g. ``40m after probes``."""
    if abs(one.lag) < MINUTE:
        return "at once"
    sign = {SignKind.PROBES: "probes", SignKind.TICKETS: "tickets", SignKind.STATED: "start"}
    when = "after" if one.lag > 0 else "before"
    return f"{wording.span(abs(one.lag))} {when} {sign[one.kind]}"


def never_key(one: Unadmitted) -> str:
    """Return what tells an outage that was never admitted from all others."""
    return f"never/{one.service}/{one.first_sign_at}"


def never_row(story: Story, one: Unadmitted) -> NeverRow:
    """Return an outage that was never admitted as a row."""
    is_open = story.now - one.until_at <= _JUST_ENDED
    wrote = [each.at for each in one.openings]
    lasted = wording.span(one.until_at - min([one.first_sign_at, *wrote]))
    return NeverRow(
        key=never_key(one),
        service=one.service,
        name=service_name(story, one.service),
        first_sign_at=one.first_sign_at,
        until_at=one.until_at,
        started_words=wording.moment(one.first_sign_at, story.engagement.timezone, story.now),
        lasted_words=f"{lasted} so far" if is_open else lasted,
        sign_words=_sign_words(one),
        is_open=is_open,
        tone=Tone.WARNING if is_open else Tone.PLAIN,
    )


def _sign_words(one: Unadmitted) -> str:
    parts = []
    if one.failures:
        failed = sum(each.until_at - each.from_at for each in one.failures)
        parts.append(f"our probes failed for {wording.span(failed)}")
    if one.openings:
        parts.append(f"{wording.counted(one.people, 'person', 'people')} wrote in")
    return "; ".join(parts)


def service_name(story: Story, service: str) -> str:
    """Return a service as the provider's page writes it, else as our probes do."""
    rows = story.of_service(service)
    return rows[0].component.name if rows else service


def _services(story: Story) -> list[str]:
    return list(dict.fromkeys(name.casefold() for name in story.names.values()))


def who(story: Story, source: str) -> str:
    """Return what a source's account is called."""
    return f"{source} (ours)" if story.run_by(source) is RunBy.CLIENT else source


def _accounts(story: Story) -> tuple[str, ...]:
    sources = sorted(
        {source for source, _ in story.names},
        key=lambda source: (story.run_by(source) is RunBy.CLIENT, source),
    )
    return (*(who(story, source) for source in sources), *((TICKETS,) if story.written else ()))


def disagreements(story: Story, service: str) -> list[DisagreementRow]:
    """Return where the accounts of a service contradict each other, in order of time."""
    start, end = story.since, story.now
    accounts = [
        Account(
            who(story, row.source),
            tuple(
                engine.account(
                    story.record((row.source, row.component.id), at_the_time=True), start, end
                )
            ),
        )
        for row in story.of_service(service)
    ]
    about = story.signs.about(service, start)
    people = people_needed(len(about), end - start)
    crowds = tuple(
        (one.from_at, one.until_at, ComponentState.DOWN)
        for one in clusters_of(service, about, people)
        if one.until_at > one.from_at
    )
    accounts.append(Account(TICKETS, crowds))
    found = contradictions(accounts, start, end, story.windows(service))
    return [_disagreement(story, service, one) for one in found]


def _disagreement(story: Story, service: str, one: Contradiction) -> DisagreementRow:
    timezone, now = story.engagement.timezone, story.now
    return DisagreementRow(
        key=f"{service}/{one.from_at}",
        service=service,
        name=service_name(story, service),
        from_at=one.from_at,
        until_at=one.until_at,
        from_words=wording.moment(one.from_at, timezone, now),
        until_words=wording.moment(one.until_at, timezone, now),
        lasted=one.seconds,
        lasted_words=wording.span(one.seconds),
        up=one.up,
        down=one.down,
        words=f"{_listed(one.up)} up; {_listed(one.down)} down",
    )


def _listed(names: Iterable[str]) -> str:
    return wording.listed(list(names))


def formula(never: Sequence[NeverRow]) -> str:
    """Return how candour is counted, in words."""
    stands = "; those never admitted count as not admitted until now" if never else ""
    return (
        "From the first sign to the provider's first public word. The first sign is a failure of "
        "our own probes, or the second of two people who wrote within 15 minutes, whichever came "
        "first; where there is neither, the start that the provider names. Told before any sign "
        f"counts as at once{stands}. The median is the Kaplan-Meier estimate. Probes that fail for "
        f"under {wording.span(SHORTEST)}, and people who write no more closely together than "
        "chance would bring, are no outage by themselves."
    )
