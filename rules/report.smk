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


def results_of(wildcards):
    """Return the results that a report is made from, as far as the run makes them: name (`errata.results`) -> file."""
    dataset, atlas = wildcards.dataset, wildcards.atlas
    of_dataset, own = f"results/{dataset}", f"results/{dataset}/{atlas}"
    names = ["profile", "pooled", "what_if", "errors", "problematic"]
    found = {name: f"{own}/{name}.parquet" for name in names} | {"diagnoses": f"{own}/diagnoses.json"}
    found |= {Path(path).stem: path for path in PLAN.trust_tables(dataset, atlas)}
    found |= {
        "atlas": f"{of_dataset}/atlas/{atlas}.parquet",
        "evidence": f"{of_dataset}/atlas/{atlas}.evidence.parquet",
    }
    if PLAN.open_world_of(atlas):
        found["verdicts"] = f"{of_dataset}/atlas/{atlas}.verdicts.parquet"
    if PLAN.models_on(dataset):
        found |= {"accuracy": f"{of_dataset}/accuracy.parquet", "soft_profile": f"{own}/soft_profile.parquet"}
    if PLAN.inputs.has_published(dataset):
        found |= {"published": f"{of_dataset}/published.parquet", "comparison": f"{own}/comparison.parquet"}
    if dataset in config["planted"]:
        found["recall"] = f"{of_dataset}/recall.parquet"
        found |= {"planted": path for path in [config["planted"][dataset]] if path is not None}
    if config["thumbnails"] and dataset in PLAN.with_pixels:
        found |= {"images": f"{of_dataset}/images.parquet"} | {
            "pixels": path for path in PLAN.pixels(dataset)
        }
    return found


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
        descriptions=lambda wildcards: PLAN.described_on(wildcards.dataset),
        settings={name: config[name] for name in REPORT_SETTINGS},
    script:
        "../workflow/scripts/render_report.py"
