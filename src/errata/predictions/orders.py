"""The orders in which rows without file names may stand: the data set's, class folders', or that of a file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.predictions.formats import NAMED_ORDERS, VAL
from errata.predictions.prediction_file import PredictionsError

OTHER_COUNT = 0.05
"""Rows without names may be so many too many or too few, where samplers filled up or dropped a last batch."""


WHOLE = "whole"
"""Under this key of its provenance, an atlas that was restricted to some classes says what it is a part of: `dataset`,
its number of `images` and `classes`, and `class_ids`, what the classes are called there. Its columns `whole_position`
and `whole_folder_rank` are the places of its images there."""


@dataclass(frozen=True, eq=False)
class RowPlaces:
    """Where the row of every annotated image stands in a named order.

    Attributes
    ----------
    rows : numpy.ndarray
        int32, shape (images,).
    size : int
        Rows that the order has.
    what : str
        The order, in words.
    """

    rows: np.ndarray
    size: int
    what: str


def named_order(order: Path | str | None) -> str | None:
    """Return the order that has a name, if one was given; None for a file, or for none."""
    is_name = isinstance(order, str) or (order is not None and not order.exists())
    return str(order) if is_name and str(order) in NAMED_ORDERS else None


def by_file_name(images: pl.DataFrame) -> np.ndarray:
    """Return the rank (int32) of every annotated image's file name among the annotated images."""
    return images["file_name"].rank("ordinal").cast(pl.Int32).to_numpy() - 1


def places_in(order: str, count: int, atlas: Atlas, *, where: str) -> RowPlaces:
    """Return where images stand in a named order of all images, or of the annotated ones, whichever the rows fit.

    Up to `OTHER_COUNT` of the rows may be lost or too many at the end.

    Raises
    ------
    PredictionsError
        If the number of rows fits neither, or the atlas does not say where its images stand in class folders.
    """
    images, size = atlas.images, atlas.dataset_images
    if count == images.height != size:
        rows = by_file_name(images) if order == VAL else _by_folder(atlas)
        return RowPlaces(rows, count, f"the annotated images in {NAMED_ORDERS[order]}")
    whole = atlas.provenance.get(WHOLE)
    column = f"{WHOLE}_{'position' if order == VAL else 'folder_rank'}"
    if whole and column in images.columns and abs(count - whole["images"]) <= OTHER_COUNT * whole["images"]:
        return RowPlaces(
            images[column].to_numpy(), whole["images"], f"all of {whole['dataset']}, {NAMED_ORDERS[order]}"
        )
    if abs(count - size) > OTHER_COUNT * size:
        raise PredictionsError(
            "order_length",
            f"{where}: {count:,} rows fit the order '{order}' neither of the {size:,} images of '{atlas.dataset}' nor "
            f"of its {images.height:,} annotated ones. Name the rows with --order FILE, one file name per line.",
        )
    if order == VAL:
        return RowPlaces(images["position"].to_numpy(), size, NAMED_ORDERS[order])
    if "folder_rank" in images.columns:
        return RowPlaces(images["folder_rank"].to_numpy(), size, NAMED_ORDERS[order])
    if size == images.height:
        return RowPlaces(_by_folder(atlas), size, NAMED_ORDERS[order])
    raise PredictionsError(
        "order_length",
        f"{where}: this atlas does not say where its images stand in class folders. Name the rows with --order FILE, "
        "or compile the atlas again.",
    )


def _by_folder(atlas: Atlas) -> np.ndarray:
    named = atlas.images.select("file_name", wnid=atlas.classes["wnid"].gather(atlas.images["target"]))
    order = named.select(pl.arg_sort_by("wnid", "file_name")).to_series().to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank
