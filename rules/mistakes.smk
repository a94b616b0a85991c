"""Mistakes over all models: the most common ones, by class and superclass, confused pairs, difficult images.

REQUIRED INPUTS
    results/{dataset}/{atlas}/errors.parquet, profile.parquet
    results/{dataset}/atlas/{atlas}.parquet, {atlas}.evidence.parquet

OUTPUTS
    results/{dataset}/{atlas}/mistakes/mistakes.parquet              every wrong answer and how many models give it
    results/{dataset}/{atlas}/mistakes/class_mistakes.parquet        errors by class, as target and as prediction
    results/{dataset}/{atlas}/mistakes/superclass_mistakes.parquet   the same by superclass
    results/{dataset}/{atlas}/mistakes/confusions.parquet            what is taken for what
    results/{dataset}/{atlas}/mistakes/spurious_pairs.parquet        spurious-prone pairs that models fall for
    results/{dataset}/{atlas}/mistakes/difficulty.parquet            how many models are wrong about each image
"""


rule list_mistakes:
    input:
        errors="results/{dataset}/{atlas}/errors.parquet",
        profile="results/{dataset}/{atlas}/profile.parquet",
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        evidence="results/{dataset}/atlas/{atlas}.evidence.parquet",
        code=code("scripts/list_mistakes.py"),
    output:
        expand(
            "results/{{dataset}}/{{atlas}}/mistakes/{table}.parquet",
            table=[
                "mistakes",
                "class_mistakes",
                "superclass_mistakes",
                "confusions",
                "spurious_pairs",
                "difficulty",
            ],
        ),
    log:
        "logs/list_mistakes/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/list_mistakes/{dataset}/{atlas}.tsv"
    threads: threads_by("errors", bytes_each=1_000_000, most=2)
    resources:
        mem_mb=growing(2000),
    script:
        "../workflow/scripts/list_mistakes.py"
