"""Running a script's work as a job: its log, and faults of the input without a traceback."""

import logging
import sys
from collections.abc import Callable

from errata.input_error import InputError


def run_job(log: str, main: Callable[..., None], **arguments: object) -> None:
    """Call `main(**arguments)`, logging to standard error and to the file `log`.

    An InputError ends the process with status 1 and its message; anything else is a fault of Errata and raises.
    """
    logging.basicConfig(
        level=logging.INFO,
        format="%(levelname)s %(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(log, mode="w")],
    )
    try:
        main(**arguments)
    except InputError as error:
        logging.error("%s", error)
        sys.exit(1)
    except Exception:
        logging.exception("unexpected fault")
        raise
