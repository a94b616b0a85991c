"""Write the report of a folder of results."""

import argparse
from pathlib import Path

from errata.errors import InputError
from errata.report.image_folder import check_image_folder
from errata.results import Results, is_report
from errata.terminal import PROGRESS
from errata.unfinished import is_results, refuse_unfinished


def report(options: argparse.Namespace) -> int:
    """Write the report of a folder of results."""
    folder = options.folder
    _refuse_others(folder)
    refuse_unfinished(folder)
    if options.images:
        check_image_folder(options.images)
    destination = options.out or folder / "report"
    write_report_of(Results(folder, image_folder=options.images), destination)
    print(f"Report: {destination / 'index.html'}")
    return 0


def write_report_of(results: Results, destination: Path) -> None:
    """Write the report of results."""
    PROGRESS.debug("Writing the report")
    # loads matplotlib and Jinja, which the tables do without
    from errata.report.site import write_report

    write_report(results, destination)


def _refuse_others(folder: Path) -> None:
    """Raise an InputError for what is no folder of results but could be meant."""
    if is_report(folder):
        raise InputError(f"{folder}: this is a report. To write it again, name the folder of results: {folder.parent}.")
    if folder.exists() and not (folder / "profile.parquet").is_file() and not is_results(folder):
        what = "this is a file" if folder.is_file() else "no results of Errata are here"
        below = [] if folder.is_file() else sorted(each.name for each in folder.iterdir() if is_results(each))
        meant = (
            f"Did you mean errata report {folder / below[0]}?"
            if below
            else (f"errata classify {folder} classifies predictions and writes their report.")
        )
        raise InputError(f"{folder}: {what}; errata report takes a folder that errata classify or a run wrote. {meant}")
