"""The commands: what each is for, and where its handler is. Nothing of it is imported here."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable

from engagewatch.cli import arguments


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

_RELIEF_HELP = """\
The provider's misses of a month that would have been met but for our time, and
how they stand under the contract. Where it excuses them only after notice, say
when the provider gave it:

notice TICKET --on DATE   the provider gave notice on that day; in time or too
                          late is worked out from the contract's notice_days
notice TICKET --undo      no notice is on record after all

TICKET is a reference or id, or SOURCE/ID/DUTY where it missed several duties.
A notice too late leaves a miss a miss. What is entered is kept in the history.
"""

_FORGET_HELP = """\
Removes a person's name and address from the history: a pseudonym that says
nothing takes the place of their key in tickets, events, clocks and meetings,
and of their name in what was entered. It cannot be undone, and no later poll
brings the name back. Counts stay as they are.

PERSON is an address, a name, a key as its source writes it, or SOURCE/KEY.
Copies made earlier still hold the name: those that are known are listed.
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
    "brief": Command("print today's brief", "brief", arguments=arguments.brief),
    "waiting": Command(
        "what waits on us, and what it holds up", "waiting", _WAITING_HELP, arguments.waiting
    ),
    "participation": Command(
        "how both sides take part this month", "participation", arguments=arguments.waiting
    ),
    "ack": Command(
        "say that somebody has seen what waits, or a flag", "attend", arguments=arguments.ack
    ),
    "snooze": Command(
        "put off what waits, or a flag, until a day", "attend", _SNOOZE_HELP, arguments.snooze
    ),
    "assign": Command(
        "say who has something that waits on us", "attend", arguments=arguments.assign
    ),
    "nudge": Command(
        "print a polite reminder, and note it; nothing is sent", "attend", arguments=arguments.key
    ),
    "entries": Command("everything that was entered", "entries", arguments=arguments.entries),
    "status": Command(
        "how every engagement stands; the exit code tells",
        "status",
        _STATUS_HELP,
        arguments.status,
        failed=2,
    ),
    "sync": Command("poll the sources", "sync", _SYNC_HELP, arguments.sync),
    "sources": Command(
        "how every source is read, and what to look into",
        "sources",
        _SOURCES_HELP,
        arguments.sources,
    ),
    "explain": Command(
        "one ticket's clocks, minute by minute", "explain", arguments=arguments.explain
    ),
    "check": Command(
        "check every file and contact every source", "check", arguments=arguments.check
    ),
    "doctor": Command(
        "what engagewatch finds around it, and what to do about it",
        "doctor",
        _DOCTOR_HELP,
        arguments.doctor,
    ),
    "onboarding": Command(
        "how the on-boarding plan stands; what became of its tasks",
        "onboarding",
        _ONBOARDING_HELP,
        arguments.onboarding,
    ),
    "outlook": Command(
        "what the month can still become, share by share", "contract", arguments=arguments.outlook
    ),
    "disputes": Command(
        "where the provider's figures and ours differ", "disputes", arguments=arguments.disputes
    ),
    "relief": Command(
        "their misses that our own time explains; notices of the provider",
        "relief",
        _RELIEF_HELP,
        arguments.relief,
    ),
    "credits": Command(
        "what falling short comes to in money", "contract", arguments=arguments.waiting
    ),
    "services": Command(
        "what is up by every account, and how soon outages are admitted",
        "services",
        arguments=arguments.waiting,
    ),
    "promises": Command(
        "what was promised, and whether it comes", "contract", arguments=arguments.waiting
    ),
    "trend": Command(
        "better, worse or noise, series by series", "contract", arguments=arguments.waiting
    ),
    "meeting": Command(
        "meetings, and what came of them", "meeting", _MEETING_HELP, arguments.meeting
    ),
    "baseline": Command(
        "the record from before the engagement, imported from files",
        "baseline",
        _BASELINE_HELP,
        arguments.baseline,
    ),
    "init": Command("write a commented engagement file", "init", arguments=arguments.init),
    "schema": Command("print the JSON schema of engagement files", "schema"),
    "demo": Command("try it on a simulated provider", "demo", _DEMO_HELP, arguments.demo),
    "forget": Command(
        "put a pseudonym in the place of a person",
        "forget",
        _FORGET_HELP,
        arguments.forget,
    ),
    "db": Command("copy, restore, verify or repair the history", "db", _DB_HELP, arguments.db),
    "calendar": Command(
        "what a business calendar means for the coming days",
        "calendar",
        arguments=arguments.calendar,
    ),
    "completion": Command(
        "print a shell's completion script", "completion", arguments=arguments.completion
    ),
}
