"""Predictions put into the atlas's order: class ids for labels, images for rows."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.predictions.class_labels import ClassVocabulary
from errata.predictions.class_orders import KnownOrders
from errata.predictions.prediction_file import ModelRows, PredictionsError
from errata.predictions.row_match import NO_ROW, RowMatch, match_by_name, match_by_order

NO_PREDICTION = -1
"""Stands for an image without a usable prediction in a vector of predicted classes."""

_REMEMBERED = 4


@dataclass(frozen=True, eq=False)
class Aligned:
    """One model's predictions in the atlas's order.

    Attributes
    ----------
    source : ModelRows
        The rows as read.
    row_classes : numpy.ndarray
        int32, shape (rows,): the class id of every row of the file; `class_labels.MISSING` and `FRACTIONAL` mark rows
        without one, and ids outside the data set's range are kept.
    label_kind : str
        What the labels were, in words.
    match : RowMatch
        Which row belongs to which image.
    predicted_class : numpy.ndarray
        int16, shape (images,), in the order of `atlas.images`; `NO_PREDICTION` where there is no usable prediction.
    """

    source: ModelRows
    row_classes: np.ndarray
    label_kind: str
    match: RowMatch
    predicted_class: np.ndarray

    @property
    def outside(self) -> int:
        """Number of rows that belong to no annotated image; they are left out."""
        return self.match.outside


class Aligner:
    """Aligns any number of files with one atlas; remembers the matching of file names that many files share.

    Parameters
    ----------
    atlas : Atlas
        Its images and classes; the outcomes are not looked at.
    """

    def __init__(self, atlas: Atlas):  # noqa: D107 - the class docstring says it
        self.atlas = atlas
        self.vocabulary = ClassVocabulary(atlas.classes)
        self.class_count = atlas.classes.height
        self.targets = atlas.targets
        self.positions = atlas.images["position"].to_numpy()
        self.counts = ~atlas.images["is_problematic"].to_numpy()
        """bool, shape (images,): the images that statistics are about."""
        self.orders = KnownOrders(atlas.classes, self.targets)
        self._matches: list[RowMatch] = []

    def align(self, rows: ModelRows, *, where: str) -> Aligned:
        """Align one model's rows with the atlas.

        Raises
        ------
        PredictionsError
            If a label is no class or several, or rows without names fit neither the data set nor its annotated images.
        """
        match = self.match(rows, where=where)
        labels = self.vocabulary.ids_of(rows.labels, where=where)
        return self.aligned(rows, labels.ids, labels.kind, match)

    def aligned(self, rows: ModelRows, row_classes: np.ndarray, label_kind: str, match: RowMatch) -> Aligned:
        """Put class ids of rows (int32, shape (rows,)) into the atlas's order."""
        return Aligned(rows, row_classes, label_kind, match, self.gather(row_classes, match.rows))

    def gather(self, row_classes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the class of `rows` (int32, shape (images,)) as int16, `NO_PREDICTION` where it is unusable."""
        classes = row_classes[rows]
        usable = (classes >= 0) & (classes < self.class_count) & (rows != NO_ROW)
        return np.where(usable, classes, NO_PREDICTION).astype(np.int16)

    def match(self, rows: ModelRows, *, where: str) -> RowMatch:
        """Return which row belongs to which image, from memory if the file names were seen before."""
        if rows.file_names is None:
            return self._match_by_count(len(rows), where=where)
        for known in self._matches:
            if known.names is rows.file_names or (known.names is not None and known.names.equals(rows.file_names)):
                return known
        match = match_by_name(self.atlas.images["file_name"], rows.file_names)
        self._matches = [match, *self._matches[: _REMEMBERED - 1]]
        return match

    def by_file_name(self) -> np.ndarray:
        """Return the rank (int32) of every annotated image's file name among the annotated images."""
        return self.atlas.images["file_name"].rank("ordinal").cast(pl.Int32).to_numpy() - 1

    def _match_by_count(self, count: int, *, where: str) -> RowMatch:
        if count == self.atlas.dataset_images:
            return match_by_order(
                self.positions, count, how=f"in an assumed order: that of the data set's {count} images"
            )
        if count == self.atlas.images.height:
            return match_by_order(
                self.by_file_name(),
                count,
                how=f"in an assumed order: the {count} annotated images by file name",
            )
        raise PredictionsError(
            "no_row_names",
            f"{where}: {count} rows without file names fit neither the {self.atlas.dataset_images} images of "
            f"'{self.atlas.dataset}' nor its {self.atlas.images.height} annotated ones. "
            "Say which row is which image with --order FILE (one file name per line).",
        )


def align(rows: ModelRows, atlas: Atlas, *, where: str = "predictions") -> Aligned:
    """Align one model's rows with an atlas; for many files keep an `Aligner`."""
    return Aligner(atlas).align(rows, where=where)
