"""Compare the accuracy of every model that was run with the one to expect."""

from errata.accuracy.check import Expected, check_accuracy, refuse_unexpected
from errata.accuracy.tables import ACCURACY
from errata.job import run_job
from errata.labels.tables import TARGETS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(
    *, predictions: dict[str, str], targets: str, expected: dict[str, dict], unexpected_accuracy: str, output: str
) -> None:
    accuracy = check_accuracy(
        predictions,
        targets=read_table(TARGETS, targets),
        expected={model: Expected(**known) for model, known in expected.items()},
    )
    if unexpected_accuracy == "refuse":
        refuse_unexpected(accuracy)
    write_table(accuracy, ACCURACY, output, metadata=inputs_note(inputs_behind({"targets": targets})))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        predictions=dict(zip(snakemake.params.models, snakemake.input.predictions, strict=True)),
        targets=snakemake.input.targets,
        expected=snakemake.params.expected,
        unexpected_accuracy=snakemake.params.unexpected_accuracy,
        output=snakemake.output[0],
    )
