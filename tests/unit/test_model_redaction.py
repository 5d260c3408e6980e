"""Secrets in use are found in every shape they take on their way to a server."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.model import redaction
from engagewatch.model.redaction import MARK, redacted, remember, told

SECRET = "c4n4ry/+ü tok3n="


@pytest.fixture(autouse=True)
def _forgetting() -> Iterator[None]:
    known, factory = redaction._forms, logging.getLogRecordFactory()
    redaction._forms = ()
    yield
    redaction._forms = known
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize(
    "shape",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        urlencode({"key": SECRET}),
        repr({"token": SECRET}),
        SECRET.encode().hex(),
    ],
)
def test_a_secret_is_taken_out_in_every_shape(shape: str) -> None:
    assert SECRET in redacted(SECRET)
    remember(SECRET)
    assert redacted(f"before {shape} after").startswith("before ")
    assert "c4n4ry" not in redacted(f"before {shape} after")
    assert MARK in redacted(f"before {shape} after")
    assert redacted("nothing here") == "nothing here"


@given(
    st.text("abcdefgh0123", min_size=8), st.binary(max_size=8), st.binary(max_size=8), st.booleans()
)
def test_a_secret_within_a_header_is_taken_out(
    secret: str, before: bytes, after: bytes, url: bool
) -> None:
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    remember(secret)
    shown = redacted(encode(before + secret.encode() + after).decode())
    assert MARK in shown
    redaction._forms = ()


def test_what_is_too_short_to_be_a_secret_is_left() -> None:
    remember("abc")
    assert redacted("abc") == "abc"


def test_no_log_record_and_no_traceback_tells_a_secret_or_moves_the_cursor() -> None:
    remember(SECRET)
    written = io.StringIO()
    log = logging.getLogger("somebody.elses")
    handler = logging.StreamHandler(written)
    log.addHandler(handler)
    try:
        log.warning("sent %s to %s", SECRET, "host\x1b[2J")
        log.warning("%d", "not a number " + SECRET)
        try:
            raise ValueError(f"refused {SECRET}\x1b]52;c;AAAA\x07")
        except ValueError as error:
            log.exception("failed")
            shown = told(error)
    finally:
        log.removeHandler(handler)
    for text in (written.getvalue(), shown):
        assert "c4n4ry" not in text
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "ValueError: refused [secret]" in text
        assert '    raise ValueError(f"refused' in text
