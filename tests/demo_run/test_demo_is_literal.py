"""The demo world's atlases against the slow implementation that shares no code with them, for every (image, class)."""

import math

import numpy as np
import polars as pl
import pytest
import yaml

from demo_run.conftest import Demo
from errata.atlas.compiled import read_atlas
from errata.atlas.outcomes import OUTCOMES
from openworld.literal_atlas import literal_categories

pytestmark = pytest.mark.slow

CLOSE_CALL = 1e-4
"""Verdicts with a smaller margin may turn with the rounding of single precision; there must be next to none."""


def pairs(*columns: pl.Series, classes: int) -> np.ndarray:
    """Return which pairs of classes are listed: bool [class, class]."""
    related = np.zeros((classes, classes), dtype=bool)
    for one, other in zip(*columns, strict=True):
        related[one, other] = True
    return related


def relations(demo: Demo, classes: int) -> dict[str, np.ndarray]:
    """Return overlap, shared superclasses and spurious-prone pairs, straight from their tables."""
    overlap = pl.read_parquet(demo.path("classes/demo/overlap.parquet"))
    superclasses = pl.read_parquet(demo.path("classes/demo/superclasses/curated.parquet"))
    together = pl.read_parquet(demo.path("demo/cooccurrence/curated.parquet")).filter(
        (pl.col("count") >= 2) & ~pl.col("shares_superclass")
    )
    mates = superclasses.join(superclasses, on="superclass")
    spurious = pairs(together["class_a"], together["class_b"], classes=classes)
    return {
        "overlap": pairs(overlap["target"], overlap["predicted_class"], classes=classes),
        "shares": pairs(mates["class_id"], mates["class_id_right"], classes=classes) | np.eye(classes, dtype=bool),
        "spurious": spurious | spurious.T,
    }


def literally(demo: Demo, settings: dict) -> dict[tuple[str, int], str]:
    """Return the category of every annotated image and class of the demo world."""
    class_synsets = [int(wnid[1:]) for wnid in pl.read_parquet(demo.path("classes/demo/classes.parquet"))["wnid"]]
    prompts = pl.read_parquet(demo.path(f"classes/demo/prompts/{settings['prompt']}.parquet"))
    texts = np.load(demo.path(f"classes/demo/prompts/{settings['prompt']}/demo-clip.npy"))[prompts["text_row"]]
    images = pl.read_parquet(demo.path("demo/images.parquet"))
    neighbours = pl.read_parquet(demo.path("demo/neighbours/demo-clip.parquet"))
    return literal_categories(
        pl.read_parquet(demo.path("demo/labels.parquet")).to_dicts(),
        class_synsets=class_synsets,
        relations=relations(demo, len(class_synsets)),
        neighbour_classes=dict(neighbours.select("file_name", "train_classes").rows()),
        image_vectors=dict(
            zip(images["file_name"], np.load(demo.path("demo/embeddings/demo-clip.npy")).tolist(), strict=True)
        ),
        text_vectors=dict(zip(prompts["prompt"], texts.tolist(), strict=True)),
        nouns={
            row["offset"]: row for row in pl.read_parquet(demo.folder / "resources/wordnet/nouns.parquet").to_dicts()
        },
        template=yaml.safe_load((demo.folder / "config/openworld.yaml").read_text())["prompts"][settings["prompt"]],
        settings={name: settings[name] for name in ("neighbours", "temperature", "score", "ancestors")},
    )


@pytest.mark.parametrize("name", ["paper", "errata", "ancestors-in-vocabulary", "few-neighbours"])
def test_every_decision_on_the_demo_world_equals_the_literal_one(finished, name):
    settings = yaml.safe_load((finished.folder / "config/atlases.yaml").read_text())[name]["open_world"]
    expected = literally(finished, settings)
    atlas = read_atlas(finished.path(f"demo/atlas/{name}.parquet"))
    found = {
        (file_name, predicted): OUTCOMES[code].category
        for file_name, codes in zip(atlas.images["file_name"], atlas.outcomes.tolist(), strict=True)
        for predicted, code in enumerate(codes)
    }
    verdicts = pl.read_parquet(finished.path(f"demo/atlas/{name}.verdicts.parquet"))
    close = set(verdicts.filter(pl.col("margin").abs() < CLOSE_CALL).select("file_name", "predicted_class").iter_rows())
    assert set(found) == set(expected)
    assert [(key, found[key], expected[key]) for key in found if found[key] != expected[key] and key not in close] == []
    assert len(close) < verdicts.height / 100


def test_the_nearest_training_images_are_the_nearest_of_all(finished):
    vectors = np.load(finished.path("demo/embeddings/demo-clip.npy"))
    training = np.load(finished.path("demo-train/embeddings/demo-clip.npy"))
    images = pl.read_parquet(finished.path("demo/images.parquet")).with_row_index("row")
    neighbours = pl.read_parquet(finished.path("demo/neighbours/demo-clip.parquet")).sample(40, seed=1)
    for row in neighbours.join(images.select("file_name", "row"), on="file_name").to_dicts():
        mine = [float(value) for value in vectors[row["row"]]]
        cosines = [math.fsum(a * b for a, b in zip(mine, other, strict=True)) for other in training.tolist()]
        assert row["cosines"] == pytest.approx([cosines[place] for place in row["train_positions"]], abs=1e-5)
        assert row["cosines"] == pytest.approx(sorted(cosines, reverse=True)[:50], abs=1e-5)
