"""The comparison with the published results, and the report.

REQUIRED INPUTS
    results/{dataset}/{atlas}/profile.parquet, pooled.parquet, diagnoses.json
    results/{dataset}/atlas/{atlas}.parquet
    the paper's tables, one CSV per group (config: published, or the sources of the data-set sheet), if there are any

OUTPUTS
    results/{dataset}/published.parquet               the paper's counts per model and group
    results/{dataset}/{atlas}/comparison.parquet      where each model stands among the published ones
    results/report/{dataset}/{atlas}/                 the report; open index.html
"""

TEMPLATES = [
    os.path.relpath(file)
    for file in sorted(Path(workflow.basedir, "workflow/errata/report/templates").iterdir())
]


def has_published(dataset):
    """Tell whether the paper's results on a data set are known."""
    return DATASETS[dataset].published is not None or bool(config["published"])


def published_tables(dataset):
    """Return the paper's tables of a data set, by group: the user's files or the sheet's sources."""
    from errata.published.read import published_files

    sole = len([name for name in config["datasets"] if has_published(name)]) <= 1
    given = user_path(config["published"], dataset, sole=sole, kind="published")
    if given:
        return {group: str(file) for group, file in published_files(given).items()}
    source = f"published_{DATASETS[dataset].published}"
    return {group: source_file(f"{source}_{group}") for group in ("all", "organism", "artifact", "other")}


rule read_published:
    input:
        unpack(lambda wildcards: published_tables(wildcards.dataset)),
        code=code("scripts/read_published.py"),
    output:
        "results/{dataset}/published.parquet",
    log:
        "logs/read_published/{dataset}.log",
    benchmark:
        "benchmarks/read_published/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=500,
    script:
        "../workflow/scripts/read_published.py"


rule compare_published:
    input:
        profile="results/{dataset}/{atlas}/profile.parquet",
        published="results/{dataset}/published.parquet",
        code=code("scripts/compare_published.py"),
    output:
        "results/{dataset}/{atlas}/comparison.parquet",
    log:
        "logs/compare_published/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/compare_published/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=500,
    script:
        "../workflow/scripts/compare_published.py"


rule render_report:
    input:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        profile="results/{dataset}/{atlas}/profile.parquet",
        pooled="results/{dataset}/{atlas}/pooled.parquet",
        diagnoses="results/{dataset}/{atlas}/diagnoses.json",
        published=lambda wildcards: (
            [f"results/{wildcards.dataset}/published.parquet"] if has_published(wildcards.dataset) else []
        ),
        comparison=lambda wildcards: (
            [f"results/{wildcards.dataset}/{wildcards.atlas}/comparison.parquet"]
            if has_published(wildcards.dataset)
            else []
        ),
        templates=TEMPLATES,
        code=code("scripts/render_report.py"),
    output:
        "results/report/{dataset}/{atlas}/index.html",
    log:
        "logs/render_report/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/render_report/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
    script:
        "../workflow/scripts/render_report.py"
