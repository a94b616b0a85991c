"""Random small worlds: classes that overlap and share superclasses, images with labels."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.decision import ClassKnowledge
from errata.classes.tables import CLASSES
from errata.labels.tables import LABELS


@dataclass(frozen=True)
class World:
    """Everything that an atlas is compiled from."""

    labels: pl.DataFrame
    classes: pl.DataFrame
    knowledge: ClassKnowledge
    is_oov: np.ndarray


def random_world(seed: int, *, classes: int = 9, images: int = 60) -> World:
    """Draw a world in which every rule applies somewhere."""
    rng = np.random.default_rng(seed)

    def symmetric(share):
        upper = np.triu(rng.random((classes, classes)) < share, 1)
        return upper | upper.T

    overlap = rng.random((classes, classes)) < 0.1
    np.fill_diagonal(overlap, False)
    knowledge = ClassKnowledge(overlap, symmetric(0.2) | np.eye(classes, dtype=bool), symmetric(0.2))
    targets = rng.integers(0, classes, images)
    problematic = rng.random(images) < 0.3
    multi_labels = []
    for target, is_problematic in zip(targets, problematic, strict=True):
        others = [int(c) for c in rng.permutation(classes)[: rng.integers(0, 4)] if c != target]
        keeps_target = not is_problematic or rng.random() < 0.4
        multi_labels.append([*others, int(target)] if keeps_target else others)
    labels = pl.DataFrame(
        {
            "file_name": [f"{i:04d}.JPEG" for i in range(images)],
            "position": range(images),
            "target": targets,
            "multi_labels": multi_labels,
            "unclear_labels": [[]] * images,
            "is_problematic": problematic,
            "is_non_prototypical": rng.random(images) < 0.3,
            "non_prototypical_source": [None] * images,
            "is_imagenet_m": rng.random(images) < 0.2,
        },
        schema={name: column.dtype for name, column in LABELS.columns.items()},
    )
    described = pl.DataFrame(
        {
            "class_id": range(classes),
            "wnid": [f"n{i:08d}" for i in range(classes)],
            "name": [f"class {i}" for i in range(classes)],
            "lemmas": [[f"class {i}"] for i in range(classes)],
            "group": [("organism", "artifact", "other")[i % 3] for i in range(classes)],
        },
        schema={name: column.dtype for name, column in CLASSES.columns.items()},
    )
    return World(labels, described, knowledge, rng.random((images, classes)) < 0.3)
