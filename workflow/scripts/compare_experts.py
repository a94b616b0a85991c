"""Look up what an atlas calls the mistakes that experts judged, and how often they agree."""

from errata.atlas.compiled import read_atlas
from errata.job import run_job
from errata.labels.label_table import read_experts
from errata.provenance import inputs_behind, inputs_note
from errata.tables import write_table
from errata.trust.agreement import judge_mistakes, measure_agreement
from errata.trust.tables import AGREEMENT, EXPERT_MISTAKES


def main(*, atlas: str, experts: list[str], expert_lists: list[str], mistakes: str, agreement: str) -> None:
    lists = dict(zip(expert_lists, experts, strict=True))
    note = inputs_note(inputs_behind({"atlas": atlas, **lists}))
    judged = judge_mistakes(read_atlas(atlas), read_experts(lists))
    write_table(judged, EXPERT_MISTAKES, mistakes, metadata=note)
    write_table(measure_agreement(judged), AGREEMENT, agreement, metadata=note)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        atlas=snakemake.input.atlas,
        experts=list(snakemake.input.experts),
        expert_lists=list(snakemake.params.expert_lists),
        mistakes=snakemake.output.mistakes,
        agreement=snakemake.output.agreement,
    )
