"""What is known about the images of a data set: targets, pixels, multi-labels, expert lists.

REQUIRED INPUTS
    results/sources/..., or the user's files (config: images, targets, multilabels, experts)
    results/classes/{vocabulary}/classes.parquet

OUTPUTS
    results/{dataset}/targets.parquet          every image and its target
    results/{dataset}/images.parquet           where the pixels of every image are, and which cannot be read
    results/{dataset}/labels.parquet           the annotated images and all that is known about them
    results/{dataset}/annotated.parquet        which images have multi-labels (config: subset)
    results/{dataset}/reassessed.parquet       the same with ReaL's labels, for atlases with that label set
    results/{dataset}/views/{view}.json        one preprocessing, as it is; its pixels are there while models wait
    results/{dataset}/views/{view}.contract-{N}.json   which models had its pixels together, and no longer need them
"""


rule read_targets:
    input:
        images=lambda wildcards: [
            path for path in [PLAN.inputs.targets_of(wildcards.dataset)] if path not in PLAN.missing
        ],
        classes=class_table("classes"),
        code=code("scripts/read_targets.py"),
    output:
        "results/{dataset}/targets.parquet",
    log:
        "logs/read_targets/{dataset}.log",
    benchmark:
        "benchmarks/read_targets/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(1000),
    script:
        "../workflow/scripts/read_targets.py"


rule index_images:
    input:
        images=lambda wildcards: PLAN.pixels(wildcards.dataset),
        targets="results/{dataset}/targets.parquet",
        code=code("scripts/index_images.py"),
    output:
        "results/{dataset}/images.parquet",
    log:
        "logs/index_images/{dataset}.log",
    benchmark:
        "benchmarks/index_images/{dataset}.tsv"
    threads: threads_by("targets", bytes_each=25_000, most=8)
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        is_part=lambda wildcards: wildcards.dataset in config["parts"],
    script:
        "../workflow/scripts/index_images.py"


rule build_labels:
    input:
        targets="results/{dataset}/targets.parquet",
        classes=class_table("classes"),
        multilabels=lambda wildcards: PLAN.inputs.multilabels_of(wildcards.dataset),
        experts=lambda wildcards: list(PLAN.inputs.experts_of(wildcards.dataset).values()),
        part=lambda wildcards: [path for path in [PLAN.inputs.part_of(wildcards.dataset)] if path is not None],
        index=lambda wildcards: (
            [f"results/{wildcards.dataset}/images.parquet"] if wildcards.dataset in PLAN.with_pixels else []
        ),
        code=code("scripts/build_labels.py"),
    output:
        "results/{dataset}/labels.parquet",
    log:
        "logs/build_labels/{dataset}.log",
    benchmark:
        "benchmarks/build_labels/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(2000),
    params:
        expert_lists=lambda wildcards: list(PLAN.inputs.experts_of(wildcards.dataset)),
    script:
        "../workflow/scripts/build_labels.py"


rule list_annotated:
    input:
        # not the labels: what is edited there beside the list of images is to run no model again
        targets="results/{dataset}/targets.parquet",
        classes=class_table("classes"),
        multilabels=lambda wildcards: PLAN.inputs.multilabels_of(wildcards.dataset),
        code=code("scripts/list_annotated.py"),
    output:
        "results/{dataset}/annotated.parquet",
    log:
        "logs/list_annotated/{dataset}.log",
    benchmark:
        "benchmarks/list_annotated/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    script:
        "../workflow/scripts/list_annotated.py"


rule reassess_labels:
    input:
        labels="results/{dataset}/labels.parquet",
        targets="results/{dataset}/targets.parquet",
        real=lambda wildcards: PLAN.inputs.real_of(wildcards.dataset),
        code=code("scripts/reassess_labels.py"),
    output:
        "results/{dataset}/reassessed.parquet",
    log:
        "logs/reassess_labels/{dataset}.log",
    benchmark:
        "benchmarks/reassess_labels/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    script:
        "../workflow/scripts/reassess_labels.py"


rule build_view:
    input:
        images=lambda wildcards: PLAN.pixels(wildcards.dataset),
        index="results/{dataset}/images.parquet",
        annotated=lambda wildcards: PLAN.annotated_of(wildcards.dataset),
        code=code("scripts/build_view.py"),
    output:
        note="results/{dataset}/views/{view}.json",
        pixels=temp("results/{dataset}/views/{view}.npy"),
    log:
        "logs/build_view/{dataset}/{view}.log",
    benchmark:
        "benchmarks/build_view/{dataset}/{view}.tsv"
    priority: lambda wildcards: PLAN.priority_of_view(wildcards.dataset, wildcards.view)
    threads: threads_by("index", bytes_each=25_000, most=8)
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
        # no GPU is used: pixels take space, so they are made when no model is left that waits for a GPU
        gpu=int(USES_GPU),
        # no parameter: how many models wait for the pixels changes nothing of what they are
        is_cached=lambda wildcards: int(PLAN.views.is_cached(wildcards.dataset, wildcards.view)),
    script:
        "../workflow/scripts/build_view.py"


rule release_view:
    input:
        pixels="results/{dataset}/views/{view}.npy",
        predictions=lambda wildcards: PLAN.views.waiting_for(wildcards.dataset, wildcards.view),
        code=code("scripts/release_view.py"),
    output:
        f"results/{{dataset}}/views/{{view}}.contract-{PREDICT}.json",
    log:
        "logs/release_view/{dataset}/{view}.log",
    benchmark:
        "benchmarks/release_view/{dataset}/{view}.tsv"
    # before any model and any view: it makes room
    priority: 2 * AHEAD_OF_VIEWS
    threads: 1
    resources:
        mem_mb=growing(200),
    script:
        "../workflow/scripts/release_view.py"
