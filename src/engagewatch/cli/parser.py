"""Reads the command line. Imports nothing but argparse: ``--help`` and completion stay instant."""

from __future__ import annotations

from argparse import (
    SUPPRESS,
    Action,
    ArgumentError,
    ArgumentParser,
    Namespace,
    RawDescriptionHelpFormatter,
    _SubParsersAction,
)
from collections.abc import Callable, Sequence
from functools import partial

from engagewatch import __version__
from engagewatch.cli.arguments import add_common
from engagewatch.cli.commands import COMMANDS, Command


class CommandParser(ArgumentParser):
    """A parser that speaks about the command that was typed, and guesses which was meant."""

    fill: Callable[[], None] | None = None
    """Adds its arguments: of the commands only the one typed has use for them."""

    def filled(self) -> CommandParser:
        """Return it with all its arguments."""
        if self.fill is not None:
            fill, self.fill = self.fill, None
            fill()
        return self

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Namespace | None = None
    ) -> tuple[Namespace, list[str]]:
        """Read what is understood; return it and the rest."""
        return super(CommandParser, self.filled()).parse_known_args(args, namespace)

    def read(self, argv: Sequence[str] | None) -> Namespace:
        """Return what ``argv`` asks for, or tell what is wrong and leave with 2."""
        options, unknown = self.parse_known_args(argv)
        if unknown:
            taker = self._of(options.command)
            taker.error(f'"{" ".join(unknown)}" is not understood; see: {taker.prog} --help')
        return options

    def _of(self, command: str) -> CommandParser:
        for action in self._actions:
            if isinstance(action, _SubParsersAction) and command in action.choices:
                found: CommandParser = action.choices[command]
                return found
        return self

    def _check_value(self, action: Action, value: object) -> None:
        if not isinstance(action, _SubParsersAction) or value in action.choices:
            super()._check_value(action, value)
            return
        from engagewatch.config.suggestions import did_you_mean

        what = str(action.metavar or "command").lower()
        hint = did_you_mean(str(value), action.choices) or f"see: {self.prog} --help"
        raise ArgumentError(None, f'there is no {what} "{value}"; {hint}')


def build_parser() -> CommandParser:
    """Return the parser of all commands."""
    parser = CommandParser(
        prog="engagewatch",
        description="Watches an outsourced IT engagement from the client's chair. "
        "Without a command it opens the terminal interface.",
        epilog="Start with: engagewatch demo, or engagewatch init and then engagewatch check.",
    )
    parser.add_argument("--version", action="version", version=f"engagewatch {__version__}")
    add_common(parser, config=None, data=None, engagement=None, debug=False)
    parser.set_defaults(command="")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, command in COMMANDS.items():
        if not name:
            continue
        sub = commands.add_parser(
            name,
            help=command.help,
            description=command.description,
            formatter_class=RawDescriptionHelpFormatter,
        )
        sub.fill = partial(_fill, sub, command)
        sub.set_defaults(command=name)
    return parser


def _fill(parser: CommandParser, command: Command) -> None:
    # Given after the command as well as before it; what is left out must not undo the other.
    add_common(parser, config=SUPPRESS, data=SUPPRESS, engagement=SUPPRESS, debug=SUPPRESS)
    command.arguments(parser)
