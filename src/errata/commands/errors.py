"""List every error of a model."""

import argparse

from errata.error_files import errors_of_model
from errata.results import Results
from errata.tables import csv_text, write_csv
from errata.unfinished import refuse_unfinished
from errata.user_files import told


def errors(options: argparse.Namespace) -> int:
    """Print every error of a model as CSV, with the names of the classes, or write them."""
    refuse_unfinished(options.folder)
    results = Results(options.folder)
    with told(results.files["errors"], as_="a table of errors"):
        found = errors_of_model(results.errors, options.model, results.atlas.classes)
    if options.out is None:
        print(csv_text(found), end="")
    else:
        write_csv(found, options.out)
    return 0
