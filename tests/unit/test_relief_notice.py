"""``engagewatch relief``: reading the misses our time explains, noting the provider's notices."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from test_views_participation import excusing
from views_world import NOW, World

from engagewatch.cli import relief as command
from engagewatch.cli.errors import CommandError
from engagewatch.cli.parser import build_parser
from engagewatch.config.loader import Loaded
from engagewatch.model.policy import Relief

Run = Callable[..., int]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return excusing(tmp_path, Relief.NOTICE_REQUIRED)


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(command, "load", lambda _: Loaded((world.engagement,), ()))
    monkeypatch.setattr(command, "now", lambda: NOW)
    monkeypatch.setattr(command, "open_store", lambda _, read_only=True: _Borrowed(world))

    def run(*arguments: str) -> int:
        return command.run(build_parser().parse_args(["relief", *arguments]))

    return run


class _Borrowed:
    """The world's store, which stays open after a command."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __enter__(self) -> object:
        return self._world.store

    def __exit__(self, *_: object) -> None:
        pass


def test_notices_are_listed_noted_and_taken_back(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    told = capsys.readouterr().out
    assert "March 2026: 2 of 3 misses would have been met but for our time." in told
    assert told.count("candidate, notice missing; it can be given until Tue 17 Mar") == 2
    assert all(len(line) <= 80 for line in told.splitlines())

    assert run("notice", "#ours 1", "--on", "2026-03-10") == 0
    said = capsys.readouterr().out
    assert said == "#ours 1 resolution: the provider gave notice on Tue 10 Mar 2026\n"
    assert run("--json") == 0
    (told,) = json.loads(capsys.readouterr().out)["engagements"]
    assert told["month"] == "2026-03"
    assert told["excused"] == {"resolution/P2": 2}
    words = {row["reference"]: row["standing_words"] for row in told["rows"]}
    assert words["#ours 1"] == "excused, notice given Tue 10 Mar, in time"
    assert words["#ours 2"].startswith("candidate, notice missing")

    assert run("notice", "desk/ours 1/resolution", "--undo") == 0
    assert capsys.readouterr().out == "#ours 1 resolution: no notice on record\n"
    run()
    assert capsys.readouterr().out.count("candidate, notice missing") == 2


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("notice",), "say for which ticket and on which day"),
        (("notice", "#ours 1"), "say for which ticket and on which day"),
        (("notice", "#missed", "--on", "2026-03-10"), "no miss that our time explains"),
        (("notice", "#ours 1", "--on", "2026-03-12"), "is still to come"),
    ],
)
def test_what_cannot_be_noted_is_told(run: Run, arguments: tuple[str, ...], problem: str) -> None:
    with pytest.raises(CommandError, match=problem):
        run(*arguments)
