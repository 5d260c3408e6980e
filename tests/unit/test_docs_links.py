"""Links between the pages lead somewhere, and the files and commands that they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engagewatch.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ROOMS = "cli|config|demo|engine|model|net|providers|store|sync|testing|tui|views"


def prose(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if target.startswith(("http", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        at = page.parent / path if path else page
        if not at.exists() or (anchor and anchor not in anchors(at)):
            dead.append(target)
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(rf"`((?:{ROOMS})/[\w/]+\.py)`", prose(page))
    missing = [
        one
        for one in named
        if not any((ROOT / folder / one).exists() for folder in ("src/engagewatch", "tests"))
    ]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_named_exist(page: Path) -> None:
    typed = re.findall(r"`engagewatch ([a-z]+)\b", page.read_text(encoding="utf-8"))
    assert not [name for name in typed if name not in COMMANDS]


def test_the_readme_names_every_command() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    unnamed = [name for name in COMMANDS if name and not re.search(rf"\b{name}\b", table)]
    assert not unnamed
