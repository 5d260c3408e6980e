"""What a source writes into its fields is shown, and obeyed by nobody."""

from __future__ import annotations

import base64
import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import ENGAGEMENT, Desk, Finished, make_desk
from tests.cli.hostile_server import Answer, serving
from tests.cli.test_lifecycle import at_a_terminal, read_on

OBEYED = (
    "\x1b]52;c;RVZJTA==\x07",
    "\x1b]0;EVIL\x07",
    "\x1b]8;;http://evil.example\x1b\\",
    "\x1b[66;6H",
    "\x1b[2J\x1b[?1049l\x1b[6n",
    "\x1bP+q544e\x1b\\",
    "\x1b_EVIL\x1b\\",
    "\x1bc",
    "\u009b66;6H",
    "\u009d0;EVIL\u009c",
    "\u0090EVIL",
    "\x00\x08\x7f\x0e",
    "\u202eEVIL\u202c\u2066",
    "\x1b]52;c;unfinished",
)
MARKUP = ("[/]", "[red]", "[type=x, v={'a[0]'}]", "[@click=app.quit]quit[/]", "[b", "a\\", "$x")
HOSTILE = "".join(OBEYED) + " ".join(MARKUP)
INTRODUCERS = (
    b"\x1b]52",
    b"\x1b]0;",
    b"\x1b]8;",
    b"\x1b[66;6H",
    b"\x1b[6n",
    b"\x1bP",
    b"\x1b_",
    b"\x1bc",
    b"\x00",
    b"\x08",
    b"\x7f",
    b"\x0e",
    *(f"{chr(code)}".encode() for code in range(0x80, 0xA0)),
    *(f"{chr(code)}".encode() for code in (0x202A, 0x202B, 0x202D, 0x202E, 0x2066, 0x2067, 0x2069)),
)

COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07")

PAGE = """
[[sources]]
id = "page"
kind = "statuspage"
url = "{url}"
"""

CALENDAR = """
[[sources]]
id = "calendar"
kind = "ics"
path = "meetings.ics"
client_domains = ["northwind.example"]
provider_domains = ["contoso.example"]
"""


def page_answer(path: str, headers: dict[str, str]) -> Answer:
    at = "2026-03-02T09:00:00Z"
    update = {"id": "u", "status": HOSTILE, "body": HOSTILE, "created_at": at,
              "display_at": at, "updated_at": at, "affected_components": None}  # fmt: skip
    thing = {"id": "i", "name": HOSTILE, "status": "investigating", "impact": HOSTILE,
             "created_at": at, "updated_at": at, "started_at": at, "shortlink": HOSTILE,
             "scheduled_for": at, "scheduled_until": at, "resolved_at": None,
             "incident_updates": [update], "components": []}  # fmt: skip
    component = {"id": "c", "name": HOSTILE, "status": "major_outage", "group": False,
                 "group_id": None, "created_at": at, "updated_at": at, "position": 1,
                 "description": HOSTILE, "showcase": True,
                 "only_show_if_degraded": False}  # fmt: skip
    body = {
        "page": {"id": "p", "name": HOSTILE, "url": HOSTILE, "time_zone": HOSTILE,
                 "updated_at": at},
        "status": {"indicator": HOSTILE, "description": HOSTILE},
        "components": [component],
        "incidents": [thing],
        "scheduled_maintenances": [{**thing, "status": "scheduled"}],
    }  # fmt: skip
    return 200, {"Content-Type": "application/json", "X-Said": "EVIL"}, json.dumps(body).encode()


def write_log(path: Path) -> None:
    rows = [["number", "at", "state", "opened", "priority", "person"]]
    for number, payload in enumerate((*OBEYED, *MARKUP, HOSTILE)):
        name = f"{number}{payload}"
        opened = "2026-03-02 09:00"
        for minute, state in enumerate(("New", payload, f"Waiting for {payload}", "New")):
            rows.append(
                [name, f"2026-03-02 09:{minute:02}", state, opened, f"P1{payload}", payload]
            )
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)


def write_calendar(path: Path) -> None:
    said = HOSTILE.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    quoted = said.replace('"', "")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{said}",
        "BEGIN:VEVENT",
        f"UID:{said}",
        "DTSTAMP:20260302T080000Z",
        "DTSTART:20260310T100000Z",
        "DTEND:20260310T110000Z",
        "RRULE:FREQ=WEEKLY",
        f"SUMMARY:{said}",
        f"LOCATION:{said}",
        f"DESCRIPTION:{said}",
        f'ORGANIZER;CN="{quoted}":mailto:zoe@contoso.example',
        f'ATTENDEE;CN="{quoted}";PARTSTAT=ACCEPTED:mailto:ann@northwind.example',
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    path.write_bytes("\r\n".join(lines).encode())


@pytest.fixture(scope="module")
def hostile_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Finished]]:
    desk = make_desk(tmp_path_factory.mktemp("hostile"))
    with serving(page_answer) as url:
        desk.write(ENGAGEMENT + PAGE.format(url=url) + CALENDAR)
        write_calendar(desk.engagements / "meetings.ics")
        desk.write(ENGAGEMENT.replace("Northwind", "Adatum"), "adatum")
        write_log(desk.engagements / "log.csv")
        yield desk, desk.spawn("sync", "--once")


def harmless(written: bytes) -> None:
    assert [found for found in INTRODUCERS if found in written] == []


def test_no_command_passes_on_what_a_terminal_obeys(hostile_desk: tuple[Desk, Finished]) -> None:
    desk, synced = hostile_desk
    assert synced.returncode == 0, synced.stdout + synced.stderr
    commands = [
        ("brief",),
        ("status",),
        ("status", "--json"),
        ("check",),
        ("doctor",),
        ("doctor", "--json"),
        ("sources",),
        ("sources", "log"),
        ("sources", "log", "--json"),
        ("sources", HOSTILE.replace("\x00", "")),
        ("meeting", "list"),
        ("meeting", "list", "--json"),
        ("db", "verify"),
        ("db", "repair"),
        ("--debug", "calendar", HOSTILE),
        ("explain", "nothing like it" + HOSTILE),
        ("explain", "7\ufffd66;6H"),
        ("--engagement", HOSTILE.replace("\x00", ""), "brief"),
    ]
    said = [synced]
    for command in commands:
        said.append(desk.run(*command))
        assert said[-1].returncode in (0, 1, 2)
        assert "should not have" not in said[-1].stderr, (command, said[-1].stderr)
    for done in said:
        written = (done.stdout + done.stderr).encode()
        harmless(written)
        assert b"\x1b" not in written
    shown = "".join(done.stdout for done in said)
    assert "␛]52;c;" in shown


def test_no_screen_passes_on_what_a_terminal_obeys(hostile_desk: tuple[Desk, Finished]) -> None:
    desk, _ = hostile_desk
    written = b""
    steps = [
        ("1", "Needs a person"),
        ("2", "Waits"),
        ("3", "open clocks"),
        ("\r", "in the provider's court"),
        ("\x1b", "open clocks"),
        ("\t", "gone silent"),
        ("4", "down of 1"),
        ("5", "none judged"),
        ("6", "cannot be told yet"),
        ("7", "No promise"),
        ("8", "so far"),
        ("m", "evil.example"),
        ("o", "no on-boarding plan"),
        ("t", "15[red]"),
        ("y", "copied "),
        ("i", "Why this number"),
        ("i", ""),
        ("s", "without a meaning"),
        ("\r", "under [sources.courts]"),
        ("?", "Help: Source"),
        ("?", ""),
        ("3", "open clocks"),
        ("y", "copied "),
        ("p", "engagements"),
        ("t", "15[red]"),
        ("/", ""),
        ("EVIL", " of "),
    ]
    with at_a_terminal(desk) as (process, terminal):
        written += read_on(terminal, b"Northwind")
        for key, shows in steps:
            os.write(terminal, key.encode())
            written += read_on(terminal, shows.encode())
        os.write(terminal, b"\x03")
        written += read_on(terminal)
        os.close(terminal)
        assert process.wait() == 0, written[-2000:]
    # What the interface itself asks its terminal when it starts is all that may be left, and what
    # it copies, which is encoded.
    copied = COPIED.findall(written)
    assert len(copied) == 2
    for text in copied:
        harmless(base64.b64decode(text, validate=True))
    harmless(COPIED.sub(b"", written).replace(b"\x1bP+q", b"\x1b?"))
    text = written.decode(errors="replace")
    assert "␛" in text
    assert "15[red]" in text
