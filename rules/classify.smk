"""Classification of all models at once: a look-up in the atlas, then counts and intervals.

REQUIRED INPUTS
    results/{dataset}/atlas/{atlas}.parquet
    predictions files (config: predictions; config/predictions.tsv) and predictions of the models that were run
    results/{dataset}/accuracy.parquet              whether those are as accurate as published

OUTPUTS
    results/{dataset}/{atlas}/errors.parquet        one row per model and wrong answer
    results/{dataset}/{atlas}/confidences.parquet   how sure the models were of their wrong answers, where they say so
    results/{dataset}/{atlas}/problematic.parquet   outcomes of the images that statistics leave out
    results/{dataset}/{atlas}/profile.parquet, .csv counts, shares, accuracies, intervals per model and group
    results/{dataset}/{atlas}/pooled.parquet        the same over all models
    results/{dataset}/{atlas}/what_if.parquet       accuracies if the errors of a category were fixed
    results/{dataset}/{atlas}/diagnoses.json        what the doctor found in the predictions files
    results/{dataset}/{atlas}/soft_profile.parquet  probability per category, of the models that were run
"""


rule classify_predictions:
    input:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        predictions=lambda wildcards: PREDICTIONS[wildcards.dataset],
        accuracy=lambda wildcards: PLAN.accuracy_of(wildcards.dataset),
        order=lambda wildcards: order_file(ORDERS[wildcards.dataset]) or [],
        code=code("scripts/classify_predictions.py"),
    output:
        errors="results/{dataset}/{atlas}/errors.parquet",
        confidences="results/{dataset}/{atlas}/confidences.parquet",
        problematic="results/{dataset}/{atlas}/problematic.parquet",
        profile="results/{dataset}/{atlas}/profile.parquet",
        profile_csv=report(
            "results/{dataset}/{atlas}/profile.csv",
            caption="../workflow/report/profile.rst",
            category="Tables",
            labels={"table": "profile", "data set": "{dataset}", "atlas": "{atlas}"},
        ),
        pooled="results/{dataset}/{atlas}/pooled.parquet",
        what_if="results/{dataset}/{atlas}/what_if.parquet",
        diagnoses=report(
            "results/{dataset}/{atlas}/diagnoses.json",
            caption="../workflow/report/diagnoses.rst",
            category="Provenance",
            labels={"file": "diagnoses", "data set": "{dataset}", "atlas": "{atlas}"},
        ),
    log:
        "logs/classify_predictions/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/classify_predictions/{dataset}/{atlas}.tsv"
    threads: threads_by("predictions", bytes_each=1_000_000, most=2)
    resources:
        mem_mb=growing(1000),
    params:
        broken_predictions=config["broken_predictions"],
        left_out=lambda wildcards: LEFT_OUT[wildcards.dataset],
        accept=config["accept"],
        order=lambda wildcards: ORDERS[wildcards.dataset],
    script:
        "../workflow/scripts/classify_predictions.py"


rule profile_probabilities:
    input:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        predictions=lambda wildcards: PLAN.own_predictions(wildcards.dataset),
        code=code("scripts/profile_probabilities.py"),
    output:
        "results/{dataset}/{atlas}/soft_profile.parquet",
    log:
        "logs/profile_probabilities/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/profile_probabilities/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=growing(1000),
    script:
        "../workflow/scripts/profile_probabilities.py"
