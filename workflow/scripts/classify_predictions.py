"""Classify the predictions of all models of a data set."""

from dataclasses import replace
from pathlib import Path

from errata.accuracy.check import mark_profile
from errata.accuracy.tables import ACCURACY
from errata.atlas.compiled import read_atlas
from errata.classification import classify_predictions, write_classification
from errata.job import run_job
from errata.tables import read_table


def main(
    *,
    predictions: list[str],
    atlas: str,
    accuracy: str | None = None,
    broken_predictions: str,
    accept: list[str],
    order: str | None = None,
    left_out: dict[str, str] | None = None,
    folder: str | Path,
) -> None:
    classification = classify_predictions(
        predictions,
        read_atlas(atlas),
        skip_broken=broken_predictions == "skip",
        accepted=accept,
        order=order,
        left_out=left_out or {},
    )
    if accuracy:
        marked = mark_profile(classification.profile, read_table(ACCURACY, accuracy))
        classification = replace(classification, profile=marked)
    write_classification(classification, folder)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        predictions=list(snakemake.input.predictions),
        atlas=snakemake.input.atlas,
        accuracy=next(iter(snakemake.input.accuracy), None),
        broken_predictions=snakemake.params.broken_predictions,
        left_out=dict(snakemake.params.left_out),
        accept=list(snakemake.params.accept),
        order=snakemake.params.order,
        folder=Path(snakemake.output.profile).parent,
    )
