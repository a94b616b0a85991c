"""`errata explain`: why an answer is what it is."""

import argparse

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, read_verdicts_beside
from errata.atlas.explain import explain, format_explanation
from errata.atlas.tables import EVIDENCE
from errata.predictions.class_ids import ClassVocabulary
from errata.tables import read_table


def run(options: argparse.Namespace) -> int:
    """Print the evidence trail of one answer."""
    atlas = read_atlas(options.atlas)
    evidence = read_table(EVIDENCE, evidence_path(options.atlas))
    predicted = ClassVocabulary(atlas.classes).id_of(options.predicted_class)
    verdicts = read_verdicts_beside(options.atlas, options.file_name)
    print(format_explanation(explain(atlas, evidence, options.file_name, predicted, verdicts=verdicts)))
    return 0
