"""The ``engagewatch`` command: reads its arguments, then imports only what was asked for."""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from types import ModuleType

from engagewatch.cli.commands import COMMANDS, Command
from engagewatch.cli.errors import CommandError, Stopped
from engagewatch.cli.parser import build_parser

INTERRUPTED = 130
"""What a shell expects of a program ended by Ctrl+C: 128 and the signal's number."""
PIPE_CLOSED = 141


def main() -> None:
    """Run the command as a process of its own, and end it with the exit code."""
    # Importing makes many objects and no garbage: collecting would only delay it.
    gc.disable()
    code = run()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Not by returning: Python would wait for threads that wait for somebody else, such as a name
    # server. Whatever is stored is stored.
    os._exit(code)


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command that ``argv`` (the process's own arguments unless given) asks for.

    Returns:
        The exit code. Everything meant for people that is not the answer itself goes to stderr.
    """
    try:
        options = build_parser().read(argv)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    from engagewatch.cli.guarded import Guarded

    _prepare_process()
    try:
        with redirect_stdout(Guarded(sys.stdout)), redirect_stderr(Guarded(sys.stderr)):
            code = _run_command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has seen enough. Python would complain once more at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            with suppress(BrokenPipeError):
                stream.flush()
                continue
            os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _run_command(options: Namespace) -> int:
    command = COMMANDS[options.command]
    try:
        code: int = _handler(command).run(options)
    except Stopped as stopped:
        print("stopped", file=sys.stderr)
        return stopped.code
    except CommandError as error:
        print(f"engagewatch: {error}", file=sys.stderr)
        return error.code
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - told in one line, whatever it is
        if options.debug:
            from engagewatch.model.redaction import told

            print(told(error), file=sys.stderr)
        print(f"engagewatch: {_in_one_line(error)}", file=sys.stderr)
        return command.failed
    return code


def _handler(command: Command) -> ModuleType:
    handler = import_module(f"engagewatch.cli.{command.module}")
    if not gc.isenabled():
        # What was imported stays: it need not be looked through time and again.
        gc.freeze()
        gc.enable()
    return handler


def _in_one_line(error: Exception) -> str:
    from engagewatch.model.redaction import redacted
    from engagewatch.model.text import safe_text

    if _says_what_to_do(error):
        return safe_text(redacted(str(error)))
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return safe_text(
            redacted(
                f"{error.filename} cannot be used ({error.strerror}). Check its permissions, or "
                "choose other folders with --data and --config."
            )
        )
    return (
        f"something went wrong that should not have: {type(error).__name__}: "
        f"{safe_text(redacted(str(error)), 300)} (run again with --debug for the details)"
    )


def _says_what_to_do(error: Exception) -> bool:
    """Whether an error is one of ours, whose message is written for the user.

    Looked up by name, because the modules that define them may not have been imported.
    """
    expected = {
        ("engagewatch.store.errors", "StoreError"),
        ("engagewatch.net.errors", "SourceError"),
        ("engagewatch.config.secrets", "SecretError"),
        ("engagewatch.config.problems", "ConfigError"),
    }
    return any((kind.__module__, kind.__name__) in expected for kind in type(error).__mro__)


def _prepare_process() -> None:
    # Whatever is written (history, log, new files) is nobody else's business.
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter is no reason to stop.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
