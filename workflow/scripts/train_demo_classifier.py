"""Train one of the demo world's models under test from scratch, as it is shipped."""

from errata.job import run_job


def main(*, model: str, threads: int, output: str) -> None:
    from errata_demo.training import train_shipped_classifier

    train_shipped_classifier(model, output, threads=threads)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        model=snakemake.wildcards.classifier,
        threads=snakemake.threads,
        output=snakemake.output[0],
    )
