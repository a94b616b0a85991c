"""What is known about the images of a data set: targets, multi-labels, expert lists.

REQUIRED INPUTS
    results/sources/..., or the user's files (config: images, multilabels)
    results/classes/{vocabulary}/classes.parquet

OUTPUTS
    results/{dataset}/targets.parquet          every image and its target
    results/{dataset}/labels.parquet           the annotated images and all that is known about them
"""


rule read_targets:
    input:
        images=lambda wildcards: targets_of(wildcards.dataset),
        classes=lambda wildcards: f"results/classes/{DATASETS[wildcards.dataset].vocabulary}/classes.parquet",
        code=code("scripts/read_targets.py"),
    output:
        "results/{dataset}/targets.parquet",
    log:
        "logs/read_targets/{dataset}.log",
    benchmark:
        "benchmarks/read_targets/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
    script:
        "../workflow/scripts/read_targets.py"


rule build_labels:
    input:
        targets="results/{dataset}/targets.parquet",
        classes=lambda wildcards: f"results/classes/{DATASETS[wildcards.dataset].vocabulary}/classes.parquet",
        multilabels=lambda wildcards: multilabels_of(wildcards.dataset),
        experts=lambda wildcards: [source_file(key) for key in DATASETS[wildcards.dataset].experts],
        code=code("scripts/build_labels.py"),
    output:
        "results/{dataset}/labels.parquet",
    log:
        "logs/build_labels/{dataset}.log",
    benchmark:
        "benchmarks/build_labels/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=2000,
    params:
        expert_lists=lambda wildcards: list(DATASETS[wildcards.dataset].experts),
    script:
        "../workflow/scripts/build_labels.py"
