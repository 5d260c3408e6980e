"""What a site is asked: pages of issues, their histories, and what did not fit into a page.

Cloud reads issues and histories by POST; those three paths are all that is ever posted to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Refused
from engagewatch.model.instants import MINUTE, Instant, to_datetime
from engagewatch.net.client import Answer, Client
from engagewatch.net.errors import SourceError
from engagewatch.providers.jira.site import Site
from engagewatch.providers.jira.wire import (
    Comment,
    CommentPage,
    HistoryEntry,
    HistoryPage,
    Issue,
    IssueHistory,
    RequestComment,
    SearchPage,
    SlaField,
    ValuePage,
)
from engagewatch.providers.wire import PageFormat, identifier, read_each

SEARCH = "api/3/search/jql"
HISTORIES = "api/3/changelog/bulkfetch"
BY_ID = "api/3/issue/bulkfetch"
POSTED = (SEARCH, HISTORIES, BY_ID)
"""Paths that read although they are asked by POST. Nothing else is ever posted to."""

PAGE = 100
_HISTORY_PAGE = 1000
_SHOWN = (
    "summary",
    "status",
    "priority",
    "issuetype",
    "created",
    "updated",
    "reporter",
    "creator",
    "assignee",
    "comment",
    "labels",
)
_WATCHED = ("status", "priority", "assignee")
_MOST_PAGES = 200
_MOST_IN_VAIN = 5
_CLOSED = frozenset({403, 404})

_T = TypeVar("_T")

_SEARCH = PageFormat(SearchPage[Issue], SearchPage[Raw], "the list of issues")
_HISTORIES = PageFormat(HistoryPage, HistoryPage, "the history of issues")
_COMMENTS = PageFormat(CommentPage, CommentPage, "the comments of an issue")
_VALUES = PageFormat(ValuePage, ValuePage, "a list of the service desk")

_issue = Decoder(Issue)
_entry = Decoder(HistoryEntry)
_comment = Decoder(Comment)
_request_comment = Decoder(RequestComment)
_sla = Decoder(SlaField)


class Page(NamedTuple):
    """A page of issues."""

    issues: Sequence[Issue]
    refused: Sequence[Refused]
    size: int
    """Issues on it, refused ones included."""
    token: str | None
    """Where the next page is (Cloud)."""
    total: int | None
    """How many there are in all (Data Center)."""
    server_time: Instant | None

    @property
    def is_last(self) -> bool:
        """Whether nothing follows, as far as the page itself tells (Cloud)."""
        return self.token is None


class Questions:
    """Asks one site."""

    def __init__(self, client: Client, site: Site, projects: Sequence[str]) -> None:
        self._client = client
        self._site = site
        self._projects = projects
        self._desk_closed = False
        self._in_vain = 0

    def jql(self, since: Instant) -> str:
        """Return the query for what changed since ``since``, in the order of the changes."""
        projects = ", ".join(f'"{project}"' for project in self._projects)
        moment = local_minute(since, self._site.zone)
        return f'project in ({projects}) AND updated >= "{moment}" ORDER BY updated ASC, key ASC'

    async def page(self, since: Instant, *, token: str | None, offset: int) -> Page:
        """Return a page of what changed since ``since``.

        Raises:
            SourceError: there is no good answer.
        """
        fields = [*_SHOWN, *self._site.custom_fields]
        if self._site.is_cloud:
            question: dict[str, object] = {
                "jql": self.jql(since),
                "fields": fields,
                "maxResults": PAGE,
            }
            if token is not None:
                question["nextPageToken"] = token
            answer = await self._client.search(SEARCH, question)
        else:
            answer = await self._client.get(
                f"{self._site.api}/search",
                {
                    "jql": self.jql(since),
                    "fields": ",".join(fields),
                    "expand": "changelog",
                    "startAt": offset,
                    "maxResults": PAGE,
                },
            )
        return _page(answer)

    async def histories(self, issues: Sequence[Issue]) -> dict[str, list[HistoryEntry]]:
        """Return the histories of issues, oldest first.

        Cloud is asked for all of them at once, and may tell of one issue on several pages; on Data
        Center they came with the issues.

        Raises:
            SourceError: there is no good answer.
        """
        found: dict[str, list[HistoryEntry]] = {}
        if not self._site.is_cloud:
            for issue in issues:
                key = identifier(issue.id)
                if key is not None and issue.changelog is not None:
                    found[key] = _entries(issue.changelog.histories)
            return found
        token: str | None = None
        keys = [key for issue in issues if (key := identifier(issue.id))]
        for _ in range(_MOST_PAGES if keys else 0):
            question: dict[str, object] = {
                "issueIdsOrKeys": keys,
                "fieldIds": list(_WATCHED),
                "maxResults": _HISTORY_PAGE,
            }
            if token is not None:
                question["nextPageToken"] = token
            page = _HISTORIES.decode((await self._client.search(HISTORIES, question)).body)
            for log in page.logs:
                _add(log, found)
            token = page.token
            if not token:
                break
        return found

    async def comments(self, key: str, given: Sequence[Raw], total: int | None) -> list[Comment]:
        """Return all comments of an issue, of which a page of issues holds the first ones.

        Raises:
            SourceError: there is no good answer.
        """
        raws = list(given)
        if total is not None and total > len(raws):
            raws = []
            for _ in range(_MOST_PAGES):
                answer = await self._client.get(
                    f"{self._site.api}/issue/{key}/comment",
                    {"startAt": len(raws), "maxResults": PAGE, "orderBy": "created"},
                )
                page = _COMMENTS.decode(answer.body)
                raws.extend(page.comments)
                if not page.comments or len(raws) >= (page.total or 0):
                    break
        comments, _ = read_each(raws, _comment, "comment", lambda one: one)
        if not self._site.is_cloud and any(comment.public is None for comment in comments):
            await self._mark_public(key, comments)
        return comments

    async def slas(self, key: str) -> list[SlaField]:
        """Return the SLA clocks of an issue, for sites that leave them out of lists.

        Where the first few issues have none, nothing was left out, and no more are asked for.

        Raises:
            SourceError: there is no good answer.
        """
        if self._in_vain >= _MOST_IN_VAIN:
            return []
        found = await self._desk_list(f"servicedeskapi/request/{key}/sla", {}, _sla)
        self._in_vain = 0 if found else self._in_vain + 1
        return found

    async def _mark_public(self, key: str, comments: Sequence[Comment]) -> None:
        """Learn which comments customers see, where the comments themselves do not tell."""
        query = {"public": "true", "internal": "true"}
        path = f"servicedeskapi/request/{key}/comment"
        told = await self._desk_list(path, query, _request_comment)
        public = {identifier(one.id): one.public for one in told}
        for comment in comments:
            if comment.public is None:
                comment.public = public.get(identifier(comment.id))

    async def _desk_list(self, path: str, query: dict[str, str], decoder: Decoder[_T]) -> list[_T]:
        found: list[_T] = []
        start = 0
        while not self._desk_closed and start < _MOST_PAGES * 50:
            try:
                answer = await self._client.get(path, {**query, "start": start, "limit": 50})
            except SourceError as error:
                if error.status not in _CLOSED:
                    raise
                # 404: this issue is no request. 403: the account is no agent, for any issue.
                self._desk_closed = error.status == 403
                return found
            page = _VALUES.decode(answer.body)
            values, _ = read_each(page.values, decoder, "value", lambda one: one)
            found += values
            start += len(page.values)
            if page.last is not False or not page.values:
                return found
        return found


def local_minute(since: Instant, own: ZoneInfo) -> str:
    """Return ``since`` as a query takes it: rounded down to a minute of the account's zone.

    A minute that the clock shows twice, when it is put back, could be read as the later one: an
    earlier minute that is shown once is taken instead.
    """
    at = since - since % MINUTE
    while True:
        local = to_datetime(at, own)
        naive = local.replace(tzinfo=None)
        if _is_plain(naive, own):
            return naive.strftime("%Y/%m/%d %H:%M")
        at -= 30 * MINUTE


def _is_plain(naive: datetime, own: ZoneInfo) -> bool:
    """Whether the clock shows this time once: its two readings are the same instant."""
    first = naive.replace(tzinfo=own, fold=0)
    return first.utcoffset() == first.replace(fold=1).utcoffset()


def _page(answer: Answer) -> Page:
    page = _SEARCH.decode(answer.body)
    issues, refused = read_each(page.issues, _issue, "issue", lambda issue: issue)
    return Page(
        issues,
        refused,
        len(page.issues),
        None if page.is_last or not page.token else page.token,
        page.total,
        answer.server_time,
    )


def _add(log: IssueHistory, found: dict[str, list[HistoryEntry]]) -> None:
    key = identifier(log.issue)
    if key is not None:
        found.setdefault(key, []).extend(_entries(log.entries))


def _entries(raws: Sequence[Raw] | None) -> list[HistoryEntry]:
    entries, _ = read_each(raws or (), _entry, "history entry", lambda entry: entry)
    return entries
