"""Fetch the weights of models into their libraries' caches, before a GPU is asked for."""

import logging
from pathlib import Path

from errata.classes.tables import CLASSES
from errata.errors import InputError
from errata.files import atomic_write
from errata.job import run_job
from errata.models import Model
from errata.tables import read_table

LOG = logging.getLogger(__name__)


def main(*, models: list[dict], sizes: dict[str, float], classes: dict[str, str], output: str) -> None:
    # not at the top: torch takes seconds to import
    from errata.zoo.predict import load_classifier, weights_file

    rows = [Model(**values) for values in models]
    known = {vocabulary: read_table(CLASSES, path) for vocabulary, path in classes.items()}
    failed: dict[str, InputError] = {}
    there: dict[str, Path | None] = {}
    for row in rows:
        try:
            there[row.model] = weights_file(row).cached()
        except InputError as error:
            failed[row.model] = error
    missing = [name for name, path in there.items() if path is None]
    LOG.info("%d models, about %.1f GB of weights", len(rows), sum(sizes.values()) / 1000)
    LOG.info(
        "%d are in the caches; %d are to be fetched, about %.1f GB",
        len(there) - len(missing),
        len(missing),
        sum(sizes.get(name, 0) for name in missing) / 1000,
    )
    lines, to_go = ["model\tmegabytes\trevision"], sum(sizes.get(name, 0) for name in missing)
    for number, row in enumerate(rows, start=1):
        try:
            if row.model in failed:
                raise failed[row.model]
            classifier = load_classifier(row, classes=known[row.vocabulary])
        except InputError as error:
            failed[row.model] = error
            LOG.warning("%s", error)
            continue
        size = sizes.get(row.model)
        to_go -= (size or 0) if row.model in missing else 0
        lines.append(f"{row.model}\t{'-' if size is None else round(size)}\t{classifier.revision or '-'}")
        LOG.info("%d of %d: the weights of %s are there; %.1f GB to go", number, len(rows), row.model, to_go / 1000)
    if failed:
        raise InputError(
            f"the weights of {len(failed)} of {len(rows)} models could not be had, first {next(iter(failed))} (the log "
            "says why). Those of the others are there now; run the same command again, or leave these models out."
        )
    with atomic_write(output) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if loose := sum(row.source == "timm" and row.revision is None for row in rows):
        LOG.info("%d models of timm have no revision. errata models pin writes the commits used into the sheet.", loose)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        models=snakemake.params.models,
        sizes=snakemake.params.sizes,
        classes=dict(zip(snakemake.params.vocabularies, snakemake.input.classes, strict=True)),
        output=snakemake.output[0],
    )
