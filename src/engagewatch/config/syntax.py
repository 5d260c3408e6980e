"""TOML that cannot be read: what people write instead, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

import tomli

from engagewatch.config.problems import Problem
from engagewatch.model.text import safe_text

_KEY = r"^\s*[\w.\"-]+\s*=\s*"
_DATE = 'write dates like 2026-03-02, and other text in quotes, like name = "..."'

_BY_LINE = (
    (re.compile(_KEY + r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\s*$"), _DATE),
    (re.compile(_KEY + r"[\d.]+\s*(?:%|bd|[smhd])"), "put the value in quotes"),
    (re.compile(_KEY + r"\d{1,2}:\d{2}"), "put the value in quotes"),
    (re.compile(_KEY + r"[^\W\d]"), 'put text in quotes, like name = "..."'),
    (re.compile(_KEY + r"(?:#.*)?$"), "write a value after the equals sign, or take the line out"),
    (re.compile(r"^\s*[\w.-]+(?:\s+[\w.-]+)+\s*="), "put a key that holds spaces in quotes"),
    (re.compile(r"^\s*[\w.\"-]+\s*:\s"), 'write key = "value", with an equals sign'),
)
"""Advice by what the offending line looks like; the first that fits."""

_BY_REASON = (
    ("illegal character '\\n'", "close the text with a quote on the same line"),
    ("overwrite a value", "this key is set twice: keep one of them"),
    ("declare", "this header stands twice; rows of a list have double brackets, like [[sla]]"),
)


def syntax_problem(path: Path, text: str, error: tomli.TOMLDecodeError) -> Problem:
    """Return the problem that keeps ``text`` from being TOML, with advice where it is a habit."""
    lines = text.split("\n")
    line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else ""
    advice = next((words for reason, words in _BY_REASON if reason in error.msg.lower()), "")
    advice = advice or next((words for pattern, words in _BY_LINE if pattern.match(line)), "")
    reason = safe_text(error.msg[:1].lower() + error.msg[1:], 120)
    return Problem(path, error.lineno, error.colno, "", f"is not valid TOML: {reason}", advice)
