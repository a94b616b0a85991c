"""Draw the demo world: pictures of known classes with planted causes of mistakes, and their label sets."""

from errata.job import run_job


def main(
    *,
    seed: int,
    threads: int,
    val: str,
    train: str,
    targets: str,
    multilabels: str,
    real: str,
    experts: str,
    planted: str,
) -> None:
    from errata_demo import world, write

    named = world.validation_pictures(seed)
    training = world.training_pictures(seed)
    class_ids = world.class_ids()
    write.write_pictures(val, named, threads=threads)
    write.write_pictures(train, training, threads=threads)
    write.write_targets(targets, named)
    write.write_multilabels(multilabels, named, imagenet_m=world.imagenet_m(named))
    write.write_real(real, named, class_ids)
    write.write_experts(experts, named, class_ids)
    write.write_planted(planted, named, class_ids)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        seed=snakemake.params.seed,
        threads=snakemake.threads,
        **{name: snakemake.output[name] for name in snakemake.output.keys()},  # noqa: SIM118
    )
