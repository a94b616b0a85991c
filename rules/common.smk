"""What every room uses: the checked config, the sheets, and which file plays which part.

REQUIRED INPUTS
    config/config.yaml; the sheets config/{datasets,models,predictions}.tsv, config/{atlases,openworld}.yaml
    config/schemas/..., resources/sources.tsv

OUTPUTS
    none
"""

import gc
import json
import os
import re
import sys
from pathlib import Path

from snakemake.utils import min_version, validate

from errata.code_identity import modules_behind
from errata.contracts import PREDICT
from errata.errors import InputError, shown
from errata.files import check_room, folder_files
from errata.models import read_models
from errata.plan.run import AHEAD_OF_VIEWS, FIGURES_OF, OWN_ATLAS, Plan, check
from errata.predictions.formats import SUFFIXES
from errata.selection import near_match, order_file, order_of, user_path
from errata.settings import REPORT_SETTINGS, check_typed_paths, settings_of
from errata.sheets import check_names, read_datasets, read_predictions_sheet, schema_check, with_multilabels
from errata.sources.registry import read_sources
from errata.yaml_files import read_yaml

min_version("9.27")
# A plan of thousands of jobs stays as long as Snakemake runs; looking through it for garbage again and again takes a
# sixth of its time.
gc.freeze()
gc.set_threshold(100_000)
# before Snakemake writes there, whose messages about a full disk are tracebacks
check_room(".snakemake")
# the schema refuses unknown keys too, but without a hint
known_keys = json.loads(Path("config/schemas/config.schema.json").read_text())["properties"]
for key in config:
    near_match(key, known_keys, where="the configuration", listed_in="config/config.yaml")
# `--config offline=true` arrives as text
for key in ("offline", "thumbnails"):
    config[key] = {"true": True, "false": False}.get(str(config[key]).lower(), config[key])
if workflow.is_main_process:
    check_typed_paths(config, sys.argv)
check_names(config["groupings"], kind="a grouping", where="config key 'groupings'")
validate(config, "../config/schemas/config.schema.json")
if config["offline"]:
    # what huggingface_hub reads when it is imported, in this process and in the jobs
    os.environ.update(HF_HUB_OFFLINE="1")
if workflow.is_main_process:
    # Snakemake has read these already, and of a key that is given twice it takes the last value
    for file in [*workflow.configfiles, *sorted(Path("profiles").glob("*/config.yaml"))]:
        if Path(file).suffix != ".json":
            read_yaml(file)
ATLASES = read_yaml("config/atlases.yaml")
check_names(ATLASES, kind="an atlas", where="config/atlases.yaml")
validate(ATLASES, "../config/schemas/atlases.schema.json")
OPENWORLD = read_yaml("config/openworld.yaml")
for part, kind in (("encoders", "an encoder"), ("prompts", "a prompt")):
    check_names(OPENWORLD[part], kind=kind, where="config/openworld.yaml")
validate(OPENWORLD, "../config/schemas/openworld.schema.json")


def checked(sheet):
    """Return a check of the rows of a sheet against its schema; once, as jobs read what their run has checked."""
    if workflow.is_main_process:
        return schema_check(f"config/{sheet}.tsv", f"config/schemas/{sheet}.schema.json", validate=validate)


# data sets that the configuration names multi-labels of, whatever the sheet says
WITH_MULTILABELS = (
    [name for name, path in config["multilabels"].items() if path]
    if isinstance(config["multilabels"], dict)
    else []
)
PLAN = Plan(
    config=config,
    datasets=with_multilabels(
        read_datasets("config/datasets.tsv", check=checked("datasets")), WITH_MULTILABELS
    ),
    models=read_models("config/models.tsv", check=checked("models")),
    predictions=read_predictions_sheet("config/predictions.tsv"),
    atlases=ATLASES,
    openworld=OPENWORLD,
    sources=read_sources("resources/sources.tsv"),
)
check(PLAN)
USES_GPU = PLAN.uses_gpu


def any_of(names):
    """Return a pattern for any of some names and nothing else; longer names first, as one may begin another."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "$^"


wildcard_constraints:
    vocabulary=any_of({row.vocabulary for row in PLAN.datasets.values() if not row.has_own_tables}),
    dataset=any_of(PLAN.datasets),
    atlas=any_of(ATLASES),
    grouping=any_of(config["groupings"]),
    # not the names in the sheet: such a long pattern takes a second for a thousand models
    model="[^/]+",
    encoder=any_of(OPENWORLD["encoders"]),
    prompt=any_of(OPENWORLD["prompts"]),
    view="[0-9a-z-]+",


def code(script):
    """Return the script and all library modules behind it, to be listed as inputs: changed code reruns what uses it."""
    return [os.path.relpath(file) for file in modules_behind(Path(workflow.basedir, "workflow", script))]


def growing(amount):
    """Return a resource that grows with every retry: a job that lacked memory (mem_mb) or time (runtime) gets more."""
    return lambda wildcards, attempt: amount * attempt


def threads_by(name, *, bytes_each, most):
    """Return threads by the work there is: one for every so many bytes of an input, `most` while it is not there yet."""

    def threads(wildcards, input):
        files = [input[name]] if isinstance(input[name], str) else input[name]
        if not all(map(os.path.exists, files)):
            return most
        return max(1, min(most, sum(map(os.path.getsize, files)) // bytes_each))

    return threads


def pages(folder, **about):
    """Mark a folder of pages for `snakemake --report`; in a single HTML file it has no place, only in a zip."""
    in_zip = any(argument.endswith(".zip") for argument in sys.argv)
    return report(directory(folder), htmlindex="index.html", **about) if in_zip else directory(folder)


def class_table(table):
    """Return, as an input, a table of the vocabulary of the data set at hand."""
    return lambda wildcards: f"results/classes/{PLAN.datasets[wildcards.dataset].vocabulary}/{table}.parquet"


def superclasses_of(wildcards):
    """Return the superclasses that an atlas of a data set uses."""
    grouping = ATLASES[wildcards.atlas]["grouping"]
    return class_table(f"superclasses/{grouping}")(wildcards)


def labels_of(wildcards):
    """Return the label table that an atlas of a data set is compiled from."""
    return PLAN.labels_of(wildcards.dataset, wildcards.atlas)


def view_of(wildcards):
    """Return the view that a model takes its pixels from; a dummy looks at none."""
    model = PLAN.model(wildcards.model)
    return [] if model.source == "dummy" else [f"results/{wildcards.dataset}/views/{model.view}.json"]


def view_pixels(wildcards):
    """Return where a model's view has its pixels while models wait for them."""
    return f"results/{wildcards.dataset}/views/{PLAN.model(wildcards.model).view}.npy"


def model_files(wildcards):
    """Return the local files of a model's weights; others are fetched from their publishers."""
    model = PLAN.model(wildcards.model)
    if model.source == "checkpoint":
        return [model.weights]
    return folder_files(model.weights) if model.source == "open_clip" and Path(model.weights).is_dir() else []


def encoder_row(wildcards):
    """Return what the sheet says of an encoder, with its name."""
    return {"name": wildcards.encoder, **OPENWORLD["encoders"][wildcards.encoder]}


def encoder_files(wildcards):
    """Return the files of an encoder that lies in a folder; others are fetched by open_clip."""
    row = OPENWORLD["encoders"][wildcards.encoder]
    return folder_files(row["folder"]) if "folder" in row else []


def train_file(file):
    """Return, as an input, a file of the training set of the data set at hand; {encoder} is filled in."""
    return lambda wildcards: f"results/{PLAN.datasets[wildcards.dataset].train}/{file.format(**wildcards)}"


def image_vectors(suffix):
    """Return, as an input, what the encoder of an atlas made of the images of the data set at hand."""
    return (
        lambda wildcards: f"results/{wildcards.dataset}/embeddings/{PLAN.encoder_of(wildcards.dataset, wildcards.atlas)}{suffix}"
    )


def prompt_table(wildcards):
    """Return the prompts of an atlas."""
    return class_table(f"prompts/{PLAN.open_world_of(wildcards.atlas)['prompt']}")(wildcards)


def prompt_vectors(wildcards):
    """Return what the encoder of an atlas made of its prompts."""
    folder = prompt_table(wildcards).removesuffix(".parquet")
    return f"{folder}/{PLAN.encoder_of(wildcards.dataset, wildcards.atlas)}.npy"


def results_of(wildcards):
    """Return the results that a report is made from, as far as the run makes them: name (`errata.results`) -> file."""
    dataset, atlas = wildcards.dataset, wildcards.atlas
    of_dataset, own = f"results/{dataset}", f"results/{dataset}/{atlas}"
    names = ["profile", "pooled", "what_if", "errors", "confidences", "problematic"]
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
        found |= {"published": f"{of_dataset}/published.parquet"}
        found |= {name: f"{own}/{name}.parquet" for name in ("comparison", "estimate")}
    elsewhere = f"results/{PLAN.datasets[dataset].pairs_from}/{atlas}/profile.parquet"
    has_own_tables = PLAN.datasets[dataset].has_own_tables
    if elsewhere != f"{own}/profile.parquet" and elsewhere in PROFILES and not has_own_tables:
        found["imagenet_profile"] = elsewhere
    if dataset in config["planted"]:
        found["recall"] = f"{of_dataset}/recall.parquet"
        found |= {"planted": path for path in [config["planted"][dataset]] if path is not None}
    if config["thumbnails"] and dataset in PLAN.with_pixels:
        found |= {"images": f"{of_dataset}/images.parquet"} | {
            "pixels": path for path in PLAN.pixels(dataset)
        }
    return found


PREDICTIONS = {dataset: PLAN.predictions_of(dataset) for dataset in config["datasets"]}
ORDERS = {dataset: order_of(config["order"], dataset) for dataset in config["datasets"]}
LEFT_OUT = {dataset: PLAN.users_predictions(dataset).left_out for dataset in config["datasets"]}
RELEASED_VIEWS = [note for dataset in config["datasets"] for note in PLAN.views.released(dataset)]
ATLAS_FILES = [
    f"results/{dataset}/atlas/{atlas}.parquet"
    for dataset in config["datasets"]
    for atlas in PLAN.atlases_of(dataset)
]
PROFILES = [
    f"results/{dataset}/{atlas}/profile.parquet"
    for dataset, files in PREDICTIONS.items()
    if files
    for atlas in PLAN.atlases_of(dataset)
]
REPORTS = [
    f"results/report/{dataset}/{atlas}"
    for dataset, files in PREDICTIONS.items()
    if files
    for atlas in PLAN.atlases_of(dataset)
    if PLAN.is_reported(dataset, atlas)
]


def dates_of(reports):
    """Return when every report was made: page -> its date, None where there is none."""
    return {
        page: page.stat().st_mtime_ns if page.exists() else None
        for page in (Path(folder, "index.html") for folder in reports)
    }


REPORTS_BEFORE = dates_of(REPORTS)
REPORT_TEMPLATES = [
    os.path.relpath(file) for file in sorted(Path(workflow.basedir, "src/errata/report/templates").iterdir())
]
NOTHING_TO_DO = f"""
No data set is configured, so there is nothing to do. To profile predictions files of ImageNet-val from label sets alone:

    snakemake --cores all --configfile config/labels-only.yaml --config predictions=FOLDER

FOLDER holds one file per model ({SUFFIXES}; docs/predictions.md). The label sets are downloaded, or
taken from a folder of your own with mirror=FOLDER. README.md says more.
"""
PROVIDE = """
Images that Errata cannot download are not there yet:
{missing}

Put them there, or say where they are: --config 'images={{imagenet: PATH, imagenet-train: PATH}}'. A PATH is a tar as
image-net.org gives it (ILSVRC2012_img_val.tar, 6.7 GB; ILSVRC2012_img_train.tar, 138 GB; never unpacked), a folder
with one folder per class, or a flat folder.
  Without training images: --config 'neighbours={{imagenet: published}}' takes the CLIP neighbours that the paper's
  authors published (a download; only for atlases with the paper's own encoder).
  Without images: config/labels-only.yaml profiles predictions files from label sets.
Fetched while running: label sets (200 MB; from a folder of yours with mirror=FOLDER) and weights of the models
({models} selected) and of CLIP, from their publishers' hubs into the cache folder of huggingface_hub and torch.
Space: a cached view of 50,000 images at 224 pixels is 7.5 GB and is removed when its models are done; vectors of the
training images 3.9 GB. A GPU is used where there is one (device=cuda or cpu to force).
`snakemake -n` shows what would run.
"""


if workflow.is_main_process:
    for name, why in ((name, why) for found in LEFT_OUT.values() for name, why in found.items()):
        print(f"Not read as predictions: {shown(name)}: {why}.", file=sys.stderr)
if PLAN.missing:
    print(
        PROVIDE.format(
            missing="\n".join(f"    {name}: {path}" for path, name in PLAN.missing.items()),
            models=sum(len(PLAN.models_on(dataset)) for dataset in config["datasets"]),
        ),
        file=sys.stderr,
    )
