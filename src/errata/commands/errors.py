"""`errata errors`: every error of a model, with the names of the classes."""

import argparse

from errata.atlas.compiled import read_atlas
from errata.error_files import errors_of_model
from errata.files import atomic_write
from errata.predictions.tables import ERRORS
from errata.tables import scan_table


def run(options: argparse.Namespace) -> int:
    """Print the errors as CSV, or write them."""
    errors = errors_of_model(scan_table(ERRORS, options.errors), options.model, read_atlas(options.atlas).classes)
    if options.out is None:
        print(errors.write_csv(), end="")
        return 0
    with atomic_write(options.out) as temporary:
        errors.write_csv(temporary)
    return 0
