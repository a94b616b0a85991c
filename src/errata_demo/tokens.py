"""A small byte-pair vocabulary in the file layout of open_clip's SimpleTokenizer."""

import gzip
import itertools
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from errata.files import atomic_write

END_OF_WORD = "</w>"
BASE_SIZE = 2 * 256 + 2
"""Entries of SimpleTokenizer's vocabulary beside the merges: every byte alone and at the end of a word, and the marks
for the start and the end of a text."""


def learn_merges(words: Iterable[str], count: int) -> list[tuple[str, str]]:
    """Learn byte-pair merges (Sennrich et al. 2016) from lower-case words in ASCII.

    Parameters
    ----------
    words : iterable of str
        Words, as often as they occur.
    count : int
        How many merges at most; fewer if all words are whole before that.

    Returns
    -------
    list of (str, str)
        The merges in the order in which they are applied. The most frequent pair is merged first, ties by spelling.
    """
    pieces = {(*word[:-1], word[-1] + END_OF_WORD): times for word, times in Counter(words).items()}
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, times in pieces.items():
            for pair in itertools.pairwise(word):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        pieces = {_merged(word, best): times for word, times in pieces.items()}
    return merges


def write_merges(merges: list[tuple[str, str]], path: Path | str) -> None:
    """Write merges as SimpleTokenizer reads them: gzip, a heading, one merge a line, no line break at the end.

    The same merges give the same bytes.
    """
    text = "\n".join(["#version: errata demo", *(" ".join(pair) for pair in merges)])
    with atomic_write(path) as temporary:
        temporary.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))


def _merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    result: list[str] = []
    for piece in word:
        if result and (result[-1], piece) == pair:
            result[-1] += piece
        else:
            result.append(piece)
    return tuple(result)
