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
    results/{dataset}/{atlas}/estimate.parquet        how its unchecked errors would split, estimated from these
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
        comparison="results/{dataset}/{atlas}/comparison.parquet",
        estimate="results/{dataset}/{atlas}/estimate.parquet",
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
        unpack(results_of),
        mistakes=rules.list_mistakes.output,
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
        image_folder=lambda wildcards: PLAN.image_folder(wildcards.dataset),
        descriptions=lambda wildcards: PLAN.described_on(wildcards.dataset),
        settings={name: config[name] for name in REPORT_SETTINGS},
    script:
        "../workflow/scripts/render_report.py"
