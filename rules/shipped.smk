"""What comes with the package: an atlas that needs no open world, and the published results beside it.

REQUIRED INPUTS
    results/{dataset}/atlas/labels.parquet, labels.evidence.parquet
    results/{dataset}/published.parquet

OUTPUTS
    results/shipped/{dataset}.parquet, {dataset}.evidence.parquet, {dataset}.published.parquet,
    {dataset}.statements.parquet
                                       only on request: `make shipped` puts ImageNet's into src/errata/data/
"""


rule ship_atlas:
    input:
        atlas="results/{dataset}/atlas/labels.parquet",
        evidence="results/{dataset}/atlas/labels.evidence.parquet",
        published="results/{dataset}/published.parquet",
        code=code("scripts/ship_atlas.py"),
    output:
        atlas="results/shipped/{dataset}.parquet",
        evidence="results/shipped/{dataset}.evidence.parquet",
        published="results/shipped/{dataset}.published.parquet",
        statements="results/shipped/{dataset}.statements.parquet",
    log:
        "logs/ship_atlas/{dataset}.log",
    benchmark:
        "benchmarks/ship_atlas/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
    script:
        "../workflow/scripts/ship_atlas.py"
