"""List every error of a model."""

import argparse

from errata.atlas.compiled import read_atlas
from errata.error_files import errors_of_model
from errata.predictions.tables import ERRORS
from errata.results import find_results
from errata.tables import csv_text, scan_table, write_csv
from errata.unfinished import refuse_unfinished
from errata.user_files import told


def errors(options: argparse.Namespace) -> int:
    """Print every error of a model as CSV, with the names of the classes, or write them."""
    refuse_unfinished(options.errors.parent)
    atlas = options.atlas or find_results(options.errors.parent)["atlas"]
    classes = read_atlas(atlas).classes
    table = scan_table(ERRORS, options.errors)
    with told(options.errors, as_="a table of errors"):
        found = errors_of_model(table, options.model, classes)
    if options.out is None:
        print(csv_text(found), end="")
    else:
        write_csv(found, options.out)
    return 0
