"""Edited engagement files are taken in while the program runs; a mistake breaks nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engagewatch.config.edits import Edits
from engagewatch.config.loader import load_all
from engagewatch.model.engagement import Engagement

FILE = """\
[engagement]
client = "{client}"
provider = "Contoso"
started = 2026-03-02
timezone = "Europe/London"
"""


class Directory:
    """A configuration directory as a running program has read it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "engagements").mkdir()
        self.write("northwind", FILE.format(client="Northwind"))
        self.write("adatum", FILE.format(client="Adatum"))
        self.edits = Edits(path)
        self.current: tuple[Engagement, ...] = load_all(path).engagements

    def write(self, name: str, text: str) -> None:
        """Replace a file as editors do: under the same name, another file."""
        new = self.path / "engagements" / f"{name}.new"
        new.write_text(text)
        new.replace(self.path / "engagements" / f"{name}.toml")

    def take_in(self, only: str | None = None) -> list[str] | None:
        """Take in edits; return the clients' names and then the problems."""
        loaded = self.edits.taken_in(self.current, only)
        if loaded is None:
            return None
        self.current = loaded.engagements
        return [one.client for one in loaded.engagements] + [p.message for p in loaded.problems]


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory(tmp_path)


def test_untouched_files_are_not_read_again(directory: Directory) -> None:
    assert directory.take_in() is None
    os.utime(directory.path / "engagements" / "adatum.toml", ns=(1, 1))
    assert directory.take_in() == ["Adatum", "Northwind"]
    assert directory.take_in() is None


def test_an_edit_an_addition_and_a_removal_are_taken_in(directory: Directory) -> None:
    directory.write("northwind", FILE.format(client="Northwind Traders"))
    assert directory.take_in() == ["Adatum", "Northwind Traders"]
    directory.write("fabrikam", FILE.format(client="Fabrikam"))
    assert directory.take_in() == ["Adatum", "Fabrikam", "Northwind Traders"]
    (directory.path / "engagements" / "adatum.toml").unlink()
    assert directory.take_in() == ["Fabrikam", "Northwind Traders"]
    directory.write("northwind", FILE.format(client="Northwind"))
    assert directory.take_in(only="northwind") == ["Northwind"]


@pytest.mark.parametrize("broken", ["", "[engagement\n", FILE.format(client="")])
def test_of_a_file_with_a_mistake_the_last_good_version_stays(
    directory: Directory, broken: str
) -> None:
    directory.write("northwind", broken)
    said = directory.take_in()
    assert said is not None
    assert said[:2] == ["Adatum", "Northwind"]
    assert len(said) > 2
    # Another edit meanwhile does not lose it either.
    directory.write("adatum", FILE.format(client="Adatum Ltd"))
    said = directory.take_in()
    assert said is not None
    assert said[:2] == ["Adatum Ltd", "Northwind"]
    directory.write("northwind", FILE.format(client="Northwind Traders"))
    assert directory.take_in() == ["Adatum Ltd", "Northwind Traders"]


def test_if_every_file_is_gone_what_was_in_use_stays(directory: Directory) -> None:
    for path in (directory.path / "engagements").glob("*.toml"):
        path.unlink()
    assert directory.take_in() == ["Adatum", "Northwind", "no engagement file is left in it"]
