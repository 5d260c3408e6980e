"""A canary in the place of a secret: whatever happens, nothing the program writes holds it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.cli.conftest import ENGAGEMENT, LOG, Desk
from tests.cli.hostile_server import Answer, serving

CANARY = "c4n4ry-7d1f+e0/b2"
SHAPES = (
    CANARY,
    "c4n4ry",
    base64.b64encode(CANARY.encode()).decode()[:-4],
    base64.b64encode(f"monitor@northwind.example/token:{CANARY}".encode()).decode()[-16:-4],
    "c4n4ry-7d1f%2Be0",
    CANARY.encode().hex(),
)
DESK = """
[[sources]]
id = "desk"
kind = "zendesk"
url = "%s"
user = "monitor@northwind.example"
token = { file = "%s" }
"""


def told_by(desk: Desk) -> dict[str, str]:
    """Return everything the program wrote to disk, by file."""
    return {
        str(path): path.read_bytes().decode("utf-8", "replace")
        for path in desk.home.rglob("*")
        if path.is_file() and path.name != "token"
    }


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 418, 429, 500])
def test_a_server_that_repeats_the_credential(desk: Desk, status: int) -> None:
    def answer(path: str, headers: dict[str, str]) -> Answer:
        shown = headers.get("authorization", "")
        decoded = base64.b64decode(shown.removeprefix("Basic ")).decode()
        body = json.dumps({"error": f"{shown} {decoded} {CANARY}", "tickets": CANARY}).encode()
        extra = {"Content-Type": "application/json", "Location": f"http://evil.example/?{CANARY}"}
        return status, {**extra, "ETag": f'"{CANARY}"', "Retry-After": CANARY}, body

    token = desk.home / "token"
    token.write_text(CANARY)
    token.chmod(0o600)
    with serving(answer) as url:
        desk.write(ENGAGEMENT + DESK % (url, token))
        (desk.engagements / "log.csv").write_text(LOG)
        said = [
            desk.run("--debug", *command)
            for command in (
                ("check",),
                ("sync", "--once"),
                ("brief",),
                ("status", "--json"),
                ("doctor", "--json"),
                ("db", "verify"),
                ("db", "backup"),
            )
        ]
    assert said[1].returncode == 1
    artefacts = {str(number): one.stdout + one.stderr for number, one in enumerate(said)}
    for name, text in {**artefacts, **told_by(desk)}.items():
        assert [shape for shape in SHAPES if shape in text] == [], name


@pytest.mark.parametrize(
    "line",
    [
        f'token = "{CANARY}"',
        f'tokn = "{CANARY}"',
        f'password = {{ env = "{CANARY}" }}',
        f'token = {{ env = "{CANARY}" }}',
        f'token = {{ enw = "{CANARY}" }}',
        f'token = {{ file = ["{CANARY}"] }}',
        f'proxy = "http://me:{CANARY}@proxy.example"',
        f'url = "https://me:{CANARY}@desk.example"',
        f'url = "https://desk.example/?key={CANARY}"',
        f'token = {{ command = "{CANARY}" }}',
    ],
)
def test_a_secret_written_into_the_file_by_mistake_is_not_repeated(desk: Desk, line: str) -> None:
    desk.write(ENGAGEMENT + f'\n[[sources]]\nid = "desk"\nkind = "zendesk"\n{line}\n')
    said = [desk.run("--debug", *command) for command in (("check",), ("sync",), ("doctor",))]
    assert said[0].returncode == 2
    for one in said:
        assert CANARY not in one.stdout + one.stderr
    kept = {name: text for name, text in told_by(desk).items() if not name.endswith(".toml")}
    assert [name for name, text in kept.items() if CANARY in text] == []


def test_a_crash_does_not_tell_the_secret(tmp_path: Path) -> None:
    from engagewatch.model.redaction import remember
    from engagewatch.tui.crash import crash_report, keep_crash

    remember(CANARY)
    try:
        raise ValueError(f"the server said {CANARY}\x1b]52;c;RVZJTA==\x07")
    except ValueError as error:
        kept = keep_crash(error, tmp_path / "crash.txt")
        report = crash_report(error, kept)
    assert kept is not None
    assert kept.stat().st_mode & 0o777 == 0o600
    written = kept.read_text()
    assert "ValueError: the server said [secret]" in written
    assert str(kept) in report
    for text in (written, report):
        assert CANARY not in text
        assert "\x1b" not in text
