"""Starting the demonstration: valid files, a story that goes on, no secret on disk."""

from __future__ import annotations

import http.client
import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from engagewatch.config.loader import load_all
from engagewatch.config.secrets import resolve
from engagewatch.demo.launch import FRESH_FOR, KEPT_FOR, prepare
from engagewatch.demo.settings import TOKEN_VARIABLE
from engagewatch.model.instants import HOUR
from tests.demo.simulation import ANCHOR


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "")


def test_its_engagement_files_are_valid(tmp_path: Path) -> None:
    with prepare(tmp_path, clock=lambda: ANCHOR) as demo:
        loaded = load_all(demo.config_dir)
        assert loaded.problems == ()
        larger = next(e for e in loaded.engagements if e.id == "northwind")
        smaller = next(e for e in loaded.engagements if e.id == "alder-finch")
        assert [one.id for one in larger.sources] == ["desk", "status", "calendar", "probes"]
        assert larger.source("desk").url == demo.urls["northwind-desk"]
        assert [level.priority for level in larger.service_levels] == ["P1", "P2", "P3", "P4"]
        assert {role.role for role in larger.people} >= {"Finance approver", "IT liaison"}
        assert [source.id for source in smaller.sources] == ["desk", "status", "carrier"]
        secret = larger.source("desk").secret
        assert secret is not None
        assert resolve(secret) == os.environ[TOKEN_VARIABLE] != ""


def test_the_token_is_nowhere_on_disk(tmp_path: Path) -> None:
    with prepare(tmp_path, clock=lambda: ANCHOR):
        token = os.environ[TOKEN_VARIABLE]
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len(files) == 4
        assert not any(token in path.read_text(encoding="utf-8") for path in files)


def test_a_second_start_goes_on_with_the_story(tmp_path: Path) -> None:
    with prepare(tmp_path, clock=lambda: ANCHOR) as first:
        (first.data_dir / "engagewatch.db").write_bytes(b"history")
    with prepare(tmp_path, clock=lambda: ANCHOR + FRESH_FOR - 1) as second:
        assert second.data_dir == first.data_dir
        assert second.anchor == ANCHOR
        assert (second.data_dir / "engagewatch.db").read_bytes() == b"history"


def test_an_old_story_gives_way_to_a_new_one(tmp_path: Path) -> None:
    with prepare(tmp_path, clock=lambda: ANCHOR) as first:
        pass
    with prepare(tmp_path, clock=lambda: ANCHOR + FRESH_FOR) as second:
        assert second.anchor == ANCHOR + FRESH_FOR
        assert first.data_dir.exists()  # another window may still show it
    later = ANCHOR + FRESH_FOR + KEPT_FOR + HOUR
    with prepare(tmp_path, clock=lambda: later) as third:
        assert third.anchor == later
        assert not first.data_dir.exists()
        assert not second.data_dir.exists()


def test_other_seeds_and_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    with prepare(tmp_path, seed=1, clock=lambda: ANCHOR) as one:
        pass
    with prepare(tmp_path, seed=2, clock=lambda: ANCHOR) as other:
        assert one.data_dir != other.data_dir
    assert (tmp_path / "notes").is_dir()


def test_a_clock_set_back_begins_anew(tmp_path: Path) -> None:
    with prepare(tmp_path, clock=lambda: ANCHOR):
        pass
    with prepare(tmp_path, clock=lambda: ANCHOR - HOUR) as demo:
        assert demo.anchor == ANCHOR - HOUR


def test_the_provider_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    with prepare(tmp_path) as demo:
        parts = urlsplit(demo.urls["alder-finch-desk"])
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        headers = {"Authorization": f"Bearer {os.environ[TOKEN_VARIABLE]}"}
        connection.request("GET", "/api/v2/users/me.json", headers=headers)
        assert connection.getresponse().status == 200
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)
    demo.stop()


def test_a_taken_port_is_told_by_the_process_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port} is already in use"):
            prepare(tmp_path, port=port)
