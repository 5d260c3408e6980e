"""Reading secrets from where the engagement file says they are kept.

No error here repeats a secret, nor what a command printed.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from engagewatch.model.engagement import SecretKind, SecretReference
from engagewatch.model.redaction import remember

if TYPE_CHECKING:
    from subprocess import Popen

COMMAND_TIMEOUT = 10
"""Seconds a command may take."""
KEYRING_TIMEOUT = 5
LARGEST = 8192
"""Bytes of a secret that are read."""


class SecretError(Exception):
    """A secret could not be read; the message says where it was looked for and what to do."""


def resolve(reference: SecretReference) -> str:
    """Return the secret, which no message tells from now on.

    Blocks for up to ten seconds where a command or a keyring is asked.

    Raises:
        SecretError: it is not there, is empty, or could not be read.
    """
    readers = {
        SecretKind.ENV: _from_environment,
        SecretKind.FILE: _from_file,
        SecretKind.COMMAND: _from_command,
        SecretKind.KEYRING: _from_keyring,
    }
    secret = readers[reference.kind](reference)
    remember(secret)
    return secret


def _from_environment(reference: SecretReference) -> str:
    (name,) = reference.locator
    secret = os.environ.get(name, "").strip()
    if not secret:
        raise SecretError(f"the environment variable {name} is not set; set it, then try again")
    return secret


def _from_file(reference: SecretReference) -> str:
    path = Path(reference.locator[0])
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SecretError(f"the secret's file {path} cannot be read: {reason}") from None
    return _first_line(raw, f"the secret's file {path}")


def _from_command(reference: SecretReference) -> str:
    import subprocess

    what = f'the secret\'s command "{reference.locator[0]}"'
    try:
        # The words come from the user's own file, which nobody else can write to, and no shell
        # reads them. In a session of its own it cannot ask on the terminal, and ends as a whole.
        process = subprocess.Popen(  # noqa: S603
            reference.locator,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SecretError(f"{what} cannot be run: {reason}") from None
    with process:
        try:
            raw = _read_within(process, COMMAND_TIMEOUT)
            code = None if len(raw) > LARGEST else process.wait(COMMAND_TIMEOUT)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise SecretError(
                f"{what} took longer than {COMMAND_TIMEOUT} seconds; "
                "if it asks for a passphrase, unlock it first"
            ) from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if code:
        raise SecretError(f"{what} failed with exit code {code}; run it by hand to see why")
    return _first_line(raw, what)


def _read_within(process: Popen[bytes], seconds: float) -> bytes:
    """Return what a process prints, or a little more than is ever used of it.

    Raises:
        TimeoutError: it did not end its output in time.
    """
    import select

    assert process.stdout is not None
    deadline = time.monotonic() + seconds
    raw = b""
    while len(raw) <= LARGEST:
        ready, _, _ = select.select([process.stdout], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            raise TimeoutError
        read = os.read(process.stdout.fileno(), LARGEST)
        if not read:
            break
        raw += read
    return raw


def _from_keyring(reference: SecretReference) -> str:
    service, user = reference.locator
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SecretError(
            "keyring support is not installed; install engagewatch[keyring], "
            "or keep the secret elsewhere"
        ) from None
    found: list[str | None] = []
    problems: list[Exception] = []

    def ask() -> None:
        try:
            found.append(keyring.get_password(service, user))
        except (KeyringError, OSError) as error:
            problems.append(error)

    # A keyring behind a dead session bus does not answer for minutes. The thread is left to itself
    # then: it does not hold up the end of the process.
    asking = Thread(target=ask, name="keyring", daemon=True)
    asking.start()
    asking.join(KEYRING_TIMEOUT)
    if asking.is_alive():
        raise SecretError(
            f"the keyring did not answer within {KEYRING_TIMEOUT} seconds; unlock it, or where "
            "there is no desktop keep the secret elsewhere"
        )
    if problems:
        (error,) = problems
        raise SecretError(
            f"the keyring cannot be read ({type(error).__name__}); "
            "unlock it, or keep the secret elsewhere"
        )
    secret = found[0]
    if not secret:
        raise SecretError(
            f"the keyring has nothing for {service} and {user}; "
            f"add it with: keyring set {service} {user}"
        )
    return secret


def _first_line(raw: bytes, what: str) -> str:
    if len(raw) > LARGEST:
        raise SecretError(f"{what} gives more than {LARGEST} bytes, which is no secret")
    try:
        lines = raw.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise SecretError(f"{what} gives something that is not text") from None
    secret = lines[0].strip() if lines else ""
    if not secret:
        raise SecretError(f"{what} gives nothing on its first line")
    return secret
