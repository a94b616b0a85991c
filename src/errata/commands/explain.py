"""Explain why an answer is what it is."""

import argparse

import polars as pl

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, read_evidence, scan_verdicts, verdicts_path
from errata.atlas.explain import explain as explain_answer
from errata.atlas.explain import format_explanation
from errata.predictions.class_ids import ClassVocabulary


def explain(options: argparse.Namespace) -> int:
    """Print why an answer is what it is."""
    atlas = read_atlas(options.atlas)
    evidence = read_evidence(atlas, evidence_path(options.atlas))
    predicted = ClassVocabulary(atlas.classes).id_of(options.predicted_class)
    verdicts = scan_verdicts(atlas, verdicts_path(options.atlas))
    if verdicts is not None:
        verdicts = verdicts.filter(pl.col("file_name") == options.file_name).collect()
    print(format_explanation(explain_answer(atlas, evidence, options.file_name, predicted, verdicts=verdicts)))
    return 0
