"""``engagewatch completion``: scripts that let a shell complete commands and options."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from engagewatch.cli.parser import COMMANDS, KINDS, build_parser


def run(options: Namespace) -> int:
    """Print the completion script of a shell."""
    writers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    print(writers[options.shell](_words(build_parser())))
    return 0


def _words(parser: ArgumentParser) -> dict[str, list[tuple[str, str]]]:
    """Return what can follow each command, with its meaning; under ``""`` what follows none."""
    words = {"": [*_options(parser), *((name, one.help) for name, one in COMMANDS.items() if name)]}
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for name, sub in action.choices.items():
                words[name] = _options(sub)
    return words


def _options(parser: ArgumentParser) -> list[tuple[str, str]]:
    found = []
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            continue
        meaning = (action.help or "").replace("show this help message and exit", "show help")
        if action.option_strings:
            found.append((action.option_strings[-1], meaning))
        elif action.choices:
            found += [(str(choice), "") for choice in action.choices]
    return found


def _bash(words: dict[str, list[tuple[str, str]]]) -> str:
    cases = "\n".join(
        f"        {name}) words='{' '.join(word for word, _ in following)}' ;;"
        for name, following in words.items()
        if name
    )
    commands = "|".join(name for name in words if name)
    return f"""\
_engagewatch() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
    local command='' word words
    case "$previous" in
        --config|--data) COMPREPLY=($(compgen -d -- "$current")); return ;;
        --path) COMPREPLY=($(compgen -f -- "$current")); return ;;
        --provider) COMPREPLY=($(compgen -W '{" ".join(KINDS)}' -- "$current")); return ;;
    esac
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$word" in {commands}) command="$word"; break ;; esac
    done
    case "$command" in
{cases}
        *) words='{" ".join(word for word, _ in words[""])}' ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -F _engagewatch engagewatch"""


def _zsh(words: dict[str, list[tuple[str, str]]]) -> str:
    def described(pairs: list[tuple[str, str]]) -> str:
        return " ".join(
            _quoted(f"{word}:{meaning}" if meaning else word) for word, meaning in pairs
        )

    cases = "\n".join(
        f"        {name}) candidates=({described(following)}) ;;"
        for name, following in words.items()
        if name
    )
    commands = "|".join(name for name in words if name)
    return f"""\
#compdef engagewatch
_engagewatch() {{
    local -a candidates
    local command='' word
    case "${{words[CURRENT-1]}}" in
        --config|--data) _files -/; return ;;
        --path) _files; return ;;
        --provider) candidates=({" ".join(KINDS)}); _describe kind candidates; return ;;
    esac
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$word" in {commands}) command="$word"; break ;; esac
    done
    case "$command" in
{cases}
        *) candidates=({described(words[""])}) ;;
    esac
    _describe -o engagewatch candidates
}}
if [ "$funcstack[1]" = _engagewatch ]; then
    _engagewatch "$@"
else
    compdef _engagewatch engagewatch
fi"""


def _fish(words: dict[str, list[tuple[str, str]]]) -> str:
    lines = ["complete -c engagewatch -f"]
    for name, following in words.items():
        condition = f"__fish_seen_subcommand_from {name}" if name else "__fish_use_subcommand"
        for word, meaning in following:
            what = f"-l {word[2:]}" if word.startswith("--") else f"-a {word}"
            told = f" -d {_quoted(meaning)}" if meaning else ""
            lines.append(f"complete -c engagewatch -n {_quoted(condition)} {what}{told}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
