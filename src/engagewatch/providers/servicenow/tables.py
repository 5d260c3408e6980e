"""Reading ServiceNow's tables: paging, and not believing an answer that ignored the question.

An instance drops a condition it cannot apply (a field that does not exist or may not be read) and
answers as if it had not been there. So what comes back is held against what was asked. A page may
be short or empty although more follow, since rows are left out after they were counted: only the
headers tell where a list ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Generic, NamedTuple, TypeVar

from msgspec import Raw, Struct
from msgspec.json import Decoder
from msgspec.structs import fields

from engagewatch.model.batch import Refused
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.net.client import Answer, Client
from engagewatch.net.errors import SourceError
from engagewatch.providers.servicenow.wire import (
    ApprovalRow,
    AuditRow,
    Cell,
    ChoiceRow,
    DeletedRow,
    JournalRow,
    MemberRow,
    MetricRow,
    Page,
    ScoreRow,
    SlaRow,
    SurveyRow,
    Task,
    UserRow,
    raw,
)
from engagewatch.providers.wire import PageFormat, read_each

_R = TypeVar("_R", bound=Struct)

UNREADABLE = frozenset({400, 403, 404})
"""How an instance says that a table is not there or not for this account."""

_NEXT = re.compile(r'<([^<>]{1,20000})>;\s*rel="next"')
_OFFSET = re.compile(r"[?&]sysparm_offset=(\d{1,9})(?:&|$)")
_ROWS = 1000
_MOST_PAGES = 200
_EMPTY_PAGES = 5


class Table(Generic[_R]):
    """One table, or several of one shape."""

    def __init__(
        self,
        name: str,
        record: type[_R],
        page: PageFormat[Page[_R], Page[Raw]],
        *,
        all_: bool = False,
    ) -> None:
        """``all_`` asks for labels beside values."""
        self.name = name
        self.page = page
        self.decoder = Decoder(record)
        self.fields = ",".join(one.encode_name for one in fields(record))
        self.display = "all" if all_ else "false"


def task_table(name: str) -> Table[Task]:
    """Return a table that extends ``task``."""
    return Table(name, Task, PageFormat(Page[Task], Page[Raw], f"the table {name}"), all_=True)


AUDIT = Table("sys_audit", AuditRow, PageFormat(Page[AuditRow], Page[Raw], "the table sys_audit"))
JOURNAL = Table(
    "sys_journal_field",
    JournalRow,
    PageFormat(Page[JournalRow], Page[Raw], "the table sys_journal_field"),
)
SLA = Table("task_sla", SlaRow, PageFormat(Page[SlaRow], Page[Raw], "the table task_sla"))
APPROVALS = Table(
    "sysapproval_approver",
    ApprovalRow,
    PageFormat(Page[ApprovalRow], Page[Raw], "the table sysapproval_approver"),
)
METRICS = Table(
    "metric_instance",
    MetricRow,
    PageFormat(Page[MetricRow], Page[Raw], "the table metric_instance"),
)
SURVEYS = Table(
    "asmt_assessment_instance",
    SurveyRow,
    PageFormat(Page[SurveyRow], Page[Raw], "the table asmt_assessment_instance"),
)
SCORES = Table(
    "asmt_metric_result",
    ScoreRow,
    PageFormat(Page[ScoreRow], Page[Raw], "the table asmt_metric_result"),
)
USERS = Table("sys_user", UserRow, PageFormat(Page[UserRow], Page[Raw], "the table sys_user"))
MEMBERS = Table(
    "sys_user_grmember",
    MemberRow,
    PageFormat(Page[MemberRow], Page[Raw], "the table sys_user_grmember"),
)
CHOICES = Table(
    "sys_choice", ChoiceRow, PageFormat(Page[ChoiceRow], Page[Raw], "the table sys_choice")
)
DELETED = Table(
    "sys_audit_delete",
    DeletedRow,
    PageFormat(Page[DeletedRow], Page[Raw], "the table sys_audit_delete"),
)


class Rows(NamedTuple, Generic[_R]):
    """A page of one table."""

    found: Sequence[_R]
    refused: Sequence[Refused]
    following: int | None
    """The offset of the next page, ``None`` where nothing follows."""
    server_time: Instant | None

    @property
    def more(self) -> bool:
        """Whether anything follows."""
        return self.following is not None


class TableReader:
    """Reads the tables of one instance, and remembers which of them are closed to the account."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._closed: set[str] = set()

    async def page(self, table: Table[_R], query: str, *, limit: int, offset: int = 0) -> Rows[_R]:
        """Return one page.

        Raises:
            SourceError: there is no good answer.
        """
        answer = await self._client.get(
            table.name,
            {
                "sysparm_query": query,
                "sysparm_fields": table.fields,
                "sysparm_limit": limit,
                "sysparm_offset": offset,
                "sysparm_display_value": table.display,
                "sysparm_exclude_reference_link": "true",
            },
        )
        page = table.page.decode(answer.body)
        if page.error or page.result is None:
            # It comes with what was found so far, and with 200.
            raise SourceError(
                Failure.TRANSIENT,
                f"the query of {table.name} was cut off by the instance: {_told(page.error)}",
            )
        found, refused = read_each(page.result, table.decoder, table.name, lambda row: row)
        following = _next_offset(answer, limit, offset, len(page.result))
        return Rows(found, refused, following, answer.server_time)

    async def all(
        self,
        table: Table[_R],
        query: str,
        key: Callable[[_R], Cell],
        wanted: Collection[str],
    ) -> list[_R]:
        """Return all rows whose ``key`` is ``wanted``; none of a table that is closed.

        Raises:
            SourceError: there is no good answer, or the instance ignored the question.
        """
        found: list[_R] = []
        if not wanted or table.name in self._closed:
            return found
        empty = offset = 0
        for _ in range(_MOST_PAGES):
            try:
                rows = await self.page(table, query, limit=_ROWS, offset=offset)
            except SourceError as error:
                if error.status not in UNREADABLE:
                    raise
                self._closed.add(table.name)
                return found
            if any(raw(key(row)) not in wanted for row in rows.found):
                raise ignored(table.name, "the list of ids")
            found.extend(rows.found)
            empty = 0 if rows.found else empty + 1
            if rows.following is None or empty == _EMPTY_PAGES:
                return found
            offset = rows.following
        return found

    def is_closed(self, table: Table[_R]) -> bool:
        """Whether the account was told that it may not read ``table``."""
        return table.name in self._closed

    def close(self, table: Table[_R]) -> None:
        """Remember that the account may not read ``table``."""
        self._closed.add(table.name)


def ignored(table: str, what: str) -> SourceError:
    """Return the error of an answer that does not keep to the question."""
    return SourceError(
        Failure.CONTRACT,
        f"the instance ignored {what} in a query of {table} and answered with other rows; the "
        "account may lack the right to read a field that the query names",
    )


def _next_offset(answer: Answer, limit: int, offset: int, count: int) -> int | None:
    """Return where the next page begins, ``None`` where nothing follows."""
    links = answer.headers.get("link", "")
    if links:
        following = _NEXT.search(links)
        if following is None:
            return None
        told = _OFFSET.search(following[1])
        # It may cut pages shorter than asked for.
        return int(told[1]) if told is not None and int(told[1]) > offset else offset + limit
    total = answer.headers.get("x-total-count", "")
    if total.isascii() and total.isdigit():
        return offset + limit if offset + limit < int(total[:12]) else None
    # Neither is told: only an empty page can be the end.
    return offset + limit if count > 0 else None


def _told(error: object) -> str:
    message = error.get("message") if isinstance(error, dict) else error
    return str(message or "no result")[:200]
