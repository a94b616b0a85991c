"""What comes with the package: its names, its content, and whether it is still what this version would make."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from errata.atlas.compiled import read_atlas
from errata.atlas.decision import ClassKnowledge, compile_atlas
from errata.atlas.evidence import evidence_path, read_evidence
from errata.classes.pairs import overlap_matrix, spurious_matrix
from errata.classes.superclasses import sharing_matrix
from errata.errors import InputError
from errata.files import sha256_of
from errata.provenance import INPUTS_KEY, inputs_behind
from errata.published.paper import published_files
from errata.published.read import read_published
from errata.shipped import (
    DATA,
    LICENCES,
    atlas_file,
    published_beside,
    published_file,
    published_rows,
    statements_beside,
)
from errata.tables import read_metadata
from errata.trends.cloud import trend_models
from errata.trends.statements import all_statements, statement_table
from workflow.small_world import LABELS_ONLY, copy_project
from workflow.snakemake_runs import snakemake_environment

RESOURCES = {
    "class_overlap": "class_overlap.csv",
    "superclasses": "superclasses.yaml",
    "vocabulary": "vocabularies/imagenet1k.csv",
    "wordnet": "wordnet/nouns.parquet",
}
"""Inputs of the atlas that are the project's own."""

SOURCES = {"real": "real", "targets": "val_targets"} | {
    name: name for name in ("expert_mistakes_vit3b", "expert_mistakes_greedy_soups")
}
"""Inputs of the atlas -> rows of the registry of sources."""


@pytest.fixture(scope="module")
def atlas():
    return read_atlas(atlas_file("imagenet"))


@pytest.fixture(scope="module")
def evidence(atlas):
    return read_evidence(atlas, evidence_path(atlas_file("imagenet")))


@pytest.fixture(scope="module")
def registry(project):
    lines = (project / "resources/sources.tsv").read_text().splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {row["source"]: row for row in rows}


def test_an_atlas_has_a_name_or_a_path(tmp_path):
    assert atlas_file("imagenet").parent == DATA
    (tmp_path / "mine.parquet").touch()
    assert atlas_file(tmp_path / "mine.parquet") == tmp_path / "mine.parquet"
    with pytest.raises(InputError, match=r"imagnet: there is no such file, and no atlas of this name .*: imagenet\."):
        atlas_file("imagnet")


def test_the_atlas_knows_the_images_and_classes_of_the_validation_set(atlas):
    # REFERENCE: 18,692 images of 20,000 annotated ones are in the paper's tables
    counts = ~atlas.images["is_problematic"].to_numpy()
    assert (atlas.images.height, atlas.dataset_images, atlas.classes.height) == (20_000, 50_000, 1_000)
    assert counts.sum() == 18_692
    published = dict(published_rows().select("group", "images").unique().iter_rows())
    assert {group: (counts & atlas.in_group(group)).sum() for group in published} == published


def test_the_rank_in_class_folder_order_is_that_of_fifty_images_per_class(atlas):
    images = atlas.images
    assert (images["folder_rank"] // 50).to_list() == images["target"].to_list()
    in_folders = images.sort("folder_rank")
    assert in_folders.equals(images.sort("target", "file_name"))


@pytest.mark.parametrize("role", RESOURCES)
def test_the_atlas_was_made_from_the_resources_as_they_are_now(atlas, project, role):
    assert atlas.provenance["inputs"][role]["sha256"] == sha256_of(project / "resources" / RESOURCES[role])


@pytest.mark.parametrize("role", SOURCES)
def test_the_atlas_was_made_from_the_sources_of_the_registry(atlas, registry, role):
    row = registry[SOURCES[role]]
    assert atlas.provenance["inputs"][role] == {"file": row["file"], "sha256": row["sha256"]}


def test_the_decision_rules_still_give_the_outcomes_of_the_atlas(atlas, evidence):
    facts = {kind: rows for (kind,), rows in evidence.group_by("kind")}
    superclasses = facts["superclass"].select(superclass="text", class_id="class_a")
    overlap = facts["class_overlap"].select(target="class_a", predicted_class="class_b")
    prone = facts["cooccurrence"].with_columns(is_spurious_prone=pl.col("text") == "spurious-prone")
    untypical = facts["non_prototypical"]["file_name"].unique().to_list()
    again = compile_atlas(
        atlas.images.with_columns(is_non_prototypical=pl.col("file_name").is_in(untypical)),
        atlas.classes,
        ClassKnowledge(overlap_matrix(overlap, 1000), sharing_matrix(superclasses, 1000), spurious_matrix(prone, 1000)),
        name=atlas.name,
        dataset=atlas.dataset,
        dataset_images=atlas.dataset_images,
        has_multilabels=True,
    )
    stale = "the rules decide otherwise than the shipped atlas: make shipped"
    assert np.array_equal(again.outcomes, atlas.outcomes), stale
    assert again.undefined == atlas.undefined, stale


def test_the_published_rows_are_those_of_962_models_in_four_groups(registry):
    assert published_rows().group_by("group").len().sort("group")["len"].to_list() == [962] * 4
    behind = inputs_behind({"published": published_file("imagenet")})
    for group in ("all", "organism", "artifact", "other"):
        row = registry[f"published_imagenet_{group}"]
        assert behind[f"published_{group}"] == {"file": row["file"], "sha256": row["sha256"]}


def test_the_statements_are_those_that_are_computed_from_the_published_rows():
    computed = statement_table({"published": all_statements(trend_models(published_rows()))})
    assert_frame_equal(statements_beside(published_rows()), computed, rel_tol=1e-9)


def test_other_published_models_have_no_statements_that_come_along():
    assert statements_beside(published_rows().head(-1)) is None


def test_published_rows_stand_beside_the_images_that_they_count_and_no_others(atlas):
    assert published_beside(atlas).equals(published_rows())
    assert published_beside(replace(atlas, dataset="imagenet-a")) is None
    fewer = replace(atlas, images=atlas.images[:-1], outcomes=atlas.outcomes[:-1])
    assert published_beside(fewer) is None


def test_the_licence_of_everything_that_went_in_is_that_of_the_registry(atlas, registry):
    assert set(atlas.provenance["inputs"]) == set(LICENCES)
    assert {role: registry[source]["licence"] for role, source in SOURCES.items()} == {
        role: LICENCES[role] for role in SOURCES
    }
    assert registry["multilabels_v3"]["licence"].startswith(LICENCES["multilabels"])


def test_the_notice_names_every_file_that_comes_along(project):
    notice = (project / "NOTICE").read_text()
    assert [file.name for file in DATA.iterdir() if file.name not in notice] == []


def test_no_path_and_no_version_of_the_code_is_in_the_files(project):
    for file in DATA.glob("*.parquet"):
        notes = read_metadata(file)
        names = [note["file"] for note in json.loads(notes[INPUTS_KEY]).values()]
        assert not [name for name in names if "/" in name]
        assert "code" not in "".join(key for key in notes)
        assert str(project).encode() not in file.read_bytes()


@pytest.mark.real
def test_the_published_rows_are_read_exactly_as_from_the_published_files(published_tables):
    assert read_published(published_files(published_tables)).equals(published_rows())


@pytest.mark.real
@pytest.mark.slow
def test_the_rules_make_the_same_bytes_from_the_sources(project, real, published_tables, tmp_path):
    folder = tmp_path / "project"
    copy_project(project, folder)
    settings = [
        f"mirror={real}/mirror",
        f"multilabels={real}/human_accuracy_v3.0.0.rebuilt.json",
        f"published={published_tables}",
        "offline=True",
    ]
    command = [sys.executable, "-m", "snakemake", "--cores", "1", *LABELS_ONLY, "--config", *settings]
    done = subprocess.run(
        [*command, "--", "results/shipped/imagenet.parquet"],
        cwd=folder,
        env=snakemake_environment() | {"PYTHONPATH": os.fspath(folder / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    made = {file.name: file.read_bytes() for file in (folder / "results/shipped").iterdir()}
    assert {file.name: made[file.name] == file.read_bytes() for file in DATA.glob("*.parquet")} == dict.fromkeys(
        made, True
    )
