"""The error atlas: the decision for every image and every possible prediction.

REQUIRED INPUTS
    results/{dataset}/labels.parquet, results/{dataset}/targets.parquet
    results/classes/{vocabulary}/...                    classes, overlap, superclasses
    results/{dataset}/cooccurrence/{grouping}.parquet   of the data set that pairs are taken from

OUTPUTS
    results/{dataset}/atlas/{atlas}.parquet             self-contained: all that classifying needs
    results/{dataset}/atlas/{atlas}.evidence.parquet    why
"""


rule compile_atlas:
    input:
        targets="results/{dataset}/targets.parquet",
        labels="results/{dataset}/labels.parquet",
        classes=lambda wildcards: f"results/classes/{DATASETS[wildcards.dataset].vocabulary}/classes.parquet",
        overlap=lambda wildcards: f"results/classes/{DATASETS[wildcards.dataset].vocabulary}/overlap.parquet",
        superclasses=lambda wildcards: f"results/classes/{DATASETS[wildcards.dataset].vocabulary}/superclasses/{atlas_row(wildcards)['grouping']}.parquet",
        cooccurrence=lambda wildcards: f"results/{DATASETS[wildcards.dataset].pairs_from}/cooccurrence/{atlas_row(wildcards)['grouping']}.parquet",
        code=code("scripts/compile_atlas.py"),
    output:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        evidence="results/{dataset}/atlas/{atlas}.evidence.parquet",
    log:
        "logs/compile_atlas/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/compile_atlas/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
    params:
        has_multilabels=lambda wildcards: DATASETS[wildcards.dataset].multilabels is not None,
    script:
        "../workflow/scripts/compile_atlas.py"
