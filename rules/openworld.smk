"""The open world: CLIP vectors, neighbours among the training images, and verdicts on what the vocabulary lacks.

REQUIRED INPUTS
    config/openworld.yaml                                    encoders and prompts
    results/{dataset}/images.parquet, labels.parquet         images and, for the neighbours, those of its training set
    results/classes/{vocabulary}/...                         classes, superclasses
    resources/wordnet/nouns.parquet

OUTPUTS
    results/{dataset}/embeddings/{encoder}.npy, .json        one vector per image, and what made it
    results/classes/{vocabulary}/prompts/{prompt}.parquet    every name that can be proposed
    results/classes/{vocabulary}/prompts/{prompt}/{encoder}.npy, .json
    results/{dataset}/neighbours/{encoder}.parquet           the nearest training images of every image
    results/{dataset}/neighbours/published.parquet           those of the paper's authors (config: neighbours)
    results/{dataset}/atlas/{atlas}.verdicts.parquet         the open-world check of every (image, class) near enough

Vectors and neighbours are costly: no code is their input, contract versions in errata/contracts.py name them.
"""

from errata.contracts import EMBED, NEIGHBOURS


rule embed_images:
    input:
        images=lambda wildcards: PLAN.pixels(wildcards.dataset),
        index="results/{dataset}/images.parquet",
        weights=encoder_files,
    output:
        vectors="results/{dataset}/embeddings/{encoder}.npy",
        notes="results/{dataset}/embeddings/{encoder}.json",
    log:
        "logs/embed_images/{dataset}/{encoder}.log",
    benchmark:
        "benchmarks/embed_images/{dataset}/{encoder}.tsv"
    threads: 8 if USES_GPU else 1
    resources:
        mem_mb=growing(6000),
        runtime=growing(360),
        gpu=int(USES_GPU),
    params:
        contract=EMBED,
        encoder=encoder_row,
        device=config["device"],
        precision=config["precision"],
    script:
        "../workflow/scripts/embed_images.py"


rule list_prompts:
    input:
        classes="results/classes/{vocabulary}/classes.parquet",
        wordnet="resources/wordnet/nouns.parquet",
        code=code("scripts/list_prompts.py"),
    output:
        "results/classes/{vocabulary}/prompts/{prompt}.parquet",
    log:
        "logs/list_prompts/{vocabulary}/{prompt}.log",
    benchmark:
        "benchmarks/list_prompts/{vocabulary}/{prompt}.tsv"
    threads: 1
    resources:
        mem_mb=growing(1000),
    params:
        template=lambda wildcards: OPENWORLD["prompts"][wildcards.prompt],
    script:
        "../workflow/scripts/list_prompts.py"


rule embed_prompts:
    input:
        prompts="results/classes/{vocabulary}/prompts/{prompt}.parquet",
        weights=encoder_files,
    output:
        vectors="results/classes/{vocabulary}/prompts/{prompt}/{encoder}.npy",
        notes="results/classes/{vocabulary}/prompts/{prompt}/{encoder}.json",
    log:
        "logs/embed_prompts/{vocabulary}/{prompt}/{encoder}.log",
    benchmark:
        "benchmarks/embed_prompts/{vocabulary}/{prompt}/{encoder}.tsv"
    threads: 8 if USES_GPU else 1
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
        gpu=int(USES_GPU),
    params:
        contract=EMBED,
        encoder=encoder_row,
        device=config["device"],
    script:
        "../workflow/scripts/embed_prompts.py"


rule find_neighbours:
    input:
        vectors="results/{dataset}/embeddings/{encoder}.npy",
        index="results/{dataset}/images.parquet",
        train_vectors=train_file("embeddings/{encoder}.npy"),
        train_notes=train_file("embeddings/{encoder}.json"),
        train_index=train_file("images.parquet"),
        train_targets=train_file("targets.parquet"),
    output:
        "results/{dataset}/neighbours/{encoder}.parquet",
    log:
        "logs/find_neighbours/{dataset}/{encoder}.log",
    benchmark:
        "benchmarks/find_neighbours/{dataset}/{encoder}.tsv"
    threads: threads_by("train_vectors", bytes_each=10_000_000, most=8)
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
        gpu=int(USES_GPU),
    params:
        contract=NEIGHBOURS,
        device=config["device"],
    script:
        "../workflow/scripts/find_neighbours.py"


rule import_neighbours:
    input:
        folder=lambda wildcards: (
            "results/sources/paper_artefacts/unpacked"
            if config["neighbours"].get(wildcards.dataset) == "published"
            else user_path(config["neighbours"], wildcards.dataset, sole=True, kind="neighbours")
        ),
        targets="results/{dataset}/targets.parquet",
        classes=class_table("classes"),
        code=code("scripts/import_neighbours.py"),
    output:
        "results/{dataset}/neighbours/published.parquet",
    log:
        "logs/import_neighbours/{dataset}.log",
    benchmark:
        "benchmarks/import_neighbours/{dataset}.tsv"
    threads: 1
    resources:
        mem_mb=growing(4000),
    script:
        "../workflow/scripts/import_neighbours.py"


rule decide_verdicts:
    input:
        vectors=image_vectors(".npy"),
        notes=image_vectors(".json"),
        prompts=prompt_table,
        prompt_vectors=prompt_vectors,
        neighbours=lambda wildcards: PLAN.neighbours_of(wildcards.dataset, wildcards.atlas),
        index="results/{dataset}/images.parquet",
        labels=labels_of,
        classes=class_table("classes"),
        superclasses=superclasses_of,
        wordnet="resources/wordnet/nouns.parquet",
        code=code("scripts/decide_verdicts.py"),
    output:
        "results/{dataset}/atlas/{atlas}.verdicts.parquet",
    log:
        "logs/decide_verdicts/{dataset}/{atlas}.log",
    benchmark:
        "benchmarks/decide_verdicts/{dataset}/{atlas}.tsv"
    threads: threads_by("labels", bytes_each=20_000, most=8)
    resources:
        mem_mb=growing(4000),
    params:
        open_world=lambda wildcards: PLAN.open_world_of(wildcards.atlas),
    script:
        "../workflow/scripts/decide_verdicts.py"
