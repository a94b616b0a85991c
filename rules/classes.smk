"""What is known about classes: names and groups, superclasses, overlap, co-occurrence.

REQUIRED INPUTS
    resources/vocabularies/{vocabulary}.csv    class ids and wnids
    resources/wordnet/nouns.parquet            WordNet 3.0's noun synsets (build_wordnet makes it)
    resources/class_overlap.csv                accepted pairs
    config: groupings                          superclass files

OUTPUTS
    results/classes/{vocabulary}/classes.parquet
    results/classes/{vocabulary}/overlap.parquet
    results/classes/{vocabulary}/superclasses/{grouping}.parquet
    results/{dataset}/cooccurrence/{grouping}.parquet
    results/wordnet/nouns.parquet              only on request: `snakemake results/wordnet/nouns.parquet`
"""


rule build_wordnet:
    input:
        database=lambda wildcards: config["wordnet"] or [],
        code=code("scripts/build_wordnet.py"),
    output:
        "results/wordnet/nouns.parquet",
    log:
        "logs/build_wordnet.log",
    benchmark:
        "benchmarks/build_wordnet.tsv"
    threads: 1
    resources:
        mem_mb=growing(2000),
    script:
        "../workflow/scripts/build_wordnet.py"


rule build_classes:
    input:
        vocabulary="resources/vocabularies/{vocabulary}.csv",
        wordnet="resources/wordnet/nouns.parquet",
        overlap="resources/class_overlap.csv",
        code=code("scripts/build_classes.py"),
    output:
        classes="results/classes/{vocabulary}/classes.parquet",
        overlap="results/classes/{vocabulary}/overlap.parquet",
    log:
        "logs/build_classes/{vocabulary}.log",
    benchmark:
        "benchmarks/build_classes/{vocabulary}.tsv"
    threads: 1
    resources:
        mem_mb=growing(1000),
    script:
        "../workflow/scripts/build_classes.py"


rule select_superclasses:
    input:
        definitions=lambda wildcards: config["groupings"][wildcards.grouping],
        classes="results/classes/{vocabulary}/classes.parquet",
        wordnet="resources/wordnet/nouns.parquet",
        code=code("scripts/select_superclasses.py"),
    output:
        "results/classes/{vocabulary}/superclasses/{grouping}.parquet",
    log:
        "logs/select_superclasses/{vocabulary}/{grouping}.log",
    benchmark:
        "benchmarks/select_superclasses/{vocabulary}/{grouping}.tsv"
    threads: 1
    resources:
        mem_mb=growing(1000),
    script:
        "../workflow/scripts/select_superclasses.py"


rule count_cooccurrence:
    input:
        real=lambda wildcards: PLAN.inputs.real_of(wildcards.dataset),
        targets="results/{dataset}/targets.parquet",
        annotated="results/{dataset}/annotated.parquet",
        superclasses=lambda wildcards: class_table(f"superclasses/{wildcards.grouping}")(wildcards),
        classes=class_table("classes"),
        code=code("scripts/count_cooccurrence.py"),
    output:
        "results/{dataset}/cooccurrence/{grouping}.parquet",
    log:
        "logs/count_cooccurrence/{dataset}/{grouping}.log",
    benchmark:
        "benchmarks/count_cooccurrence/{dataset}/{grouping}.tsv"
    threads: 1
    resources:
        mem_mb=growing(1000),
    script:
        "../workflow/scripts/count_cooccurrence.py"
