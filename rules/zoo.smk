"""Models and what they predict. The only rules with one job per model.

REQUIRED INPUTS
    config/models.tsv                                   the models
    results/{dataset}/images.parquet, targets.parquet   the images, their pixels (config: images) and views
    results/{dataset}/annotated.parquet                 which of them to run on (config: subset)
    results/classes/{vocabulary}/classes.parquet

OUTPUTS
    results/{dataset}/predictions/{model}.parquet       the most probable classes of every image
    results/weights.tsv                                 which weights are in the libraries' caches (on request)

Neither an atlas nor any code is an input here: a changed rule reruns no model. What a job computes is named by the
contract version in errata/contracts.py instead.
"""

FROM_LIBRARIES = [model for model in PLAN.selected if model.source in ("timm", "torchvision", "open_clip")]


# for itself: snakemake fetch_weights. It fills the caches of timm, torch and open_clip before a GPU is asked for.
rule fetch_weights:
    input:
        classes=[
            f"results/classes/{vocabulary}/classes.parquet"
            for vocabulary in dict.fromkeys(model.vocabulary for model in FROM_LIBRARIES)
        ],
        code=code("scripts/fetch_weights.py"),
    output:
        "results/weights.tsv",
    log:
        "logs/fetch_weights.log",
    benchmark:
        "benchmarks/fetch_weights.tsv"
    threads: 1
    resources:
        mem_mb=growing(16000),
        runtime=growing(600),
    params:
        models=[model.how_to_run() for model in FROM_LIBRARIES],
        # four bytes a number
        sizes={model.model: 4 * model.parameters / 1e6 for model in FROM_LIBRARIES if model.parameters},
        vocabularies=list(dict.fromkeys(model.vocabulary for model in FROM_LIBRARIES)),
    script:
        "../workflow/scripts/fetch_weights.py"


rule predict:
    input:
        # ancient, and a note that stays: pixels that are made again for other models make nothing else stale
        view=ancient(view_of),
        images=lambda wildcards: PLAN.pixels(wildcards.dataset),
        index="results/{dataset}/images.parquet",
        targets="results/{dataset}/targets.parquet",
        annotated=lambda wildcards: PLAN.annotated_of(wildcards.dataset),
        classes=class_table("classes"),
        weights=model_files,
    output:
        "results/{dataset}/predictions/{model}.parquet",
    log:
        "logs/predict/{dataset}/{model}.log",
    benchmark:
        "benchmarks/predict/{dataset}/{model}.tsv"
    # long ones first, so that no GPU is left with one at the end
    priority: lambda wildcards: PLAN.priority_of(wildcards.model)
    threads: 8 if USES_GPU else 1
    resources:
        mem_mb=lambda wildcards, attempt: PLAN.resources_of(wildcards.model).megabytes * attempt,
        runtime=lambda wildcards, attempt: PLAN.resources_of(wildcards.model).minutes * attempt,
        gpu=int(USES_GPU),
    params:
        contract=PREDICT,
        model=lambda wildcards: PLAN.how_to_run(wildcards.model, wildcards.dataset),
        device=config["device"],
        precision=config["precision"],
        margin=config["recheck_margin"],
        pixels=view_pixels,
    script:
        "../workflow/scripts/predict.py"
