"""An atlas, predictions of a model, and what they were classified as."""

import numpy as np
import polars as pl
import pytest

from atlas.world import random_world
from errata.atlas.compiled import write_atlas
from errata.atlas.decision import compile_atlas
from errata.atlas.evidence import build_evidence, evidence_path
from errata.atlas.tables import EVIDENCE
from errata.classes.tables import COOCCURRENCE, OVERLAP, SUPERCLASSES
from errata.cli import main
from errata.tables import write_table


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    """An atlas with its evidence, alone in a folder: whoever has these two files needs nothing else."""
    world = random_world(0, images=400)
    compiled = compile_atlas(
        world.labels, world.classes, world.knowledge,
        name="labels", dataset="world", dataset_images=400, has_multilabels=True,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("atlas") / "labels.parquet"
    empty = {
        name: pl.DataFrame(schema={column: declared.dtype for column, declared in table.columns.items()})
        for name, table in [("superclasses", SUPERCLASSES), ("overlap", OVERLAP), ("cooccurrence", COOCCURRENCE)]
    }
    write_table(build_evidence(world.labels, **empty), EVIDENCE, evidence_path(path))
    write_atlas(compiled, path, beside={"evidence": evidence_path(path)})
    return path


def write_predictions(atlas, folder):
    """Write a model's predictions: right on two images of three."""
    images = pl.read_parquet(atlas).select("file_name", "target")
    rng = np.random.default_rng(0)
    wrong = pl.Series(rng.random(images.height) < 1 / 3)
    other = pl.Series((images["target"].to_numpy() + 1 + rng.integers(0, 7, images.height)) % 9, dtype=pl.Int16)
    path = folder / "resnet.v2.csv"
    images.select("file_name", predicted_class=pl.when(wrong).then(other).otherwise("target")).write_csv(path)
    return path


@pytest.fixture
def predictions(atlas, tmp_path):
    """A file of predictions of one's own."""
    return write_predictions(atlas, tmp_path)


@pytest.fixture(scope="session")
def classified(atlas, tmp_path_factory):
    """A folder that `errata classify` wrote, with its report: to be read, not to be changed."""
    folder = tmp_path_factory.mktemp("classified")
    path = write_predictions(atlas, folder)
    assert main(["classify", str(path), "--atlas", str(atlas), "--out", str(folder / "out")]) == 0
    return folder / "out"
