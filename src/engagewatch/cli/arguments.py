"""The arguments and options of each command."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from datetime import date

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


def add_common(
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


def brief(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--seen",
        action="store_true",
        help="remember that you have seen it: the next brief tells what changed after this one",
    )
    parser.add_argument("--json", action="store_true", help="for machines; names no person")


def waiting(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines; people by role")


def key(parser: ArgumentParser) -> None:
    parser.add_argument(
        "key",
        metavar="KEY",
        help="what it is called: the letters before it, the beginning of them, or its reference",
    )


def ack(parser: ArgumentParser) -> None:
    key(parser)
    parser.add_argument("--note", default="", metavar="TEXT", help="what is being done about it")


def snooze(parser: ArgumentParser) -> None:
    key(parser)
    parser.add_argument(
        "--until", default="", metavar="DATE", help="2026-03-09, 3d, 2w, tomorrow or monday"
    )
    parser.add_argument("--why", default="", metavar="TEXT", help="the reason, shown beside it")
    parser.add_argument("--wake", action="store_true", help="bring it back now instead")


def assign(parser: ArgumentParser) -> None:
    key(parser)
    parser.add_argument(
        "role", metavar="ROLE", help="a role of [[people]], or a name; empty quotes for nobody"
    )


def entries(parser: ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one object with all of them")
    how.add_argument("--csv", action="store_true", help="one line each")
    parser.add_argument(
        "--include-guesses",
        action="store_true",
        help="also what was guessed of the time before; left out unless asked for",
    )


def status(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines, as described above")


def sync(parser: ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="poll every source once (the default)")
    how.add_argument("--watch", action="store_true", help="poll for as long as it runs")


def sources(parser: ArgumentParser) -> None:
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="list what this one sent that could not be read, was changed later or is gone",
    )
    parser.add_argument("--json", action="store_true", help="for machines, as described above")


def explain(parser: ArgumentParser) -> None:
    parser.add_argument(
        "ticket", metavar="TICKET", help="its id or reference, or SOURCE/ID where two have the same"
    )


def check(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--offline", action="store_true", help="check the files only; contact no source"
    )


def init(parser: ArgumentParser) -> None:
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


def onboarding(parser: ArgumentParser) -> None:
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


def demo(parser: ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="only serve the simulated provider")
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="port to serve on")


def relief(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action", nargs="?", choices=["notice"], metavar="notice", help="note a notice"
    )
    parser.add_argument("ticket", nargs="?", metavar="TICKET", help="of which ticket")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--on", type=_date, metavar="DATE", help="the day it was given")
    how.add_argument("--undo", action="store_true", help="take back what was noted")
    parser.add_argument("--json", action="store_true", help="for machines")
    _month(parser)


def forget(parser: ArgumentParser) -> None:
    parser.add_argument("person", metavar="PERSON", help="address, name, key or SOURCE/KEY")


def db(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=["backup", "restore", "verify", "repair"],
        metavar="ACTION",
        help="backup, restore, verify or repair",
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="the copy to make, or to go back to"
    )


def doctor(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines")


def calendar(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="name of a calendar of the engagement file")
    parser.add_argument(
        "--next", type=_days, default=14, metavar="DAYS", dest="days", help="how far: 14d"
    )


def meeting(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action="list")
    parser.add_argument("--all", action="store_true", help="list every one that is known")
    parser.add_argument("--json", action="store_true", help="for machines")

    def action(name: str, about: str, *, of_one: bool = True) -> ArgumentParser:
        added = actions.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        if of_one:
            added.add_argument("meeting", metavar="MEETING", help="its short name, as listed")
        added.add_argument("--json", action="store_true", default=SUPPRESS, help="for machines")
        add_common(added, config=SUPPRESS, data=SUPPRESS, engagement=SUPPRESS, debug=SUPPRESS)
        return added

    one = action("list", "list meetings, those to come first", of_one=False)
    one.add_argument("--all", action="store_true", default=SUPPRESS, help="every one known")
    action("show", "who came, what was decided and what was taken on")
    one = action("add", "add a meeting that is in no calendar", of_one=False)
    one.add_argument("title", metavar="TITLE", help="what it is called")
    one.add_argument("--at", required=True, metavar="TIME", help='"2026-03-09 14:00", local')
    one.add_argument("--minutes", type=_minutes, default=60, metavar="N", help="how long: 60")
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


def _month(parser: ArgumentParser) -> None:
    parser.add_argument("--month", metavar="MONTH", help="2026-03; the current one unless told")


def outlook(parser: ArgumentParser) -> None:
    _month(parser)
    parser.add_argument("--json", action="store_true", help="for machines")


def disputes(parser: ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", metavar="KEY", help="one of them, by its short name")
    parser.add_argument(
        "--state", metavar="STATE", help="how far it has come: raised, accepted, rejected, dropped"
    )
    parser.add_argument("--note", metavar="TEXT", help="what to remember of it")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="for machines")
    how.add_argument("--csv", action="store_true", help="for a spreadsheet")
    _month(parser)


def baseline(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action="list")
    parser.add_argument("--json", action="store_true", help="for machines")

    def action(name: str, about: str) -> ArgumentParser:
        added = actions.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        add_common(added, config=SUPPRESS, data=SUPPRESS, engagement=SUPPRESS, debug=SUPPRESS)
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


def completion(parser: ArgumentParser) -> None:
    parser.add_argument(
        "shell", choices=["bash", "zsh", "fish"], metavar="SHELL", help="bash, zsh or fish"
    )


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


def _minutes(text: str) -> int:
    return _number(text, "a number of minutes", 1, 24 * 60)


def _port(text: str) -> int:
    return _number(text, "a port", 0, 65_535)


def _number(text: str, what: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ArgumentTypeError(f"{text!r} does not do; write {what} from {least} to {most}")
    return int(text)
