"""Write the model sheet: every published model, with what is known about it."""

from pathlib import Path

from errata.job import run_job

CARD = "an RTX 4090 (half precision, not compiled)"
"""What the throughput table was measured on."""


def main(
    *, own: str, results: str, throughput: str, architectures: str, training_data: str, annotations: str, output: str
) -> None:
    from errata.catalogue.facts import NameRules
    from errata.catalogue.sheet import Tables, list_models, write_sheet

    tables = Tables(
        results=Path(results),
        throughput=Path(throughput),
        results_key=Path(results).parent.name,
        throughput_key=Path(throughput).parent.name,
        rules=NameRules(Path(architectures), Path(training_data), Path(annotations)),
    )
    write_sheet(output, list_models(tables), own=own, card=CARD)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        **{
            name: snakemake.input[name]
            for name in ("own", "results", "throughput", "architectures", "training_data", "annotations")
        },
        output=snakemake.output[0],
    )
