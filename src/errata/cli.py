"""The command line: classify predictions files, examine one, compare two, explain one answer."""

import logging
import sys
from collections.abc import Sequence
from importlib import import_module

from errata.commands.arguments import command_line
from errata.errors import InputError, StorageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Return 0; 1 for a refusal, a closed gate or builds that differ; 2 for unusable input, or a disk that is full or
    may not be written.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = command_line().parse_args(arguments)
    # by name, so that a command loads what it needs and no more: `errata --help` waits for nothing
    command = import_module(f"errata.commands.{options.command}")
    try:
        return command.run(options)
    except (InputError, StorageError) as error:
        print(f"errata: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 141


if __name__ == "__main__":
    sys.exit(main())
