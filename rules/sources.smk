"""The inputs: files of the registry, from the mirror folder or from where they were published.

REQUIRED INPUTS
    resources/sources.tsv             the registry: file, URL, sha256 of every source
    config: mirror, offline           a folder to search first; whether to do without a connection

OUTPUTS
    results/sources/{source}/{file}     one file of the registry, verified
    results/sources/{source}/unpacked/  an archive of the registry, on request
"""

import re

from errata.plan.inputs import is_archive


localrules:
    download_source,


# The content is fixed by its sha256. So neither where it came from nor another row, nor the code that fetches it,
# makes the file stale: the registry and the code are inputs whose age is ignored, mirror and offline are no params.
rule download_source:
    input:
        registry=ancient("resources/sources.tsv"),
        code=ancient(code("scripts/download_source.py")),
    output:
        "results/sources/{source}/{file}",
    log:
        "logs/download_source/{source}/{file}.log",
    benchmark:
        "benchmarks/download_source/{source}/{file}.tsv"
    wildcard_constraints:
        source="|".join(PLAN.sources),
        file="|".join(sorted({re.escape(row.file) for row in PLAN.sources.values()})),
    threads: 1
    resources:
        mem_mb=growing(500),
    params:
        sha256=lambda wildcards: PLAN.sources[wildcards.source].sha256,
    script:
        "../workflow/scripts/download_source.py"


rule unpack_source:
    input:
        archive=lambda wildcards: PLAN.inputs.source_file(wildcards.source),
        code=ancient(code("scripts/unpack_source.py")),
    output:
        directory("results/sources/{source}/unpacked"),
    log:
        "logs/unpack_source/{source}.log",
    benchmark:
        "benchmarks/unpack_source/{source}.tsv"
    wildcard_constraints:
        source="|".join(key for key, row in PLAN.sources.items() if is_archive(row)),
    threads: 1
    resources:
        mem_mb=growing(500),
    script:
        "../workflow/scripts/unpack_source.py"
