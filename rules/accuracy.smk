"""Whether models that were run are as accurate as somebody published.

REQUIRED INPUTS
    results/{dataset}/predictions/{model}.parquet, targets.parquet
    config/models.tsv (expected_top1), resources/zoo/paper_models.tsv

OUTPUTS
    results/{dataset}/accuracy.parquet    top-1 of every model beside the one to expect
"""


rule check_accuracy:
    input:
        predictions=lambda wildcards: PLAN.own_predictions(wildcards.dataset),
        targets="results/{dataset}/targets.parquet",
        code=code("scripts/check_accuracy.py"),
    output:
        "results/{dataset}/accuracy.parquet",
    log:
        "logs/check_accuracy/{dataset}.log",
    benchmark:
        "benchmarks/check_accuracy/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(1000),
    params:
        models=lambda wildcards: [model.model for model in PLAN.models_on(wildcards.dataset)],
        expected=lambda wildcards: PLAN.expected_on(wildcards.dataset),
        unexpected_accuracy=config["unexpected_accuracy"],
    script:
        "../workflow/scripts/check_accuracy.py"
