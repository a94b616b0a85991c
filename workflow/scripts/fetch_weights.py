"""Fetch the weights of models into their libraries' caches, before a GPU is asked for."""

import logging

from errata.classes.tables import CLASSES
from errata.errors import InputError
from errata.files import atomic_write
from errata.job import run_job
from errata.models import Model
from errata.tables import read_table

LOG = logging.getLogger(__name__)


def main(*, models: list[dict], sizes: dict[str, float], classes: dict[str, str], output: str) -> None:
    # not at the top: torch takes seconds to import
    from errata.zoo.predict import load_classifier

    LOG.info("%d models, about %.1f GB of weights", len(models), sum(sizes.values()) / 1000)
    known = {vocabulary: read_table(CLASSES, path) for vocabulary, path in classes.items()}
    lines, failed = ["model\tmegabytes\trevision"], []
    for number, values in enumerate(models, start=1):
        model = Model(**values)
        try:
            classifier = load_classifier(model, classes=known[model.vocabulary])
        except InputError as error:
            failed.append(model.model)
            LOG.warning("%s", error)
            continue
        size = sizes.get(model.model)
        lines.append(f"{model.model}\t{'-' if size is None else round(size)}\t{classifier.revision or '-'}")
        LOG.info("%d of %d: the weights of %s are there", number, len(models), model.model)
    if failed:
        raise InputError(
            f"the weights of {len(failed)} of {len(models)} models could not be had, first {failed[0]} (the log says "
            "why). Those of the others are there now; run the same command again, or leave these models out."
        )
    with atomic_write(output) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        models=snakemake.params.models,
        sizes=snakemake.params.sizes,
        classes=dict(zip(snakemake.params.vocabularies, snakemake.input.classes, strict=True)),
        output=snakemake.output[0],
    )
