from __future__ import annotations

import pytest

from engagewatch.views.filtering import holds, parse_filter

ROW = {"subject": "Printer on floor 2 jams", "status": "Pending", "court": "us"}


def passes(text: str) -> bool:
    terms = parse_filter(text, set(ROW))
    everything = "\n".join(ROW.values()).lower()
    return holds(terms, everything, lambda column: ROW[column].lower())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "printer",
        "JAMS floor",
        "!mail",
        "status:pend",
        "court:us printer",
        '"floor 2"',
        'subject:"on floor"',
        "!status:closed",
        "status:",
    ],
)
def test_a_row_that_is_meant_passes(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize(
    "text",
    ["mail", "printer mail", "!printer", "status:closed", "subject:pending", '"2 floor"'],
)
def test_a_row_that_is_not_meant_does_not(text: str) -> None:
    assert not passes(text)


def test_a_prefix_that_names_no_column_is_plain_text() -> None:
    (term,) = parse_filter("10:30", {"status"})
    assert (term.text, term.column) == ("10:30", None)
