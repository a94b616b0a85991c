"""Showing how far a transfer is: a bar on a terminal, a line every ten per cent elsewhere."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOG = logging.getLogger(__name__)

BYTES_PER_LINE = 100_000_000
"""How often a transfer of unknown size is logged."""


@contextmanager
def shown_progress(label: str, *, done: int, total: int | None) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many further bytes have arrived.

    Parameters
    ----------
    label : str
        What is being transferred.
    done : int
        Bytes that are there already.
    total : int or None
        Bytes in all, if known.
    """
    bar = _terminal_bar(label, done=done, total=total)
    if bar is not None:
        with bar:
            yield bar.update
        return

    step = total / 10 if total else BYTES_PER_LINE
    reached = done

    def log_steps(count: int) -> None:
        nonlocal reached
        before, reached = reached, reached + count
        if reached // step > before // step:
            share = f" of {total:,} ({reached / total:.0%})" if total else ""
            LOG.info("%s: %s%s bytes", label, f"{reached:,}", share)

    yield log_steps


def _terminal_bar(label: str, *, done: int, total: int | None):
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(desc=label, initial=done, total=total, unit="B", unit_scale=True, file=sys.stderr, leave=False)
