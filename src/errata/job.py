"""Running a script's work as a job: its log, and faults of the input or the disk without a traceback."""

import logging
import sys
from collections.abc import Callable

from errata.input_error import InputError
from errata.storage_error import StorageError


def run_job(log: str, main: Callable[..., None], **arguments: object) -> None:
    """Call `main(**arguments)`, logging to standard error and to the file `log`.

    An InputError or a StorageError ends the process with status 1 and its message; anything else is a fault of Errata
    and raises.
    """
    # on a full disk the log cannot be written either, and logging's tracebacks about that would bury the message
    logging.raiseExceptions = False
    logging.basicConfig(
        level=logging.INFO,
        format="%(levelname)s %(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(log, mode="w")],
    )
    try:
        main(**arguments)
    except (InputError, StorageError) as error:
        logging.error("%s", error)
        sys.exit(1)
    except Exception:
        logging.exception("unexpected fault")
        raise
