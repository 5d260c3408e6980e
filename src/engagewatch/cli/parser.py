"""Commands and options. Imports nothing but argparse: ``--help`` and completion stay instant."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from datetime import date

from engagewatch import __version__

KINDS = (
    "zendesk",
    "statuspage",
    "eventlog",
    "uptime_kuma",
    "prometheus",
    "gatus",
    "cachet",
    "better_stack",
    "zammad",
    "request_tracker",
    "servicenow",
    "jira",
    "freshservice",
    "ics",
)


class Command:
    """One subcommand, and where its handler is.

    A plain class: dataclasses would double the time that ``--version`` takes.
    """

    __slots__ = ("arguments", "description", "failed", "help", "module")

    def __init__(
        self,
        help: str,  # noqa: A002 - what argparse calls it
        module: str,
        description: str = "",
        arguments: Callable[[ArgumentParser], None] = lambda _: None,
        failed: int = 1,
    ) -> None:
        """``module`` of this package has ``run(options) -> int``.

        ``failed`` is the exit code after an unexpected failure.
        """
        self.help = help
        self.module = module
        self.description = description or f"{help[0].upper()}{help[1:]}."
        self.arguments = arguments
        self.failed = failed


def build_parser() -> ArgumentParser:
    """Return the parser of all commands."""
    parser = ArgumentParser(
        prog="engagewatch",
        description="Watches an outsourced IT engagement from the client's chair. "
        "Without a command it opens the terminal interface.",
        epilog="Start with: engagewatch demo, or engagewatch init and then engagewatch check.",
    )
    parser.add_argument("--version", action="version", version=f"engagewatch {__version__}")
    _add_common(parser, config=None, data=None, engagement=None, debug=False)
    parser.set_defaults(command="")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, command in COMMANDS.items():
        if not name:
            continue
        sub = commands.add_parser(
            name,
            help=command.help,
            description=command.description,
            formatter_class=RawDescriptionHelpFormatter,
        )
        # Given after the command as well as before it; what is left out must not undo the other.
        _add_common(sub, config=SUPPRESS, data=SUPPRESS, engagement=SUPPRESS, debug=SUPPRESS)
        command.arguments(sub)
        sub.set_defaults(command=name)
    return parser


def _add_common(
    parser: ArgumentParser,
    *,
    config: str | None,
    data: str | None,
    engagement: str | None,
    debug: bool | str,
) -> None:
    group = parser.add_argument_group("everywhere")
    group.add_argument("--config", metavar="DIR", default=config, help="configuration directory")
    group.add_argument("--data", metavar="DIR", default=data, help="directory of the history")
    group.add_argument(
        "--engagement", metavar="ID", default=engagement, help="only this engagement"
    )
    group.add_argument(
        "--debug", action="store_true", default=debug, help="show details of a failure"
    )


def _brief(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--seen",
        action="store_true",
        help="remember that you have seen it: the next brief tells what changed after this one",
    )
    parser.add_argument("--json", action="store_true", help="for machines; names no person")


def _waiting(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines; people by role")


def _key(parser: ArgumentParser) -> None:
    parser.add_argument(
        "key",
        metavar="KEY",
        help="what it is called: the letters before it, the beginning of them, or its reference",
    )


def _ack(parser: ArgumentParser) -> None:
    _key(parser)
    parser.add_argument("--note", default="", metavar="TEXT", help="what is being done about it")


def _snooze(parser: ArgumentParser) -> None:
    _key(parser)
    parser.add_argument(
        "--until", default="", metavar="DATE", help="2026-03-09, 3d, 2w, tomorrow or monday"
    )
    parser.add_argument("--why", default="", metavar="TEXT", help="the reason, shown beside it")
    parser.add_argument("--wake", action="store_true", help="bring it back now instead")


def _assign(parser: ArgumentParser) -> None:
    _key(parser)
    parser.add_argument(
        "role", metavar="ROLE", help="a role of [[people]], or a name; empty quotes for nobody"
    )


def _entries(parser: ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one object with all of them")
    how.add_argument("--csv", action="store_true", help="one line each")


def _status(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines, as described above")


def _sync(parser: ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="poll every source once (the default)")
    how.add_argument("--watch", action="store_true", help="poll for as long as it runs")


def _sources(parser: ArgumentParser) -> None:
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="list what this one sent that could not be read, was changed later or is gone",
    )
    parser.add_argument("--json", action="store_true", help="for machines, as described above")


def _explain(parser: ArgumentParser) -> None:
    parser.add_argument(
        "ticket", metavar="TICKET", help="its id or reference, or SOURCE/ID where two have the same"
    )


def _check(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--offline", action="store_true", help="check the files only; contact no source"
    )


def _init(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--provider",
        action="append",
        choices=KINDS,
        metavar="KIND",
        help=f"where its data comes from: {', '.join(KINDS)}; may be given several times",
    )
    parser.add_argument("--name", metavar="NAME", help='"CLIENT / PROVIDER"')
    parser.add_argument("--id", metavar="ID", help="name of the file; made from the client's name")
    parser.add_argument(
        "--url", action="append", metavar="URL", help="address of each provider, in the same order"
    )
    parser.add_argument("--path", metavar="FILE", help="file of an event log")
    parser.add_argument("--timezone", metavar="ZONE", help="such as Europe/London")
    parser.add_argument("--holidays", metavar="REGION", help="public holidays, such as GB-ENG")
    parser.add_argument("--started", type=_date, metavar="DATE", help="when the provider took over")
    parser.add_argument(
        "--onboarding",
        nargs="?",
        const="1",
        choices=["0.5", "0.75", "1", "1.75"],
        metavar="SCALE",
        help="write an on-boarding plan too: 0.5, 0.75, 1 or 1.75 times ninety days; "
        "with --id of a file that is there, only the plan",
    )
    parser.add_argument(
        "--print", action="store_true", dest="to_stdout", help="print it instead of writing a file"
    )


def _onboarding(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=["show", "done", "move", "note", "reopen", "call-off"],
        help="what to do with a task; left out, the whole plan is printed",
    )
    parser.add_argument("task", nargs="?", metavar="ID", help="id of the task")
    parser.add_argument(
        "value", nargs="?", metavar="DATE|TEXT", help="the new date of move, the text of note"
    )
    parser.add_argument("--on", metavar="DATE", help="the day it was done; today unless given")
    parser.add_argument("--note", metavar="TEXT", help="what shows that it is done, or why")
    parser.add_argument("--why", metavar="TEXT", help="the reason for another date")
    parser.add_argument("--json", action="store_true", help="for machines")


def _demo(parser: ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="only serve the simulated provider")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port to serve on")


def _db(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=["backup", "restore", "verify", "repair"], help="what to do"
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="the copy to make, or to go back to"
    )


def _doctor(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines")


def _calendar(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="name of a calendar of the engagement file")
    parser.add_argument(
        "--next", type=_days, default=14, metavar="DAYS", dest="days", help="how far: 14d"
    )


def _meeting(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action="list")
    parser.add_argument("--all", action="store_true", help="list every one that is known")
    parser.add_argument("--json", action="store_true", help="for machines")

    def action(name: str, about: str, *, of_one: bool = True) -> ArgumentParser:
        added = actions.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        if of_one:
            added.add_argument("meeting", metavar="MEETING", help="its short name, as listed")
        added.add_argument("--json", action="store_true", default=SUPPRESS, help="for machines")
        _add_common(added, config=SUPPRESS, data=SUPPRESS, engagement=SUPPRESS, debug=SUPPRESS)
        return added

    one = action("list", "list meetings, those to come first", of_one=False)
    one.add_argument("--all", action="store_true", default=SUPPRESS, help="every one known")
    action("show", "who came, what was decided and what was taken on")
    one = action("add", "add a meeting that is in no calendar", of_one=False)
    one.add_argument("title", metavar="TITLE", help="what it is called")
    one.add_argument("--at", required=True, metavar="TIME", help='"2026-03-09 14:00", local')
    one.add_argument("--minutes", type=int, default=60, metavar="N", help="how long: 60")
    one = action("move", "give a meeting that was added another time")
    one.add_argument("--at", required=True, metavar="TIME", help='"2026-03-09 14:00", local')
    one.add_argument("--by", metavar="SIDE", help="whose wish it was: us or provider")
    one = action("off", "say that a meeting does not take place")
    one.add_argument("--by", metavar="SIDE", help="who called it off: us or provider")
    one = action("on", "say that it takes place after all")
    one.set_defaults(by=None)
    one = action("attended", "say who came")
    one.add_argument("who", nargs="+", metavar="WHO", help="roles, or addresses of the invitation")
    how = one.add_mutually_exclusive_group()
    how.add_argument("--absent", action="store_true", help="they did not come")
    how.add_argument("--excused", action="store_true", help="they did not come, and were excused")
    how.add_argument("--undo", action="store_true", help="take back what was recorded")
    one.add_argument("--side", metavar="SIDE", help="of somebody not known: us or provider")
    one = action("decision", "say what was decided, or is to be")
    one.add_argument("text", nargs="*", metavar="TEXT", help="what it is about")
    how = one.add_mutually_exclusive_group()
    how.add_argument("--needed", action="store_true", help="it is to be made in this meeting")
    how.add_argument("--drop", action="store_true", help="it is not needed any more")
    one.add_argument("--of", metavar="DECISION", help="one already noted, by its short name")
    one = action("action", "say what somebody takes on, or how that stands")
    one.add_argument("text", nargs="*", metavar="TEXT", help="what is to be done")
    one.add_argument("--owner", metavar="ROLE", help="who does it")
    one.add_argument("--side", metavar="SIDE", help="whose it is: us or provider")
    one.add_argument("--due", metavar="DAY", help="2026-03-09, 2w, friday; a new one is counted")
    how = one.add_mutually_exclusive_group()
    how.add_argument("--done", action="store_true", help="it is done")
    how.add_argument("--drop", action="store_true", help="it is not needed any more")
    one.add_argument("--of", metavar="ACTION", help="one already noted, by its short name")


def _of_months(parser: ArgumentParser) -> None:
    parser.add_argument("--month", metavar="MONTH", help="2026-03; the current one unless told")
    parser.add_argument("--json", action="store_true", help="for machines")


def _disputes(parser: ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", metavar="KEY", help="one of them, by its short name")
    parser.add_argument(
        "--state", metavar="STATE", help="how far it has come: raised, accepted, rejected, dropped"
    )
    parser.add_argument("--note", metavar="TEXT", help="what to remember of it")
    parser.add_argument("--csv", action="store_true", help="for a spreadsheet")
    _of_months(parser)


def _baseline(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action="list")
    parser.add_argument("--json", action="store_true", help="for machines")

    def action(name: str, about: str) -> ArgumentParser:
        added = actions.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        _add_common(added, config=SUPPRESS, data=SUPPRESS, engagement=SUPPRESS, debug=SUPPRESS)
        return added

    one = action("list", "list what was imported")
    one.add_argument("--json", action="store_true", default=SUPPRESS, help="for machines")
    one = action("import", "import a file; it replaces the one of the same name")
    one.add_argument("file", metavar="FILE", help="CSV or JSON lines, plain or gzip")
    one.add_argument(
        "--content", required=True, choices=["tickets", "outages", "headcount"], help="what it is"
    )
    one.add_argument(
        "--grade",
        required=True,
        choices=["A", "B", "C", "D"],
        help="how far it can be trusted, as described by: engagewatch baseline --help",
    )
    one.add_argument("--source", required=True, metavar="WORDS", help="where it comes from")
    one.add_argument("--name", metavar="NAME", help="what to call it; the file's name unless given")
    one.add_argument("--columns", metavar="FIELD=COLUMN,...", help="at=opened,until=closed")
    one.add_argument("--time-format", metavar="FORMAT", help='"%%d/%%m/%%Y %%H:%%M"; or ISO 8601')
    one.add_argument("--timezone", metavar="ZONE", help="of times without an offset")
    one = action("drop", "take an imported file out again")
    one.add_argument("name", metavar="NAME", help="what it is called, as listed")


def _completion(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=["bash", "zsh", "fish"], help="your shell")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date; write it like 2026-03-02") from None


def _days(text: str) -> int:
    number = text.lower().removesuffix("d")
    if not number.isdigit() or not 1 <= int(number) <= 366:
        raise ArgumentTypeError(f"{text!r} is not a number of days from 1 to 366, such as 14d")
    return int(number)


_STATUS_HELP = """\
How every engagement stands; the exit code tells the worst of them.

exit codes:
  0  fine
  1  something needs attention
  2  cannot tell: no data yet, a stale or failing source, or a wrong file

With --json one object is printed:
  version      1; a change of shape changes it
  as_of        now, as 2026-03-02T09:00:00Z
  state        "fine", "attention" or "unknown"; exit_code says the same
  problems     what is wrong with files, as "file:line:column: key: message"
  engagements  one object each, the one that needs a person most first:
    id, name, client, provider
    state      "fine", "attention" or "unknown"; words says it for people
    headline   the flag with the gravest consequence; "" if there is none
    flags      provider and client, each with urgent, attention and notice
    waiting    count of what waits on us, since oldest; null if not known
    at_risk    open provider clocks missed or due soon; null if not known
    services   in words
    ledgers    provider and client, this month: met, judged and percent,
               which is null while there are too few
    freshness  state (live, refreshing, stale, failing, never) and words
    sources    one object each, as printed by: engagewatch sources --json
"""

_SOURCES_HELP = """\
How every source is read: how old its data is, what went wrong and what to do,
what polling costs it, and how much of what it sent could not be read, was
changed later without a word, or is no longer there. With SOURCE these are
listed, the newest first. Nobody is contacted; the exit code is 0.

With --json one object is printed:
  version      1; a change of shape changes it
  as_of        now, as 2026-03-02T09:00:00Z
  sources      one object each, null where something is not known or never was:
    engagement, id, adapter
    state      live, refreshing, stale, failing or never; words tells people
    failing_since, failure, error, what_to_do
    notice     what to know although polling works; "" if nothing
    last_success, last_attempt, next_attempt
    requests, requests_last_poll, bytes, bytes_last_poll
    tickets    kept; deleted are gone at the source, hidden not shown any more
    refused, silent_edits  how many; unmapped: statuses without a meaning
    clock_skew seconds by which its clock is ahead of ours
    lists      with SOURCE only: refused, silent_edits and missing
"""

_SYNC_HELP = """\
Polls the sources. Ctrl+C or a signal ends it once the page at hand is stored.

exit codes of --once:
  0  every source was read, or another engagewatch polls already
  1  a source failed
  2  an engagement file is wrong; the others were polled
  3  the history was damaged: it was set aside, what cannot be fetched again was
     kept, and the rest is being fetched again. Told once, by the run that found
     it and before any other code; engagewatch doctor tells it until the file
     set aside is deleted.
--watch also takes in edited engagement files while it runs; a file with a
mistake is told, and its last good version stays in use.
"""

_DEMO_HELP = """\
Runs a simulated provider on this machine and shows it in the terminal
interface, or without a terminal prints its brief. Nothing leaves the machine,
and your own engagements and history are not touched.
"""

_ONBOARDING_HELP = """\
Without an action: when the plan ends, whose days it lost, what comes next, the
gates and every task. With one, for one task:

show ID          its dates, what it waited for, how its late days come about
done ID          it is done; --on DATE, --note what shows it
move ID DATE     another date, --why REASON; the planned date stays, this is
                 counted
note ID TEXT     a note
reopen ID        it is not over after all
call-off ID      it will not be done, --why REASON

What is entered is kept in the history; the plan file is never changed.
"""

_DOCTOR_HELP = """\
Looks at everything engagewatch needs without contacting a source: versions,
folders and their permissions, the history, each source's last polls, the
clock, the proxy, the terminal. The exit code is 1 if something needs doing.
(To contact the sources: engagewatch check.)
"""

_DB_HELP = """\
backup   copies the history while it is in use; without FILE into the backups
         folder of the data directory. Its name is printed.
restore  goes back to a copy, also while engagewatch runs; what the history was
         until then is kept as another copy.
verify   checks the history's file, recounts every clock from its events and
         compares it with what is stored.
repair   checks the whole file; mends it, or sets it aside and keeps what cannot
         be fetched again; recounts what does not follow from its events.
"""

_WAITING_HELP = """\
Everything that only our side can move, what holds up most first: who owes it
since when, our own target, and what it holds up. Before each stands the name
that ack, snooze, assign and nudge take.

With --json one object is printed, people by role:
  version      1; a change of shape changes it
  as_of        now, as 2026-03-02T09:00:00Z
  engagements  one object each:
    id, name
    total      how many wait; overdue: past our own target; oldest: since when
    items      key (to type), subject (in entries), reference, title, kind,
               owner (null if nobody is named), since, due, overdue, asked,
               holds_up, gravity, credit, plan_days, acknowledged, note,
               put_off_until, nudged (when)
    put_off    the same, of what is off the list until a day
    nudges     followed of judged, and pending
    not_known  what cannot be told, in words
"""

_SNOOZE_HELP = """\
Takes something off the list of what waits on us, or a flag off the brief,
until a day. It comes back at once if it changes: when it is asked about
again, or is due at another time. What is put off stays counted and listed.
"""

_MEETING_HELP = """\
The meetings of both sides, from a calendar (a source of kind ics) or added by
hand: who came, what was decided, what was taken on. Without ACTION they are
listed. An accepted invitation is not attendance: who came is not known until
somebody says so.

examples:
  engagewatch meeting list
  engagewatch meeting attended 3fa9 "IT liaison" "Service manager"
  engagewatch meeting attended 3fa9 "Finance approver" --absent
  engagewatch meeting decision 3fa9 "Release the upgrade budget" --needed
  engagewatch meeting decision 77c0 --of 12ab
  engagewatch meeting action 3fa9 "Send the leavers" --owner "HR lead" --due 2w
  engagewatch meeting action 77c0 --of 9d01 --done

With --json, list prints: version, as_of and engagements, each with id,
attendance of client and provider (came, recorded, not_recorded,
excused_or_called_off, over the year before), facts and meetings. All others
print the meeting with attendees, decisions, actions and brought_along; came is
null where nobody recorded it.
"""

_BASELINE_HELP = """\
The record from before the engagement: what Then & now holds the present
against. Without ACTION what was imported is listed.

grades:
  A  exported from the system that timed it
  B  put together from dated documents: invoices, mails, logs
  C  from notes made at the time, with gaps: shown with a warning, not tested
  D  from memory: drawn as an outline, never tested

columns are recognised by their usual names, or named with --columns:
  tickets    at (opened), until (resolved), title, category, priority, users,
             responded, grade
  outages    at (began), until (over; or minutes or hours), title, category,
             priority, users (people hit), grade
  headcount  at, users, grade
A grade in a row is that row's own. A row that cannot be read is told and left
out. A file is imported anew under the same name to replace it.

examples:
  engagewatch baseline import desk-2025.csv --content tickets --grade A \\
      --source "export of the old desk" --columns at=Logged,until=Fixed
  engagewatch baseline import outages.csv --content outages --grade B \\
      --source "invoices and mails of 2025" --time-format "%d/%m/%Y %H:%M"
"""

COMMANDS: dict[str, Command] = {
    "": Command("open the terminal interface", "tui"),
    "brief": Command("print today's brief", "brief", arguments=_brief),
    "waiting": Command(
        "what waits on us, and what it holds up", "waiting", _WAITING_HELP, _waiting
    ),
    "participation": Command(
        "how both sides take part this month", "participation", arguments=_waiting
    ),
    "ack": Command("say that somebody has seen what waits, or a flag", "attend", arguments=_ack),
    "snooze": Command(
        "put off what waits, or a flag, until a day", "attend", _SNOOZE_HELP, _snooze
    ),
    "assign": Command("say who has something that waits on us", "attend", arguments=_assign),
    "nudge": Command(
        "print a polite reminder, and note it; nothing is sent", "attend", arguments=_key
    ),
    "entries": Command("everything that was entered", "entries", arguments=_entries),
    "status": Command(
        "how every engagement stands; the exit code tells",
        "status",
        _STATUS_HELP,
        _status,
        failed=2,
    ),
    "sync": Command("poll the sources", "sync", _SYNC_HELP, _sync),
    "sources": Command(
        "how every source is read, and what to look into", "sources", _SOURCES_HELP, _sources
    ),
    "explain": Command("one ticket's clocks, minute by minute", "explain", arguments=_explain),
    "check": Command("check every file and contact every source", "check", arguments=_check),
    "doctor": Command(
        "what engagewatch finds around it, and what to do about it",
        "doctor",
        _DOCTOR_HELP,
        _doctor,
    ),
    "onboarding": Command(
        "how the on-boarding plan stands; what became of its tasks",
        "onboarding",
        _ONBOARDING_HELP,
        _onboarding,
    ),
    "outlook": Command(
        "what the month can still become, share by share", "contract", arguments=_of_months
    ),
    "disputes": Command(
        "where the provider's figures and ours differ", "disputes", arguments=_disputes
    ),
    "credits": Command("what falling short comes to in money", "contract", arguments=_waiting),
    "promises": Command("what was promised, and whether it comes", "contract", arguments=_waiting),
    "trend": Command("better, worse or noise, series by series", "contract", arguments=_waiting),
    "meeting": Command("meetings, and what came of them", "meeting", _MEETING_HELP, _meeting),
    "baseline": Command(
        "the record from before the engagement, imported from files",
        "baseline",
        _BASELINE_HELP,
        _baseline,
    ),
    "init": Command("write a commented engagement file", "init", arguments=_init),
    "schema": Command("print the JSON schema of engagement files", "schema"),
    "demo": Command("try it on a simulated provider", "demo", _DEMO_HELP, _demo),
    "db": Command("copy, restore, verify or repair the history", "db", _DB_HELP, _db),
    "calendar": Command(
        "what a business calendar means for the coming days", "calendar", arguments=_calendar
    ),
    "completion": Command("print a shell's completion script", "completion", arguments=_completion),
}
