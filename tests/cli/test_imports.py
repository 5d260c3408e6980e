"""Start-up is a feature: what each command must not import, counted in modules, not in time."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Desk, Modules

RARE = (
    "baseline", "batch", "candour", "component", "credits", "durations", "meeting", "metric",
    "onboarding", "outlook", "plan", "promise", "rebuild", "relief", "service", "signs", "trend",
)  # fmt: skip
"""In the names of modules for what a plain engagement has not: one desk, a contract, no more."""

HEAVY = {"pydantic", "textual", "rich", "httpx", "apsw", "asyncio", "msgspec", "scipy", "holidays"}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_argparse_and_little_else(imported: Modules, option: str) -> None:
    modules = imported(option)
    assert not modules & {*HEAVY, "dataclasses", "typing", "json", "platformdirs", "tomli"}
    ours = {name for name in modules if name.startswith("engagewatch")}
    assert ours == {
        "engagewatch",
        "engagewatch.cli",
        "engagewatch.cli.arguments",
        "engagewatch.cli.commands",
        "engagewatch.cli.errors",
        "engagewatch.cli.main",
        "engagewatch.cli.parser",
    }


@pytest.mark.parametrize("command", ["status", "brief", "meeting"])
def test_telling_what_is_stored_needs_no_network_no_screen_no_validation(
    imported: Modules, command: str
) -> None:
    modules = imported(command)
    assert modules & HEAVY == {"apsw"}
    assert not {name for name in modules if name.startswith(("engagewatch.tui", "email", "http."))}


@pytest.mark.parametrize(("command", "most"), [("status --json", 102), ("brief", 100)])
def test_a_plain_engagement_waits_for_no_part_of_a_contract_that_it_has_not(
    imported: Modules, command: str, most: int
) -> None:
    ours = {name for name in imported(*command.split()) if name.startswith("engagewatch.")}
    assert not {name for name in ours if any(rare in name for rare in RARE)}
    assert len(ours) <= most


def test_the_first_frame_waits_for_nothing_that_is_not_on_it(read_desk: Desk) -> None:
    code = """
import asyncio, sys
from argparse import Namespace
from engagewatch.cli.setting import load, now, open_store
from engagewatch.tui.application import EngagewatchApp
from engagewatch.tui.context import TuiContext

async def show():
    options = Namespace(config=None, data=None, engagement=None)
    with open_store(options, read_only=False) as store:
        app = EngagewatchApp(TuiContext(load(options).engagements, store.reader, now))
        async with app.run_test():
            print(*sys.modules, sep="\\n")

asyncio.run(show())
"""
    done = read_desk.python(code)
    modules = set(done.splitlines())
    assert "engagewatch.tui.screens.brief" in modules
    assert not modules & {"httpx", "pydantic", "msgspec", "scipy", "holidays", "tomli"}
    ours = {name for name in modules if name.startswith("engagewatch.")}
    assert not {name for name in ours if any(rare in name for rare in (*RARE, "dialog", "sync"))}
    assert len(ours) <= 125


def test_completion_is_as_light_as_help(imported: Modules) -> None:
    assert not imported("completion", "bash") & HEAVY


@pytest.mark.parametrize("command", ["calendar office --next 1d", "schema", "init --print"])
def test_file_commands_open_no_store_and_no_network(imported: Modules, command: str) -> None:
    assert not imported(*command.split()) & {"httpx", "apsw", "asyncio", "textual"}


def test_checking_offline_needs_no_network(imported: Modules) -> None:
    assert not imported("check", "--offline") & {"httpx", "asyncio", "textual"}


def test_polling_a_file_needs_no_http_and_no_screen(imported: Modules) -> None:
    assert not imported("sync") & {"httpx", "textual", "pydantic"}
