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
    results/demo-world/{clip}/open_clip_model.safetensors    on request: the same for the CLIP models
"""

DEMO_CLASSIFIERS = [
    Path(model.weights).stem
    for model in PLAN.models.values()
    if model.vocabulary == "demo" and model.source == "checkpoint"
]


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
        mem_mb=1000,
    params:
        seed=config["demo_seed"],
    script:
        "../workflow/scripts/draw_demo_world.py"
