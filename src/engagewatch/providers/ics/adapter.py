"""One calendar: a feed that is read over the network, or a file."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, Instant, zone
from engagewatch.model.ticket import Person
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.net.files import fingerprint, open_lines
from engagewatch.providers.access import basic_or_bearer, texts
from engagewatch.providers.base import CheckLine, Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.ics.feed import FEED_LIMIT, Feed, read_feed
from engagewatch.providers.ics.invited import Sides, people_of
from engagewatch.providers.ics.occurrences import Choice, Span, meetings_of
from engagewatch.providers.roles import KnownRoles

STREAM = "meetings"
SECRET_PLACE = "{token}"  # noqa: S105 - where the secret goes, not what it is
DAYS_BACK = 120
DAYS_AHEAD = 90

_FORBIDDEN = "ask for a calendar link that may be read without signing in, or for a new one"


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["ics"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person],  # noqa: ARG001 - every read tells of all
) -> CalendarFeed:
    """Return the adapter of one calendar.

    Raises:
        SourceError: the settings name neither an address nor a file.
    """
    path = settings.options.get("path")
    if bool(settings.url) is bool(path):
        raise SourceError(
            Failure.CONFIGURATION, f'source "{settings.id}" needs either a url or a path'
        )
    text = _File(Path(str(path))) if path else _Web(settings, secret)
    return CalendarFeed(settings, engagement, text)


@dataclass(frozen=True, slots=True)
class _Text:
    """A calendar as it came."""

    body: str | None
    """``None``: it did not change since the given tag."""
    tag: str
    as_of: Instant
    server_time: Instant | None = None


class CalendarFeed:
    """One calendar."""

    streams = (STREAM,)

    def __init__(
        self, settings: SourceSettings, engagement: Engagement, place: _File | _Web
    ) -> None:
        """Prepare to read; nothing is requested yet."""
        options = settings.options
        self.description = describe(settings)
        self._place = place
        self._timezone = str(options.get("timezone") or "")
        self._usual_timezone = engagement.timezone
        self._back = _days(options.get("days_back"), DAYS_BACK)
        self._ahead = _days(options.get("days_ahead"), DAYS_AHEAD)
        self._sides = Sides(
            KnownRoles(engagement.people),
            texts(options.get("client_domains")),
            texts(options.get("provider_domains")),
        )
        self._choice = Choice(
            texts(options.get("titles")),
            texts(options.get("categories")),
            texts(options.get("organisers")),
            engagement.privacy.exclude_categories,
            engagement.meetings,
        )
        told = [sorted(options.items()), engagement.people, engagement.meetings]
        self._settings = hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._place.requests

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the meetings of the window, if the calendar or the day changed since ``cursor``.

        Raises:
            SourceError: the calendar cannot be read.
        """
        if stream != STREAM:
            raise KeyError(stream)
        before = json.loads(cursor) if cursor else {}
        same = before.get("settings") == self._settings
        tag = str(before.get("tag", "")) if same and before.get("day") == now // DAY else ""
        came = await self._place.read(tag, now)
        if came.body is None:
            return
        # Whoever moves a whole series moves its past as well: what took place is not told anew.
        known_until = int(before["read_at"]) - DAY if same else 0
        batch, _ = await asyncio.to_thread(self._read, came.body, now, known_until)
        latest = {
            "tag": came.tag,
            "day": now // DAY,
            "read_at": now,
            "settings": self._settings,
        }
        yield replace(batch, cursor=json.dumps(latest), server_time=came.server_time)

    async def check(self) -> list[CheckLine]:
        """Read the calendar once and say what it gives; never raises."""
        try:
            came = await self._place.read("", 0)
            batch, feed = await asyncio.to_thread(self._read, came.body or "", came.as_of, 0)
        except SourceError as error:
            return [CheckLine(False, STREAM, error.message)]
        return list(_told(batch, feed, self._choice))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._place.aclose()

    def _read(self, body: str, now: Instant, known_until: Instant) -> tuple[Batch, Feed]:
        feed = read_feed(body)
        since, until = now - self._back * DAY, now + self._ahead * DAY
        span = Span(since, max(since, known_until), until)
        meetings, refused = meetings_of(
            feed.events, self._choice, self._sides, self._local(feed.timezone), span
        )
        refused = [*feed.refused, *refused]
        people = {}
        for meeting in meetings:
            people.update(people_of(meeting.invitees))
        # What is missing of the days to come was called off. What is missing of the past was only
        # forgotten, as many feeds do; and what could not be read is not missing.
        is_whole = feed.complete and feed.listed > 0 and not refused
        if not feed.complete:
            refused.append(Refused("the end", "the calendar is cut off; what follows is not known"))
        batch = Batch(
            STREAM,
            None,
            people=tuple(people.values()),
            meetings=tuple(meetings),
            meetings_between=(now, until) if is_whole else None,
            refused=tuple(refused),
            records=feed.listed,
        )
        return batch, feed

    def _local(self, named: str) -> ZoneInfo:
        """Return the zone of times without one: as told, as the calendar says, or our own."""
        if self._timezone:
            return zone(self._timezone)
        try:
            return zone(named or self._usual_timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return zone(self._usual_timezone)


class _File:
    """A calendar in a file."""

    requests = 0

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self, tag: str, now: Instant) -> _Text:  # noqa: ARG002 - as from the web
        return await asyncio.to_thread(self._text, tag)

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _text(self, tag: str) -> _Text:
        seen = fingerprint(self._path)
        latest = json.dumps(asdict(seen))
        as_of = seen.modified // 1_000_000_000
        if tag == latest:
            return _Text(None, latest, as_of)
        parts, length = [], 0
        with open_lines(self._path) as lines:
            for line in lines:
                parts.append(line)
                length += len(line)
                if length > FEED_LIMIT:
                    break
        return _Text("".join(parts), latest, as_of)


class _Web:
    """A calendar at an address, which may itself be the secret."""

    def __init__(self, settings: SourceSettings, secret: str | None) -> None:
        if SECRET_PLACE in settings.url and not secret:
            raise SourceError(
                Failure.CONFIGURATION,
                f'source "{settings.id}" has {SECRET_PLACE} in its url, but no token',
            )
        hidden = SECRET_PLACE in settings.url
        self._secret = secret if hidden else None
        self._url = settings.url.replace(SECRET_PLACE, secret or "")
        parts = urlsplit(self._url)
        self._client = Client(
            f"{parts.scheme}://{parts.netloc}",
            Limits(settings.requests_per_minute or describe(settings).requests_per_minute),
            authorization=(
                basic_or_bearer(settings.user, secret) if secret and not hidden else None
            ),
            reach=settings.reach,
            forbidden_advice=_FORBIDDEN,
            headers={"Accept": "text/calendar, */*;q=0.5"},
        )

    @property
    def requests(self) -> int:
        return self._client.requests

    async def read(self, tag: str, now: Instant) -> _Text:
        try:
            answer = await self._client.get(self._url, etag=tag)
        except SourceError as error:
            raise self._without_address(error) from None
        as_of = answer.server_time or now
        if answer.unchanged:
            return _Text(None, tag, as_of, answer.server_time)
        body = answer.body.decode("utf-8-sig", "replace")
        return _Text(body, answer.etag, as_of, answer.server_time)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _without_address(self, error: SourceError) -> SourceError:
        """Return an error that does not show an address which nobody else may know."""
        if self._secret is None:
            return error
        host = urlsplit(self._url).hostname or ""
        message = re.sub(rf"{re.escape(host)}/\S*", f"{host}/...", error.message)
        for shown in (self._secret, unquote(self._secret), self._secret.partition("?")[0]):
            message = message.replace(shown, "...") if shown else message
        return SourceError(
            error.failure, message, retry_after=error.retry_after, status=error.status
        )


def _told(batch: Batch, feed: Feed, choice: Choice) -> Iterator[CheckLine]:
    if not feed.listed:
        yield CheckLine(False, STREAM, "the calendar holds no event at all; is it the right one?")
        return
    told = f"{len(batch.meetings)} meetings read, from a calendar of {feed.listed} events"
    if not batch.meetings:
        ask = "titles, categories or organisers" if not choice.is_told else "other patterns"
        told += f"; none is taken as ours in this window: name {ask}, or [[meetings]]"
    yield CheckLine(bool(batch.meetings), STREAM, told)
    if batch.refused:
        first = batch.refused[0]
        yield CheckLine(
            False,
            STREAM,
            f"{len(batch.refused)} cannot be read; {first.record}: {first.reason}",
        )
    unknown = sorted(
        {one.who for meeting in batch.meetings for one in meeting.invitees if one.side is None}
    )
    if unknown:
        yield CheckLine(
            False,
            "sides",
            f"{len(unknown)} people are on no known side, so their attendance is not counted: "
            f"name client_domains and provider_domains, or [[people]] ({unknown[0]}, ...)",
        )


def _days(option: object, usual: int) -> int:
    return option if isinstance(option, int) else usual
