"""A folder of made-up predictions of ImageNet, and a small atlas with predictions."""

import numpy as np
import polars as pl
import pytest

from atlas.world import random_world
from errata.api.given import load_atlas
from errata.atlas.compiled import write_atlas
from errata.atlas.decision import compile_atlas
from errata.atlas.evidence import build_evidence, evidence_path
from errata.atlas.tables import EVIDENCE
from errata.classes.tables import COOCCURRENCE, OVERLAP, SUPERCLASSES
from errata.tables import write_table
from python_api.made_up import write_made_up


@pytest.fixture(scope="session")
def made_up(tmp_path_factory):
    """A folder with resnet50.csv, vit.csv and their arrays in class-folder order."""
    folder = tmp_path_factory.mktemp("made_up")
    write_made_up(folder)
    return folder


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    """A small atlas: 400 images of nine classes."""
    world = random_world(0, images=400)
    compiled = compile_atlas(
        world.labels, world.classes, world.knowledge,
        name="labels", dataset="world", dataset_images=400, has_multilabels=True,
        targets=world.labels.select("file_name", "position", "target"),
    )  # fmt: skip
    path = tmp_path_factory.mktemp("atlas") / "labels.parquet"
    empty = {
        name: pl.DataFrame(schema={column: declared.dtype for column, declared in table.columns.items()})
        for name, table in [("superclasses", SUPERCLASSES), ("overlap", OVERLAP), ("cooccurrence", COOCCURRENCE)]
    }
    write_table(build_evidence(world.labels, **empty), EVIDENCE, evidence_path(path))
    write_atlas(compiled, path, beside={"evidence": evidence_path(path)})
    return load_atlas(path)


@pytest.fixture(scope="session")
def predicted(atlas):
    """Class ids of a model, in the order of the atlas: right on two images of three."""
    return predictions_of(atlas, seed=0)


@pytest.fixture(scope="session")
def file_names(atlas):
    return atlas.images["file_name"]


@pytest.fixture
def csv(predicted, file_names, tmp_path):
    """The predictions as a file."""
    path = tmp_path / "resnet.csv"
    pl.DataFrame({"file_name": file_names, "predicted_class": predicted}).write_csv(path)
    return path


def predictions_of(atlas, *, seed):
    rng = np.random.default_rng(seed)
    targets = atlas.targets.astype(np.int64)
    wrong = rng.random(len(targets)) < 1 / 3
    return np.where(wrong, (targets + 1 + rng.integers(0, 7, len(targets))) % 9, targets)


def scores_of(predicted, classes=9):
    """Scores (float32) whose largest is the prediction."""
    scores = np.random.default_rng(1).random((len(predicted), classes), dtype=np.float32)
    scores[np.arange(len(predicted)), predicted] += 2
    return scores
