"""Secrets: read from where they are kept, and never told."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from engagewatch.config import secrets
from engagewatch.config.secrets import SecretError, resolve
from engagewatch.model.engagement import SecretKind, SecretReference

SECRET = "hunter2-s3cr3t"


def by_command(code: str) -> SecretReference:
    return SecretReference(SecretKind.COMMAND, (sys.executable, "-c", code))


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = SecretReference(SecretKind.ENV, ("DESK_TOKEN",))
    monkeypatch.setenv("DESK_TOKEN", SECRET)
    assert resolve(reference) == SECRET
    monkeypatch.delenv("DESK_TOKEN")
    with pytest.raises(SecretError, match="DESK_TOKEN is not set"):
        resolve(reference)


def test_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{SECRET}\nsecond line\n")
    reference = SecretReference(SecretKind.FILE, (str(path),))
    assert resolve(reference) == SECRET
    for content, says in (
        (b"", "nothing on its first line"),
        (b"\xff\xfe", "not text"),
        (b"x" * 9000, "more than 8192"),
    ):
        path.write_bytes(content)
        with pytest.raises(SecretError, match=says):
            resolve(reference)
    path.unlink()
    with pytest.raises(SecretError, match="cannot be read: No such file"):
        resolve(reference)


def test_from_a_command() -> None:
    assert resolve(by_command(f"print('{SECRET}'); print('more')")) == SECRET
    # Words are handed over as they are: no shell reads them.
    echo = (sys.executable, "-c", "import sys; print(sys.argv[1])", "$(id) ; `id` $HOME")
    assert resolve(SecretReference(SecretKind.COMMAND, echo)) == "$(id) ; `id` $HOME"
    # Nothing is waited for on the terminal.
    assert resolve(by_command("import sys; print(repr(sys.stdin.read()))")) == "''"


def test_a_command_that_fails_repeats_nothing_it_printed(capfd: pytest.CaptureFixture[str]) -> None:
    code = f"import sys; print('{SECRET}'); print('{SECRET}', file=sys.stderr); sys.exit(3)"
    with pytest.raises(SecretError, match="exit code 3") as caught:
        resolve(by_command(code))
    assert SECRET not in str(caught.value)
    printed = capfd.readouterr()
    assert SECRET not in printed.out + printed.err


def test_a_command_that_is_not_there_or_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SecretError, match="cannot be run"):
        resolve(SecretReference(SecretKind.COMMAND, ("/nowhere/pass",)))
    monkeypatch.setattr(secrets, "COMMAND_TIMEOUT", 0.2)
    with pytest.raises(SecretError, match="took longer"):
        resolve(by_command("import time; time.sleep(30)"))


def test_a_command_that_leaves_something_running_or_never_stops_talking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(SecretError, match="more than 8192"):
        resolve(by_command("while True: print('x' * 999)"))
    monkeypatch.setattr(secrets, "COMMAND_TIMEOUT", 0.5)
    child = "import signal; signal.pause()"
    sleeper = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(SecretError, match="took longer"):
        resolve(by_command(sleeper))


def test_a_keyring_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    answer = Event()
    keyring = types.ModuleType("keyring")
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = OSError  # type: ignore[attr-defined]
    keyring.get_password = lambda service, user: answer.wait()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    monkeypatch.setattr(secrets, "KEYRING_TIMEOUT", 0.01)
    with pytest.raises(SecretError, match="did not answer"):
        resolve(SecretReference(SecretKind.KEYRING, ("desk", "me")))
    answer.set()


def test_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    class KeyringError(Exception):
        pass

    keyring = types.ModuleType("keyring")
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = KeyringError  # type: ignore[attr-defined]
    kept = {("desk", "me"): SECRET}
    keyring.get_password = lambda service, user: kept.get((service, user))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert resolve(SecretReference(SecretKind.KEYRING, ("desk", "me"))) == SECRET
    with pytest.raises(SecretError, match="keyring set desk you"):
        resolve(SecretReference(SecretKind.KEYRING, ("desk", "you")))

    def locked(service: str, user: str) -> str:
        raise KeyringError(SECRET)

    keyring.get_password = locked  # type: ignore[attr-defined]
    with pytest.raises(SecretError, match="unlock it") as caught:
        resolve(SecretReference(SecretKind.KEYRING, ("desk", "me")))
    assert SECRET not in str(caught.value)


def test_a_keyring_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretError, match=r"engagewatch\[keyring\]"):
        resolve(SecretReference(SecretKind.KEYRING, ("desk", "me")))
