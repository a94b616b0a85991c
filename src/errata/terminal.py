"""Print to a terminal: what files and names hold is shown, never sent as a command to the terminal."""

import json
import logging
from typing import TextIO

from errata.errors import shown_lines


class EscapedStream:
    """A text stream that escapes control characters, line ends and tabs aside, and what its encoding lacks."""

    def __init__(self, stream: TextIO):  # noqa: D107 - the class docstring says it
        self._stream = stream
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")

    def write(self, text: str) -> int:
        """Write text."""
        return self._stream.write(shown_lines(text))

    def __getattr__(self, name: str) -> object:
        """Return anything else of the stream."""
        return getattr(self._stream, name)


class EscapedFormatter(logging.Formatter):
    """Formats a log record without control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        return shown_lines(super().format(record))


def print_json(values: object) -> None:
    """Print values as JSON."""
    text = json.dumps(values, indent=1, ensure_ascii=False)
    # a name with control characters stays JSON and reaches no terminal
    print(text if shown_lines(text) == text else json.dumps(values, indent=1))
