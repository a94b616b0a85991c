"""Run a script's work as a job: log, progress, and messages without a traceback for what the user can mend."""

import gc
import logging
import sys
from collections.abc import Callable

from errata.errors import InputError, StorageError, shown_lines

LOG = logging.getLogger(__name__)


class EscapedFormatter(logging.Formatter):
    """Formats a log record without control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        return shown_lines(super().format(record))


def run_job(log: str, main: Callable[..., None], **arguments: object) -> None:
    """Run `main(**arguments)`, logging to standard error and to the file `log`.

    An InputError or a StorageError ends the process with status 1 and its message; anything else is a fault of Errata
    and raises.
    """
    # on a full disk the log cannot be written either, and logging's tracebacks about that would bury the message
    logging.raiseExceptions = False
    handlers = [logging.StreamHandler(), logging.FileHandler(log, mode="w")]
    for handler in handlers:
        handler.setFormatter(EscapedFormatter("%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=handlers)
    # at its usual 700 objects the collector takes a fifth of an import of torch and timm, and finds nothing
    gc.set_threshold(10_000)
    try:
        main(**arguments)
    except (InputError, StorageError) as error:
        logging.error("%s", error)
        sys.exit(1)
    except Exception:
        logging.exception("unexpected fault")
        raise
    finally:
        # the process ends: what is there goes with it, without being looked through
        gc.freeze()


def log_progress(label: str, *, total: int) -> Callable[[int], None]:
    """Return a function that is told how many further bytes are done, and logs every ten per cent of `total`."""
    done, step = 0, max(total / 10, 1)

    def advance(count: int) -> None:
        nonlocal done
        before, done = done, done + count
        if done // step > before // step:
            LOG.info("%s: %s of %s bytes (%s)", label, f"{done:,}", f"{total:,}", f"{done / total:.0%}")

    return advance
