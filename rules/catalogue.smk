"""The model sheet, made again when there are new models or libraries.

REQUIRED INPUTS
    config/models.tsv                  its own rows (checkpoints, dummies) are kept
    resources/zoo/                     how names of models are read
    timm's tables of accuracies and throughput (sources timm_results, timm_throughput_rtx4090)

OUTPUTS
    results/zoo/models.tsv             only on request: `make models` puts it in place of config/models.tsv
"""


rule list_models:
    input:
        # the sheet is in use, and is replaced by what comes out here
        own=ancient("config/models.tsv"),
        results=PLAN.inputs.source_file("timm_results"),
        throughput=PLAN.inputs.source_file("timm_throughput_rtx4090"),
        architectures="resources/zoo/architectures.tsv",
        training_data="resources/zoo/training_data.tsv",
        annotations="resources/zoo/annotations.tsv",
        code=code("scripts/list_models.py"),
    output:
        "results/zoo/models.tsv",
    log:
        "logs/list_models.log",
    benchmark:
        "benchmarks/list_models.tsv"
    threads: 1
    resources:
        mem_mb=growing(4000),
    script:
        "../workflow/scripts/list_models.py"
