"""Explain why an answer is what it is."""

import argparse
import logging

import polars as pl

from errata.asked import find_class, find_image
from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, read_evidence, scan_verdicts, verdicts_path
from errata.atlas.explain import explain as explain_answer
from errata.atlas.explain import format_explanation
from errata.terminal import UNBROKEN, width_of_terminal

logger = logging.getLogger("errata")


def explain(options: argparse.Namespace) -> int:
    """Print why an answer is what it is."""
    atlas = read_atlas(options.atlas)
    evidence = read_evidence(atlas, evidence_path(options.atlas))
    image, predicted = find_image(atlas, options.image), find_class(atlas.classes, options.predicted_class)
    for note in filter(None, (image.note, predicted.note)):
        logger.warning("errata: %s", note)
    verdicts = scan_verdicts(atlas, verdicts_path(options.atlas))
    if verdicts is not None:
        verdicts = verdicts.filter(pl.col("file_name") == image.found).collect()
    explanation = explain_answer(atlas, evidence, image.found, predicted.found, verdicts=verdicts)
    print(format_explanation(explanation, width=width_of_terminal(UNBROKEN)))
    return 0
