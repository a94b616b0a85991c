"""Print to a terminal: text of its width, colours and progress where it takes them, nothing that commands it.

What files and names hold is shown, never sent to the terminal as a command.
"""

import codecs
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from errata.errors import shown_lines
from errata.text_tables import cut

PROGRESS = logging.getLogger("errata.progress")
"""Long work says here what it does; nothing is shown of it but on a terminal, in one line that comes and goes."""

NARROWEST, WIDEST = 40, 120
"""Columns that text is laid out for, whatever the terminal says."""

UNBROKEN = 10_000
"""Columns of lines that no terminal breaks."""

ASCII = str.maketrans({"–": "-", "−": "-", "≈": "~", "≤": "<=", "…": "...", "“": '"', "”": '"', "’": "'", "■": "#"})
"""What stands for the signs of Errata's own words where the encoding lacks them."""

_CLEAR = "\r\x1b[K"


class EscapedStream:
    """A text stream that escapes control characters, line ends and tabs aside, and what its encoding lacks.

    Parameters
    ----------
    stream : file object
    before : callable, optional
        Is called before anything is written.
    """

    def __init__(self, stream: TextIO, before: Callable[[], None] | None = None):  # noqa: D107 - see the class
        self._stream = stream
        self._before = before
        self._shows_progress = False
        self.is_unicode = is_unicode(stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")

    def write(self, text: str) -> int:
        """Write text."""
        return self.write_escaped(shown_lines(text))

    def write_escaped(self, text: str) -> int:
        """Write text whose control characters are meant."""
        if self._before:
            self._before()
        self.clear_progress()
        return self._stream.write(text if self.is_unicode else text.translate(ASCII))

    def show_progress(self, text: str) -> None:
        """Show a line in place of the one before; what is written next takes its place."""
        self._shows_progress = True
        line = cut(shown_lines(text).replace("\n", " "), width_of_terminal() - 1)
        self._stream.write(_CLEAR + (line if self.is_unicode else line.translate(ASCII)))
        self._stream.flush()

    def clear_progress(self) -> None:
        """Take the line of progress away, if there is one."""
        if self._shows_progress:
            self._shows_progress = False
            self._stream.write(_CLEAR)
            self._stream.flush()

    def __getattr__(self, name: str) -> object:
        """Return anything else of the stream."""
        return getattr(self._stream, name)


class _ProgressLine(logging.Handler):
    """Shows the latest record as the line of progress of a stream."""

    def __init__(self, stream: EscapedStream):
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        self._stream.show_progress(record.getMessage())


_AT_WORK = ("errata.images", "errata.inference", "errata.job")
"""What these say of how far they are belongs into the line of progress; what they warn of does not."""


def _is_progress(record: logging.LogRecord) -> bool:
    is_at_work = record.name.startswith(_AT_WORK) and record.levelno < logging.WARNING
    return record.name == PROGRESS.name or is_at_work


@contextmanager
def messages_on(stream: EscapedStream) -> Iterator[None]:
    """Send Errata's messages to a stream, and its progress too if the stream is a terminal."""
    messages, root, nothing = logging.getLogger("errata"), logging.getLogger(), logging.NullHandler()
    handlers = [logging.StreamHandler(stream)]
    handlers[0].addFilter(lambda record: not _is_progress(record))
    before = messages.level, PROGRESS.level
    # open_clip would give it a handler that says everything a second time; it does not if there is one
    root.addHandler(nothing)
    messages.setLevel(logging.INFO)
    if is_terminal(stream):
        handlers.append(_ProgressLine(stream))
        handlers[1].addFilter(_is_progress)
        PROGRESS.setLevel(logging.DEBUG)
    for handler in handlers:
        messages.addHandler(handler)
    try:
        yield
    finally:
        stream.clear_progress()
        for handler in handlers:
            messages.removeHandler(handler)
        root.removeHandler(nothing)
        messages.setLevel(before[0])
        PROGRESS.setLevel(before[1])


def is_unicode(stream: TextIO) -> bool:
    """Return whether a stream can write every character."""
    try:
        return codecs.lookup(getattr(stream, "encoding", None) or "utf-8").name.startswith("utf")
    except LookupError:
        return False


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that moves its cursor."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def takes_colour(stream: TextIO) -> bool:
    """Return whether colours should be sent to a stream; https://no-color.org says how people ask for none."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def width_of_terminal(otherwise: int = 80) -> int:
    """Return how many columns text is laid out for: those of the terminal, or another number where there is none."""
    if not (sys.stdout.isatty() or os.environ.get("COLUMNS")):
        return otherwise
    return min(max(shutil.get_terminal_size((80, 24)).columns, NARROWEST), WIDEST)


def print_escaped(text: str) -> None:
    """Print text whose control characters are meant, such as colours."""
    write = getattr(sys.stdout, "write_escaped", sys.stdout.write)
    write(f"{text}\n")


def print_json(values: object) -> None:
    """Print values as JSON."""
    text = json.dumps(values, indent=1, ensure_ascii=False)
    # a name with control characters stays JSON and reaches no terminal
    plain = is_unicode(sys.stdout) and shown_lines(text) == text
    print(text if plain else json.dumps(values, indent=1))
