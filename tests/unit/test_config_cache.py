"""The cache of validated engagements: equal to validating, and never trusted when in doubt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engagewatch.config import loader
from engagewatch.config.cache import EngagementCache
from engagewatch.config.loader import load_all, load_engagement
from engagewatch.config.problems import ConfigError

EXAMPLES = sorted((Path(__file__).parents[2] / "config").rglob("*.toml"))

TEXT = """\
[engagement]
client = "Northwind"
provider = "Contoso"
started = 2026-03-02
timezone = "UTC"
[[sources]]
id = "desk"
kind = "zendesk"
url = "https://d.example"
token = { command = ["pass", "show", "desk"] }
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    config, data = tmp_path / "config", tmp_path / "data"
    (config / "engagements").mkdir(parents=True)
    data.mkdir(mode=0o700)
    path = config / "engagements" / "northwind.toml"
    path.write_text(TEXT)
    path.chmod(0o600)
    return config, data


@pytest.fixture
def validations(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were really validated, in order."""
    seen: list[Path] = []
    real = loader._validate

    def noted(path: Path, text: str, *, writable_by_others: bool):  # type: ignore[no-untyped-def]
        seen.append(path)
        return real(path, text, writable_by_others=writable_by_others)

    monkeypatch.setattr(loader, "_validate", noted)
    return seen


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_comes_back_is_what_was_validated(path: Path, tmp_path: Path) -> None:
    text = path.read_text()
    validated = load_engagement(path)
    cache = EngagementCache(tmp_path)
    cache.put(path, text, validated)
    cache.save()
    assert EngagementCache(tmp_path).get(path, text) == validated


def test_an_unchanged_file_is_validated_once(
    folders: tuple[Path, Path], validations: list[Path]
) -> None:
    config, data = folders
    first = load_all(config, EngagementCache(data))
    second = load_all(config, EngagementCache(data))
    assert first == second
    assert len(validations) == 1
    assert (data / "engagements.json").stat().st_mode & 0o777 == 0o600


def test_any_change_of_the_text_validates_again(
    folders: tuple[Path, Path], validations: list[Path]
) -> None:
    config, data = folders
    load_all(config, EngagementCache(data))
    path = config / "engagements" / "northwind.toml"
    path.write_text(TEXT.replace("Contoso", "Fabrikam"))
    (engagement,) = load_all(config, EngagementCache(data)).engagements
    assert engagement.provider == "Fabrikam"
    path.write_text(TEXT + "wrong = 1\n")
    assert load_all(config, EngagementCache(data)).problems
    assert len(validations) == 3


def test_the_same_text_in_another_place_is_validated_there(
    folders: tuple[Path, Path], validations: list[Path]
) -> None:
    config, data = folders
    load_all(config, EngagementCache(data))
    path = config / "engagements" / "northwind.toml"
    path.rename(path.with_name("southwind.toml"))
    (engagement,) = load_all(config, EngagementCache(data)).engagements
    assert engagement.id == "southwind"


def test_other_code_validates_again(
    folders: tuple[Path, Path], validations: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, data = folders
    load_all(config, EngagementCache(data))
    monkeypatch.setattr("engagewatch.__version__", "99.0.0")
    load_all(config, EngagementCache(data))
    assert len(validations) == 2


def test_a_cache_others_can_write_to_is_not_trusted(
    folders: tuple[Path, Path], validations: list[Path]
) -> None:
    config, data = folders
    load_all(config, EngagementCache(data))
    (data / "engagements.json").chmod(0o666)
    load_all(config, EngagementCache(data))
    assert len(validations) == 2


def test_a_file_others_can_write_to_is_checked_for_commands_every_time(
    folders: tuple[Path, Path],
) -> None:
    config, data = folders
    load_all(config, EngagementCache(data))
    path = config / "engagements" / "northwind.toml"
    path.chmod(0o666)
    with pytest.raises(ConfigError, match="commands run only"):
        load_engagement(path, EngagementCache(data))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[:-40],
        lambda text: "[]",
        lambda text: text.replace('"Rules"', '"Path"'),
        lambda text: text.replace('["date", "2026-03-02"]', '["date", "soon"]'),
        lambda text: text.replace('["Engagement"', '["Window"'),
        lambda text: json.dumps({**json.loads(text), "files": 7}),
    ],
)
def test_a_spoilt_cache_costs_a_validation_and_nothing_else(
    folders: tuple[Path, Path], validations: list[Path], spoil: object
) -> None:
    assert callable(spoil)
    config, data = folders
    first = load_all(config, EngagementCache(data))
    kept = data / "engagements.json"
    kept.write_text(spoil(kept.read_text()))
    assert load_all(config, EngagementCache(data)) == first
    assert load_all(config, EngagementCache(data)) == first
    assert len(validations) == 2


def test_no_data_directory_is_made_for_it(folders: tuple[Path, Path], tmp_path: Path) -> None:
    config, _ = folders
    load_all(config, EngagementCache(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()
