"""How far the categories can be trusted: experts, published counts, other atlases, chance.

REQUIRED INPUTS
    results/{dataset}/atlas/{atlas}.parquet, {atlas}.evidence.parquet; of every atlas of the data set
    results/{dataset}/{atlas}/errors.parquet, profile.parquet, pooled.parquet
    results/{dataset}/published.parquet and resources/published_figures.csv, where the paper's results are known
    the expert lists of the data set (config: experts, or the sources of the data-set sheet), if there are any
    config/datasets.tsv, results/{dataset}/labels.parquet of every data set of the run but one's own

OUTPUTS
    results/{dataset}/{atlas}/expert_mistakes.parquet   mistakes that experts judged, their category and the atlas's
    results/{dataset}/{atlas}/agreement.parquet         how often the two agree
    results/{dataset}/{atlas}/fidelity.parquet          counts of models with the paper's predictions, ours and the paper's
    results/{dataset}/{atlas}/checkpoints.parquet       images, classes, superclasses and pairs, ours and the paper's
    results/{dataset}/{atlas}/atlas_shares.parquet      how far shares move under the other atlases of the data set
    results/{dataset}/{atlas}/atlas_transitions.parquet what becomes of the errors there
    results/{dataset}/{atlas}/atlas_accuracies.parquet  multi-label accuracies there
    results/{dataset}/{atlas}/chance.parquet            shares beside those of wrong answers by chance
    results/{dataset}/{atlas}/model_chance.parquet      the same by model
    results/defined.parquet                             what is defined on which data set
"""


rule compare_experts:
    input:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        experts=lambda wildcards: list(PLAN.inputs.experts_of(wildcards.dataset).values()),
        code=code("scripts/compare_experts.py"),
    output:
        mistakes="results/{dataset}/{atlas}/expert_mistakes.parquet",
        agreement="results/{dataset}/{atlas}/agreement.parquet",
    log:
        "logs/compare_experts/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/compare_experts/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    params:
        expert_lists=lambda wildcards: list(PLAN.inputs.experts_of(wildcards.dataset)),
    script:
        "../workflow/scripts/compare_experts.py"


rule check_fidelity:
    input:
        profile="results/{dataset}/{atlas}/profile.parquet",
        published="results/{dataset}/published.parquet",
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        evidence="results/{dataset}/atlas/{atlas}.evidence.parquet",
        figures=lambda wildcards: (
            ["resources/published_figures.csv"]
            if PLAN.datasets[wildcards.dataset].published == FIGURES_OF
            else []
        ),
        code=code("scripts/check_fidelity.py"),
    output:
        fidelity="results/{dataset}/{atlas}/fidelity.parquet",
        checkpoints="results/{dataset}/{atlas}/checkpoints.parquet",
    log:
        "logs/check_fidelity/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/check_fidelity/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    script:
        "../workflow/scripts/check_fidelity.py"


rule compare_atlases:
    input:
        base="results/{dataset}/atlas/{atlas}.parquet",
        errors="results/{dataset}/{atlas}/errors.parquet",
        others=lambda wildcards: [
            f"results/{wildcards.dataset}/atlas/{other}.parquet"
            for other in PLAN.atlases_of(wildcards.dataset)
            if other != wildcards.atlas
        ],
        code=code("scripts/compare_atlases.py"),
    output:
        shares="results/{dataset}/{atlas}/atlas_shares.parquet",
        transitions="results/{dataset}/{atlas}/atlas_transitions.parquet",
        accuracies="results/{dataset}/{atlas}/atlas_accuracies.parquet",
    log:
        "logs/compare_atlases/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/compare_atlases/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    script:
        "../workflow/scripts/compare_atlases.py"


rule measure_chance:
    input:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        errors="results/{dataset}/{atlas}/errors.parquet",
        profile="results/{dataset}/{atlas}/profile.parquet",
        pooled="results/{dataset}/{atlas}/pooled.parquet",
        code=code("scripts/measure_chance.py"),
    output:
        chance="results/{dataset}/{atlas}/chance.parquet",
        model_chance="results/{dataset}/{atlas}/model_chance.parquet",
    log:
        "logs/measure_chance/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/measure_chance/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    script:
        "../workflow/scripts/measure_chance.py"


rule list_defined:
    input:
        sheet="config/datasets.tsv",
        labels=expand("results/{dataset}/labels.parquet", dataset=PLAN.listed_datasets),
        code=code("scripts/list_defined.py"),
    output:
        "results/defined.parquet",
    log:
        "logs/list_defined.log",
    benchmark:
        "benchmarks/list_defined.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    params:
        datasets=PLAN.listed_datasets,
        with_multilabels=WITH_MULTILABELS,
        planted=sorted(config["planted"]),
        open_world=PLAN.listed_datasets if PLAN.open_world_atlases else [],
    script:
        "../workflow/scripts/list_defined.py"
