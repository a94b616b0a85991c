"""Search for a wrong order of classes or rows, where the accuracy gives reason to."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.predictions.align import NO_ROW, Aligned, Aligner
from errata.predictions.class_ids import NO_CLASS, ClassOrder, held_out_classes, is_devkit_order, learn_order
from errata.predictions.findings import Finding, is_clear_gain, percent

LEARNT_SHARE = 0.3
"""A numbering that is only learnt, not known, must reach this share of the way from chance to perfect on held-out
images: on sets of hard images the errors themselves follow a pattern that lifts a learnt numbering to a tenth or so."""
LEARNT_GAIN = 0.01
"""It must also be right on this share of images more than the rival, and by `LEARNT_SIGMA` standard errors."""
LEARNT_SIGMA = 5.0
SUSPICIOUS_SHARE = 0.35
"""The search runs below this share of the way from chance to perfect ..."""
SUSPICIOUS_CLASSES = 0.02
"""... or if more than this share of the target classes is never predicted right."""
_SHIFTS = (1, -1, 2, -2, 3, -3)
_IMAGES_PER_CLASS = 5
_PLAUSIBLE_FACTOR = 3
_NEARLY = 0.8
_NEARLY_OTHERS = 0.5


@dataclass(frozen=True, eq=False)
class RowOrder:
    """A possible order of the rows.

    `rows` (int32, shape (images,)) is the row of every image, where that is known. Otherwise `row_targets` (int32,
    shape (rows,)) is the target of the image in each row: enough to measure the accuracy, not to repair.
    """

    name: str
    cause: str
    rows: np.ndarray | None = None
    row_targets: np.ndarray | None = None


def other_row_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield the possible orders that fit the number of rows, but for the one that was used."""
    used = aligned.match.rows
    for order in _candidates(aligned, aligner):
        if order.rows is None or not np.array_equal(order.rows, used):
            yield order


def _candidates(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    match = aligned.match
    rows, count = match.rows, match.row_count
    yield RowOrder(
        "rows reversed", "the predictions run from the last image to the first", _within(count - 1 - rows, rows, count)
    )
    for shift in _SHIFTS:
        lost, steps = ("lost", -shift) if shift < 0 else ("too many", shift)
        cause = (
            f"the predictions stand {steps} row(s) {'above' if shift < 0 else 'below'} their image: "
            f"{steps} row(s) {lost} at the top, such as a header that was read as data or data that was read as header"
        )
        yield RowOrder(f"rows shifted by {shift:+d}", cause, _within(rows + shift, rows, count))
    if count == aligner.atlas.dataset_images:
        yield RowOrder(
            "data set order",
            "the predictions are in the data set's order, the file names in another",
            aligner.positions,
        )
    yield from _name_orders(aligned, aligner)
    yield from _folder_orders(aligned, aligner)


def _within(rows: np.ndarray, original: np.ndarray, count: int) -> np.ndarray:
    return np.where((original != NO_ROW) & (rows >= 0) & (rows < count), rows, NO_ROW).astype(np.int32)


def _covers_exactly(aligned: Aligned) -> bool:
    """Return whether every annotated image has a row and no other image has, so that both can be ordered alike."""
    rows = aligned.match.rows
    return len(rows) == aligned.match.row_count and bool((rows != NO_ROW).all())


def _name_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield the orders of file names that are sorted as text and by their numbers."""
    names, rows = aligned.match.names, aligned.match.rows
    if names is None:
        if not _covers_exactly(aligned):
            return
        names, rows = aligner.atlas.images["file_name"], np.arange(len(rows), dtype=np.int32)
    for name, cause, keys in (
        (
            "file names sorted as text",
            "the predictions are in the order of file names sorted as text",
            [pl.col("name")],
        ),
        (
            "file names sorted by number",
            "the predictions are in the natural order of file names (2 before 10)",
            [_number("name", r"(\d+)"), _number("name", r"(\d+)\D*$"), pl.col("name")],
        ),
    ):
        rank = _rank(names.alias("name").to_frame(), keys)
        yield RowOrder(name, cause, np.where(rows == NO_ROW, NO_ROW, rank[rows]).astype(np.int32))


def _number(column: str, pattern: str) -> pl.Expr:
    return pl.col(column).str.extract(pattern).cast(pl.Int64, strict=False)


def _rank(frame: pl.DataFrame, keys: list[pl.Expr]) -> np.ndarray:
    order = frame.select(pl.arg_sort_by(keys)).to_series().to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def _folder_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield orders in which all images of a class stand together, as an image folder per class gives them."""
    classes = aligner.class_count
    tables = [
        ("class folders", "by class folder (sorted by wnid), as an image-folder reader lists them", np.arange(classes))
    ]
    tables += [
        (f"class folders, {name}", f"by class folder; {cause}", table)
        for name, cause, table in aligner.orders.sorted_tables
    ]
    count = aligned.match.row_count
    for name, where, table in tables:
        cause = f"the predictions are sorted {where}, the rows are not"
        if _covers_exactly(aligned):
            place = np.empty(classes, np.int32)
            place[table] = np.arange(classes, dtype=np.int32)
            frame = aligner.atlas.images.select("file_name").with_columns(place=pl.Series(place[aligner.targets]))
            yield RowOrder(name, cause, _rank(frame, [pl.col("place"), pl.col("file_name")]))
        elif count == aligner.atlas.dataset_images and count % classes == 0:
            row_targets = np.repeat(table, count // classes).astype(np.int32)
            yield RowOrder(name, cause, row_targets=row_targets)


@dataclass(frozen=True, eq=False)
class Evidence:
    """One model's predictions on the images that count and have a row: ids (int32) as in the file, and targets."""

    ids: np.ndarray
    targets: np.ndarray
    class_count: int

    @property
    def accuracy(self) -> float:
        """Share of predictions that are the target."""
        return float((self.ids == self.targets).mean()) if len(self.ids) else 0.0

    @property
    def chance(self) -> float:
        """The accuracy that these predictions would have on images in random order."""
        valid = self.ids[(self.ids >= 0) & (self.ids < self.class_count)]
        predicted = np.bincount(valid, minlength=self.class_count) / max(len(self.ids), 1)
        return float(predicted @ (np.bincount(self.targets, minlength=self.class_count) / max(len(self.ids), 1)))


def is_suspicious(evidence: Evidence) -> bool:
    """Return whether the accuracy is low, or too many classes are never predicted right."""
    if evidence.accuracy < _above_chance(SUSPICIOUS_SHARE, evidence.class_count):
        return True
    images = np.bincount(evidence.targets, minlength=evidence.class_count)
    right = np.bincount(evidence.targets[evidence.ids == evidence.targets], minlength=evidence.class_count)
    judged = images >= _IMAGES_PER_CLASS
    never = int((judged & (right == 0)).sum())
    return never >= 2 and never > SUSPICIOUS_CLASSES * int(judged.sum())


def _above_chance(share: float, class_count: int) -> float:
    uniform = 1.0 / class_count
    return uniform + share * (1 - uniform)


def find_wrong_order(aligned: Aligned, aligner: Aligner, evidence: Evidence, judged: np.ndarray) -> Finding | None:
    """Return the finding that explains a low accuracy by a wrong order of classes, of rows, or of both.

    `judged` is a bool mask, shape (images,): the images that `evidence` is about. Single causes come before pairs,
    known ones before learnt ones.
    """
    search = _Search(aligned, aligner, evidence, judged)
    single = [search.known_class_order(evidence.ids), search.row_order(), search.rows_shifted_from()]
    found = max((finding for finding in single if finding), key=lambda finding: finding.accuracy_after, default=None)
    if found is None:
        return search.learnt_class_order(evidence.ids, evidence.ids) or search.cut_ids() or search.both_orders()
    if found.kind == "class_order":
        known = search.best_class_order(evidence.ids)[1].apply(evidence.ids)
        return search.learnt_class_order(evidence.ids, known) or found
    return found


class _Search:
    """The searches in one model's predictions."""

    def __init__(self, aligned: Aligned, aligner: Aligner, evidence: Evidence, judged: np.ndarray):
        self.aligned, self.aligner, self.evidence, self.judged = aligned, aligner, evidence, judged
        self.row_orders = list(other_row_orders(aligned, aligner))

    def is_clear(self, after: float) -> bool:
        classes = self.evidence.class_count
        # with few classes a habit of confusing two of them looks like a numbering
        plausible = min(_PLAUSIBLE_FACTOR / classes, _above_chance(SUSPICIOUS_SHARE, classes))
        return after >= plausible and is_clear_gain(self.evidence.accuracy, after, len(self.evidence.ids))

    def finding(self, kind: str, message: str, after: float, fix_name: str | None = None) -> Finding:
        return Finding(
            kind,
            "refuse",
            message,
            self.aligned.match.row_count,
            percent(self.evidence.accuracy),
            percent(after),
            fix_name,
        )

    def best_class_order(self, ids: np.ndarray) -> tuple[float, ClassOrder]:
        scored = [
            (float((order.apply(ids) == self.evidence.targets).mean()), order) for order in self.aligner.orders.all
        ]
        return max(scored, key=lambda pair: pair[0])

    def known_class_order(self, ids: np.ndarray) -> Finding | None:
        after, order = self.best_class_order(ids)
        if not self.is_clear(after):
            return None
        return self.finding(
            "class_order",
            f"Wrong class order ({order.name}): {order.cause}. Write class ids in wnid order, counted from 0.",
            after,
            order.name,
        )

    def learnt_class_order(self, ids: np.ndarray, rival: np.ndarray) -> Finding | None:
        """Learn a numbering, and accept it if it explains the targets better than the classes of `rival` do."""
        targets, classes = self.evidence.targets, self.evidence.class_count
        right, right_before = held_out_classes(ids, targets, classes) == targets, rival == targets
        after = float(right.mean())
        gained, lost = int((right & ~right_before).sum()), int((right_before & ~right).sum())
        # McNemar's test on the same images; a numbering learnt from correct class ids loses a little
        is_clear = gained - lost >= max(LEARNT_GAIN * len(ids), LEARNT_SIGMA * np.sqrt(gained + lost))
        if not is_clear or after < _above_chance(LEARNT_SHARE, classes):
            return None
        what, name = self.describe(learn_order(ids, targets, classes))
        return self.finding(
            "class_order",
            f"Wrong class order ({name}): {what} The accuracy after is that of a one-to-one numbering learnt from half "
            "of the images and judged on the other half; scoring with it would use the targets, so it is no repair. "
            "Write class ids in wnid order, counted from 0, or wnids.",
            after,
        )

    def describe(self, learnt: ClassOrder) -> tuple[str, str]:
        """Describe a learnt numbering, by a sentence and a name."""
        wnids = self.aligner.atlas.classes["wnid"].to_list()
        if is_devkit_order(learnt, wnids):
            return (
                "the ids begin as the ids 1 to 1000 of the ILSVRC devkit do (kit fox, English setter, ...).",
                "ILSVRC ids",
            )
        ids = np.arange(len(learnt.table)) + learnt.first_id
        known = learnt.table != NO_CLASS
        ids, table = ids[known], learnt.table[known]
        names = self.aligner.atlas.classes["name"].to_list()
        exchanged = np.flatnonzero(ids != table)
        pairs = ", ".join(f"{ids[place]} means '{names[table[place]]}'" for place in exchanged[:3])
        if len(exchanged) < _NEARLY_OTHERS * len(ids):
            return f"about {len(exchanged)} of {len(ids)} ids are exchanged: {pairs}, ...", "some classes exchanged"
        agreement, nearest = max(
            ((float((order.apply(ids) == table).mean()), order) for order in self.aligner.orders.all),
            key=lambda pair: pair[0],
        )
        if agreement >= _NEARLY:
            return (
                f"{nearest.cause}, with {1 - agreement:.0%} of the classes elsewhere: {pairs}.",
                f"nearly {nearest.name}",
            )
        return f"the ids follow another list of the classes, in which {pairs}.", "an unknown permutation"

    def row_accuracy(self, order: RowOrder) -> float:
        if order.rows is None:
            return float((self.aligned.row_classes == order.row_targets).mean())
        return float((self.ids_under(order) == self.evidence.targets).mean())

    def ids_under(self, order: RowOrder) -> np.ndarray:
        rows = order.rows[self.judged]
        return np.where(rows == NO_ROW, NO_ROW, self.aligned.row_classes[rows])

    def row_order(self) -> Finding | None:
        scored = [(self.row_accuracy(order), order) for order in self.row_orders]
        after, order = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if order is None or not self.is_clear(after):
            return None
        mend = "Name the rows with --order FILE, in the order in which they were predicted."
        if order.rows is None:
            mend += " (The accuracy after is over all rows, supposing as many images of each class.)"
        return self.finding(
            "row_order",
            f"Wrong row order ({order.name}): {order.cause}. {mend}",
            after,
            order.name if order.rows is not None else None,
        )

    def both_orders(self) -> Finding | None:
        """Try every known numbering, then a learnt one, under every possible order of the rows."""
        for row_order in self.row_orders:
            if row_order.rows is None:
                continue
            ids = self.ids_under(row_order)
            after, order = self.best_class_order(ids)
            if self.is_clear(after):
                return self.finding(
                    "row_and_class_order",
                    f"Wrong row order ({row_order.name}) and wrong class order ({order.name}): {row_order.cause}; and "
                    f"{order.cause}.",
                    after,
                    f"{row_order.name} + {order.name}",
                )
            learnt = self.learnt_class_order(ids, self.evidence.ids)
            if learnt:
                return self.finding(
                    "row_and_class_order",
                    f"Wrong row order ({row_order.name}): {row_order.cause}. {learnt.message}",
                    learnt.accuracy_after / 100,
                )
        return None

    def rows_shifted_from(self) -> Finding | None:
        """Find the row from which on everything is shifted by one, if that explains the errors."""
        rows = self.aligned.match.rows[self.judged]
        by_row = np.argsort(rows, kind="stable")
        right = (self.evidence.ids == self.evidence.targets)[by_row]
        best: tuple[float, int, int] = (0.0, 0, 0)
        for shift in (1, -1):
            moved = np.clip(rows + shift, 0, self.aligned.match.row_count - 1)
            right_moved = (self.aligned.row_classes[moved] == self.evidence.targets)[by_row]
            # images before the split count as they are, those from it on as if shifted
            total = np.concatenate([[0], np.cumsum(right)]) + right_moved.sum()
            total = total - np.concatenate([[0], np.cumsum(right_moved)])
            split = int(total.argmax())
            best = max(best, (float(total[split]) / len(rows), split, shift))
        after, split, shift = best
        if not 0 < split < len(rows) or not self.is_clear(after):
            return None
        row = int(rows[by_row][split])
        cause = "inserted" if shift > 0 else "lost"
        return self.finding(
            "rows_shifted_part",
            f"From about row {row} on, the predictions are shifted by one row against the images: a row was {cause} "
            "there. Predict again, or find that row.",
            after,
        )

    def cut_ids(self) -> Finding | None:
        """Find ids that were stored in eight bits and lost the rest."""
        ids = self.evidence.ids
        if self.evidence.class_count <= 256 or not len(ids) or ids.max() > 255 or ids.min() < -128:
            return None
        after = float((ids % 256 == self.evidence.targets % 256).mean())
        if not is_clear_gain(max(self.evidence.accuracy, 1 / 256), after, len(ids)):
            return None
        return self.finding(
            "ids_cut_to_8_bits",
            f"Class ids were stored in 8 bits: none is above {int(ids.max())}, and they agree with the targets' last 8 "
            "bits (the accuracy after counts that agreement). Save them as 16-bit integers.",
            after,
        )
