"""Zendesk and event logs through the conformance kit."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from engagewatch.model.engagement import SourceSettings
from engagewatch.model.instants import isoformat
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import EventKind
from engagewatch.testing import AdapterConformance, Desk, Request, Response, Stage
from tests.provider.zendesk_account import (
    AGENT,
    CUSTOMER,
    Account,
    audit,
    change,
    comment,
    reply,
    ticket,
)


class TimedAccount(Account):
    """An account whose cursors say when, as the real ones do: what changes moves to the end."""

    def _cursor_page(
        self, name: str, records: list[Any], request: Request, **more: object
    ) -> Response:
        def place(one: Any) -> tuple[int, int]:
            good = isinstance(one, dict) and "generated_timestamp" in one
            return (one["generated_timestamp"], one["id"]) if good else (1 << 40, 0)

        if name != "tickets":
            return super()._cursor_page(name, records, request, **more)
        after = tuple(map(int, request.query.get("cursor", "0:0").split(":")))
        later = [one for one in sorted(records, key=place) if place(one) > after]
        page = later[: self.page]
        cursor = "{}:{}".format(*max([after, *(place(one) for one in page)]))
        last = len(page) == len(later)
        return reply({name: page, **more, "after_cursor": cursor, "end_of_stream": last})


class TestZendesk(AdapterConformance):
    adapter = "zendesk"
    admin: ClassVar[bool] = True

    def answer(self, request: Request, desk: Desk) -> Response:
        authorized = request.headers.get("authorization") == f"Bearer {desk.token}"
        headers = {**request.headers, "authorization": "Bearer t0ken"} if authorized else {}
        account = TimedAccount(
            users=[
                {"id": AGENT, "name": desk.provider_name, "role": "agent"},
                {"id": CUSTOMER, "name": desk.client_name, "role": "end-user"},
            ],
            page=desk.page,
            admin=self.admin,
        )
        account.server_time = desk.now
        for sample in (*desk.tickets, *desk.erased):
            gone = sample in desk.erased
            updated_at = desk.now if gone else sample.updated_at
            account.tickets.append(
                ticket(
                    sample.number,
                    sample.created_at,
                    subject=sample.subject,
                    raw_subject=sample.subject,
                    priority=sample.priority,
                    status="deleted" if gone else sample.status,
                    custom_status_id=None,
                    updated_at=isoformat(updated_at),
                    generated_timestamp=updated_at,
                )
            )
        account.tickets += desk.junk
        for sample, fact in desk.facts:
            author = CUSTOMER if fact.by is Side.CLIENT else AGENT
            if fact.kind is EventKind.STATUS_CHANGED:
                child = change(fact.number + 1, "status", fact.value, fact.previous)
            else:
                public = fact.kind is EventKind.REPLIED
                child = comment(fact.number + 1, author, "Done.", public=public)
            account.audits.append(audit(fact.number, fact.at, author, child, of=sample.number))
        account.audits.sort(key=lambda one: one["timestamp"])
        return account.answer(Request(request.method, request.path, request.query, headers))


class TestZendeskOfAnAgent(TestZendesk):
    """By search, which leaves out what is deleted."""

    admin = False
    tells_deletion = False

    def answer(self, request: Request, desk: Desk) -> Response:
        if "search" in request.path or "tickets/" in request.path:
            desk = replace(desk, erased=[])
        return super().answer(request, desk)


class TestEventLog(AdapterConformance):
    """A log of states, as far as a file can do what a server does."""

    adapter = "eventlog"
    over_http = False
    tells_deletion = False
    meanings: ClassVar[Mapping[str, StatusMeaning]] = {
        "open": StatusMeaning.PROVIDER,
        "pending": StatusMeaning.CLIENT,
        "solved": StatusMeaning.RESOLVED,
    }

    def settings(self, place: str) -> SourceSettings:
        names = ("ticket", "at", "status", "created_at", "priority", "subject", "actor")
        return SourceSettings(
            id="kit",
            adapter="eventlog",
            meanings=self.meanings,
            options={
                "path": place,
                "format": "jsonl",
                "delimiter": ",",
                "encoding": "utf-8",
                "timezone": "UTC",
                "missing": ("",),
                "rows": "states",
                "columns": {name: name for name in names},
                "activities": {},
            },
        )

    @asynccontextmanager
    async def serving(self, desk: Desk) -> AsyncIterator[Stage]:
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(desk, str(Path(folder) / "log.jsonl"))
            self.publish(stage)
            yield stage

    def publish(self, stage: Stage) -> None:
        lines: list[str] = []
        for sample in stage.desk.tickets:
            common = {
                "ticket": f"#{sample.number}",
                "created_at": isoformat(sample.created_at),
                "priority": sample.priority,
                "subject": sample.subject,
            }
            status = sample.first_status
            row = {**common, "at": isoformat(sample.created_at), "actor": stage.desk.client_name}
            lines.append(json.dumps({**row, "status": status}))
            for fact in sample.facts:
                status = fact.value or status
                name = (
                    stage.desk.client_name if fact.by is Side.CLIENT else stage.desk.provider_name
                )
                row = {**common, "at": isoformat(fact.at), "actor": name, "status": status}
                lines.append(json.dumps(row))
        lines[3:3] = [json.dumps(one) for one in stage.desk.junk]
        Path(stage.place).write_text("\n".join(lines) + "\n", encoding="utf-8")
