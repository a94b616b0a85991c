"""The truth test: on a data set whose causes of mistakes were planted, how often is the cause named?

REQUIRED INPUTS
    the planted causes (config: planted)
    results/{dataset}/{atlas}/errors.parquet of every atlas that judges the same errors

OUTPUTS
    results/{dataset}/recall.parquet    errors by atlas, planted cause and assigned category
"""


rule measure_recall:
    input:
        planted=lambda wildcards: user_path(config["planted"], wildcards.dataset, sole=True, kind="planted"),
        errors=lambda wildcards: [
            f"results/{wildcards.dataset}/{atlas}/errors.parquet"
            for atlas in PLAN.multilabel_atlases_of(wildcards.dataset)
        ],
        code=code("scripts/measure_recall.py"),
    output:
        "results/{dataset}/recall.parquet",
    log:
        "logs/measure_recall/{dataset}.log",
    benchmark:
        "benchmarks/measure_recall/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    params:
        atlases=lambda wildcards: PLAN.multilabel_atlases_of(wildcards.dataset),
    script:
        "../workflow/scripts/measure_recall.py"
