"""Data in script files: they load from disk without a server, where a page may not read other files."""

import json
from pathlib import Path

_ESCAPES = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def script_json(value: object) -> str:
    """Return `value` as JSON that is safe within a script, inline too.

    No `<`, so nothing can end the script element or open a comment; no line separators, which older browsers take for
    the end of a line.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def write_script(path: Path, before: str, value: object, after: str) -> None:
    """Write a script file: `before`, the value as JSON, `after`."""
    path.write_text(f"{before}{script_json(value)}{after}\n", encoding="utf-8")
