"""Embed the images of a data set with a CLIP encoder."""

from errata.images.tables import IMAGES
from errata.job import run_job
from errata.provenance import inputs_behind
from errata.tables import read_table


def main(
    *,
    images: str,
    index: str,
    encoder: dict[str, str],
    contract: int,
    device: str,
    precision: str,
    vectors_output: str,
    notes_output: str,
    threads: int,
) -> None:
    import torch

    from errata.inference.device import own_device
    from errata.inference.encoder import load_encoder
    from errata.openworld.embeddings import embed_images
    from errata.openworld.vectors import write_notes

    torch.set_num_threads(threads)
    with own_device(device) as chosen:
        loaded = load_encoder(encoder, device=chosen)
        about = embed_images(
            loaded,
            read_table(IMAGES, index),
            vectors_output,
            images=images,
            # vectors decide near-ties: half precision only where it is asked for
            precision="amp" if precision == "amp" and chosen.type == "cuda" else "fp32",
            threads=threads,
        )
    write_notes(
        {**loaded.notes, **about, "contract": contract, "inputs": inputs_behind({"images": index})}, notes_output
    )


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        images=snakemake.input.images[0],
        index=snakemake.input.index,
        encoder=snakemake.params.encoder,
        contract=snakemake.params.contract,
        device=snakemake.params.device,
        precision=snakemake.params.precision,
        vectors_output=snakemake.output.vectors,
        notes_output=snakemake.output.notes,
        threads=snakemake.threads,
    )
