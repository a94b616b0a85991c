"""Embed the images of a data set with a CLIP encoder."""

from errata.job import run_job
from errata.provenance import inputs_behind
from errata.tables import IMAGES, read_table


def main(
    *,
    images: str,
    index: str,
    encoder: dict[str, str],
    device: str,
    precision: str,
    vectors_output: str,
    notes_output: str,
    threads: int,
) -> None:
    from errata.openworld.device import use_device
    from errata.openworld.embeddings import BATCH_IMAGES, embed_images
    from errata.openworld.encoder import load_encoder
    from errata.openworld.vectors import write_notes
    from errata.views.read import decode_batches

    loaded = load_encoder(encoder, device=use_device(device, threads=threads), precision=precision)
    table = read_table(IMAGES, index)
    unreadable = table.filter(table["problem"].is_not_null())["file_name"].to_list()
    dimensions = embed_images(
        loaded,
        decode_batches(images, table, loaded.view, batch=BATCH_IMAGES, threads=threads),
        vectors_output,
        images=table.height,
        readable=table.height - len(unreadable),
    )
    inputs = inputs_behind({"images": index})
    write_notes(
        {
            **loaded.notes,
            "dimensions": dimensions,
            "images": table.height,
            "unreadable": unreadable,
            "inputs": inputs,
        },
        notes_output,
    )


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        images=snakemake.input.images,
        index=snakemake.input.index,
        encoder=snakemake.params.encoder,
        device=snakemake.params.device,
        precision=snakemake.params.precision,
        vectors_output=snakemake.output.vectors,
        notes_output=snakemake.output.notes,
        threads=snakemake.threads,
    )
