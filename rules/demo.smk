"""The demo world: a data set that Errata draws itself. Nothing else in the pipeline knows about it.

REQUIRED INPUTS
    resources/vocabularies/demo.csv, resources/wordnet/nouns.parquet, resources/superclasses.yaml
    config: demo_seed

OUTPUTS
    results/demo-world/val.tar, train.tar                    the drawings
    results/demo-world/targets.csv, multilabels.json, real.json, experts.json
                                                             what annotators would say, in the published layouts
    results/demo-world/planted.parquet                       the cause that was planted in every picture
    results/demo-world/classifiers/{classifier}.safetensors  on request: the weights in resources/demo, trained again
    results/demo-world/encoders/{clip}/...                   on request: the same for the CLIP models
"""


rule draw_demo_world:
    input:
        vocabulary="resources/vocabularies/demo.csv",
        code=code("scripts/draw_demo_world.py"),
    output:
        val="results/demo-world/val.tar",
        train="results/demo-world/train.tar",
        targets="results/demo-world/targets.csv",
        multilabels="results/demo-world/multilabels.json",
        real="results/demo-world/real.json",
        experts="results/demo-world/experts.json",
        planted="results/demo-world/planted.parquet",
    log:
        "logs/draw_demo_world.log",
    benchmark:
        "benchmarks/draw_demo_world.tsv"
    threads: 8
    resources:
        mem_mb=growing(1000),
    params:
        seed=config["demo_seed"],
    script:
        "../workflow/scripts/draw_demo_world.py"


rule train_demo_classifier:
    input:
        vocabulary="resources/vocabularies/demo.csv",
        code=code("scripts/train_demo_classifier.py"),
    output:
        "results/demo-world/classifiers/{classifier}.safetensors",
    log:
        "logs/train_demo_classifier/{classifier}.log",
    benchmark:
        "benchmarks/train_demo_classifier/{classifier}.tsv"
    # one thread: the order of additions, and so the weights, depend on how many there are
    threads: 1
    resources:
        mem_mb=growing(4000),
    script:
        "../workflow/scripts/train_demo_classifier.py"


rule train_demo_encoder:
    input:
        wordnet="resources/wordnet/nouns.parquet",
        code=code("scripts/train_demo_encoder.py"),
    output:
        config="results/demo-world/encoders/{clip}/open_clip_config.json",
        weights="results/demo-world/encoders/{clip}/open_clip_model.safetensors",
        merges="results/demo-world/encoders/{clip}/merges.txt.gz",
    log:
        "logs/train_demo_encoder/{clip}.log",
    benchmark:
        "benchmarks/train_demo_encoder/{clip}.tsv"
    wildcard_constraints:
        clip="clip|clip-tiny",
    threads: 1
    resources:
        mem_mb=growing(6000),
    script:
        "../workflow/scripts/train_demo_encoder.py"
