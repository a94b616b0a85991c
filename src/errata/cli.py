"""The command line: what a call of it comes to, and what is said when it cannot be done.

Its arguments are in `errata.arguments`, what the commands do is in `errata.commands`.
"""

import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from errata.arguments import SYNONYMS, Parser, command_line, did_you_mean
from errata.errors import InputError, StorageError, shown
from errata.terminal import EscapedStream, messages_on

STOPPED = 130
"""What a program returns that Ctrl-C stopped: 128 and the number of the signal."""

CLOSED_PIPE = 141
"""What a program returns whose reader has gone, as `head` does: 128 and the number of the signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Return 0; 1 for predictions that are refused, a closed gate or builds that differ; 2 for input that cannot be read
    or a disk that is full or may not be written; 130 when it was stopped.
    """
    # at its usual 700 objects the collector takes a tenth of a report's time, and finds nothing
    gc.set_threshold(10_000)
    errors = EscapedStream(sys.stderr)
    output = EscapedStream(sys.stdout, before=errors.clear_progress)
    with redirect_stdout(output), redirect_stderr(errors), messages_on(errors):
        return _run(list(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: list[str]) -> int:
    try:
        status = _run_command(arguments)
        sys.stdout.flush()
        return status
    except InputError as error:
        return _refused(str(error), error.status)
    except StorageError as error:
        return _refused(str(error))
    except KeyboardInterrupt:
        return _refused("stopped.", STOPPED)
    except BrokenPipeError:
        _forget_output()
        return CLOSED_PIPE
    except OSError as error:
        if error.errno == errno.ENOSPC and error.filename is None:
            _forget_output()
            return _refused("the output cannot be written: the disk is full.")
        # a name that is too long, for one: whatever asks for a file first says so
        if error.filename is None:
            raise
        return _refused(f"{error.filename}: {error.strerror}.")


def _run_command(arguments: list[str]) -> int:
    parser = command_line()
    if not arguments:
        print(parser.format_help(), file=sys.stderr)
        return 2
    options = parser.parse_args(_with_command(arguments, parser))
    # only now, so that `errata --help` does not wait for the libraries of the commands
    command = import_module(f"errata.commands.{options.command}")
    if getattr(options, "atlas", None) is not None:
        options.atlas = import_module("errata.shipped").atlas_file(options.atlas)
    with ExitStack() as stack:
        if getattr(options, "atlas", None) is not None and getattr(options, "classes", None):
            folder = stack.enter_context(TemporaryDirectory(prefix="errata-"))
            restriction = import_module("errata.own_data.restriction")
            options.atlas = restriction.write_restricted(options.atlas, options.classes, folder=Path(folder))
        return getattr(command, options.command)(options)


def _with_command(arguments: list[str], parser: Parser) -> list[str]:
    """Return the arguments with their command: `classify` where a file stands in its place."""
    first = arguments[0]
    if first in parser.commands or first in ("-h", *parser.options):
        return arguments
    if first.startswith("-"):
        # options before the file; of a command that comes later, its own parser knows nothing yet
        return arguments if set(arguments) & set(parser.commands) else ["classify", *arguments]
    if Path(first).exists() or Path(first.partition("=")[2]).is_file():
        return ["classify", *arguments]
    known = list(parser.commands)
    hint = did_you_mean(first, known, {typed: name for typed, name in SYNONYMS.items() if name in known})
    if not hint and (Path(first).suffix or "/" in first):
        hint = did_you_mean(Path(first).name, _beside(Path(first)))
        raise InputError(f"{shown(first, 80)}: there is no such file, and no command of this name.{hint}")
    hint = hint or f" The commands are {', '.join(known)}."
    raise InputError(f"there is no command '{shown(first, 40)}'.{hint} errata --help says what they do.")


def _beside(path: Path) -> list[str]:
    """Return the names of what lies in the folder of a path."""
    with suppress(OSError):
        return sorted(each.name for each in path.parent.iterdir())
    return []


def _refused(message: str, status: int = 2) -> int:
    print(f"errata: {message}", file=sys.stderr)
    return status


def _forget_output() -> None:
    """Send what is still to be written nowhere; the interpreter would fail to write it at its end, and say so."""
    with suppress(OSError, ValueError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
