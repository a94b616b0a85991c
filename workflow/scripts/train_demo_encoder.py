"""Train one of the demo world's encoders (a small CLIP) from scratch, as it is shipped."""

from errata.job import run_job


def main(*, encoder: str, wordnet: str, threads: int, config: str, weights: str, merges: str) -> None:
    from errata_demo.training import train_shipped_encoder

    train_shipped_encoder(
        encoder,
        wordnet=wordnet,
        threads=threads,
        config=config,
        weights=weights,
        merges=merges,
    )


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        encoder=snakemake.wildcards.clip,
        wordnet=snakemake.input.wordnet,
        threads=snakemake.threads,
        config=snakemake.output.config,
        weights=snakemake.output.weights,
        merges=snakemake.output.merges,
    )
