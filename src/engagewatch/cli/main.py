"""The ``engagewatch`` command: reads its arguments, then imports only what was asked for."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module

from engagewatch.cli.errors import CommandError
from engagewatch.cli.parser import COMMANDS, build_parser

INTERRUPTED = 130
"""What a shell expects of a program ended by Ctrl+C: 128 and the signal's number."""
PIPE_CLOSED = 141


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command that ``argv`` (the process's own arguments unless given) asks for.

    Returns:
        The exit code. Everything meant for people that is not the answer itself goes to stderr.
    """
    try:
        options = build_parser().parse_args(argv)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    _prepare_process()
    try:
        code = _run_command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has seen enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _run_command(options: Namespace) -> int:
    command = COMMANDS[options.command]
    try:
        handler = import_module(f"engagewatch.cli.{command.module}")
        code: int = handler.run(options)
    except CommandError as error:
        print(f"engagewatch: {error}", file=sys.stderr)
        return error.code
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        if options.debug:
            raise
        print(f"engagewatch: {_in_one_line(error)}", file=sys.stderr)
        return command.failed
    return code


def _in_one_line(error: Exception) -> str:
    from engagewatch.model.text import safe_text

    if _says_what_to_do(error):
        return safe_text(str(error))
    return (
        f"something went wrong that should not have: {type(error).__name__}: "
        f"{safe_text(str(error), 300)} (run again with --debug for the details)"
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
