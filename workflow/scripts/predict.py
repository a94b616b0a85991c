"""Run a model on every image of a data set."""

import json
from collections.abc import Iterable
from pathlib import Path

from errata.classes.tables import CLASSES
from errata.files import check_room
from errata.images.tables import IMAGES
from errata.job import run_job
from errata.labels.tables import ANNOTATED, TARGETS
from errata.models import Model
from errata.predictions.tables import PREDICTIONS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table

BYTES_PER_IMAGE = 150
"""What an image takes in the table, at most: without room for it, inference would be for nothing."""


def main(
    *,
    index: str,
    targets: str,
    classes: str,
    annotated: str | None = None,
    pixels: str | None,
    images: str | None,
    weights: list[str],
    model: dict,
    contract: int,
    device: str,
    precision: str,
    margin: float,
    threads: int,
    output: str,
) -> None:
    # not at the top: torch takes seconds to import
    from errata.zoo.predict import predict

    own_classes = model.pop("answers", "all") == "own"
    local = {f"weights {Path(file).name}": file for file in weights}
    chosen = {"annotated": annotated} if annotated else {}
    inputs = inputs_behind({"index": index, "targets": targets, "classes": classes, **chosen, **local})
    images_table = read_table(IMAGES, index)
    check_room(output, images_table.height * BYTES_PER_IMAGE)
    predictions = predict(
        Model(**model),
        index=images_table,
        targets=read_table(TARGETS, targets),
        classes=read_table(CLASSES, classes),
        annotated=read_table(ANNOTATED, annotated) if annotated else None,
        own_classes=own_classes,
        # a view of which no pixels are kept: the images are decoded here
        view_file=pixels if pixels and Path(pixels).exists() else None,
        images=images,
        device=device,
        precision=precision,
        margin=margin,
        threads=threads,
    )
    notes = {"errata.model": json.dumps({"contract": contract, **predictions.notes}), **inputs_note(inputs)}
    write_table(predictions.rows, PREDICTIONS, output, metadata=notes)


def listed(value: str | Iterable[str]) -> list[str]:
    """Return an optional input as a list: Snakemake gives a path, several, or an empty list."""
    return [value] if isinstance(value, str) else list(value)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        index=snakemake.input.index,
        targets=snakemake.input.targets,
        classes=snakemake.input.classes,
        annotated=next(iter(listed(snakemake.input.get("annotated", []))), None),
        pixels=snakemake.params.pixels if snakemake.input.get("view") else None,
        images=next(iter(listed(snakemake.input.get("images", []))), None),
        weights=listed(snakemake.input.get("weights", [])),
        model=snakemake.params.model,
        contract=snakemake.params.contract,
        device=snakemake.params.device,
        precision=snakemake.params.precision,
        margin=snakemake.params.margin,
        threads=snakemake.threads,
        output=snakemake.output[0],
    )
