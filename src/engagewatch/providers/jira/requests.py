"""What a site is asked: pages of issues, their histories, and what did not fit into a page.

Cloud reads issues and histories by POST; those three paths are all that is ever posted to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.instants import MINUTE, Instant, to_datetime
from engagewatch.net.client import Client
from engagewatch.net.errors import SourceError
from engagewatch.providers.jira.site import Site
from engagewatch.providers.jira.wire import (
    Comment,
    CommentsGoOn,
    HistoryEntry,
    HistoryPage,
    Issue,
    IssueHistory,
    RequestComment,
    SearchGoesOn,
    SlaField,
    ValuesGoOn,
)
from engagewatch.providers.listing import Listing, Rows
from engagewatch.providers.opened import GONE, UNREADABLE
from engagewatch.providers.wire import PageFormat, decoded, identifier

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

_T = TypeVar("_T")

_SEARCH = Listing(Issue, "issue", "the list of issues", "issues", SearchGoesOn)
_HISTORIES = PageFormat(HistoryPage, HistoryPage, "the history of issues")
_COMMENTS = Listing(Comment, "comment", "the comments of an issue", "comments", CommentsGoOn)
_PUBLIC = Listing(RequestComment, "value", "a list of the service desk", "values", ValuesGoOn)
_SLAS = Listing(SlaField, "value", "a list of the service desk", "values", ValuesGoOn)

_entry = Decoder(HistoryEntry)
_comment = Decoder(Comment)


Page: TypeAlias = Rows[Issue, SearchGoesOn]


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
        return _SEARCH.decode(answer)

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
        comments, _ = decoded(given, _comment, "comment")
        if total is not None and total > len(given):
            comments, read = [], 0
            for _ in range(_MOST_PAGES):
                answer = await self._client.get(
                    f"{self._site.api}/issue/{key}/comment",
                    {"startAt": read, "maxResults": PAGE, "orderBy": "created"},
                )
                page = _COMMENTS.decode(answer)
                comments += page.found
                read += page.size
                if not page.size or read >= (page.rest.total or 0):
                    break
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
        found = await self._desk_list(f"servicedeskapi/request/{key}/sla", {}, _SLAS)
        self._in_vain = 0 if found else self._in_vain + 1
        return found

    async def _mark_public(self, key: str, comments: Sequence[Comment]) -> None:
        """Learn which comments customers see, where the comments themselves do not tell."""
        query = {"public": "true", "internal": "true"}
        path = f"servicedeskapi/request/{key}/comment"
        told = await self._desk_list(path, query, _PUBLIC)
        public = {identifier(one.id): one.public for one in told}
        for comment in comments:
            if comment.public is None:
                comment.public = public.get(identifier(comment.id))

    async def _desk_list(
        self, path: str, query: dict[str, str], listing: Listing[_T, ValuesGoOn]
    ) -> list[_T]:
        found: list[_T] = []
        start = 0
        while not self._desk_closed and start < _MOST_PAGES * 50:
            try:
                answer = await self._client.get(path, {**query, "start": start, "limit": 50})
            except SourceError as error:
                if error.status not in UNREADABLE:
                    raise
                # 404: this issue is no request. 403: the account is no agent, for any issue.
                self._desk_closed = error.status != GONE
                return found
            page = listing.decode(answer)
            found += page.found
            start += page.size
            if page.rest.last is not False or not page.size:
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


def following(page: Page) -> str | None:
    """Return where the next page is (Cloud), ``None`` where nothing follows."""
    return None if page.rest.is_last or not page.rest.token else page.rest.token


def _add(log: IssueHistory, found: dict[str, list[HistoryEntry]]) -> None:
    key = identifier(log.issue)
    if key is not None:
        found.setdefault(key, []).extend(_entries(log.entries))


def _entries(raws: Sequence[Raw] | None) -> list[HistoryEntry]:
    return decoded(raws or (), _entry, "history entry")[0]
