"""Restrict an atlas to some of its classes, for models that know no others: ImageNet-100, Imagenette, a list of yours.

The images are those of the listed classes, and every answer is what it is in the whole atlas: the same answer to the
same image is the same category, whatever else a model could have said. So a label outside the list is still something
that the image shows. No model can answer it, but an answer that shares a superclass with it is fine-grained, and one
that is often seen together with it is a spurious correlation.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas, read_atlas
from errata.atlas.evidence import evidence_path, fact_rows, read_evidence
from errata.errors import InputError
from errata.own_data.build import Built
from errata.predictions.class_lists import read_class_list
from errata.predictions.orders import WHOLE
from errata.provenance import file_and_hash
from errata.sheets import check_names
from errata.tables import CLASS_ID


def write_restricted(atlas: Path, classes: Path | str | Sequence[str], *, folder: Path) -> Path:
    """Write the restriction of an atlas into a folder, called as the list of classes, and return its file."""
    restricted = restriction_of(atlas, classes)
    path = folder / f"{restricted.atlas.dataset}.parquet"
    restricted.write(path)
    return path


def restriction_of(atlas: Path, classes: Path | str | Sequence[str], *, name: str | None = None) -> Built:
    """Restrict the atlas in a file to some of its classes (`restrict`); its evidence may lie beside it or not."""
    whole, evidence = read_atlas(atlas), evidence_path(atlas)
    return restrict(whole, read_evidence(whole, evidence) if evidence.is_file() else None, classes, name=name)


def restrict(
    atlas: Atlas, evidence: pl.DataFrame | None, classes: Path | str | Sequence[str], *, name: str | None = None
) -> Built:
    """Restrict an atlas and its evidence to some of its classes.

    Parameters
    ----------
    atlas : Atlas
    evidence : polars.DataFrame, optional
        The table `errata.atlas.tables.EVIDENCE` beside it.
    classes : path, str or sequence of str
        See `errata.predictions.class_lists.read_class_list`. Class ids of the result are the places in this list.
    name : str, optional
        What the data set is called; by default as the list.

    Returns
    -------
    Built
        The atlas itself if the list has all its classes in their order. Images stand in the order of their class
        folders. What an encoder said (verdicts, neighbours) is in the outcomes, and no longer in the evidence.

    Raises
    ------
    InputError
        If the list cannot be used, or no image of its classes counts.
    """
    list_name, ids = read_class_list(classes, atlas.classes)
    name = name or list_name
    check_names([name], kind="a data set", where="name")
    if ids == list(range(atlas.classes.height)):
        return Built(replace(atlas, beside={}), evidence)
    images, size = _images(atlas, ids)
    if not (~images["is_problematic"]).any():
        raise InputError(f"{name}: no image of these {len(ids)} classes counts in '{atlas.dataset}'. List others.")
    is_file = isinstance(classes, str | Path) and Path(classes).is_file()
    restricted = replace(
        atlas,
        dataset=name,
        images=images.drop("row").with_columns(
            target=_renumbered(pl.col("target"), ids),
            multi_labels=pl.col("multi_labels").list.eval(_renumbered(pl.element(), ids)).list.drop_nulls(),
        ),
        outcomes=atlas.outcomes[np.ix_(images["row"].to_numpy(), ids)],
        classes=atlas.classes[ids].with_columns(class_id=pl.int_range(pl.len(), dtype=CLASS_ID)),
        dataset_images=size,
        provenance={
            **atlas.provenance,
            "title": f"{len(ids)} classes of {atlas.dataset}",
            "inputs": {
                **atlas.provenance.get("inputs", {}),
                **({"class_list": file_and_hash(Path(str(classes)))} if is_file else {}),
            },
            WHOLE: _whole(atlas, ids),
        },
        unreadable=(),
        beside={},
        file=None,
    )
    return Built(restricted, None if evidence is None else _evidence(evidence, images, atlas.classes, ids))


def _renumbered(class_ids: pl.Expr, ids: Sequence[int]) -> pl.Expr:
    """Return the places of class ids in the list; null for those outside it."""
    return class_ids.replace_strict(list(ids), range(len(ids)), default=None, return_dtype=CLASS_ID)


def _images(atlas: Atlas, ids: Sequence[int]) -> tuple[pl.DataFrame, int]:
    """Return the images of the classes in the order of their class folders, and the size of that data set.

    `row` is the row in the atlas. Where the data set has as many images of each class, images without labels have their
    places too; elsewhere those with labels are the data set. Class folders are sorted by wnid, whatever the list says.
    """
    wnids = atlas.classes["wnid"]
    folder = wnids[ids].rank("ordinal").cast(pl.Int32) - 1
    images = atlas.images.with_row_index("row").filter(pl.col("target").is_in(list(ids)))
    images = images.with_columns(folder=pl.col("target").replace_strict(list(ids), folder, return_dtype=pl.Int32)).sort(
        "folder", "file_name"
    )
    per_class, rest = divmod(atlas.dataset_images, atlas.classes.height)
    place, size = pl.int_range(pl.len(), dtype=pl.Int32), images.height
    if "folder_rank" in images.columns and not rest and (images["folder_rank"] // per_class == images["target"]).all():
        place, size = pl.col("folder") * per_class + pl.col("folder_rank") % per_class, per_class * len(ids)
    whole = [
        pl.col(name).alias(f"{WHOLE}_{name}")
        for name in ("position", "folder_rank")
        if name in images.columns and f"{WHOLE}_{name}" not in images.columns
    ]
    images = images.with_columns(*whole, position=place, folder_rank=place)
    return images.drop("folder"), size


def _whole(atlas: Atlas, ids: Sequence[int]) -> dict[str, object]:
    """Return what the doctor needs to recognise predictions about the whole data set."""
    whole = atlas.provenance.get(WHOLE)
    if whole:
        return {**whole, "class_ids": [whole["class_ids"][class_id] for class_id in ids]}
    return {
        "dataset": atlas.dataset,
        "images": atlas.dataset_images,
        "classes": atlas.classes.height,
        "class_ids": list(ids),
    }


def _evidence(evidence: pl.DataFrame, images: pl.DataFrame, classes: pl.DataFrame, ids: Sequence[int]) -> pl.DataFrame:
    """Return the facts about the images and the listed classes, and those about labels outside the list."""
    outside = _outside_facts(images, evidence, classes, ids)
    facts = evidence.filter(
        pl.col("kind") != "neighbour",
        pl.col("file_name").is_null() | pl.col("file_name").is_in(images["file_name"].implode()),
        *(pl.col(name).is_null() | pl.col(name).is_in(list(ids)) for name in ("class_a", "class_b")),
    )
    facts = pl.concat([facts, outside]).with_columns(_renumbered(pl.col(name), ids) for name in ("class_a", "class_b"))
    # a pair is written with the lower class id first
    pair = pl.col("kind") == "cooccurrence"
    low, high = pl.min_horizontal("class_a", "class_b"), pl.max_horizontal("class_a", "class_b")
    return facts.with_columns(
        class_a=pl.when(pair).then(low).otherwise("class_a"), class_b=pl.when(pair).then(high).otherwise("class_b")
    )


def _outside_facts(
    images: pl.DataFrame, evidence: pl.DataFrame, classes: pl.DataFrame, ids: Sequence[int]
) -> pl.DataFrame:
    """Return the facts about labels outside the list: which images show them, and which listed classes they are near.

    `images` has the `file_name`s; class ids are those of the whole atlas.
    """
    is_listed = pl.col("class_a").is_in(list(ids))
    labels = (
        evidence.filter(~is_listed, kind="multi_label")
        .join(images, on="file_name", how="semi")
        .join(classes.select(class_a="class_id", named=pl.format("{} {}", "wnid", "name"), name="name"), on="class_a")
        .select("file_name", "named", "name", "text", label="class_a")
    )
    members = evidence.filter(kind="superclass").select("class_a", "text")
    shared = (
        labels.select("label")
        .unique()
        .join(members, left_on="label", right_on="class_a")
        .join(members.filter(is_listed), on="text")
        .group_by("label", "class_a")
        .agg(superclasses=pl.col("text").sort().str.join(", "))
    )
    prone = evidence.filter(kind="cooccurrence", text="spurious-prone").select("class_a", "class_b", "number")
    pairs = pl.concat([prone, prone.select(class_a="class_b", class_b="class_a", number="number")]).filter(is_listed)
    facts = (
        labels.select("file_name", text=pl.format("{} ({})", "named", "text")),
        labels.join(shared, on="label").select(
            "file_name", "class_a", text=pl.format("{} ({})", "name", "superclasses")
        ),
        labels.join(pairs, left_on="label", right_on="class_b").select("file_name", "class_a", "number", text="name"),
    )
    order = ["file_name", "class_a", "text"]
    return pl.concat(fact_rows("outside_label", rows) for rows in facts).sort(order, nulls_last=False)
