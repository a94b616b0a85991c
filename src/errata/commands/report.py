"""Write the report of a folder of results."""

import argparse
import logging
from pathlib import Path

from errata.results import Results
from errata.unfinished import refuse_unfinished

logger = logging.getLogger("errata")


def report(options: argparse.Namespace) -> int:
    """Write the report of a folder of results."""
    refuse_unfinished(options.folder)
    write_report_of(Results(options.folder), options.out or options.folder / "report")
    return 0


def write_report_of(results: Results, destination: Path) -> None:
    """Write the report of results, and say where it is."""
    # loads matplotlib and Jinja, which the tables do without
    from errata.report.site import write_report

    write_report(results, destination)
    logger.info("The report is %s", destination / "index.html")
