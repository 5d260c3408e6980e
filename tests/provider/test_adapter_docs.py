"""The adapter that docs/adapters.md shows: short, found by its entry point, and conforming."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "adapters.md"
_BLOCK = re.compile(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_adapter_of_the_documentation_passes_the_kit(tmp_path: Path) -> None:
    blocks = dict(_BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    assert set(blocks) == {"acme_desk.py", "pyproject.toml", "test_acme_desk.py"}
    assert len(blocks["acme_desk.py"].splitlines()) < 100
    for name in ("acme_desk.py", "test_acme_desk.py"):
        (tmp_path / name).write_text(blocks[name], encoding="utf-8")
    _install(tmp_path, blocks["pyproject.toml"])
    done = _python(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_acme_desk.py")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize(
    ("code", "broken", "noticed_by"),
    [
        ('str(one["id"])', "str(id(one))", "nothing_new"),
        ("not rows.found\n", "True\n", "whatever_the_size"),
        ("str(after)", "None", "nothing_new"),
        ("map(safe_text, ", "map(str, ", "harmless"),
        ('side = Side.PROVIDER if one["staff"] else Side.CLIENT', "side = None", "whatever"),
        ("CLIENT, None)]\n", "CLIENT, None)]\n    wire.history = []\n", "whatever_the_size"),
        ('"open": "provider"', '"open": "provider", "wartet auf gremium": "client"', "unknown"),
        ("deleted=gone", "deleted=False", "deleted"),
        ("latest_credible(now)", "now - 9000", "clock"),
    ],
)
def test_the_kit_notices_an_adapter_that_is_wrong(
    tmp_path: Path, code: str, broken: str, noticed_by: str
) -> None:
    blocks = dict(_BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    assert code in blocks["acme_desk.py"]
    (tmp_path / "acme_desk.py").write_text(blocks["acme_desk.py"].replace(code, broken))
    (tmp_path / "test_acme_desk.py").write_text(blocks["test_acme_desk.py"])
    _install(tmp_path, blocks["pyproject.toml"])
    arguments = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", noticed_by)
    done = _python(tmp_path, *arguments, "test_acme_desk.py")
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_kit_needs_nothing_of_the_terminal_interface(tmp_path: Path) -> None:
    code = "import engagewatch.testing, sys; print(sorted({'textual', 'rich'} & set(sys.modules)))"
    assert _python(tmp_path, "-c", code).stdout.strip() == "[]"


def _install(folder: Path, project: str) -> None:
    """Leave what an installed package leaves: its name and its entry points."""
    info = folder / "acme_desk-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-desk\nVersion: 1.0\n")
    group = re.search(r'entry-points\."(.+?)"\]', project)
    entry = re.search(r'^(\w+) = "(\w+)"$', project, re.MULTILINE)
    assert group is not None
    assert entry is not None
    (info / "entry_points.txt").write_text(f"[{group[1]}]\n{entry[1]} = {entry[2]}\n")


def _python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python beside the adapter, with a pytest that has no plugins: the kit needs none."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
