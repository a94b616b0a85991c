"""Put our counts beside the paper's, for models with its predictions, and what is known of its class knowledge."""

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import read_evidence
from errata.job import run_job
from errata.profiles.tables import PROFILE
from errata.provenance import inputs_behind, inputs_note
from errata.published.tables import PUBLISHED
from errata.tables import read_table, write_table
from errata.trust.fidelity import check_fidelity, check_figures
from errata.trust.tables import CHECKPOINTS, FIDELITY


def main(
    *, profile: str, published: str, atlas: str, evidence: str, figures: str | None, fidelity: str, checkpoints: str
) -> None:
    files = {"profile": profile, "published": published, **({"published_figures": figures} if figures else {})}
    note = inputs_note(inputs_behind(files))
    matched = check_fidelity(read_table(PROFILE, profile), read_table(PUBLISHED, published))
    write_table(matched, FIDELITY, fidelity, metadata=note)
    compiled = read_atlas(atlas)
    checked = check_figures(compiled, read_evidence(compiled, evidence), figures)
    write_table(checked, CHECKPOINTS, checkpoints, metadata=note)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        profile=snakemake.input.profile,
        published=snakemake.input.published,
        atlas=snakemake.input.atlas,
        evidence=snakemake.input.evidence,
        figures=next(iter(snakemake.input.get("figures", [])), None),
        fidelity=snakemake.output.fidelity,
        checkpoints=snakemake.output.checkpoints,
    )
