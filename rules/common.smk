"""What every room uses: the checked config, the sheets, and which file plays which part.

REQUIRED INPUTS
    config/config.yaml, config/datasets.tsv, config/models.tsv, config/atlases.yaml and their schemas
    resources/sources.tsv

OUTPUTS
    none
"""

import json
import os
import sys
from pathlib import Path

import yaml
from snakemake.utils import min_version, validate

from errata.code_identity import modules_behind
from errata.groups import GROUPS
from errata.input_error import InputError
from errata.published.files import published_files
from errata.selection import near_match, prediction_files, user_path
from errata.sheets import GIVEN, read_datasets, read_models
from errata.sources.registry import find_source, read_sources

min_version("9.10")
# the schema refuses unknown keys too, but without a hint
known_keys = json.loads(Path("config/schemas/config.schema.json").read_text())["properties"]
for key in config:
    near_match(key, known_keys, where="the configuration", listed_in="config/config.yaml")
# `--config offline=true` arrives as text
config["offline"] = {"true": True, "false": False}.get(str(config["offline"]).lower(), config["offline"])
validate(config, "../config/schemas/config.schema.json")

SOURCES = read_sources("resources/sources.tsv")
DATASETS = read_datasets("config/datasets.tsv")
ATLASES = yaml.safe_load(Path("config/atlases.yaml").read_text())
validate(ATLASES, "../config/schemas/atlases.schema.json")
for chosen, known, sheet in [
    ("datasets", DATASETS, "config/datasets.tsv"),
    ("atlases", ATLASES, "config/atlases.yaml"),
]:
    for name in config[chosen]:
        near_match(name, known, where=f"config key '{chosen}'", listed_in=sheet)
for name, row in ATLASES.items():
    near_match(
        row["grouping"],
        config["groupings"],
        where=f"atlas '{name}', grouping",
        listed_in="config key 'groupings'",
    )

PREDICTIONS = {
    dataset: prediction_files(
        dataset,
        user_path(config["predictions"], dataset, sole=len(config["datasets"]) == 1, kind="predictions"),
        read_models("config/models.tsv"),
    )
    for dataset in config["datasets"]
}
ATLAS_FILES = expand(
    "results/{dataset}/atlas/{atlas}.parquet", dataset=config["datasets"], atlas=config["atlases"]
)
PROFILES = [
    f"results/{dataset}/{atlas}/profile.parquet"
    for dataset, files in PREDICTIONS.items()
    if files
    for atlas in config["atlases"]
]
REPORTS = [f"results/report/{Path(profile).parent.relative_to('results')}/index.html" for profile in PROFILES]
REPORT_TEMPLATES = [
    os.path.relpath(file)
    for file in sorted(Path(workflow.basedir, "workflow/errata/report/templates").iterdir())
]
NOTHING_TO_DO = """
No data set is configured, so there is nothing to do. To profile predictions files of ImageNet-val from label sets alone:

    snakemake --cores all --configfile config/labels-only.yaml --config predictions=FOLDER

FOLDER holds one file per model (Parquet, CSV, .npy or .npz; docs/predictions.md). The label sets are downloaded, or
taken from a folder of your own with mirror=FOLDER. README.md says more.
"""


wildcard_constraints:
    vocabulary="|".join(sorted({row.vocabulary for row in DATASETS.values()})),
    dataset="|".join(DATASETS),
    atlas="|".join(ATLASES),
    grouping="|".join(config["groupings"]),


def code(script):
    """Return the script and all library modules behind it, to be listed as inputs: changed code reruns what uses it."""
    return [os.path.relpath(file) for file in modules_behind(Path(workflow.basedir, "workflow", script))]


def source_file(key):
    """Return where the source with this key of the registry is put."""
    return f"results/sources/{key}/{find_source(SOURCES, key).file}"


def targets_of(dataset):
    """Return the file or folder that says which images a data set has."""
    given = user_path(config["images"], dataset, sole=True, kind="images")
    if given is None and DATASETS[dataset].targets == GIVEN:
        raise InputError(
            f"data set '{dataset}' cannot be downloaded: say where it is with images: {{{dataset}: PATH}} in the config."
        )
    return given or source_file(DATASETS[dataset].targets)


def multilabels_of(dataset):
    """Return the multi-labels of a data set as a list: the user's file, the sheet's source, or none."""
    if DATASETS[dataset].multilabels is None:
        return []
    with_labels = [name for name in config["datasets"] if DATASETS[name].multilabels]
    given = user_path(config["multilabels"], dataset, sole=len(with_labels) <= 1, kind="multilabels")
    return [given or source_file(DATASETS[dataset].multilabels)]


def has_published(dataset):
    """Tell whether the paper's results on a data set are known."""
    return (
        DATASETS[dataset].published is not None
        or isinstance(config["published"], dict)
        and dataset in config["published"]
    )


def published_tables(dataset):
    """Return the paper's tables of a data set, by group: the user's files or the sheet's sources."""
    sole = len([name for name in config["datasets"] if has_published(name)]) <= 1
    given = user_path(config["published"], dataset, sole=sole, kind="published")
    if given:
        return {group: str(file) for group, file in published_files(given).items()}
    return {group: source_file(f"published_{DATASETS[dataset].published}_{group}") for group in GROUPS}


def atlas_row(wildcards):
    """Return the row of the atlas sheet."""
    return ATLASES[wildcards.atlas]


# what the configuration names is looked at here, so that a wrong path is refused before any job runs
for dataset in config["datasets"]:
    targets_of(dataset)
    multilabels_of(dataset)
    user_path(config["published"], dataset, sole=True, kind="published")
for name in config["atlases"]:
    user_path(config["groupings"], ATLASES[name]["grouping"], sole=True, kind="groupings")
