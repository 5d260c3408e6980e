"""The files we ship: examples to copy, templates to start from, the JSON schema."""

from __future__ import annotations

import json
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from engagewatch.config.json_schema import engagement_schema
from engagewatch.config.loader import load_engagement
from engagewatch.config.locations import config_dir, data_dir
from engagewatch.config.source_models import BUILT_IN, SOURCE_MODELS
from engagewatch.config.templates import NewEngagement, NewSource, render

EXAMPLES = sorted((Path(__file__).parents[2] / "config").rglob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_valid(path: Path) -> None:
    engagement = load_engagement(path)
    assert engagement.sources


def test_there_is_an_example_for_every_kind_of_source() -> None:
    kinds = {source.adapter for path in EXAMPLES for source in load_engagement(path).sources}
    assert kinds >= set(BUILT_IN)


SOURCES = (
    NewSource("zendesk", "https://desk.example", variable="DESK_TOKEN"),
    NewSource("zendesk", "https://desk.example", user="me@x.example", variable="DESK_TOKEN"),
    NewSource("statuspage", "https://status.example"),
    NewSource("eventlog", "log.csv"),
    NewSource("uptime_kuma", "https://status.example"),
    NewSource("prometheus", "https://prometheus.example", variable="PROMETHEUS_TOKEN"),
    NewSource("gatus", "https://gatus.example", variable="GATUS_TOKEN"),
    NewSource("cachet", "https://status.example"),
    NewSource("better_stack", "https://uptime.example", variable="UPTIME_TOKEN"),
    NewSource("zammad", "https://desk.example", variable="DESK_TOKEN"),
    NewSource("request_tracker", "https://rt.example/rt", variable="RT_TOKEN"),
    NewSource("servicenow", "https://desk.example", variable="DESK_TOKEN"),
    NewSource("jira", "https://desk.example", variable="DESK_TOKEN"),
    NewSource("freshservice", "https://desk.example", variable="DESK_TOKEN"),
)


@pytest.mark.parametrize(
    "sources", [(), *((one,) for one in SOURCES), *combinations(SOURCES[1:], 2)]
)
@pytest.mark.parametrize("holidays", ["", "GB-ENG"])
def test_every_new_file_is_valid(
    tmp_path: Path, sources: tuple[NewSource, ...], holidays: str
) -> None:
    path = tmp_path / "new.toml"
    name = 'O"Brien \\ & Söhne $client'
    new = NewEngagement(
        name, "P", date(2026, 3, 2), "Europe/Lisbon", "09:00-17:00", holidays, sources
    )
    path.write_text(render(new), encoding="utf-8")
    engagement = load_engagement(path)
    assert engagement.client == name
    assert [source.adapter for source in engagement.sources] == [one.kind for one in sources]
    assert engagement.calendars["office"].region == (holidays or None)


def test_the_json_schema_describes_every_key_of_the_examples() -> None:
    import tomli

    schema = json.loads(json.dumps(engagement_schema()))
    tables = schema["$defs"]
    for path in EXAMPLES:
        document = tomli.loads(path.read_text())
        assert set(document) <= set(schema["properties"])
        assert set(document.get("contract", ())) <= set(tables["ContractTable"]["properties"])
        for row in document["sources"]:
            model = SOURCE_MODELS[row["kind"]].__name__
            assert set(row) <= set(tables[model]["properties"])


def test_the_json_schema_allows_nothing_else_and_explains_keys() -> None:
    schema = engagement_schema()
    assert all(table["additionalProperties"] is False for table in schema["$defs"].values())
    assert "null" not in json.dumps(schema)
    assert (
        "calendar"
        in schema["$defs"]["ServiceLevelRow"]["properties"]["reply_calendar"]["description"].lower()
    )
    assert schema["$defs"]["ContractTable"]["properties"]["pause"]["enum"] == [
        "none",
        "claimed",
        "evidenced",
    ]


def test_directories_by_flag_by_environment_by_custom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/liaison")
    for name in ("ENGAGEWATCH_CONFIG", "ENGAGEWATCH_DATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert config_dir().name == data_dir().name == "engagewatch"
    monkeypatch.setenv("ENGAGEWATCH_CONFIG", "~/configured")
    monkeypatch.setenv("ENGAGEWATCH_DATA", "/kept")
    assert config_dir() == Path("/home/liaison/configured")
    assert data_dir() == Path("/kept")
    assert config_dir("/given") == Path("/given")
