"""Reading secrets from where the engagement file says they are kept.

No error here repeats a secret, nor what a command printed.
"""

from __future__ import annotations

import os
from pathlib import Path

from engagewatch.model.engagement import SecretKind, SecretReference

COMMAND_TIMEOUT = 10
"""Seconds a command may take."""
LARGEST = 8192
"""Bytes of a secret that are read."""


class SecretError(Exception):
    """A secret could not be read; the message says where it was looked for and what to do."""


def resolve(reference: SecretReference) -> str:
    """Return the secret. Blocks for up to ten seconds where a command or a keyring is asked.

    Raises:
        SecretError: it is not there, is empty, or could not be read.
    """
    readers = {
        SecretKind.ENV: _from_environment,
        SecretKind.FILE: _from_file,
        SecretKind.COMMAND: _from_command,
        SecretKind.KEYRING: _from_keyring,
    }
    return readers[reference.kind](reference)


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

    program = reference.locator[0]
    what = f'the secret\'s command "{program}"'
    try:
        # The words come from the user's own file, which nobody else can write to, and no shell
        # reads them.
        done = subprocess.run(  # noqa: S603
            reference.locator,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SecretError(
            f"{what} took longer than {COMMAND_TIMEOUT} seconds; "
            "if it asks for a passphrase, unlock it first"
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SecretError(f"{what} cannot be run: {reason}") from None
    if done.returncode:
        raise SecretError(
            f"{what} failed with exit code {done.returncode}; run it by hand to see why"
        )
    return _first_line(done.stdout, what)


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
    try:
        secret: str | None = keyring.get_password(service, user)
    except KeyringError as error:
        raise SecretError(
            f"the keyring cannot be read ({type(error).__name__}); "
            "unlock it, or keep the secret elsewhere"
        ) from None
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
