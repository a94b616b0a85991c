"""Small atlases, an atlas of the real targets, and ways to write predictions."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.atlas.compiled import Atlas
from errata.predictions.align import Aligner


def build_atlas(
    names: list[str],
    *,
    per_class: int = 10,
    annotated_every: int = 1,
    lemmas: list[list[str]] | None = None,
    file_name: str = "img_{:05d}.JPEG",
    problematic: int = 0,
    seed: int = 0,
) -> Atlas:
    """Make an atlas of `per_class` images per class in random order, every `annotated_every`-th of them annotated."""
    classes = pl.DataFrame(
        {
            "class_id": range(len(names)),
            "wnid": [f"n{10_000_000 + 7 * i:08d}" for i in range(len(names))],
            "name": names,
            "lemmas": lemmas or [[name] for name in names],
            "group": "other",
        },
        schema_overrides={"class_id": pl.Int16},
    )
    targets = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(names)), per_class))
    images = pl.DataFrame(
        {
            "file_name": [file_name.format(i) for i in range(len(targets))],
            "position": range(len(targets)),
            "target": targets,
            "is_problematic": np.arange(len(targets)) < problematic * annotated_every,
        },
        schema_overrides={"position": pl.Int32, "target": pl.Int16},
    ).gather_every(annotated_every)
    return atlas_of(images, classes, dataset_images=len(targets))


def atlas_of(images: pl.DataFrame, classes: pl.DataFrame, *, dataset_images: int, dataset: str = "toy") -> Atlas:
    """Complete the image table with the columns that alignment does not look at."""
    no = pl.lit(False)
    images = images.with_columns(
        multi_labels=pl.concat_list("target"),
        in_organism=no,
        in_artifact=no,
        in_other=no,
        is_imagenet_m=pl.lit(None, dtype=pl.Boolean),
    )
    outcomes = np.zeros((images.height, classes.height), np.uint8)
    return Atlas("labels", dataset, images, outcomes, classes, dataset_images)


NAMES = ["tench", "ant", "Zebra", "crane", "kite", "bee", "Yak", "ox", "dog", "cat", "elk", "fox"]


@pytest.fixture
def make_atlas() -> Callable[..., Atlas]:
    return build_atlas


@pytest.fixture
def make_noisy() -> Callable[..., np.ndarray]:
    return noisy


@pytest.fixture
def atlas() -> Atlas:
    """Twelve classes, 20 images each, all annotated."""
    return build_atlas(NAMES, per_class=20)


@pytest.fixture
def aligner(atlas: Atlas) -> Aligner:
    return Aligner(atlas)


def noisy(targets: np.ndarray, classes: int, *, accuracy: float = 0.8, seed: int = 1) -> np.ndarray:
    """Return predictions (int64) that are right with the given probability, else any class."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(len(targets)) < accuracy, targets, rng.integers(0, classes, len(targets)))


@pytest.fixture
def predicted(atlas: Atlas) -> np.ndarray:
    """Good predictions for the images of `atlas`, in its order."""
    return noisy(atlas.targets.astype(np.int64), atlas.classes.height)


@pytest.fixture(scope="session")
def real_aligner(real: Path) -> Aligner:
    """Targets and problematic images of the real data set; its outcomes are not used here."""
    classes = pl.read_csv(real / "imagenet_classes.csv").with_columns(
        pl.col("class_id").cast(pl.Int16), lemmas=pl.col("name").str.split(", "), group=pl.lit("other")
    )
    first = pl.col("lemmas").list.first()
    unique_name = pl.when(first.is_duplicated()).then(pl.format("{} ({})", first, "wnid")).otherwise(first)
    annotations = json.loads((real / "human_accuracy_v3.0.0.rebuilt.json").read_text())
    labels = pl.read_csv(real / "val_labels.csv").with_row_index("position")
    images = labels.filter(pl.col("file_name").is_in(list(annotations["initial_annots"]))).select(
        "file_name",
        pl.col("position").cast(pl.Int32),
        target=pl.col("class_id").cast(pl.Int16),
        is_problematic=pl.col("file_name").is_in(list(annotations["problematic_images"])),
    )
    columns = classes.with_columns(name=unique_name).select("class_id", "wnid", "name", "lemmas", "group")
    return Aligner(atlas_of(images, columns, dataset_images=labels.height, dataset="imagenet"))
