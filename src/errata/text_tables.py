"""Tables of text: aligned columns for a terminal, and Markdown."""

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest

_BREAKS = re.compile(r"[^\s-]+-?|-")
NARROWEST = 8
"""Columns of a heading that need no line break."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~&])")


def width_of(text: str) -> int:
    """Return how many columns of a terminal text takes: two for a wide character, none for an accent."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def cut(text: str, width: int) -> str:
    """Return text that fits into columns of a terminal; the middle of a longer one is left out.

    Examples
    --------
    >>> cut("vit_base_patch16_224.augreg_in21k", 20)
    'vit_base_pa…g_in21k'
    """
    if width_of(text) <= width:
        return text
    head, tail = text[: width - width // 3 - 1], text[len(text) - width // 3 :]
    while head and width_of(f"{head}…{tail}") > width:
        head, tail = (head[:-1], tail) if len(head) > len(tail) else (head, tail[1:])
    return f"{head}…{tail}"


def aligned(rows: Sequence[Sequence[str]], *, gap: str = "  ") -> list[str]:
    """Return the lines of a table: the first column to the left, the others to the right."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    return [
        gap.join(
            _padded(cell, width, to_left=place == 0)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def stacked(headings: Sequence[str]) -> list[tuple[str, ...]]:
    """Return headings as rows: each broken where its words and hyphens allow, at the width of its longest part.

    Examples
    --------
    >>> stacked(["model", "class overlap"])
    [('', 'class'), ('model', 'overlap')]
    """
    broken = [_broken(heading) for heading in headings]
    return list(zip_longest(*map(reversed, broken), fillvalue=""))[::-1]


def filled(sentences: Iterable[str], width: int) -> str:
    """Return sentences, each in as many lines of a width as it takes; empty ones are left out."""
    return "\n".join(textwrap.fill(each, width, break_on_hyphens=False) for each in sentences if each)


def markdown(text: str) -> str:
    """Return text escaped for Markdown, in one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of cells that are escaped already; the first row is the head."""
    head, *body = [" | ".join(cell or " " for cell in row) for row in rows]
    rule = " | ".join("---" if place == 0 else "---:" for place in range(len(rows[0])))
    return "".join(f"| {line} |\n" for line in (head, rule, *body))


def _padded(cell: str, width: int, *, to_left: bool) -> str:
    space = " " * (width - width_of(cell))
    return cell + space if to_left else space + cell


def _broken(heading: str) -> list[str]:
    parts = _BREAKS.findall(heading)
    widest = max(NARROWEST, *map(len, parts))
    lines = [""]
    for part in parts:
        joint = "" if not lines[-1] or lines[-1].endswith("-") else " "
        if len(lines[-1] + joint + part) <= widest:
            lines[-1] += joint + part
        else:
            lines.append(part)
    return lines
