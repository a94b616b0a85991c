"""Put predictions into the atlas's order: match rows with images, and labels with classes."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from errata.atlas.compiled import Atlas
from errata.errors import shown
from errata.predictions.class_ids import KnownOrders
from errata.predictions.class_names import ClassVocabulary, LabelIds
from errata.predictions.column_names import said_of_numbers
from errata.predictions.findings import is_clear_gain
from errata.predictions.orders import WHOLE, by_file_name, named_order, places_in
from errata.predictions.prediction_file import ModelRows, PredictionsError
from errata.predictions.row_match import NO_ROW, RowMatch, match_by_name, match_by_order

NO_PREDICTION = -1
"""Stands for an image without a usable prediction in a vector of predicted classes."""

_IS_TARGET, _IMAGES_OF_TARGET = 0.999, 20
_RIVAL = 0.5
"""Another column holds predictions, too, if it is at least so many times as often right as the one that was read."""
"""A column that equals so large a share of the targets, of at least so many images, is the targets: no model does."""
_REMEMBERED, _REMEMBERED_ROWS = 4, 2_000_000
"""Matches of file names that are kept for the next files, and how many rows they may have together."""


@dataclass(frozen=True, eq=False)
class Aligned:
    """One model's predictions in the atlas's order.

    Attributes
    ----------
    source : ModelRows
        The rows as read.
    row_classes : numpy.ndarray
        int32, shape (rows,): the class id of every row of the file; `class_ids.MISSING` and `FRACTIONAL` mark rows
        without one, and ids outside the data set's range are kept.
    label_kind : str
        What the labels were, in words.
    match : RowMatch
        Which row belongs to which image.
    predicted_class : numpy.ndarray
        int16, shape (images,), in the order of `atlas.images`; `NO_PREDICTION` where there is no usable prediction.
    ambiguous : str
        What is to be said of names of several classes; empty if there are none.
    remarks : tuple of str
        What was found out about the columns with the help of the targets.
    rival : str
        What is to be said of another column that holds predictions as good as those that were read; empty if none does.
    number_names : str
        What is to be said of numbers that may be class ids or names of classes; empty if that is known.
    """

    source: ModelRows
    row_classes: np.ndarray
    label_kind: str
    match: RowMatch
    predicted_class: np.ndarray
    ambiguous: str = ""
    remarks: tuple[str, ...] = ()
    rival: str = ""
    number_names: str = ""

    @property
    def confidence(self) -> np.ndarray | None:
        """The probability of each image's prediction: float16, shape (images,), NaN where it is unknown or none.

        None if the predictions have no probabilities.
        """
        if self.source.probability is None:
            return None
        given = np.where(self.match.rows == NO_ROW, np.nan, self.source.probability[self.match.rows])
        return np.where((given >= 0) & (given <= 1 + 1e-6), given, np.nan).astype(np.float16)


class Aligner:
    """Aligns any number of files with one atlas, and caches how file names match, since files often share them.

    Parameters
    ----------
    atlas : Atlas
        Its images and classes; its outcomes are not used.
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

    def align(self, rows: ModelRows, *, where: str, order: Path | str | None = None) -> Aligned:
        """Align one model's rows with the atlas.

        Parameters
        ----------
        order : {'val', 'imagefolder'}, optional
            The order of rows without names. That of a file is in the rows already.

        Raises
        ------
        PredictionsError
            If a label is no class, or rows without names fit neither the data set nor its annotated images.
        """
        match = self.match(rows, where=where, order=order)
        needed = np.zeros(len(rows), bool)
        needed[match.rows[self.counts & (match.rows != NO_ROW)]] = True
        rows, remarks = self._without_target_columns(rows, match, needed, where=where)
        # places of the largest scores, or among the most probable classes
        are_ids = rows.ranked is not None or rows.lowest is not None
        found = self.vocabulary.ids_of(rows.labels, where=where, numbers=rows.numbers, needed=needed, are_ids=are_ids)
        labels, doubt = self._ids_or_names(found, match, rows.column)
        return Aligned(
            rows,
            labels.ids,
            labels.kind,
            match,
            self.gather(labels.ids, match.rows),
            labels.ambiguous,
            (*labels.remarks, *remarks),
            self._rival(rows, labels.ids, match, needed, where=where),
            doubt,
        )

    def _ids_or_names(self, labels: LabelIds, match: RowMatch, column: str) -> tuple[LabelIds, str]:
        """Return what numbers are that may be class ids or names of other classes, and what is to be said if in doubt.

        What the column is called says it; else they are class ids, unless clearly more are right as names.
        """
        if labels.as_names is None:
            return labels, ""
        judged = self.counts & (match.rows != NO_ROW)
        places, targets = match.rows[judged], self.targets[judged]
        as_ids, as_names = (
            float((each.ids[places] == targets).mean()) if len(places) else 0.0 for each in (labels, labels.as_names)
        )
        are_names = is_clear_gain(as_ids, as_names, len(places))
        is_clear = are_names or is_clear_gain(as_names, as_ids, len(places))
        if said_of_numbers(column):
            are_names, is_clear = said_of_numbers(column) == "names", True
        read = labels.as_names if are_names else labels
        said = (
            f"The predictions are numbers that are class ids and names of other classes. They were read as "
            f"{'names' if are_names else 'class ids'}: {as_ids:.1%} are right as class ids, {as_names:.1%} as names."
        )
        if is_clear:
            return replace(read, remarks=(*read.remarks, said)), ""
        return read, f"{said} Call the column class_id or class_name to say what they are."

    def _rival(self, rows: ModelRows, ids: np.ndarray, match: RowMatch, needed: np.ndarray, *, where: str) -> str:
        """Return what to say of a column of other predictions, which are no targets and nearly as often right."""
        if needed.sum() < _IMAGES_OF_TARGET:
            return ""
        judged = self.counts & (match.rows != NO_ROW)
        places, targets = match.rows[judged], self.targets[judged]
        right = float((ids[places] == targets).mean())
        for name, column in rows.rivals.items():
            try:
                found = self.vocabulary.ids_of(column, where=where, needed=needed)
                others = self._ids_or_names(found, match, name)[0].ids
            except PredictionsError:
                continue
            differ = float((others[places] != ids[places]).mean())
            share = float((others[places] == targets).mean())
            if differ > 1 - _IS_TARGET and right * _RIVAL <= share < _IS_TARGET:
                return (
                    f"Two columns hold predictions: '{shown(rows.column, 40)}' was read ({right:.1%} right), "
                    f"'{shown(name, 40)}' ({share:.1%} right) was not, and they differ in {differ:.1%} of the rows. "
                    "Call the one that is meant predicted_class, or write a file for each."
                )
        return ""

    def _without_target_columns(
        self, rows: ModelRows, match: RowMatch, needed: np.ndarray, *, where: str
    ) -> tuple[ModelRows, tuple[str, ...]]:
        """Return the rows with a column that is not the targets, where several columns may be the prediction."""
        if not rows.others or needed.sum() < _IMAGES_OF_TARGET:
            return rows, ()
        shares = {}
        for name, column in {rows.column: rows.labels, **rows.others}.items():
            try:
                found = self.vocabulary.ids_of(column, where=where, needed=needed)
                ids = self._ids_or_names(found, match, name)[0].ids
            except PredictionsError:
                continue
            judged = self.counts & (match.rows != NO_ROW)
            shares[name] = float((ids[match.rows[judged]] == self.targets[judged]).mean())
        targets = [name for name, share in shares.items() if share >= _IS_TARGET]
        others = [name for name in shares if name not in targets]
        if not targets or (rows.column in targets and (rows.is_sure or not others)):
            return rows, ()
        said = f"Column '{shown(targets[0], 40)}' equals the target in {shares[targets[0]]:.1%} of the rows: it is the "
        if rows.column not in targets:
            return rows, (f"{said}target.",)
        said += f"target. '{shown(others[0], 40)}' was read as the prediction."
        kept = replace(rows, labels=rows.others[others[0]], column=others[0], ranked=None, ranked_probability=None)
        return kept, (said,)

    def gather(self, row_classes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the class of `rows` (int32, shape (images,)) as int16, `NO_PREDICTION` where it is unusable."""
        classes = row_classes[rows]
        usable = (classes >= 0) & (classes < self.class_count) & (rows != NO_ROW)
        return np.where(usable, classes, NO_PREDICTION).astype(np.int16)

    def match(self, rows: ModelRows, *, where: str, order: Path | str | None = None) -> RowMatch:
        """Return which row belongs to which image, from the cache if the file names were matched before."""
        if rows.file_names is None:
            named = named_order(order)
            return self._match_by_count(len(rows), where=where) if named is None else self._match_in(named, rows, where)
        for known in self._matches:
            if known.names is rows.file_names or (known.names is not None and known.names.equals(rows.file_names)):
                return known
        match = match_by_name(self.atlas.images["file_name"], rows.file_names)
        kept = [match, *self._matches[: _REMEMBERED - 1]]
        while len(kept) > 1 and sum(known.row_count for known in kept) > _REMEMBERED_ROWS:
            kept.pop()
        self._matches = kept
        return match

    def by_file_name(self) -> np.ndarray:
        """Return the rank (int32) of every annotated image's file name among the annotated images."""
        return by_file_name(self.atlas.images)

    def _match_in(self, order: str, rows: ModelRows, where: str) -> RowMatch:
        places = places_in(order, len(rows), self.atlas, where=where)
        match = match_by_order(places.rows, len(rows), how=f"in the order '{order}': {places.what}")
        difference = len(rows) - places.size
        return replace(match, is_assumed=False, lost=max(-difference, 0), extra=max(difference, 0))

    def _match_by_count(self, count: int, *, where: str) -> RowMatch:
        whole = self.atlas.provenance.get(WHOLE, {})
        if count == self.atlas.dataset_images:
            rows, what = self.positions, f"that of the data set's {count:,} images"
        elif count == self.atlas.images.height:
            rows, what = self.by_file_name(), f"the {count:,} annotated images by file name"
        elif count == whole.get("images"):
            rows, what = self.atlas.images["whole_position"].to_numpy(), f"all {count:,} images of {whole['dataset']}"
        else:
            raise PredictionsError(
                "no_row_names",
                f"{where}: {count:,} rows without file names fit neither the {self.atlas.dataset_images:,} images of "
                f"'{self.atlas.dataset}' nor its {self.atlas.images.height:,} annotated ones. "
                "Say which row is which image with --order FILE (one file name per line).",
            )
        return match_by_order(rows, count, how=f"in an assumed order: {what}")
