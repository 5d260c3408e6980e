"""``engagewatch meeting``: the meetings of both sides, and what came of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engagewatch.cli.documents import written
from engagewatch.cli.errors import CommandError
from engagewatch.cli.output import bold, table, wants_colour, width, wrapped
from engagewatch.cli.setting import load, now, only_one, open_to_enter
from engagewatch.engine.attainment import Attainment
from engagewatch.engine.meetings import ActionState, DecisionState
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant, isoformat
from engagewatch.model.sides import Side
from engagewatch.store.store import Store
from engagewatch.views import meeting_entering, meeting_list
from engagewatch.views.attending import local_day
from engagewatch.views.keys import handle_of
from engagewatch.views.meeting_list import (
    ActionRow,
    AttendeeRow,
    DecisionRow,
    MeetingRow,
    MeetingsView,
)

LEAST = 4
"""Letters of a short name that have to be written."""


def run(options: Namespace) -> int:
    """List meetings, show one, or enter what came of it."""
    loaded, at = load(options), now()
    with open_to_enter(options) as store:
        if options.action == "list":
            _list(store, loaded.engagements, at, options)
            return 0
        if options.action == "add":
            engagement = only_one(loaded.engagements, "which engagement")
            entry = _added(engagement, at, options)
            store.enter([entry])
            _show(store, engagement, entry.subject, at, options)
            return 0
        engagement, view, row = _named(store, loaded.engagements, at, options.meeting)
        if options.action != "show":
            store.enter(_entries(engagement, view, row, at, options))
        _show(store, engagement, row.key, at, options)
    return 0


def _named(
    store: Store, engagements: Sequence[Engagement], at: Instant, name: str
) -> tuple[Engagement, MeetingsView, MeetingRow]:
    """Return the meeting whose handle or key begins so."""
    if len(name) < LEAST:
        raise CommandError(f'"{name}" is too short; write {LEAST} letters of its name at least')
    found = []
    for engagement in engagements:
        view = meeting_list.build(store, engagement, at)
        found += [
            (engagement, view, row)
            for row in view.rows
            if row.key == name or row.handle.startswith(name.lower())
        ]
    if not found:
        raise CommandError(f'there is no meeting "{name}"; see: engagewatch meeting list --all')
    if len(found) > 1:
        raise CommandError(f'"{name}" may be {len(found)} meetings; write more of it')
    return found[0]


def _added(engagement: Engagement, at: Instant, options: Namespace) -> Entry:
    if not options.title.strip():
        raise CommandError("say what the meeting is called")
    begin = _parsed(
        "--at", lambda: meeting_entering.parse_moment(options.at or "", engagement.timezone)
    )
    return meeting_entering.held(engagement.id, at, options.title, begin, options.minutes)


def _entries(
    engagement: Engagement, view: MeetingsView, row: MeetingRow, at: Instant, options: Namespace
) -> list[Entry]:
    """Return what the options say of a meeting."""
    action = options.action
    if action == "attended":
        return [_attended(engagement, row, who, at, options) for who in options.who]
    if action == "decision":
        return [_decision(engagement, view, row, at, options)]
    if action == "action":
        return [_action(engagement, view, row, at, options)]
    by = _parsed("--by", lambda: meeting_entering.parse_side(options.by)) if options.by else None
    if action == "off":
        return [meeting_entering.called_off(engagement.id, at, row.key, by)]
    if action == "on":
        return [meeting_entering.takes_place(engagement.id, at, row.key)]
    if not row.typed_in:
        raise CommandError("a meeting of a calendar is moved there, and read from it")
    begin = _parsed("--at", lambda: meeting_entering.parse_moment(options.at, engagement.timezone))
    return [meeting_entering.moved(engagement.id, at, row.key, begin, by)]


def _attended(
    engagement: Engagement, row: MeetingRow, who: str, at: Instant, options: Namespace
) -> Entry:
    known: dict[str, tuple[str, Side | None]] = {
        role.role.casefold(): (role.role, role.side) for role in engagement.people
    }
    known |= {one.who.casefold(): (one.who, one.side) for one in row.attendees}
    found = known.get(who.casefold())
    side = None if found is None else found[1]
    if options.side:
        side = _parsed("--side", lambda: meeting_entering.parse_side(options.side))
    if found is None and side is None:
        from engagewatch.config.suggestions import did_you_mean

        close = did_you_mean(who, [name for name, _ in known.values()])
        hint = close or "say whose side they are on: --side us, or --side provider"
        raise CommandError(f'"{who}" is neither a role nor invited; {hint}')
    came = None if options.undo else not (options.absent or options.excused)
    return meeting_entering.attended(
        engagement.id,
        at,
        row.key,
        who if found is None else found[0],
        came=came,
        side=side,
        excused=options.excused,
    )


def _decision(
    engagement: Engagement, view: MeetingsView, row: MeetingRow, at: Instant, options: Namespace
) -> Entry:
    state = DecisionState.MADE
    if options.needed:
        state = DecisionState.NEEDED
    elif options.drop:
        state = DecisionState.DROPPED
    rows = [one for meeting in view.rows for one in meeting.decisions]
    of = _thread("decision", rows, options.of) if options.of else ""
    text = " ".join(options.text)
    if not (text or of):
        raise CommandError("say what is decided, or which decision with --of")
    return meeting_entering.decision(engagement.id, at, row.key, state, text=text, of=of)


def _action(
    engagement: Engagement, view: MeetingsView, row: MeetingRow, at: Instant, options: Namespace
) -> Entry:
    today = local_day(at, engagement.timezone)
    due = (
        _parsed("--due", lambda: meeting_entering.parse_due(options.due, today))
        if options.due
        else None
    )
    owners = {role.role.casefold(): role for role in engagement.people}
    role = owners.get((options.owner or "").casefold())
    side = None if role is None else role.side
    if options.side:
        side = _parsed("--side", lambda: meeting_entering.parse_side(options.side))
    rows = [one for meeting in view.rows for one in meeting.actions]
    of = _thread("action", rows, options.of) if options.of else ""
    text = " ".join(options.text)
    if not (text or of):
        raise CommandError("say what is to be done, or which action with --of")
    if not of and side is None:
        raise CommandError("say whose action it is: --owner ROLE, --side us or --side provider")
    state = ActionState.DONE if options.done else ActionState.DROPPED if options.drop else None
    return meeting_entering.action(
        engagement.id,
        at,
        row.key,
        text=text,
        of=of,
        state=state,
        side=side,
        owner=options.owner or "" if role is None else role.role,
        due=due,
    )


def _thread(what: str, rows: Sequence[DecisionRow | ActionRow], name: str) -> str:
    found = {row.id for row in rows if row.handle.startswith(name.lower())}
    if len(found) != 1:
        told = "no" if not found else "more than one"
        raise CommandError(f'there is {told} {what} "{name}"; see: engagewatch meeting show')
    return found.pop()


def _parsed(option: str, parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except ValueError as error:
        raise CommandError(f"{option}: {error}") from None


# Printing.


def _list(store: Store, engagements: Sequence[Engagement], at: Instant, options: Namespace) -> None:
    views = [(one, meeting_list.build(store, one, at)) for one in engagements]
    if options.json:
        document = written(
            at,
            engagements=[
                {
                    "id": engagement.id,
                    "attendance": {
                        "client": _counted(view.ours),
                        "provider": _counted(view.theirs),
                    },
                    "facts": list(view.facts),
                    "meetings": [_json(row) for row in _chosen(view, options)],
                }
                for engagement, view in views
            ],
        )
        print(document)
        return
    pages = []
    for engagement, view in views:
        lines = [bold(engagement.name, enabled=wants_colour()), view.summary]
        lines += table(
            [
                (row.handle, row.when_words, row.state_words, _title(row))
                for row in _chosen(view, options)
            ],
            indent="  ",
        )
        year = f"the year before: us {view.ours_words}; provider {view.theirs_words}"
        year += f"; decisions: {view.yield_words}" if view.yield_words else ""
        year += f"; {view.moved_words}" if view.moved_words else ""
        lines += wrapped(year, width(), rest="  ")
        lines += table(view.by_role, indent="  ")
        pages.append("\n".join(lines))
    print("\n\n".join(pages))


MOST_LISTED = 20


def _chosen(view: MeetingsView, options: Namespace) -> list[MeetingRow]:
    if options.all:
        return list(view.rows)
    coming = [row for row in view.rows if not row.is_over and not row.is_later]
    held = [row for row in view.rows if row.is_over]
    return [*coming, *held[: max(0, MOST_LISTED - len(coming))]]


def _title(row: MeetingRow) -> str:
    told = "; ".join(_facts(row))
    return f"{row.title} ({told})" if told else row.title


def _facts(row: MeetingRow) -> Iterator[str]:
    if row.ours:
        yield f"us {row.ours}"
    if row.theirs:
        yield f"provider {row.theirs}"
    if row.decided:
        yield f"decisions {row.decided}"
    if row.to_do:
        yield f"actions {row.to_do}"
    if row.moved_words:
        yield row.moved_words


def _show(store: Store, engagement: Engagement, key: str, at: Instant, options: Namespace) -> None:
    row = meeting_list.build(store, engagement, at).row(key)
    if row is None:
        raise CommandError(f"there is no meeting {handle_of(key)} any more", 1)
    if options.json:
        print(written(at, meeting=_json(row, whole=True)))
        return
    print("\n".join(_page(row)))


def _page(row: MeetingRow) -> Iterator[str]:
    yield bold(row.title, enabled=wants_colour()) + f"  {row.handle}"
    told = (f"{row.when_words}, {row.length_words}", row.state_words, row.moved_words)
    yield "; ".join(words for words in told if words)
    if row.attendees:
        yield "who:"
        yield from table([_who(one) for one in row.attendees], indent="  ")
    if row.decisions:
        yield "decisions:"
        yield from table([(one.handle, one.words, one.text) for one in row.decisions], indent="  ")
    for title, actions in (("actions", row.actions), ("brought along", row.carried)):
        if actions:
            yield f"{title}:"
            yield from table(
                [
                    (one.handle, one.owner or one.side_words or "nobody named", _stands(one))
                    for one in actions
                ],
                indent="  ",
            )


def _stands(one: ActionRow) -> str:
    return f"{one.text}: {one.words}"


def _who(one: AttendeeRow) -> tuple[str, ...]:
    needed = "required" if one.required else "asked"
    return one.name, one.side_words, needed, ", ".join(filter(None, (one.words, one.streak_words)))


def _counted(counted: Attainment) -> dict[str, int]:
    return {
        "came": counted.met,
        "recorded": counted.judged,
        "not_recorded": counted.unknown,
        "excused_or_called_off": counted.excluded,
    }


def _json(row: MeetingRow, *, whole: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {
        "handle": row.handle,
        "key": row.key,
        "title": row.title,
        "series": row.series or None,
        "from": isoformat(row.from_at),
        "until": isoformat(row.until_at),
        "state": row.state_words,
        "called_off": row.called_off,
        "us": row.ours or None,
        "provider": row.theirs or None,
        "decided": row.decided or None,
        "to_do": row.to_do or None,
        "moved": row.moved_words or None,
    }
    if whole:
        told["attendees"] = [
            {
                "who": one.name,
                "side": None if one.side is None else one.side.value,
                "required": one.required,
                "came": one.came,
                "excused": one.excused,
                "words": one.words,
            }
            for one in row.attendees
        ]
        told["decisions"] = [
            {"handle": one.handle, "text": one.text, "state": one.state.value, "words": one.words}
            for one in row.decisions
        ]
        told["actions"] = [_action_json(one) for one in row.actions]
        told["brought_along"] = [_action_json(one) for one in row.carried]
    return told


def _action_json(one: ActionRow) -> dict[str, Any]:
    return {
        "handle": one.handle,
        "text": one.text,
        "side": one.side_words or None,
        "owner": one.owner or None,
        "state": one.state.value,
        "due": one.due or None,
        "moved": one.promised_anew,
        "carried_over": one.carried,
        "words": one.words,
    }
