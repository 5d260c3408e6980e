"""What happened to a ServiceNow record: its audit, its journal, its approvals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Event, EventKind
from engagewatch.providers.questions import asks
from engagewatch.providers.servicenow.people import SYSTEM, Accounts
from engagewatch.providers.servicenow.statuses import HOLD, PRIORITY, STATE, Labels
from engagewatch.providers.servicenow.tickets import Record, TicketReader
from engagewatch.providers.servicenow.values import key_of, time_of
from engagewatch.providers.servicenow.wire import (
    ApprovalRow,
    AuditRow,
    JournalRow,
    ScoreRow,
    SurveyRow,
    raw,
)
from engagewatch.providers.wire import latest_credible

AUDITED = (STATE, HOLD, PRIORITY, "assigned_to", "assignment_group")

_PENDING = "requested"
_SURVEY = "survey"
"""How a survey is told from other assessments, which are not asked of the client."""
_COMPLETE = "complete"
_SCORE_LIMIT = 40
_NEVER_ASKED = frozenset({"", "not requested", "not_requested", "duplicate"})


class HistoryReader:
    """Translates what the tables of one instance tell of a record's past."""

    def __init__(
        self, labels: Labels, accounts: Accounts, tickets: TicketReader, *, detect_questions: bool
    ) -> None:
        """``detect_questions`` allows looking for question marks in the provider's comments."""
        self._labels = labels
        self._accounts = accounts
        self._tickets = tickets
        self._detect_questions = detect_questions

    def opened(self, record: Record) -> Event:
        """Return the opening of a record."""
        opener = key_of(record.wire.opened_by) or record.caller
        side = self._accounts.side(opener, record.caller)
        if side is not Side.PROVIDER:
            side = Side.CLIENT
        return Event(
            record.key, f"{record.key}:opened", record.created_at, EventKind.OPENED, side, opener
        )

    def changes(
        self, record: Record, rows: Sequence[AuditRow], now: Instant, *, audited: bool
    ) -> list[Event]:
        """Return the changes that the audit tells of, each with what was before.

        ``audited`` says that the audit of this table can be read, so that a ticket without a row
        never changed. Where that is not known, what the record shows now is a mere sight of it.
        """
        latest = latest_credible(now)
        saves = list(_saves(rows, latest))
        wire = record.wire
        state = _first(saves, STATE, raw(wire.state))
        hold = _first(saves, HOLD, raw(wire.hold_reason))
        events: list[Event] = []
        changed = any(row.fieldname in (STATE, HOLD) for _, _, save in saves for row in save)
        if changed or self._is_as_created(record, audited=audited):
            # The audit seldom tells of the creation itself. A change in its very second does.
            if not any(at <= record.created_at for at, _, _ in saves):
                at, value = record.created_at, self._labels.status(record.table, state, hold)
                events.append(_event(record, "first", at, EventKind.OBSERVED, value=value))
        else:
            events.extend(self._sights(record, latest))
        for at, checkpoint, save in saves:
            told = {raw(row.fieldname): row for row in save}
            who = self._who(record, raw(save[0].user))
            before = (_old(told, STATE, state), _old(told, HOLD, hold))
            state, hold = _new(told, STATE, state), _new(told, HOLD, hold)
            previous = self._labels.status(record.table, *before)
            value = self._labels.status(record.table, state, hold)
            if value != previous and not _is_insert(told, STATE):
                events.append(
                    _event(
                        record,
                        f"{checkpoint}:status",
                        at,
                        EventKind.STATUS_CHANGED,
                        *who,
                        value,
                        previous,
                    )
                )
            events.extend(self._other_changes(record, told, at, checkpoint, who))
        return events

    def messages(self, record: Record, rows: Iterable[JournalRow], now: Instant) -> Iterator[Event]:
        """Yield the comments and work notes of a record."""
        latest = latest_credible(now)
        for row in rows:
            at, key = time_of(row.created_on, latest), key_of(row.id)
            if at is None or key is None:
                continue
            actor, side, automatic = self._who(record, raw(row.created_by))
            public = raw(row.element) == "comments"
            yield Event(
                record.key,
                key,
                at,
                EventKind.REPLIED if public else EventKind.NOTED,
                side,
                actor,
                automatic=automatic,
                asks=self._detect_questions
                and public
                and side is not Side.CLIENT
                and asks(_plain(raw(row.value))),
            )

    def approvals(
        self,
        record: Record,
        rows: Iterable[ApprovalRow],
        requested: dict[str, Instant],
        now: Instant,
    ) -> Iterator[Event]:
        """Yield what the client was asked to approve, and what was decided.

        Of a team each member is asked, and any of them may answer for all: that is one request.
        ``requested`` says since when a row is, where the audit tells; rows may be made earlier.
        """
        latest = latest_credible(now)
        asked: defaultdict[str, list[tuple[Instant, Instant, ApprovalRow]]] = defaultdict(list)
        for row in rows:
            key, made_at = key_of(row.id), time_of(row.created_on, latest)
            if key is None or made_at is None or raw(row.state).lower() in _NEVER_ASKED:
                continue
            if self._accounts.side(key_of(row.approver), None) is Side.PROVIDER:
                continue
            since = max(requested.get(key, made_at), made_at)
            until = max(time_of(row.updated_on, latest) or since, since)
            asked[key_of(row.group) or key].append((since, until, row))
        for name, members in asked.items():
            since = min(start for start, _, _ in members)
            request = f"{record.key}:approval:{name}"
            only = members[0][2] if len(members) == 1 else None
            approver = key_of(only.approver) if only is not None else None
            yield Event(
                record.key, request, since, EventKind.APPROVAL_REQUESTED, value=approver or ""
            )
            decision = _decision(members)
            if decision is not None:
                at, row = decision
                yield Event(
                    record.key,
                    f"{request}:decided",
                    at,
                    EventKind.APPROVAL_DECIDED,
                    Side.CLIENT,
                    key_of(row.approver),
                    raw(row.state).lower()[:40],
                    request,
                )

    def surveys(
        self,
        record: Record,
        rows: Iterable[SurveyRow],
        scores: Mapping[str, Sequence[ScoreRow]],
        now: Instant,
    ) -> Iterator[Event]:
        """Yield when the client was asked to rate a record, and what they answered.

        ``scores`` has the answers by survey. Where there are several, none of them is the rating.
        """
        latest = latest_credible(now)
        for row in rows:
            key, at = key_of(row.id), time_of(row.created_on, latest)
            if key is None or at is None or raw(row.method) not in ("", _SURVEY):
                continue
            user = key_of(row.user)
            if self._accounts.side(user, record.caller) is Side.PROVIDER:
                continue
            name = f"{record.key}:survey:{key}"
            at = max(at, record.created_at)
            yield Event(record.key, name, at, EventKind.SURVEYED, Side.PROVIDER)
            taken_at = time_of(row.taken_on, latest)
            if raw(row.state).lower() != _COMPLETE or taken_at is None:
                continue
            told = scores.get(key, ())
            score = raw(told[0].score) if len(told) == 1 else ""
            yield Event(
                record.key,
                f"{name}:rated",
                max(taken_at, at),
                EventKind.RATED,
                Side.CLIENT,
                user,
                safe_text(score, _SCORE_LIMIT),
            )

    def _is_as_created(self, record: Record, *, audited: bool) -> bool:
        """Whether a record without a change of status still stands as it was created."""
        if raw(record.wire.modifications) == "0":
            return True
        return audited and not (raw(record.wire.resolved_at) or raw(record.wire.closed_at))

    def _sights(self, record: Record, latest: Instant) -> Iterator[Event]:
        """Yield what a record shows of its own past where the audit shows nothing."""
        wire = record.wire
        for name, cell, state in (
            ("resolved", wire.resolved_at, "6"),
            ("closed", wire.closed_at, "7"),
        ):
            at = time_of(cell, latest)
            status = self._labels.label(record.table, STATE, state)
            if at is not None and record.created_at <= at < record.updated_at and status != state:
                yield _event(record, f"{name}:{at}", at, EventKind.OBSERVED, value=status)
        status = self._tickets.status(record)
        at = record.updated_at
        yield _event(record, f"seen:{at}:{status}", at, EventKind.OBSERVED, value=status)

    def _other_changes(
        self,
        record: Record,
        told: dict[str, AuditRow],
        at: Instant,
        checkpoint: str,
        who: tuple[str | None, Side | None, bool],
    ) -> Iterator[Event]:
        row = told.get(PRIORITY)
        if row is not None and raw(row.newvalue) != raw(row.oldvalue):
            value = self._labels.label(record.table, PRIORITY, raw(row.newvalue))
            previous = self._labels.label(record.table, PRIORITY, raw(row.oldvalue))
            kind = EventKind.PRIORITY_CHANGED
            yield _event(record, f"{checkpoint}:priority", at, kind, *who, value, previous)
        person, team = told.get("assigned_to"), told.get("assignment_group")
        value = previous = ""
        if person is not None:
            value, previous = key_of(person.newvalue) or "", key_of(person.oldvalue) or ""
        if team is not None:
            value = value or self._tickets.group_name(raw(team.newvalue))
            previous = previous or self._tickets.group_name(raw(team.oldvalue))
        if value != previous:
            kind = EventKind.ASSIGNED
            yield _event(record, f"{checkpoint}:assigned", at, kind, *who, value, previous)

    def _who(self, record: Record, user_name: str) -> tuple[str | None, Side | None, bool]:
        """Return key and side of who acted, and whether that was the instance by itself."""
        key = self._accounts.key(user_name)
        return key, self._accounts.side(key, record.caller), user_name == SYSTEM


def requests_of(rows: Iterable[AuditRow], latest: Instant) -> dict[str, Instant]:
    """Return since when approvals are requested, by the id of their row."""
    found: dict[str, Instant] = {}
    for row in rows:
        key, at = key_of(row.documentkey), time_of(row.created_on, latest)
        if key is not None and at is not None and raw(row.newvalue).lower() == _PENDING:
            found[key] = max(at, found.get(key, at))
    return found


def _saves(
    rows: Sequence[AuditRow], latest: Instant
) -> Iterator[tuple[Instant, str, list[AuditRow]]]:
    """Yield, in order, time, update number and rows of each save; a save changes several fields."""
    saves: defaultdict[tuple[Instant, int, str], list[AuditRow]] = defaultdict(list)
    for row in rows:
        at = time_of(row.created_on, latest)
        if at is None:
            continue
        number = raw(row.record_checkpoint)
        order = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        saves[at, order, f"{at}:{order}"].append(row)
    for (at, _, name), save in sorted(saves.items(), key=lambda pair: pair[0]):
        yield at, name, save


def _first(saves: Sequence[tuple[Instant, str, list[AuditRow]]], field: str, current: str) -> str:
    """Return the value that ``field`` had at creation: what its first change replaced."""
    for _, _, save in saves:
        for row in save:
            if raw(row.fieldname) == field:
                if field == STATE and not raw(row.oldvalue):
                    return raw(row.newvalue)  # the row of the creation itself
                return raw(row.oldvalue)
    return current


def _is_insert(told: dict[str, AuditRow], field: str) -> bool:
    row = told.get(field)
    return row is not None and not raw(row.oldvalue)


def _old(told: dict[str, AuditRow], field: str, held: str) -> str:
    return raw(told[field].oldvalue) if field in told else held


def _new(told: dict[str, AuditRow], field: str, held: str) -> str:
    return raw(told[field].newvalue) if field in told else held


def _decision(
    members: Sequence[tuple[Instant, Instant, ApprovalRow]],
) -> tuple[Instant, ApprovalRow] | None:
    """Return when a request was decided and by which row; ``None`` while it stands open."""
    decided = [(at, row) for _, at, row in members if raw(row.state).lower() in _DECISIONS]
    if decided:
        return min(decided, key=lambda pair: pair[0])
    if any(raw(row.state).lower() == _PENDING for _, _, row in members):
        return None
    # Nobody decided and nobody is asked any more: it was withdrawn.
    return max(((at, row) for _, at, row in members), key=lambda pair: pair[0])


_DECISIONS = frozenset({"approved", "rejected"})


def _plain(text: str) -> str:
    return text.replace("[code]", "").replace("[/code]", "")


def _event(
    record: Record,
    name: str,
    at: Instant,
    kind: EventKind,
    actor: str | None = None,
    side: Side | None = None,
    automatic: bool = False,
    value: str = "",
    previous: str = "",
) -> Event:
    return Event(
        record.key,
        f"{record.key}:{name}",
        max(at, record.created_at),
        kind,
        side,
        actor,
        value,
        previous,
        automatic,
    )
