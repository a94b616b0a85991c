"""Find the nearest training images of every image of a data set."""

import numpy as np

from errata.images.tables import IMAGES
from errata.job import run_job
from errata.labels.tables import TARGETS
from errata.openworld.tables import NEIGHBOURS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(
    *,
    vectors: str,
    index: str,
    train_vectors: str,
    train_index: str,
    train_targets: str,
    train_notes: str,
    contract: int,
    device: str,
    output: str,
    threads: int,
) -> None:
    import torch

    from errata.inference.device import own_device
    from errata.openworld.neighbours import find_nearest, neighbours_table
    from errata.openworld.settings import found_note
    from errata.openworld.vectors import check_same_encoder, notes_path, read_notes, read_vectors

    torch.set_num_threads(threads)
    images, train_images = read_table(IMAGES, index), read_table(IMAGES, train_index)
    notes, train = read_notes(notes_path(vectors)), read_notes(train_notes)
    check_same_encoder({"the images": notes, "the training images": train})
    queries = read_vectors(vectors, rows=images.height, what="images")
    readable = np.flatnonzero(images["problem"].is_null().to_numpy())
    train_values = read_vectors(train_vectors, rows=train_images.height, what="training images")
    with own_device(device) as chosen:
        nearest = find_nearest(queries[readable], train_values, device=chosen)
    train_classes = read_table(TARGETS, train_targets).sort("position")["target"].to_numpy()
    table = neighbours_table(nearest, images["file_name"].gather(readable), train_classes)
    behind_train = inputs_behind({"images": train_index, "targets": train_targets})
    inputs = notes["inputs"] | {f"train_{role}": named for role, named in behind_train.items()}
    write_table(
        table, NEIGHBOURS, output, metadata=found_note(train, train_images.height, contract) | inputs_note(inputs)
    )


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        vectors=snakemake.input.vectors,
        index=snakemake.input.index,
        train_vectors=snakemake.input.train_vectors,
        train_index=snakemake.input.train_index,
        train_targets=snakemake.input.train_targets,
        train_notes=snakemake.input.train_notes,
        contract=snakemake.params.contract,
        device=snakemake.params.device,
        output=snakemake.output[0],
        threads=snakemake.threads,
    )
