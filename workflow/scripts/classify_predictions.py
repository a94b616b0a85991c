"""Classify the predictions of all models of a data set."""

from errata.atlas.atlas import read_atlas
from errata.classification import classify_files, write_classification
from errata.job import run_job


def main(*, predictions: list[str], atlas: str, broken_predictions: str, output: dict[str, str]) -> None:
    classification = classify_files(predictions, read_atlas(atlas), skip_broken=broken_predictions == "skip")
    write_classification(classification, **output)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        predictions=list(snakemake.input.predictions),
        atlas=snakemake.input.atlas,
        broken_predictions=snakemake.params.broken_predictions,
        output=dict(snakemake.output.items()),
    )
