"""``engagewatch completion``: scripts that let a shell complete commands, options and choices."""

from __future__ import annotations

from argparse import Action, ArgumentParser, Namespace, _SubParsersAction
from dataclasses import dataclass

from engagewatch.cli.commands import COMMANDS
from engagewatch.cli.parser import build_parser

_FOLDER, _FILE = "DIR", "FILE"
"""Metavars of options whose values are paths."""


@dataclass(frozen=True, slots=True)
class _Word:
    """Something that can be typed next."""

    text: str
    meaning: str
    takes_value: bool = False
    values: tuple[str, ...] = ()
    """What its value may be; empty where anything goes, or where it takes none."""
    path: str = ""
    """``DIR`` or ``FILE`` if its value is a path."""


def run(options: Namespace) -> int:
    """Print the completion script of a shell."""
    writers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    print(writers[options.shell](_words(build_parser())))
    return 0


def _words(parser: ArgumentParser) -> dict[str, list[_Word]]:
    """Return what can follow each command; under ``""`` what stands before any."""
    commands = [_Word(name, command.help) for name, command in COMMANDS.items() if name]
    words = {"": [*_arguments(parser), *commands]}
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            words.update({name: _arguments(sub.filled()) for name, sub in action.choices.items()})
    return words


def _arguments(parser: ArgumentParser) -> list[_Word]:
    found = []
    for action in parser._actions:
        if action.option_strings:
            found.append(_option(action))
        elif action.choices and not isinstance(action, _SubParsersAction):
            found += [_Word(str(choice), "") for choice in action.choices]
    return found


def _option(action: Action) -> _Word:
    meaning = action.help or ""
    return _Word(
        text=action.option_strings[-1],
        meaning="show help" if meaning.startswith("show this help") else meaning,
        takes_value=action.nargs != 0,
        values=tuple(str(choice) for choice in action.choices or ()),
        path=action.metavar if action.metavar in (_FOLDER, _FILE) else "",
    )


def _with_values(words: dict[str, list[_Word]]) -> list[_Word]:
    """Return every option that takes a value, once."""
    return list(
        {word.text: word for following in words.values() for word in following if word.takes_value}
        .values()
    )  # fmt: skip


def _bash(words: dict[str, list[_Word]]) -> str:
    def texts(following: list[_Word]) -> str:
        return " ".join(word.text for word in following)

    def value(word: _Word) -> str:
        how = {_FOLDER: "-d", _FILE: "-f"}.get(word.path) or f"-W '{' '.join(word.values)}'"
        return f'        {word.text}) COMPREPLY=($(compgen {how} -- "$current")); return ;;'

    lines = [
        "_engagewatch() {",
        '    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"',
        "    local command='' word words",
        '    case "$previous" in',
        *(value(word) for word in _with_values(words)),
        "    esac",
        '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        f'        case "$word" in {_alternatives(words)}) command="$word"; break ;; esac',
        "    done",
        '    case "$command" in',
        *(f"        {name}) words='{texts(words[name])}' ;;" for name in words if name),
        f"        *) words='{texts(words[''])}' ;;",
        "    esac",
        '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
        "}",
        "complete -F _engagewatch engagewatch",
    ]
    return "\n".join(lines)


def _zsh(words: dict[str, list[_Word]]) -> str:
    def described(following: list[_Word]) -> str:
        def listed(*, options: bool) -> str:
            return " ".join(
                _quoted(f"{word.text}:{word.meaning}" if word.meaning else word.text)
                for word in following
                if word.text.startswith("-") is options
            )

        return f"flags=({listed(options=True)}); names=({listed(options=False)})"

    def value(word: _Word) -> str:
        how = {_FOLDER: "_files -/", _FILE: "_files"}.get(word.path)
        how = how or f"names=({' '.join(word.values)}); _describe value names"
        return f"        {word.text}) {how}; return ;;"

    lines = [
        "#compdef engagewatch",
        "_engagewatch() {",
        "    local -a flags names",
        "    local command='' word",
        '    case "${words[CURRENT-1]}" in',
        *(value(word) for word in _with_values(words)),
        "    esac",
        '    for word in "${(@)words[2,CURRENT-1]}"; do',
        f'        case "$word" in {_alternatives(words)}) command="$word"; break ;; esac',
        "    done",
        '    case "$command" in',
        *(f"        {name}) {described(words[name])} ;;" for name in words if name),
        f"        *) {described(words[''])} ;;",
        "    esac",
        "    _describe command names",
        "    _describe -o option flags",
        "}",
        'if [ "$funcstack[1]" = _engagewatch ]; then',
        '    _engagewatch "$@"',
        "else",
        "    compdef _engagewatch engagewatch",
        "fi",
    ]
    return "\n".join(lines)


def _fish(words: dict[str, list[_Word]]) -> str:
    lines = ["complete -c engagewatch -f"]
    for name, following in words.items():
        condition = f"__fish_seen_subcommand_from {name}" if name else "__fish_use_subcommand"
        for word in following:
            what = f"-l {word.text[2:]}" if word.text.startswith("--") else f"-a {word.text}"
            if word.path:
                what += " -r -F"
            elif word.takes_value:
                what += f" -x -a {_quoted(' '.join(word.values))}"
            told = f" -d {_quoted(word.meaning)}" if word.meaning else ""
            lines.append(f"complete -c engagewatch -n {_quoted(condition)} {what}{told}")
    return "\n".join(lines)


def _alternatives(words: dict[str, list[_Word]]) -> str:
    return "|".join(name for name in words if name)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
