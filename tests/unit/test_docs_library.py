"""The library page's example runs as printed, without a screen, a network or a database."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "library.md"


def test_the_example_prints_what_the_page_promises() -> None:
    example = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    watched = '{"textual", "rich", "httpx", "apsw", "sqlite3", "pydantic", "msgspec", "scipy"}'
    ended = f"\nimport sys\nprint(sorted({watched} & set(sys.modules)))\n"
    done = subprocess.run(
        [sys.executable, "-c", example + ended], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "7200"
    assert lines[1] == "2026-03-09 10:00:00+00:00"
    # 15:00 to 16:00 on Friday and 11:00 to 13:30 on Monday; the wait for the client is left out.
    assert "resolution met 12600 of 14400" in lines
    # Friday 16:00 to 17:00 and Monday 09:00 to 11:00 in the client's own hours.
    assert "reply met 10800 of 28800" in lines
    assert lines[-2].startswith("Met with 30m to spare")
    assert lines[-1] == "[]"


def test_the_series_has_one_signal() -> None:
    example = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["signal 6.5 21.4", "period 11 is outside the limits"]
