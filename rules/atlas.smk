"""The error atlas: the decision for every image and every possible prediction.

REQUIRED INPUTS
    results/{dataset}/labels.parquet (or reassessed.parquet, as the atlas's label set is), targets.parquet
    results/classes/{vocabulary}/...                    classes, overlap, superclasses
    results/{dataset}/cooccurrence/{grouping}.parquet   of the data set that pairs are taken from
    results/{dataset}/atlas/{atlas}.verdicts.parquet    and neighbours, where the atlas checks the open world
    of a data set of one's own: its two tables (config/datasets.tsv) alone

OUTPUTS
    results/{dataset}/atlas/{atlas}.parquet             self-contained: all that classifying needs
    results/{dataset}/atlas/{atlas}.evidence.parquet    why
"""


rule compile_atlas:
    input:
        targets="results/{dataset}/targets.parquet",
        labels=labels_of,
        classes=class_table("classes"),
        overlap=class_table("overlap"),
        superclasses=superclasses_of,
        cooccurrence=lambda wildcards: f"results/{PLAN.datasets[wildcards.dataset].pairs_from}/cooccurrence/{ATLASES[wildcards.atlas]['grouping']}.parquet",
        verdicts=lambda wildcards: (
            [f"results/{wildcards.dataset}/atlas/{wildcards.atlas}.verdicts.parquet"]
            if PLAN.open_world_of(wildcards.atlas)
            else []
        ),
        neighbours=lambda wildcards: (
            [PLAN.neighbours_of(wildcards.dataset, wildcards.atlas)]
            if PLAN.open_world_of(wildcards.atlas)
            else []
        ),
        train_index=lambda wildcards: (
            [f"results/{PLAN.datasets[wildcards.dataset].train}/images.parquet"]
            if PLAN.open_world_of(wildcards.atlas) and wildcards.dataset not in config["neighbours"]
            else []
        ),
        code=code("scripts/compile_atlas.py"),
    output:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        evidence="results/{dataset}/atlas/{atlas}.evidence.parquet",
    log:
        "logs/compile_atlas/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/compile_atlas/{dataset}/{atlas}.tsv"
    threads: 1
    resources:
        mem_mb=growing(2000),
    params:
        title=lambda wildcards: ATLASES[wildcards.atlas]["title"],
        has_multilabels=lambda wildcards: PLAN.datasets[wildcards.dataset].multilabels is not None,
    script:
        "../workflow/scripts/compile_atlas.py"


ruleorder: build_own_atlas > compile_atlas


rule build_own_atlas:
    input:
        unpack(lambda wildcards: PLAN.inputs.own_tables_of(wildcards.dataset)),
        wordnet="resources/wordnet/nouns.parquet",
        code=code("scripts/build_own_atlas.py"),
    output:
        atlas="results/{dataset}/atlas/{atlas}.parquet",
        evidence="results/{dataset}/atlas/{atlas}.evidence.parquet",
    log:
        "logs/build_own_atlas/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/build_own_atlas/{dataset}/{atlas}.tsv"
    wildcard_constraints:
        dataset=any_of(name for name, row in PLAN.datasets.items() if row.has_own_tables),
        atlas=OWN_ATLAS,
    threads: 1
    resources:
        mem_mb=growing(2000),
    script:
        "../workflow/scripts/build_own_atlas.py"
