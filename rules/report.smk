"""The comparison with the published results, and the report.

REQUIRED INPUTS
    results/{dataset}/{atlas}/profile.parquet, pooled.parquet, what_if.parquet, diagnoses.json, errors.parquet
    results/{dataset}/atlas/{atlas}.parquet, {atlas}.evidence.parquet, and {atlas}.verdicts.parquet where there is one
    results/{dataset}/{atlas}/soft_profile.parquet, results/{dataset}/recall.parquet where there are any
    the tables of rules/trust.smk
    the paper's tables, one CSV per group (config: published, or the sources of the data-set sheet), if there are any

OUTPUTS
    results/{dataset}/published.parquet               the paper's counts per model and group
    results/{dataset}/{atlas}/comparison.parquet      where each model stands among the published ones
    results/report/{dataset}/{atlas}/                 the report; open index.html
    results/{dataset}/{atlas}/figures/                its figures, for snakemake --report and for papers
"""


rule read_published:
    input:
        unpack(lambda wildcards: PLAN.inputs.published_tables(wildcards.dataset)),
        code=code("scripts/read_published.py"),
    output:
        "results/{dataset}/published.parquet",
    log:
        "logs/read_published/{dataset}.log",
    benchmark:
        "benchmarks/read_published/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(500),
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
        mem_mb=growing(500),
    script:
        "../workflow/scripts/compare_published.py"


rule render_report:
    input:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        profile="results/{dataset}/{atlas}/profile.parquet",
        pooled="results/{dataset}/{atlas}/pooled.parquet",
        what_if="results/{dataset}/{atlas}/what_if.parquet",
        diagnoses="results/{dataset}/{atlas}/diagnoses.json",
        errors="results/{dataset}/{atlas}/errors.parquet",
        problematic="results/{dataset}/{atlas}/problematic.parquet",
        mistakes=rules.list_mistakes.output,
        evidence="results/{dataset}/atlas/{atlas}.evidence.parquet",
        verdicts=lambda wildcards: (
            [f"results/{wildcards.dataset}/atlas/{wildcards.atlas}.verdicts.parquet"]
            if PLAN.open_world_of(wildcards.atlas)
            else []
        ),
        accuracy=lambda wildcards: PLAN.accuracy_of(wildcards.dataset),
        published=lambda wildcards: (
            [f"results/{wildcards.dataset}/published.parquet"]
            if PLAN.inputs.has_published(wildcards.dataset)
            else []
        ),
        comparison=lambda wildcards: (
            [f"results/{wildcards.dataset}/{wildcards.atlas}/comparison.parquet"]
            if PLAN.inputs.has_published(wildcards.dataset)
            else []
        ),
        soft_profile=lambda wildcards: (
            [f"results/{wildcards.dataset}/{wildcards.atlas}/soft_profile.parquet"]
            if PLAN.models_on(wildcards.dataset)
            else []
        ),
        recall=lambda wildcards: (
            [f"results/{wildcards.dataset}/recall.parquet"] if wildcards.dataset in config["planted"] else []
        ),
        planted=lambda wildcards: [
            path for path in [config["planted"].get(wildcards.dataset)] if path is not None
        ],
        images=lambda wildcards: (
            PLAN.pixels(wildcards.dataset)
            if config["thumbnails"] and wildcards.dataset in PLAN.with_pixels
            else []
        ),
        index=lambda wildcards: (
            [f"results/{wildcards.dataset}/images.parquet"]
            if config["thumbnails"] and wildcards.dataset in PLAN.with_pixels
            else []
        ),
        trust=lambda wildcards: PLAN.trust_tables(wildcards.dataset, wildcards.atlas),
        templates=REPORT_TEMPLATES,
        code=code("scripts/render_report.py"),
    output:
        report=pages(
            "results/report/{dataset}/{atlas}",
            caption="../workflow/report/report.rst",
            category="Report",
            labels={"data set": "{dataset}", "atlas": "{atlas}"},
        ),
        figures=report(
            directory("results/{dataset}/{atlas}/figures"),
            patterns=["{figure}.svg"],
            caption="../workflow/report/figure.rst",
            category="Figures",
            subcategory="{dataset}, {atlas}",
            labels={"figure": "{figure}"},
        ),
    log:
        "logs/render_report/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/render_report/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=growing(2000),
    params:
        error_files=config["error_files"],
        descriptions=lambda wildcards: PLAN.described_on(wildcards.dataset),
        # what other data sets, atlases and models of the run do is none of this report's business
        settings={name: config[name] for name in ("broken_predictions", "device", "precision", "thumbnails")},
    script:
        "../workflow/scripts/render_report.py"
