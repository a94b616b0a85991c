"""Compiling an atlas: the decision for every image and every possible prediction."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.decision import decide
from errata.atlas.facts import ClassKnowledge, facts_in_chunks
from errata.categories import BEYOND_OPEN_WORLD


def compile_atlas(
    labels: pl.DataFrame,
    classes: pl.DataFrame,
    knowledge: ClassKnowledge,
    *,
    name: str,
    dataset: str,
    dataset_images: int,
    has_multilabels: bool,
    is_oov: np.ndarray | None = None,
    provenance: Mapping[str, object] | None = None,
    unreadable: Sequence[tuple[str, str]] = (),
) -> Atlas:
    """Compile the error atlas of a data set.

    Parameters
    ----------
    labels, classes : polars.DataFrame
        The tables `errata.labels.tables.LABELS` and `errata.classes.tables.CLASSES`.
    knowledge : ClassKnowledge
        Overlap, shared superclasses and spurious-prone pairs.
    name, dataset : str
        Name of the atlas and of the data set.
    dataset_images : int
        Number of images in the whole data set.
    has_multilabels : bool
        False where the only label of an image is its target: the category `multi_label` is undefined then.
    is_oov : numpy.ndarray, optional
        bool, shape (images, classes): verdicts of the open-world check. Without them, errors that reach it are
        `open_world_unchecked`.
    provenance : mapping, optional
        Where everything came from; kept in the atlas.
    unreadable : sequence of (str, str)
        Annotated images that cannot be read, with the problem; kept in the atlas.
    """
    outcomes = np.empty((labels.height, classes.height), dtype=np.uint8)
    for facts in facts_in_chunks(labels, knowledge, is_oov):
        outcomes[facts.rows] = decide(facts)
    images = labels.select("file_name", "position", "target", "is_problematic").with_columns(
        *(group_flag(labels, classes, group).alias(f"in_{group}") for group in ("organism", "artifact", "other")),
        labels["is_imagenet_m"],
    )
    return Atlas(
        name=name,
        dataset=dataset,
        images=images,
        outcomes=outcomes,
        classes=classes,
        dataset_images=dataset_images,
        undefined=undefined_categories(labels, has_multilabels=has_multilabels, has_open_world=is_oov is not None),
        provenance=provenance or {},
        unreadable=tuple(unreadable),
    )


def undefined_categories(labels: pl.DataFrame, *, has_multilabels: bool, has_open_world: bool) -> tuple[str, ...]:
    """Name the categories whose counts have no meaning: undecidable on this data set or by this atlas.

    Without open-world evidence nothing can be told apart after it; with it nothing is left unchecked, and then the
    count of `open_world_unchecked` is 0 by definition, not undefined.
    """
    undefined = [] if has_multilabels else ["multi_label"]
    if not has_open_world:
        undefined += BEYOND_OPEN_WORLD
    if labels["is_non_prototypical"].null_count():
        undefined.append("non_prototypical" if has_open_world else "provisional_non_prototypical")
    return tuple(undefined)


def group_flag(labels: pl.DataFrame, classes: pl.DataFrame, group: str) -> pl.Series:
    """Return for every image whether any of its multi-labels is in `group` (bool)."""
    members = classes.filter(pl.col("group") == group)["class_id"].to_list()
    return labels.select(pl.col("multi_labels").list.eval(pl.element().is_in(members)).list.any()).to_series()
