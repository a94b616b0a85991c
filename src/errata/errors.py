"""What the user can mend: input that cannot be used, and results that cannot be written.

The command line and the jobs print both without a traceback; everything else that is raised is a fault of Errata.
Whatever a file holds, its names and values reach a terminal escaped and short.
"""

import unicodedata
from collections.abc import Iterable

LONGEST_MESSAGE = 600
"""Characters of a message, whatever the file that it is about holds."""

LONGEST_REASON = 160
"""Characters of another library's message that are passed on."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message names the file, the row or key, what was found, what was expected and what to do. It is one line:
    control characters in it are escaped, and the middle of one that is too long is left out.
    """

    status = 2
    """What the command line returns."""

    def __init__(self, message: str):  # noqa: D107 - the class docstring says it
        super().__init__(shown(message, LONGEST_MESSAGE))


class RefusedError(InputError):
    """Predictions that were read and that the doctor refuses, or models that are not as they should be.

    The message may have several lines, and is as long as its parts are many.
    """

    def __init__(self, message: str, *, status: int = 1):  # noqa: D107 - the class docstring says it
        ValueError.__init__(self, shown_lines(message))
        self.status = status


class StorageError(Exception):
    """A result cannot be written, because the disk is full or may not be written."""


def shown(text: object, longest: int | None = None) -> str:
    """Return text for one line of a terminal: control characters escaped, the middle left out if it is too long."""
    line = str(text)
    if longest is not None and len(line) > longest:
        # before what is escaped, which grows, lest a megabyte be escaped to show a line
        line = _without_middle(line, longest)
    line = "".join(map(_escaped, line)) if not line.isprintable() else line
    return line if longest is None or len(line) <= longest else _without_middle(line, longest)


def shown_lines(text: str) -> str:
    """Return text for a terminal, escaped, with its line ends and tabs."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(char if char in "\n\t" else _escaped(char) for char in text)


def listed(names: Iterable[object], most: int = 8, *, longest: int = 60) -> str:
    """Return some names as text: the first few, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown(name, longest) for name in names[:most]) + more if names else "none"


def reason(error: BaseException) -> str:
    """Return the first line of another library's message, cut: what follows are query plans and contents of files."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return shown(lines[0], LONGEST_REASON)


def _without_middle(line: str, longest: int) -> str:
    end = longest * 2 // 5
    return f"{line[: longest - end - 3]} … {line[-end:]}"


def _escaped(char: str) -> str:
    # spaces other than the ordinary one are no harm; the rest moves the cursor, reverses text, or cannot be encoded
    is_harmless = char.isprintable() or unicodedata.category(char) == "Zs"
    return char if is_harmless else char.encode("unicode_escape").decode()
