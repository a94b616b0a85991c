"""The manifest of a run.

REQUIRED INPUTS
    all atlases and profiles of the configuration, and the published tables

OUTPUTS
    results/manifest.json    versions, settings, weights, hashes of every result and of every input behind it
"""


rule write_manifest:
    input:
        results=ATLAS_FILES
        + PROFILES
        + [
            f"results/{dataset}/published.parquet"
            for dataset, files in PREDICTIONS.items()
            if files and PLAN.inputs.has_published(dataset)
        ]
        + [prediction for dataset in config["datasets"] for prediction in PLAN.own_predictions(dataset)],
        code=code("scripts/write_manifest.py"),
    output:
        report(
            "results/manifest.json",
            caption="../workflow/report/manifest.rst",
            category="Provenance",
            labels={"file": "manifest"},
        ),
    log:
        "logs/write_manifest.log",
    benchmark:
        "benchmarks/write_manifest.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    params:
        settings=settings_of(config),
    script:
        "../workflow/scripts/write_manifest.py"
