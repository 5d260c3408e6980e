"""Secrets in use, and keeping them out of whatever is written for people.

A secret is named here the moment it is read (:func:`remember`). From then on :func:`redacted` takes
it out of any text, also where it was encoded for a header or an address, and every record of the
logging module, whoever writes it, is redacted as it is made.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from engagewatch.model.text import safe_text

# Imported by every room: what only a secret or a failure needs is imported when there is one.
if TYPE_CHECKING:
    import logging

SHORTEST = 4
"""Characters; anything shorter would take ordinary words out of messages."""
MARK = "[secret]"
_LONGEST_LINE = 2000

_lock = threading.Lock()
_forms: tuple[str, ...] = ()


def remember(secret: str) -> None:
    """Redact ``secret``, and its encoded forms, from now on."""
    global _forms
    if len(secret) < SHORTEST:
        return
    import base64
    from urllib.parse import quote, quote_plus

    raw = secret.encode("utf-8", "replace")
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), raw.hex()}
    forms.add(repr(secret)[1:-1])
    # What stands before it in a header shifts the letters it is encoded to: three ways in all,
    # of which the ends depend on what surrounds them.
    for lead in range(3):
        text = base64.b64encode(b"\0" * lead + raw).decode().rstrip("=")
        core = text[(0, 2, 3)[lead] : len(text) - bool((len(raw) + lead) % 3)]
        forms |= {core, core.replace("+", "-").replace("/", "_")}
    with _lock:
        if not _forms:
            _redact_logs()
        known = forms | set(_forms)
        # The longest first: a form may be part of another.
        _forms = tuple(sorted((form for form in known if len(form) >= SHORTEST), key=len)[::-1])


def redacted(text: str) -> str:
    """Return ``text`` without any secret that is in use."""
    for form in _forms:
        if form in text:
            text = text.replace(form, MARK)
    return text


def told(error: BaseException) -> str:
    """Return the traceback of ``error`` as text that may be shown and stored.

    It holds no values of variables, no secret, and nothing that a terminal would obey.
    """
    import traceback

    lines = redacted("".join(traceback.format_exception(error))).splitlines()
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + safe_text(line, _LONGEST_LINE) for line in lines
    )


def _redact_logs() -> None:
    import logging

    make = logging.getLogRecordFactory()

    def redacting(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = str(record.msg)
        record.msg, record.args = safe_text(redacted(message), _LONGEST_LINE), None
        if record.exc_info and record.exc_info[1] is not None:
            # Formatters take this text instead of making one of their own.
            record.exc_text = told(record.exc_info[1])
        return record

    logging.setLogRecordFactory(redacting)
