"""Start-up is a feature: what each command must not import, counted in modules, not in time."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Modules

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


def test_completion_is_as_light_as_help(imported: Modules) -> None:
    assert not imported("completion", "bash") & HEAVY


@pytest.mark.parametrize("command", ["calendar office --next 1d", "schema", "init --print"])
def test_file_commands_open_no_store_and_no_network(imported: Modules, command: str) -> None:
    assert not imported(*command.split()) & {"httpx", "apsw", "asyncio", "textual"}


def test_checking_offline_needs_no_network(imported: Modules) -> None:
    assert not imported("check", "--offline") & {"httpx", "asyncio", "textual"}


def test_polling_a_file_needs_no_http_and_no_screen(imported: Modules) -> None:
    assert not imported("sync") & {"httpx", "textual", "pydantic"}
