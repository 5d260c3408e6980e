"""Loading engagement files: what a good one becomes, and what is said about a bad one."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path

import pytest

from engagewatch.config.loader import engagement_files, load_all, load_engagement
from engagewatch.config.problems import ConfigError, Problem
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import NameDisplay, Reach, SecretKind, SecretReference
from engagewatch.model.instants import to_datetime
from engagewatch.model.policy import ALWAYS, BusinessDay, Duration, Pause, Reopen, Rules, Window
from engagewatch.model.presets import PRESETS
from engagewatch.model.sides import Side, StatusMeaning

HEAD = """\
[engagement]
client = "Northwind"
provider = "Contoso"
started = 2026-03-02
timezone = "Europe/London"
"""

GOOD = (
    HEAD
    + """
headcount = [{ from = 2026-06-01, users = 150 }, { from = 2026-03-02, users = 140 }]

[calendars.office]
hours = { mon-fri = ["08:00-18:00"] }
holidays = "GB-ENG"
closed = [2026-12-31]
exceptions = [{ day = 2026-12-24, hours = ["08:00-12:00"], name = "Christmas Eve" }]

[[sources]]
id = "desk"
kind = "zendesk"
url = "https://contoso.zendesk.com/"
user = "monitor@northwind.example"
token = { file = "secrets/token" }
interval = "10m"
ca_file = "ca.pem"
client_certificate = "monitor.pem"
proxy = "http://proxy.northwind.example:3128/"
[sources.courts]
"Awaiting Approval" = "client"

[[sources]]
id = "log"
kind = "eventlog"
path = "log.jsonl.gz"
rows = "activities"
missing = ["?"]
[sources.columns]
ticket = "id"
at = "when"
activity = "what"
[sources.activities]
"Take in charge" = "responded"

[[sla]]
priority = "P1"
matches = ["urgent"]
calendar = "24x7"
reply_calendar = "office"
first_response = "15m"
resolution = "2bd"
attainment = "99.5%"

[contract]
pause = "evidenced"
reopen_within = "no limit"
claim_tolerance = "2m"

[participation]
calendar = "office"
reply = { P1 = "30m", default = "1bd" }

[[uptime]]
component = "*"
uptime = "99.9%"
weights = { partial = 0.3 }

[[people]]
role = "Approver"
matches = ["R.Okafor@Northwind.example"]

[privacy]
names = "roles"
exclude_categories = ["HR"]
"""
)


def write(folder: Path, text: str, name: str = "northwind") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def problems_of(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load_engagement(write(folder, text))
    return list(caught.value.problems)


def test_a_good_file_becomes_an_engagement(tmp_path: Path) -> None:
    engagement = load_engagement(write(tmp_path, GOOD))

    assert engagement.id == "northwind"
    assert engagement.name == "Northwind / Contoso"
    assert engagement.started == date(2026, 3, 2)
    assert [row.users for row in engagement.headcount] == [140, 150]

    office = engagement.calendars["office"]
    assert office.timezone == "Europe/London"
    assert office.weekly == (((Window(480, 1080),),) * 5) + ((), ())
    assert [(item.day.day, len(item.windows)) for item in office.exceptions] == [(24, 1), (31, 0)]
    assert engagement.calendars["24x7"] is ALWAYS

    desk, log = engagement.sources
    assert desk.url == "https://contoso.zendesk.com"
    assert desk.interval == 600
    assert desk.secret == SecretReference(SecretKind.FILE, (str(tmp_path / "secrets/token"),))
    assert desk.reach == Reach(
        ca_file=tmp_path / "ca.pem",
        client_certificate=tmp_path / "monitor.pem",
        proxy="http://proxy.northwind.example:3128",
    )
    assert desk.meanings == {"awaiting approval": StatusMeaning.CLIENT}
    assert log.options["path"] == str(tmp_path / "log.jsonl.gz")
    assert log.options["format"] == "jsonl"
    assert log.options["timezone"] == "Europe/London"
    assert log.options["columns"] == {"ticket": "id", "at": "when", "activity": "what"}

    (level,) = engagement.service_levels
    assert level.targets == {
        Obligation.FIRST_RESPONSE: Duration(seconds=900),
        Obligation.RESOLUTION: Duration(business_days=2),
    }
    assert level.attainment == 0.995
    assert level.reply_calendar == "office"

    assert engagement.rules == Rules(
        pause=Pause.EVIDENCED, reopen_within=Duration(), claim_tolerance=120
    )
    assert engagement.participation.reply["default"] == Duration(business_days=1)
    assert engagement.uptime[0].weights == {"partial": 0.3}
    assert engagement.people[0].matches == ("r.okafor@northwind.example",)
    assert engagement.people[0].side is Side.CLIENT
    assert engagement.privacy.names is NameDisplay.ROLES
    assert engagement.path == tmp_path / "northwind.toml"


def test_what_is_left_out_takes_the_documented_defaults(tmp_path: Path) -> None:
    engagement = load_engagement(write(tmp_path, HEAD))
    assert engagement.rules == Rules()
    assert engagement.participation.calendar == "24x7"
    assert engagement.sources == ()
    office = '[calendars.office]\nhours = { mon = ["08:00-09:00"] }\n'
    assert load_engagement(write(tmp_path, HEAD + office)).participation.calendar == "office"


def test_one_reply_target_may_serve_every_priority(tmp_path: Path) -> None:
    engagement = load_engagement(
        write(tmp_path, HEAD + '[participation]\ncalendar = "24x7"\nreply = "4h"\n')
    )
    assert engagement.participation.reply == {"default": Duration(seconds=14400)}


SOURCE = '[[sources]]\nid = "desk"\nkind = "zendesk"\nurl = "https://d.example"\n'
SLA = '[[sla]]\npriority = "P1"\ncalendar = "24x7"\nfirst_response = "1h"\n'


@pytest.mark.parametrize(
    ("added", "line", "key", "says"),
    [
        ("pause = 1\n", 6, "engagement.pause", "it belongs under [contract]"),
        ("[contrct]\n", 6, "contrct", 'did you mean "contract"?'),
        ("[scorecards]\n", 6, "scorecards", "there are engagement, calendars"),
        ("[contract]\npauses = true\n", 7, "contract.pauses", 'did you mean "pause"?'),
        ('[contract]\npause = "claim"\n', 7, "contract.pause", 'did you mean "claimed"?'),
        ("[contract]\npause = true\n", 7, "contract.pause", 'use "none", "claimed" or "evidenced"'),
        (
            '[contract]\nthird_party_pauses = "yes"\n',
            7,
            "contract.third_party_pauses",
            "true or false, without quotes (for example third_party_pauses = false)",
        ),
        ('[contract]\nreopen_within = "0m"\n', 7, "contract.reopen_within", 'write "no limit"'),
        ("[calendars.office]\n", 6, "calendars.office", '"hours" is missing'),
        (
            '[calendars.office]\nhours = "24x7"\nholiday = "GB"\n',
            8,
            "calendars.office.holiday",
            'did you mean "holidays"?',
        ),
        ('[calendars.24x7]\nhours = "24x7"\n', 6, "calendars.24x7", "built in"),
        (
            '[calendars.x]\nhours = "24x7"\nclosed = [2026-01-01, 2026-01-01]\n',
            8,
            "calendars.x.closed[#2]",
            "listed twice",
        ),
        (
            '[calendars.x]\ntimezone = "Londn"\nhours = "24x7"\n',
            7,
            "calendars.x.timezone",
            "Europe/London",
        ),
        (SOURCE, 6, "sources[desk]", '"token" is missing (add token = { env = '),
        (SOURCE + 'tokn = { env = "T" }\n', 10, "sources[desk].tokn", 'did you mean "token"?'),
        ('[[sources]]\nid = "a"\nkind = "zendsk"\n', 8, "sources[a].kind", '"zendesk"?'),
        ('[[sources]]\nid = "a"\n', 6, "sources[a]", '"kind" is missing'),
        ('[[sources]]\nkind = "statuspage"\n', 6, "sources[#1]", '"id" is missing'),
        (SLA + "attainment = 95\n", 10, "sla[P1].attainment", 'write "95%"'),
        (SLA + 'attainment = "0%"\n', 10, "sla[P1].attainment", "always met"),
        (SLA + SLA, 11, "sla[P1].priority", 'two [[sla]] rows are for "P1"'),
        (
            SLA + SLA.replace('"P1"', '"P2"') + 'matches = ["p1"]\n',
            14,
            "sla[P2].matches[#1]",
            'two [[sla]] rows are for "p1"',
        ),
        (SLA.replace("24x7", "office"), 8, "sla[P1].calendar", 'there is no calendar "office"'),
        ('[[sla]]\npriority = "P1"\ncalendar = "24x7"\n', 6, "sla[P1]", "promises nothing"),
        (
            SLA + '[participation]\ncalendar = "24x7"\nreply = { P11 = "1h" }\n',
            12,
            "participation.reply.P11",
            'did you mean "P1"?',
        ),
        (
            '[participation]\ncalendar = "24x7"\nreply = { P1 = 3 }\n',
            8,
            "participation.reply.P1",
            '"3h"',
        ),
        ('[[uptime]]\ncomponent = "*"\nuptime = "99.9"\n', 8, "uptime[*].uptime", '"99.9%"'),
        (
            2 * '[[uptime]]\ncomponent = "a"\nuptime = "9%"\n',
            10,
            "uptime[a].component",
            'two [[uptime]] rows are for "a"',
        ),
        ("[privacy]\nretention_days = 0\n", 7, "privacy.retention_days", "at least 1"),
        ("[privacy]\nsubjects = 1\n", 7, "privacy.subjects", "true or false"),
        ('[[people]]\nrole = "x"\nmatches = "y"\n', 8, "people[x].matches", "square brackets"),
        ("engagement2 = 1\n[sla]\n", 6, "engagement.engagement2", "no such key"),
        ("headcount = [{ from = 2026-01-01, users = 0 }]\n", 6, "engagement.headcount", "least 1"),
        ('headcount = "many"\n', 6, "engagement.headcount", "square brackets"),
    ],
)
def test_each_problem_has_its_place_and_its_remedy(
    tmp_path: Path, added: str, line: int, key: str, says: str
) -> None:
    text = "\n".join(map(str, problems_of(tmp_path, HEAD + added)))
    assert f"northwind.toml:{line}:" in text
    assert f": {key}" in text
    assert says in text


def test_every_problem_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        HEAD.replace('"Contoso"', "5").replace("Europe/London", "Londn")
        + '[calendars.office]\nhours = { mon-fr = ["8-18"] }\n'
        + SLA.replace("24x7", "ofice").replace("1h", "1 hour")
        + '[contract]\nstop = "done"\n',
    )
    assert [problem.key for problem in found] == [
        "engagement.provider",
        "engagement.timezone",
        "calendars.office.hours.mon-fr",
        "calendars.office.hours.mon-fr[#1]",
        "sla[P1].calendar",
        "sla[P1].first_response",
        "contract.stop",
    ]
    assert [problem.line for problem in found] == [3, 5, 7, 7, 10, 11, 13]


def test_a_contract_may_start_from_how_a_product_counts(tmp_path: Path) -> None:
    path = tmp_path / "northwind.toml"
    path.write_text(HEAD + '[contract]\nlike = "servicenow"\nreopen = "continue"\n')
    rules = load_engagement(path).rules
    assert rules == replace(PRESETS["servicenow"].rules, reopen=Reopen.CONTINUE)
    (problem,) = problems_of(tmp_path, HEAD + '[contract]\nlike = "servicenw"\n')
    assert (problem.key, problem.suggestion) == ("contract.like", 'did you mean "servicenow"?')


def test_a_problem_reads_as_file_line_column_key_message_suggestion(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, HEAD + '[contract]\npause = "claim"\n')
    assert str(problem) == (
        f"{tmp_path / 'northwind.toml'}:7:9: contract.pause: "
        '"claim" is not one of the choices (did you mean "claimed"?)'
    )


def test_settings_below_the_courts_are_explained(tmp_path: Path) -> None:
    text = HEAD + SOURCE + 'token = { env = "T" }\n[sources.courts]\ninterval = "5m"\n'
    (problem,) = problems_of(tmp_path, text)
    assert problem.key == "sources[desk].courts.interval"
    assert "stands below [sources.courts]" in problem.message
    assert problem.suggestion == "move it above that line"


@pytest.mark.parametrize(
    ("rows", "columns", "needed"),
    [
        ("states", 'ticket = "a"\nat = "b"\n', '"status" is missing'),
        ("activities", 'ticket = "a"\nat = "b"\n', '"activity" is missing'),
        ("tickets", 'ticket = "a"\n', '"created_at" is missing'),
    ],
)
def test_an_event_log_names_the_columns_it_needs(
    tmp_path: Path, rows: str, columns: str, needed: str
) -> None:
    text = (
        f'{HEAD}[[sources]]\nid = "log"\nkind = "eventlog"\npath = "x.csv"\nrows = "{rows}"\n'
        f"[sources.columns]\n{columns}"
    )
    (problem,) = problems_of(tmp_path, text)
    assert needed in problem.message
    assert problem.line == 11


SECRET = "hunter2-s3cr3t"


@pytest.mark.parametrize(
    "written",
    [
        f'token = "{SECRET}"',
        f'token = {{ env = "{SECRET}" }}',
        f'token = {{ value = "{SECRET}" }}',
        f'token = {{ env = "A", file = "{SECRET}" }}',
        f'token = {{ command = "{SECRET}" }}',
        f'token = ["{SECRET}"]',
        f'token = {{ keyring = ["{SECRET}"] }}',
        f'url = "https://me:{SECRET}@d.example"\ntoken = {{ env = "T" }}',
        f'url = "https://d.example/?token={SECRET}"\ntoken = {{ env = "T" }}',
        f'url = "http://{SECRET}.example"\ntoken = {{ env = "T" }}',
    ],
)
def test_a_secret_is_refused_and_never_repeated(tmp_path: Path, written: str) -> None:
    source = SOURCE if "url" not in written else SOURCE.replace('url = "https://d.example"\n', "")
    with pytest.raises(ConfigError) as caught:
        load_engagement(write(tmp_path, f"{HEAD}{source}{written}\n"))
    (problem,) = caught.value.problems
    if "http://" not in written:
        assert SECRET not in str(caught.value)
        assert SECRET not in repr(caught.value.problems)
    assert problem.suggestion


def test_plain_http_is_for_this_machine_and_for_servers_without_a_secret(tmp_path: Path) -> None:
    local = SOURCE.replace("https://d.example", "http://127.0.0.1:8080/api")
    engagement = load_engagement(write(tmp_path, HEAD + local + 'token = { env = "T" }\n'))
    assert engagement.sources[0].url == "http://127.0.0.1:8080/api"
    text = HEAD + SOURCE.replace("https:", "http:") + 'token = { env = "T" }\n'
    (problem,) = problems_of(tmp_path, text)
    assert problem.suggestion == 'write "https://d.example"'
    inside = (
        '[[sources]]\nid = "probes"\nkind = "prometheus"\nurl = "http://metrics.internal:9090"\n'
    )
    engagement = load_engagement(write(tmp_path, HEAD + inside))
    assert engagement.sources[0].url == "http://metrics.internal:9090"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[engagement]\nname = Northwind\n", 2, "put text in quotes"),
        ("[sla]\nattainment = 95%\n", 2, "put the value in quotes"),
        ("[sla]\nfirst_response = 15m\n", 2, "put the value in quotes"),
        ("[engagement]\nstarted = 02/03/2026\n", 2, "write dates like 2026-03-02"),
        ("client: x\n", 1, "with an equals sign"),
        ("first response = 1\n", 1, "put a key that holds spaces in quotes"),
        ('client = "x\n', 1, "close the text with a quote"),
        ("a = 1\na = 2\n", 2, "set twice"),
        ("[sla]\na = 1\n[sla]\n", 3, "double brackets"),
        ("client =\n", 1, "write a value after the equals sign"),
        ("[engagement\n", 1, "not valid TOML"),
        ("", 1, "there is no table [engagement]"),
    ],
)
def test_what_is_not_toml_has_a_line_and_advice(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    (problem,) = problems_of(tmp_path, text)
    assert problem.line == line
    assert says in str(problem)


def test_brackets_without_end_do_no_harm(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "a = " + "[" * 5000)
    assert "nested too deeply" in str(problem)


def test_bytes_that_are_no_text_have_a_place(tmp_path: Path) -> None:
    path = tmp_path / "northwind.toml"
    path.write_bytes(b'[engagement]\nclient = "Z\xfcrich"\n')
    with pytest.raises(ConfigError) as caught:
        load_engagement(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (2, 12)
    assert "UTF-8" in problem.suggestion


def test_a_file_saved_on_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "northwind.toml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert load_engagement(path).client == "Northwind"


@pytest.mark.parametrize("name", ["my engagement", "ümlaut", "-x"])
def test_the_name_of_the_file_is_an_id(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="rename it"):
        load_engagement(write(tmp_path, HEAD, name))


def test_terminal_controls_in_a_file_are_not_passed_on(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, HEAD + '"pa\\u001b[31muse" = 1\n')
    assert "\x1b" not in str(problem)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_engagement(tmp_path / "nowhere.toml")


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "engagements"
    folder.mkdir()
    write(folder, HEAD, "a-good")
    write(folder, "x = ", "b-broken")
    write(folder, HEAD + "x = 1\n", "c-wrong")
    write(folder, HEAD, "d-good")
    write(folder, "x = ", ".hidden")
    loaded = load_all(tmp_path)
    assert [engagement.id for engagement in loaded.engagements] == ["a-good", "d-good"]
    assert [problem.path.stem for problem in loaded.problems] == ["b-broken", "c-wrong"]


def test_a_directory_without_engagements_is_empty_not_wrong(tmp_path: Path) -> None:
    assert engagement_files(tmp_path / "nowhere") == []
    assert load_all(tmp_path / "nowhere").problems == ()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no such modes here")
def test_commands_run_only_from_a_file_nobody_else_can_write(tmp_path: Path) -> None:
    text = HEAD + SOURCE + 'token = { command = ["pass", "show", "desk"] }\n'
    path = write(tmp_path, text)
    assert load_engagement(path).sources[0].secret == SecretReference(
        SecretKind.COMMAND, ("pass", "show", "desk")
    )
    path.chmod(0o620)
    with pytest.raises(ConfigError, match="chmod go-w") as caught:
        load_engagement(path)
    assert caught.value.problems[0].line == 10
    path.write_text(text.replace("command", "keyring").replace('"pass", ', ""))
    assert load_engagement(path).sources[0].secret is not None


@pytest.mark.parametrize(
    ("proxy", "says"),
    [
        ("http://monitor:s3cr3t@proxy.example:3128", "carries a user name or password"),
        ("proxy.example:3128", "not the address of a proxy"),
        ("socks5://proxy.example", "not the address of a proxy"),
        ("http://[proxy", "not the address of a proxy"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    tmp_path: Path, proxy: str, says: str
) -> None:
    path = tmp_path / "northwind.toml"
    path.write_text(GOOD.replace("http://proxy.northwind.example:3128/", proxy))
    with pytest.raises(ConfigError) as caught:
        load_engagement(path)
    (problem,) = caught.value.problems
    assert says in str(problem)
    assert "s3cr3t" not in str(problem)


AMENDED = """
[calendars.office]
hours = { mon-fri = ["09:00-17:00"] }
holidays = "GB-ENG"
[[calendars.office.versions]]
from = 2027-01-01
hours = { mon-sat = ["08:00-18:00"] }
[[calendars.office.versions]]
from = 2026-07-01
hours = { mon-fri = ["08:00-18:00"] }
holidays = "GB-SCT"

[[sla]]
priority = "P1"
calendar = "office"
resolution = "4h"

[[sla]]
priority = "P1"
from = 2026-07-01
until = 2026-12-31
calendar = "office"
resolution = "2h"
"""


def test_hours_and_rows_that_change_on_a_date(tmp_path: Path) -> None:
    engagement = load_engagement(write(tmp_path, HEAD + AMENDED))
    versions = engagement.calendars["office"].versions
    assert [(one.since, one.region) for one in versions] == [
        (date(2026, 7, 1), "GB-SCT"),
        (date(2027, 1, 1), "GB-SCT"),
    ]
    assert versions[0].weekly[0] == (Window(8 * 60, 18 * 60),)
    assert [(row.since, row.until) for row in engagement.service_levels] == [
        (None, None),
        (date(2026, 7, 1), date(2026, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("was", "now", "key", "words"),
    [
        ("from = 2026-07-01\nuntil", "until", "sla[P1].priority", 'two [[sla]] rows are for "P1"'),
        ("until = 2026-12-31", "until = 2026-06-30", "sla[P1].until", "ends before it begins"),
        ("from = 2027-01-01", "from = 2026-07-01", "versions[#2].from", "begin on 2026-07-01"),
        ('["08:00-18:00"] }\nholidays', "[] }\nholidays", "versions[#2].hours", "never open"),
        ("from = 2027-01-01\n", "", "versions[#1]", '"from" is missing'),
    ],
)
def test_what_is_wrong_with_changes_on_a_date(
    tmp_path: Path, was: str, now: str, key: str, words: str
) -> None:
    found = problems_of(tmp_path, HEAD + AMENDED.replace(was, now, 1))
    assert len(found) == 1
    assert found[0].key.endswith(key)
    assert words in str(found[0])


def test_maintenance_and_the_finer_rules(tmp_path: Path) -> None:
    text = """
[contract]
business_day = "end_of_day"
exactly_on_target_is_met = false
born_paused_counts = true
maintenance_counts = false
not_judged_within = "2m"

[[maintenance]]
from = 2026-07-04T20:00:00
until = 2026-07-05T02:00:00

[[maintenance]]
from = 2026-03-01T20:00:00+02:00
until = 2026-03-01T21:00:00+02:00

[participation]
calendar = "24x7"
survey_within = "5d"
"""
    engagement = load_engagement(write(tmp_path, HEAD + text))
    assert engagement.rules == Rules(
        business_day=BusinessDay.END_OF_DAY,
        exactly_on_target_is_met=False,
        born_paused_counts=True,
        maintenance_counts=False,
        not_judged_within=120,
    )
    assert [
        to_datetime(at, UTC).isoformat()[:16] for span in engagement.maintenance for at in span
    ] == [
        "2026-03-01T18:00",
        "2026-03-01T19:00",
        "2026-07-04T19:00",
        "2026-07-05T01:00",
    ]
    assert engagement.participation.survey_within == Duration(5 * 86400)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-07-04T19:00:00", "ends before it begins"),
        ("2026-07-04T21:00:00Z", "one time has an offset"),
    ],
)
def test_maintenance_that_cannot_be(tmp_path: Path, until: str, words: str) -> None:
    text = f"[[maintenance]]\nfrom = 2026-07-04T20:00:00\nuntil = {until}\n"
    (problem,) = problems_of(tmp_path, HEAD + text)
    assert words in str(problem)
    assert problem.line == 8
