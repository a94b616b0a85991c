"""A small world, what five models say about it, and the evidence behind its atlas."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from atlas.world import random_world
from errata.atlas.atlas import Atlas
from errata.atlas.compile import compile_atlas
from errata.atlas.evidence import build_evidence
from errata.mistakes.mistakes import Mistakes, list_mistakes
from errata.profile.answers import look_up, rows_of_errors
from errata.tables import COOCCURRENCE, OVERLAP, SUPERCLASSES

MODELS = 5


@dataclass(frozen=True)
class Answered:
    """Errors of five models, the last of which is always right, and what is listed about them."""

    atlas: Atlas
    evidence: pl.DataFrame
    errors: pl.DataFrame
    listed: Mistakes


def _frame(table, rows):
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in table.columns.items()}, orient="row")


def answered_world(*, checked: bool, class_names: tuple[str, ...] = (), prefix: str = "") -> Answered:
    world = random_world(4, images=80)
    labels = world.labels.with_columns(file_name=pl.lit(prefix) + pl.col("file_name"))
    described = world.classes
    if class_names:
        described = described.with_columns(
            name=pl.Series(class_names), lemmas=pl.Series([[name] for name in class_names])
        )
    classes = world.classes.height
    atlas = compile_atlas(
        labels,
        described,
        world.knowledge,
        name="test",
        dataset="world",
        dataset_images=world.labels.height,
        has_multilabels=True,
        is_oov=world.is_oov if checked else None,
    )
    pairs = [(a, b) for a in range(classes) for b in range(a + 1, classes) if world.knowledge.spurious[a, b]]
    evidence = build_evidence(
        labels.with_columns(non_prototypical_source=pl.lit("a list")),
        superclasses=_frame(SUPERCLASSES, [("cats", 2), ("cats", 3), ("pets", 3), ("pets", 4)]),
        overlap=_frame(OVERLAP, []),
        cooccurrence=_frame(COOCCURRENCE, [(a, b, 2 + a + b, False, True) for a, b in pairs]),
    )
    rng = np.random.default_rng(1)
    predictions = rng.integers(0, classes, (MODELS, world.labels.height)).astype(np.int16)
    predictions[1] = np.where(rng.random(world.labels.height) < 0.7, predictions[0], predictions[1])
    predictions[-1] = world.labels["target"]
    answers = look_up(atlas, [f"model {number}" for number in range(MODELS)], predictions)
    errors = pl.concat(rows_of_errors(atlas, answers))
    return Answered(atlas, evidence, errors, list_mistakes(errors.lazy(), MODELS, atlas, evidence))
