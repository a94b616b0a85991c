"""Saying how far a long computation is, with the time that is left."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)

SECONDS_PER_LINE = 10.0


@contextmanager
def logged_progress(label: str, *, total: int, unit: str) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many more are done; logs a line every ten seconds, and one at the end."""
    start = last = time.monotonic()
    reached = 0

    def advance(count: int) -> None:
        nonlocal reached, last
        reached += count
        now = time.monotonic()
        if now - last >= SECONDS_PER_LINE:
            last = now
            left = (now - start) / max(reached, 1) * (total - reached)
            logger.info("%s: %s of %s %s, about %.0f s left", label, f"{reached:,}", f"{total:,}", unit, left)

    yield advance
    logger.info("%s: %s %s in %.1f s", label, f"{reached:,}", unit, time.monotonic() - start)
