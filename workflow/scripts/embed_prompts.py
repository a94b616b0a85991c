"""Embed the distinct prompts of a vocabulary with a CLIP encoder."""

from errata.job import run_job
from errata.openworld.tables import PROMPTS
from errata.provenance import inputs_behind
from errata.tables import read_table


def main(
    *,
    prompts: str,
    encoder: dict[str, str],
    contract: int,
    device: str,
    vectors_output: str,
    notes_output: str,
    threads: int,
) -> None:
    import torch

    from errata.inference.device import own_device
    from errata.inference.encoder import load_encoder
    from errata.openworld.embeddings import embed_prompts
    from errata.openworld.prompts import distinct_prompts
    from errata.openworld.vectors import write_notes

    torch.set_num_threads(threads)
    with own_device(device) as chosen:
        loaded = load_encoder(encoder, device=chosen)
        about = embed_prompts(loaded, distinct_prompts(read_table(PROMPTS, prompts)), vectors_output)
    inputs = inputs_behind({"prompts": prompts})
    write_notes({**loaded.notes, **about, "contract": contract, "inputs": inputs}, notes_output)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        prompts=snakemake.input.prompts,
        encoder=snakemake.params.encoder,
        contract=snakemake.params.contract,
        device=snakemake.params.device,
        vectors_output=snakemake.output.vectors,
        notes_output=snakemake.output.notes,
        threads=snakemake.threads,
    )
