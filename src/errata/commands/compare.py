"""Compare two models on the same images."""

import argparse
import logging
from collections.abc import Iterable

from errata.atlas.compiled import read_atlas
from errata.commands.given import given_file
from errata.paired.compare import compare_pair, read_pair
from errata.paired.layout import comparison_markdown, comparison_text, comparison_values, write_comparison
from errata.predictions.findings import Diagnosis, marks_of, warning_lines
from errata.terminal import print_json, width_of_terminal
from errata.unfinished import unfinished

logger = logging.getLogger("errata")


def compare(options: argparse.Namespace) -> int:
    """Print what became better and what worse from one model to another; write the tables if asked to."""
    atlas = read_atlas(options.atlas)
    answers, diagnoses = read_pair(
        given_file(options.a), given_file(options.b), atlas, order=options.order, accepted=options.accept
    )
    warn_of(diagnoses)
    comparison = compare_pair(atlas, answers, marks=marks_of(diagnoses))
    if options.json:
        print_json(comparison_values(comparison))
    elif options.markdown:
        print(comparison_markdown(comparison), end="")
    else:
        print(comparison_text(comparison, width=width_of_terminal()))
    if options.out:
        with unfinished(options.out):
            write_comparison(comparison, options.out)
        logger.info("Tables are in %s", options.out)
    return 0


def warn_of(diagnoses: Iterable[Diagnosis]) -> None:
    """Say every warning about predictions, and every finding that was accepted."""
    for diagnosis in diagnoses:
        for line in warning_lines(diagnosis):
            logger.warning("%s", line)
