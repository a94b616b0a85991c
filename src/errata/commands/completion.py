"""Complete commands and options in a shell."""

import argparse

from errata.arguments import command_line

_BASH = """\
_errata() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" command="${{COMP_WORDS[1]}}" words=""
    if [ "$COMP_CWORD" -eq 1 ]; then
        words="{commands}"
    elif [[ "$word" == -* ]]; then
        case "$command" in
{cases}
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _errata errata
"""

_ZSH = "autoload -Uz +X compinit && compinit\nautoload -Uz +X bashcompinit && bashcompinit\n"
"""Zsh completes with what bash has."""


def completion(options: argparse.Namespace) -> int:
    """Print what a shell completes with."""
    print((_ZSH if options.shell == "zsh" else "") + completion_script(), end="")
    return 0


def completion_script() -> str:
    """Return the functions of bash that complete commands, options and, elsewhere, files."""
    parser = command_line()
    cases = (f'            {name}) words="{" ".join(command.options)}";;' for name, command in parser.commands.items())
    return _BASH.format(commands=" ".join([*parser.commands, *parser.options]), cases="\n".join(cases))
