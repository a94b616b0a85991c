"""Errata: from sources to atlases, from predictions to error profiles, to a report.

docs/architecture.md shows the rooms; every file in rules/ opens with what it needs and what it makes.
"""


configfile: "config/config.yaml"


# what stands at the top of `snakemake --report`
report: "workflow/report/workflow.rst"


# used only with --software-deployment-method apptainer; apptainer.def says how to build it
container: "errata.sif"


include: "rules/common.smk"
include: "rules/sources.smk"
include: "rules/classes.smk"
include: "rules/images.smk"
include: "rules/zoo.smk"
include: "rules/catalogue.smk"
include: "rules/accuracy.smk"
include: "rules/openworld.smk"
include: "rules/atlas.smk"
include: "rules/shipped.smk"
include: "rules/classify.smk"
include: "rules/mistakes.smk"
include: "rules/truth.smk"
include: "rules/trust.smk"
include: "rules/report.smk"
include: "rules/manifest.smk"
include: "rules/demo.smk"


localrules:
    all,
    atlas,
    predictions,
    report,
    # compute nodes may have no connection to the internet
    download_source,
    # decides by which predictions are there, in a moment: not to be asked again on another machine
    release_view,


rule all:
    default_target: True
    input:
        REPORTS,
        ["results/manifest.json"] if ATLAS_FILES else [],
        RELEASED_VIEWS,


rule atlas:
    input:
        ATLAS_FILES,


rule predictions:
    input:
        PROFILES,
        RELEASED_VIEWS,


rule report:
    input:
        REPORTS,
        RELEASED_VIEWS,


onstart:
    for folder in ("results", "logs", "benchmarks"):
        check_room(folder)
    if PLAN.missing:
        raise InputError("images are missing, see above; nothing was run.")
    if not config["datasets"]:
        print(NOTHING_TO_DO, file=sys.stderr)


onsuccess:
    for page, date in dates_of(REPORTS).items():
        if date is not None and date != REPORTS_BEFORE[page]:
            print(f"The report is {page.resolve()}", file=sys.stderr)
