"""Log the progress of inference."""

import logging
import time

LOG = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts images, and logs their rate and the share of time spent waiting for pixels."""

    def __init__(self, model: str, total: int):
        """Start the clock for `total` images of `model`."""
        self._model, self._total = model, total
        self._done = 0
        self._waited = 0.0
        self._started = self._last_line = time.perf_counter()

    def waited(self, seconds: float) -> None:
        """Add time that was spent waiting for pixels."""
        self._waited += seconds

    def advance(self, images: int) -> None:
        """Count images; log a line every ten seconds."""
        self._done += images
        now = time.perf_counter()
        if now - self._last_line < SECONDS_BETWEEN_LINES or self._done >= self._total:
            return
        self._last_line = now
        speed = self._done / (now - self._started)
        LOG.info(
            "%s: %s of %s images (%.0f %%), %s images/s, %s left",
            self._model,
            f"{self._done:,}",
            f"{self._total:,}",
            100 * self._done / self._total,
            f"{speed:,.0f}",
            _duration((self._total - self._done) / speed),
        )

    def finish(self, *, how: str) -> None:
        """Log the summary; `how` says on what device and at which precision."""
        seconds = max(time.perf_counter() - self._started, 1e-9)
        LOG.info(
            "%s: %s images in %s (%s images/s; %s); %.0f %% of the time went into waiting for pixels",
            self._model,
            f"{self._done:,}",
            _duration(seconds),
            f"{self._done / seconds:,.0f}",
            how,
            100 * self._waited / seconds,
        )


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
